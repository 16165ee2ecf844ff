"""What a publication changes for the patients it reaches: texts added, moved and removed, and what that costs.

Pure: two projections of one patient are compared, and patients are added up. Slots are compared by programme,
step and night, over all programmes, since a text more in one can crowd out another's.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, Literal

from schedules.slots import Planned, Withheld

Change = Literal["added", "moved", "removed"]
StepName = tuple[str, str]

NIGHTS: Final = 14
"""How far a publication is looked ahead (our default)."""
LONG_WAIT: Final = timedelta(minutes=10)
"""What takes a sender longer than this to say is warned of (our default)."""
# Reasons that say a schedule asks for more than the patient's hours and caps allow, or than patients answer.
WARNED: Final = frozenset(
    {
        "outside_hours",
        "cap_night",
        "cap_week",
        "cap_programme",
        "gap",
        "question_open",
        "too_few_answers",
    }
)


@dataclass(slots=True)
class Impact:
    """The sum over patients. `tonight`: changes by step until the end of each patient's own coming night.

    `within`: changes by programme; `warnings`: slots newly withheld, by step and reason.
    `hours`: the segments due in each hour (by its beginning, UTC) before and after, `texts` how many texts those
    after are.
    """

    patients: int = 0
    affected: int = 0
    changes: Counter[Change] = field(default_factory=Counter)
    within: dict[str, Counter[Change]] = field(default_factory=dict)
    tonight: dict[StepName, Counter[Change]] = field(default_factory=dict)
    warnings: Counter[tuple[StepName, str]] = field(default_factory=Counter)
    hours: tuple[Counter[datetime], Counter[datetime]] = field(
        default_factory=lambda: (Counter(), Counter())
    )
    texts: Counter[datetime] = field(default_factory=Counter)

    @property
    def segments(self) -> tuple[int, int]:
        """What all texts cost before and after."""
        before, after = self.hours
        return before.total(), after.total()

    def add(
        self,
        before: Sequence[Planned | Withheld],
        after: Sequence[Planned | Withheld],
        tonight: date,
    ) -> None:
        """Take in one patient: the slots ahead as things are and as they would be."""
        old, new = _texts(before), _texts(after)
        self.patients += 1
        found = list(_changes(old, new))
        self.affected += bool(found)
        for change, (programme, step, night) in found:
            self.changes[change] += 1
            self.within.setdefault(programme, Counter())[change] += 1
            if night <= tonight:
                self.tonight.setdefault((programme, step), Counter())[change] += 1
        self.warnings += _withheld(after) - _withheld(before)

    def add_sizes(
        self, before: Sequence[tuple[datetime, int]], after: Sequence[tuple[datetime, int]]
    ) -> None:
        """Take in when (UTC) each text of a patient is due and how many segments it has."""
        for hours, sizes in zip(self.hours, (before, after), strict=True):
            for at, segments in sizes:
                hours[_hour(at)] += segments
        self.texts.update(_hour(at) for at, _ in after)


@dataclass(frozen=True, slots=True)
class Crowd:
    """An hour (by its beginning, UTC) whose texts take the sender long: how many, their segments, and how long."""

    begins: datetime
    texts: int
    segments: int
    takes: timedelta


def crowd(impact: Impact, rate: float) -> Crowd | None:
    """The fullest hour of those that a publication makes fuller, at `rate` segments a second; None where that is soon
    done."""
    before, after = impact.hours
    fuller = [hour for hour in sorted(after) if after[hour] > before[hour]]
    if not fuller:
        return None
    hour = max(fuller, key=after.__getitem__)
    takes = timedelta(seconds=after[hour] / rate)
    return Crowd(hour, impact.texts[hour], after[hour], takes) if takes > LONG_WAIT else None


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _texts(slots: Sequence[Planned | Withheld]) -> dict[tuple[str, str, date], Planned]:
    return {
        (slot.programme, slot.step, slot.night): slot for slot in slots if isinstance(slot, Planned)
    }


def _changes(
    old: dict[tuple[str, str, date], Planned], new: dict[tuple[str, str, date], Planned]
) -> Iterable[tuple[Change, tuple[str, str, date]]]:
    for slot, text in new.items():
        if slot not in old:
            yield "added", slot
        elif old[slot].at != text.at:
            yield "moved", slot
    for slot in old:
        if slot not in new:
            yield "removed", slot


def _withheld(slots: Sequence[Planned | Withheld]) -> Counter[tuple[StepName, str]]:
    return Counter(
        ((slot.programme, slot.step), slot.reason)
        for slot in slots
        if isinstance(slot, Withheld) and slot.reason in WARNED
    )
