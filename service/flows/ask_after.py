"""Texts accepted a day ago of which nothing was heard -> the provider is asked: what it says are receipts."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from service.domain.exchange import Receipt
from service.runtime import Runtime
from service.store import uncertain
from service.store.session import SYSTEM

ACTOR = "asker"


def ask_after(runtime: Runtime) -> list[Receipt]:
    """Ask once a day, for three days, what became of texts; a receipt for each that the provider knows."""
    now = runtime.clock.now()
    with runtime.store.transaction(SYSTEM, ACTOR, write=False) as tx:
        unsettled = uncertain.unsettled(tx, now)
    if not unsettled:
        return []
    told = asyncio.run(_ask(runtime, list(unsettled)))
    with runtime.store.transaction(SYSTEM, ACTOR) as tx:
        uncertain.asked_about(tx, list(unsettled.values()), now)
    return [replace(one, token=unsettled[one.provider_sid]) for one in told]


async def _ask(runtime: Runtime, sids: Sequence[str]) -> Sequence[Receipt]:
    gateway = runtime.gateway
    try:
        return await gateway.look_up(sids, runtime.clock.now())
    finally:
        await gateway.close()
