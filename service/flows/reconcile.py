"""Uncertain texts -> the provider's own list: found ones are accepted, the others stay for a person."""

import asyncio
from datetime import timedelta

import structlog

from service.domain.exchange import Accepted
from service.runtime import Runtime
from service.store import receipts
from service.store.session import SYSTEM

ACTOR = "reconciler"
# The provider's list lags: ask after a minute, and again until five have passed.
ASK_AFTER = timedelta(seconds=60)
GIVE_UP_AFTER = timedelta(minutes=5)

log = structlog.get_logger()


def reconcile(runtime: Runtime) -> int:
    """Mark texts whose lease ran out as unknown, and look for unknown ones at the provider; how many were found."""
    now, wall = runtime.clock.now(), runtime.clock.wall()
    with runtime.store.transaction(SYSTEM, ACTOR) as tx:
        receipts.stale_leases(tx, wall)
        uncertain = receipts.uncertain_texts(tx, now - GIVE_UP_AFTER, now - ASK_AFTER)
    if not uncertain:
        return 0
    found = asyncio.run(_look_for(runtime, uncertain))
    with runtime.store.transaction(SYSTEM, ACTOR) as tx:
        receipts.record(tx, found, now)
    log.info("reconciled", uncertain=len(uncertain), found=len(found))
    return len(found)


async def _look_for(runtime: Runtime, uncertain: list[receipts.Uncertain]) -> list[Accepted]:
    """Match by number, body and time against provider ids nobody has claimed yet."""
    found: list[Accepted] = []
    claimed: set[str] = set()
    for text in uncertain:
        for known in await runtime.gateway.find(text.to, text.submitted_at):
            fits = known.body == text.body and known.provider_sid not in claimed | text.known_sids
            if fits:
                claimed.add(known.provider_sid)
                found.append(Accepted(text.token, known.provider_sid))
                break
    return found
