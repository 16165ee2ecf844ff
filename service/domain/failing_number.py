"""When texts that do not arrive put a number in doubt (rule M-WHO): the last three failed, for a reason of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile

from service.domain.delivery import State
from service.domain.provider_codes import CodeClass, meaning

# clinical.md, section 5. A phone that is off is no wrong number: it has to fail on so many days.
FAILED_IN_A_ROW = FAILED_DAYS = 3
OFF = 30003
# So many texts back are looked at; a patient gets fewer in three days.
LOOKED_AT = 30
_OF_THE_NUMBER = frozenset({CodeClass.PERMANENT, CodeClass.ENDED})


@dataclass(frozen=True, slots=True)
class Fate:
    """How one text ended: delivered or not, with the provider's code and a sentence; `day` (UTC) it was planned."""

    state: State
    code: int | None
    sentence: str | None
    day: date


def failures_in_a_row(fates: Sequence[Fate]) -> list[Fate]:
    """The failures that put a number in doubt, newest first, of a patient's texts, newest first; none while it is not.

    Texts that ended for a reason of ours or the provider's say nothing of a number.
    """
    failed = [
        fate
        for fate in takewhile(lambda one: one.state is not State.DELIVERED, fates)
        if fate.code is None or meaning(fate.code).kind in _OF_THE_NUMBER
    ]
    if len(failed) < FAILED_IN_A_ROW:
        return []
    off = all(fate.code == OFF for fate in failed)
    if off and len({fate.day for fate in failed}) < FAILED_DAYS:
        return []
    return failed
