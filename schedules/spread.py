"""A moment that many patients share, spread over minutes: each gets a place of their own beside it.

The amplitude comes from the caller, who knows how many share a sender and how fast it is. Within a
step's tolerance means: at most a third of `useful_for`, at most ten minutes, inside the hours.
"""

from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Final

from schedules.facts import Facts
from schedules.hours import MOVED_MARGIN, Placed
from schedules.programme import Rule

MOST: Final = timedelta(minutes=10)
_SECOND: Final = timedelta(seconds=1)


def spread_out(
    placed: Placed, due: datetime, rule: Rule, facts: Facts, spread: timedelta, seed: str
) -> Placed:
    """`placed` with the instant wished for in its stead, up to `spread` beside it, by whole seconds.

    Only what others share is spread: a wall-clock time, or the edge of the hours a text was moved
    to; never a moment of the patient's own sleep, nor one that keeps apart from a medicine. At the
    end of the hours a text goes earlier, within its flex, else later. `seed` names patient, step
    and night. Every text may yield that much further, so that none is lost because another of the
    same patient was spread.
    """
    step, at, (opens, closes) = rule.step, placed.at, placed.hours
    amplitude = min(spread, step.useful_for / 3, MOST)
    yielding = placed._replace(latest=min(placed.latest + amplitude, closes - MOVED_MARGIN))
    shared = at != due or step.at.clock is not None
    if not shared or any(code in facts.recorded for code, _ in step.apart):
        return yielding
    if at < due:
        room = min(at - opens, step.flex.earlier - (due - at))
    else:
        room = min(closes - MOVED_MARGIN - at, placed.not_after - at)
    seconds = min(amplitude, room) // _SECOND
    if seconds <= 0:
        return yielding
    digest = blake2b(seed.encode(), digest_size=8).digest()
    by = int.from_bytes(digest) % seconds * _SECOND
    return yielding._replace(wished=at - by if at < due else at + by)
