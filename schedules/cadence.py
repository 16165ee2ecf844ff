"""On which local dates a step falls: date arithmetic from the programme's day 0 and the facts."""

from calendar import monthrange
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from typing import Final

from schedules.cadence_entry import CadenceEntry, Monthly
from schedules.facts import WEEKDAYS, Facts, as_date
from schedules.fields import Weeks
from schedules.night import DAY
from schedules.programme import Rule, Step

WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class Course:
    """One patient's way through the programmes, from `day_zero` on.

    `key` is any stable name of the patient and rotates the days of n-per-week steps; None rotates
    nothing. `rules` are those that will be asked for, `capped` holds, by (programme, step), the dates whose
    slot a cap withheld: each moves to the next free day of its programme week. `weeks` keeps what was found of
    a rule's weeks.
    """

    day_zero: date
    facts: Facts
    key: str | None = None
    rules: tuple[Rule, ...] = ()
    capped: dict[tuple[str, str], set[date]] = field(default_factory=dict)
    weeks: dict[int, dict[Rule, Collection[int]]] = field(default_factory=dict)

    def cap(self, programme: str, step: str, day: date) -> None:
        """Let the slot of `day`, which a cap withheld, move to the next free day of its week."""
        self.capped.setdefault((programme, step), set()).add(day)
        for week in self.weeks.values():
            for rule in [rule for rule in week if rule.programme == programme]:
                del week[rule]


def known_days(course: Course, week: int) -> dict[Rule, Collection[int]]:
    """What is known of programme week `week` (from 0): the days (0-6) on which a rule falls.

    It begins with all rules whose days hang from no other step and no cap.
    """
    known = course.weeks.get(week)
    if known is None:
        alone = _alone(course.rules, course.facts.recorded, course.day_zero, week)
        known = course.weeks[week] = {
            rule: days if times is None else turned_days(rule, course.key, times)
            for rule, times, days in alone
            if (rule.programme, rule.key) not in course.capped
        }
    return known


@lru_cache(maxsize=2048)
def _alone(
    rules: tuple[Rule, ...], recorded: frozenset[str], day_zero: date, week: int
) -> list[tuple[Rule, int | None, Collection[int]]]:
    """The steady ones of `rules` that keep clear of no other, with what `_steady_week` says of each."""
    weeks = [(rule, _steady_week(rule, recorded, day_zero, week)) for rule in rules]
    return [(rule, *steady) for rule, steady in weeks if steady is not None and rule.parted is None]


def falls_on(rule: Rule, course: Course, day: date) -> bool:
    """Whether the step has a slot on local date `day`, replacement days included."""
    week, index = divmod((day - course.day_zero).days, WEEK)
    if week < 0:
        return False
    days = _steady_days(rule, course, week)
    if days is not None:
        return index in days
    at = rule.step.at
    if rule.dated and at.fact:
        held = course.facts.value(at.fact, day)
        if held is None or as_date(held) + at.days * DAY != day:
            return False
        if not rule.step.cadence:
            return True
    covering = _covering(rule, course, day)
    if covering is None:
        return False
    entry, count = covering
    if entry.times_per_week is not None:
        index = count % WEEK
        return index in _n_a_week(rule, course, day - index * DAY, entry.times_per_week)
    if not _matches(entry, course, day, count):
        return False
    return rule.parted is None or not falls_on(rule.parted, course, day)


def _steady_days(rule: Rule, course: Course, week: int) -> Collection[int] | None:
    """The days (0-6) of programme week `week` on which a steady rule falls; None for any other."""
    known = known_days(course, week)
    days = known.get(rule)
    if days is None:
        steady = _steady_week(rule, course.facts.recorded, course.day_zero, week)
        if steady is not None:
            days = known[rule] = _days_of_week(rule, course, week, steady)
    return days


def _steady(rule: Rule, recorded: frozenset[str]) -> bool:
    """Whether the dates hang from day 0 alone, no fact of theirs being `recorded` at any time."""
    if rule.dated or (rule.parted is not None and not _steady(rule.parted, recorded)):
        return False
    return not any(
        entry.rhythm is not None
        or isinstance(entry.weekdays, str)
        or entry.counted_from in recorded
        for entry in rule.step.cadence
    )


def times_in_week(step: Step, week: int) -> int | None:
    """How many slots an n-per-week step has in programme week `week` (from 0); None for any other cadence.

    Entries that are counted from a fact are left aside.
    """
    for entry in step.cadence:
        if entry.counted_from is None and _covers(entry.weeks, week):
            return entry.times_per_week
    return None


def _covers(weeks: Weeks | None, week: int) -> bool:
    """Whether programme week `week` (from 0) is one of `weeks`."""
    return weeks is None or (weeks.first <= week + 1 and (weeks.last is None or week < weeks.last))


def _days_of_week(
    rule: Rule, course: Course, week: int, steady: tuple[int | None, Sequence[int]]
) -> Collection[int]:
    """The days (0-6) of programme week `week` (from 0) on which a steady rule falls."""
    times, days = steady
    if times is None and rule.parted is None:
        return days
    first = course.day_zero + week * WEEK * DAY
    if times is not None:
        return _n_a_week(rule, course, first, times)
    taken = _days_of(rule.parted, course, first) if rule.parted else ()
    return [index for index in days if index not in taken]


@lru_cache(maxsize=16384)
def _steady_week(
    rule: Rule, recorded: frozenset[str], day_zero: date, week: int
) -> tuple[int | None, Sequence[int]] | None:
    """What is the same for all patients of one day 0: how many times, or on which days (0-6).

    None where the dates hang from facts too.
    """
    if not _steady(rule, recorded):
        return None
    course = Course(day_zero, Facts())
    covering = _covering(rule, course, day_zero + week * WEEK * DAY)
    if covering is None:
        return None, ()
    entry, count = covering
    if entry.times_per_week is not None:
        return entry.times_per_week, ()
    days = (day_zero + (count + index) * DAY for index in range(WEEK))
    return None, [
        index for index, day in enumerate(days) if _matches(entry, course, day, count + index)
    ]


def _covering(rule: Rule, course: Course, day: date) -> tuple[CadenceEntry, int] | None:
    """The first entry that covers `day`, and how many days after its origin `day` is."""
    for entry in rule.step.cadence:
        count = (day - course.day_zero).days
        if entry.counted_from is not None:
            origin = course.facts.value(entry.counted_from, day)
            if origin is not None:
                count = (day - as_date(origin)).days
                if count < 0 and entry.rhythm:
                    return None
                if not _within(entry, count):
                    continue
            elif entry.rhythm is None:
                continue
        if _covers(entry.weeks, count // WEEK):
            return entry, count
    return None


def _within(entry: CadenceEntry, count: int) -> bool:
    return count >= 0 if entry.for_days is None else 1 <= count <= entry.for_days


def _matches(entry: CadenceEntry, course: Course, day: date, count: int) -> bool:
    if entry.every_n_days is not None:
        return count % entry.every_n_days == 0
    if entry.rhythm is not None:
        order = course.facts.value(entry.rhythm, day)
        return order == "daily" or (order == "alternate" and count % 2 == 0)
    if isinstance(entry.weekdays, str):
        return WEEKDAYS[day.weekday()] in (course.facts.value(entry.weekdays, day) or "")
    if entry.weekdays is not None:
        return day.weekday() in entry.weekdays
    if entry.monthly is not None:
        return _monthly(entry.monthly, course.day_zero, day)
    return True


def _monthly(monthly: Monthly, day_zero: date, day: date) -> bool:
    if monthly.day is not None:
        return day.day == min(monthly.day, monthrange(day.year, day.month)[1])
    weekday = monthly.weekday_index
    wanted = day_zero.weekday() if weekday is None else weekday
    return day.weekday() == wanted and (day.day - 1) // WEEK + 1 in monthly.nth


def _n_a_week(rule: Rule, course: Course, first: date, times: int) -> Collection[int]:
    """The days (0-6) of an n-per-week step in the programme week from `first`, replacements included.

    A slot that a cap withheld, or that met a slot of the step in `not_with`, waits for the next
    day that is free.
    """
    parted, capped = rule.parted, course.capped.get((rule.programme, rule.key))
    if parted is None and capped is None:
        return turned_days(rule, course.key, times)
    own = _own_days(rule, course, first, times)
    if capped is None and (parted is None or (parted.programme, parted.key) not in course.capped):
        return own
    met = {(day - first).days for day in capped or ()}
    taken = _days_of(parted, course, first) if parted else ()
    days, waiting = [], 0
    for index in range(WEEK):
        free = index not in taken
        slot = free and (index in own or waiting > 0)
        waiting += (index in own and not free) - (index not in own and slot)
        waiting += slot and index in met
        if slot:
            days.append(index)
    return days


def _own_days(rule: Rule, course: Course, first: date, times: int) -> frozenset[int]:
    """The step's own days (0-6) of the programme week that begins on `first`.

    A day taken by the step in `not_with` gives way to the next free one, round the week, so that
    no rotation leaves a patient without the step.
    """
    wanted = turned_days(rule, course.key, times)
    if rule.parted is None:
        return wanted
    plain = Course(course.day_zero, course.facts, course.key)
    taken = frozenset(_days_of(rule.parted, plain, first))
    own = wanted - taken
    for clash in sorted(wanted & taken):
        week_round = ((clash + step) % WEEK for step in range(1, WEEK))
        free = next((i for i in week_round if i not in taken | own | wanted), None)
        own = own if free is None else own | {free}
    return own


def _days_of(rule: Rule, course: Course, first: date) -> Collection[int]:
    """The days (0-6) of the week from `first` on which `rule` falls."""
    week, index = divmod((first - course.day_zero).days, WEEK)
    days = _steady_days(rule, course, week) if week >= 0 and index == 0 else None
    if days is not None:
        return days
    return {index for index in range(WEEK) if falls_on(rule, course, first + index * DAY)}


@lru_cache(maxsize=65536)
def turned_days(rule: Rule, key: str | None, times: int) -> frozenset[int]:
    """The days (0-6) of an n-per-week step as one patient has them."""
    return spread_days(times, rotation(key, rule.programme, rule.key))


def spread_days(times: int, turned: int) -> frozenset[int]:
    """The days (0-6) of n slots a week: floor(7k/n) for k below n, turned by `turned` days."""
    return frozenset((WEEK * k // times + turned) % WEEK for k in range(times))


def rotation(key: str | None, programme: str, step: str) -> int:
    """By how many days a patient's n-per-week step is turned: the same in every process."""
    if key is None:
        return 0
    digest = blake2b(f"{key}\n{programme}/{step}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) % WEEK
