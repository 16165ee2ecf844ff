"""How many texts a patient gets: caps by night, week and programme, and the places kept.

Caps, taper and kept places are our default (clinical section 3); tapering beats a fixed frequency
(Head 2013). The cap's weeks are counted in nights from the first consent.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from schedules.candidates import Candidate
from schedules.programme import PRIORITIES, Priority, Rule

PER_NIGHT: Final = 2
PER_WEEK: Final = 12
PER_FIRST_WEEK: Final = 14
PER_WEEK_TAPERED: Final = 8
TAPER_FROM_WEEK: Final = 9
KEPT: Final[dict[Priority, int]] = {"cut_off": 3, "tip": 1}
"""Places a week that no less urgent need may take while such slots are still to come."""
OVERDUE: Final = timedelta(weeks=4)
"""A programme that was not heard for so long goes before cut-offs, and before others of its priority (our default)."""
_CHECK_IN, _CUT_OFF = PRIORITIES.index("check_in"), PRIORITIES.index("cut_off")
Turn = tuple[int, bool, int, date, datetime, str, str]
FIRST: Final[tuple[Priority, ...]] = ("safety", "lab", "screen")
"""These take their places before all others."""


def cap_week(day_zero: date, night: date) -> int:
    """The week, from 0, in which `night` counts; the night before day 0 is part of the first."""
    return max(0, (night - day_zero).days) // 7


def week_cap(week: int, *, fewer: bool = False) -> int:
    """The most unsolicited texts in cap week `week` (from 0); half of them for who asked for `fewer`."""
    most = PER_WEEK_TAPERED if week >= TAPER_FROM_WEEK - 1 else PER_WEEK if week else PER_FIRST_WEEK
    return most // 2 if fewer else most


def _counts() -> defaultdict[Any, int]:
    """Counts from 0; a Counter asks Python for each that is not there yet."""
    return defaultdict(int)


def last_heard(used: Mapping[tuple[str, str], Mapping[str, date]]) -> dict[str, date]:
    """When a text of each programme last went out, from when each text of each step did."""
    heard: dict[str, date] = {}
    for (programme, _), texts in used.items():
        heard[programme] = max([*texts.values(), heard.get(programme, date.min)])
    return heard


@dataclass(slots=True)
class Tally:
    """What has taken a place so far. `served`: the last date with a text, by programme, however long ago.

    `fewer`: the patient asked for fewer texts.
    """

    day_zero: date
    fewer: bool = False
    nights: defaultdict[date, int] = field(default_factory=_counts)
    weeks: defaultdict[int, int] = field(default_factory=_counts)
    priorities: defaultdict[tuple[int, Priority], int] = field(default_factory=_counts)
    tips: defaultdict[tuple[int, str], int] = field(default_factory=_counts)
    gates: set[date] = field(default_factory=set)
    served: dict[str, date] = field(default_factory=dict)

    def add(self, programme: str, night: date, priority: Priority, *, asks: bool) -> None:
        """Count one unsolicited text."""
        week = cap_week(self.day_zero, night)
        self.nights[night] += 1
        self.weeks[week] += 1
        self.priorities[week, priority] += 1
        if not asks:
            self.tips[week, programme] += 1

    def hear(self, programme: str, on: date) -> None:
        """Note that the programme had a text on the local date `on`."""
        self.served[programme] = max(on, self.served.get(programme, on))


def overdue(tally: Tally, rule: Rule, night: date) -> bool:
    """Whether the rule's programme was not heard, or not since day 0, for too long; what comes first never is."""
    if rule.rank < _CHECK_IN:
        return False
    return night - tally.served.get(rule.programme, tally.day_zero) >= OVERDUE


def turn(tally: Tally, slot: Candidate) -> Turn:
    """What the slots of a night are sorted by: priority, then whose programme was served longest ago."""
    rule = slot.rule
    waits = overdue(tally, rule, slot.night)
    rank = min(rule.rank, _CUT_OFF) if waits else rule.rank
    served = tally.served.get(rule.programme, date.min)
    return rank, not waits, rule.rank, served, slot.due, rule.programme, rule.key


def tips_left(tally: Tally, rule: Rule, night: date) -> int:
    """How many texts the rule's programme may still have this week by its own limit, which counts tips alone."""
    if rule.max_per_week is None or rule.asks:
        return 1
    week = cap_week(tally.day_zero, night)
    return rule.max_per_week - tally.tips[week, rule.programme]


def places_left(tally: Tally, night: date) -> int:
    """How many places the week of `night` still has."""
    week = cap_week(tally.day_zero, night)
    return week_cap(week, fewer=tally.fewer) - tally.weeks[week]


def week_could_bind(tally: Tally, night: date) -> bool:
    """Whether the weekly cap can matter to a text of `night`, all nights to come being full."""
    most = PER_NIGHT * (_last_night(tally, night) - night).days + PER_NIGHT - tally.nights[night]
    return places_left(tally, night) <= most


def nights_left(tally: Tally, night: date) -> list[date]:
    """The nights of the same week after `night`."""
    after, last = night.toordinal() + 1, _last_night(tally, night).toordinal()
    return [date.fromordinal(day) for day in range(after, last + 1)]


def _last_night(tally: Tally, night: date) -> date:
    return tally.day_zero + timedelta(days=7 * cap_week(tally.day_zero, night) + 6)


def week_allows(
    tally: Tally,
    rule: Rule,
    night: date,
    awaited: Callable[[Priority, int], int],
    *,
    owed: bool = False,
) -> bool:
    """Whether a text of `rule` in `night` may take one of the week's places.

    `awaited(priority, most)` counts, up to `most`, the slots of a priority that are still to come
    this week, this night included. Safety, lab and screen slots come first; then 3 places are
    kept for cut-offs and 1 for tips while such slots are to come; check-ins may have the rest,
    before what cut-offs and tips would take beyond their kept places. `owed`: the place kept for
    the rule's priority belongs to another programme.
    """
    week = cap_week(tally.day_zero, night)
    own = 0 if owed else _unserved(tally, week, rule.priority)
    spare = places_left(tally, night) - 1 - owed
    for rank, priority in enumerate(PRIORITIES):
        if spare < 0:
            return False
        claim = _claim(tally, week, rule, rank, priority, own)
        if claim:
            spare -= awaited(priority, min(claim, spare + 1))
    return spare >= 0


def _claim(tally: Tally, week: int, rule: Rule, rank: int, priority: Priority, own: int) -> int:
    """The most places this week that slots of `priority`, of `rank`, may claim before `rule`.

    `own`: how many of the places kept for the rule's own priority it may still have.
    """
    higher = rank < rule.rank
    if rank == rule.rank or (rule.priority in FIRST and not higher):
        return 0
    if priority in FIRST or (higher and not own):
        return week_cap(week, fewer=tally.fewer)
    return _unserved(tally, week, priority)


def _unserved(tally: Tally, week: int, priority: Priority) -> int:
    """How many of the places kept for `priority` no slot of it has taken this week."""
    kept = KEPT.get(priority)
    return max(0, kept - tally.priorities[week, priority]) if kept else 0
