"""Uncertain texts -> the provider's own list: found ones are accepted, the others stay for a person."""

import asyncio
from collections.abc import Sequence

import structlog

from service.domain.exchange import Accepted
from service.runtime import Runtime
from service.store import outcomes, uncertain
from service.store.session import SYSTEM
from service.store.uncertain import Uncertain

ACTOR = "reconciler"

log = structlog.get_logger()

# Texts in doubt, each with the names under which the provider may know it.
Offers = list[tuple[Uncertain, list[str]]]


def reconcile(runtime: Runtime) -> int:
    """Mark texts whose lease ran out as unknown, and look for unknown ones at the provider; how many were found."""
    now, wall = runtime.clock.now(), runtime.clock.wall()
    with runtime.store.transaction(SYSTEM, ACTOR) as tx:
        uncertain.stale_leases(tx, wall)
        doubtful = uncertain.uncertain_texts(tx, wall)
    if not doubtful:
        return 0
    offers = asyncio.run(_ask(runtime, doubtful))
    with runtime.store.transaction(SYSTEM, ACTOR) as tx:
        taken = uncertain.names_taken(tx, {sid for _, sids in offers for sid in sids})
        found = _matched(offers, taken)
        outcomes.record(tx, found, now)
    log.info("reconciled", uncertain=len(doubtful), found=len(found))
    return len(found)


async def _ask(runtime: Runtime, doubtful: Sequence[Uncertain]) -> Offers:
    """What the provider lists under each text's number and words, the oldest first; all are asked for at once."""
    gateway = runtime.gateway
    try:
        lists = await asyncio.gather(
            *(gateway.find(text.to, text.submitted_at) for text in doubtful)
        )
    finally:
        await gateway.close()
    return [
        (text, [known.provider_sid for known in reversed(listed) if known.body == text.body])
        for text, listed in zip(doubtful, lists, strict=True)
    ]


def _matched(offers: Offers, taken: set[str]) -> list[Accepted]:
    """Each name goes to one text only: the first that may have it."""
    found = []
    for text, sids in offers:
        sid = next((sid for sid in sids if sid not in taken), None)
        if sid is not None:
            taken.add(sid)
            found.append(Accepted(text.token, sid))
    return found
