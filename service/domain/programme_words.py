"""A step of a programme in sentences a nurse reads: when, how often, and what happens if it does not fit."""

from datetime import time, timedelta
from typing import Final

from schedules.cadence_entry import CadenceEntry, Monthly
from schedules.clock_changes import ClockChange
from schedules.facts import WEEKDAYS
from schedules.fields import Weeks
from schedules.own_questions import OWN
from schedules.programme import At, Head, Programme, Step
from service.domain.counting import counted

_NAMES: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SHORT_DAYS: Final = dict(zip(WEEKDAYS, (name[:3] for name in _NAMES), strict=True))
"""Weekdays as files spell them, with what people read."""
_TIMES: Final = {1: "once a week", 2: "twice a week", 7: "every day"}
_ORDER: Final = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth"}
_ANCHORS: Final = {"bedtime": "bedtime", "wake": "waking up"}
_PHRASES: Final = {
    "drinks": "usual drinking days",
    "iron_oral": "iron order",
    "iron_start": "first dose date",
    "iron_time": "ordered dose time",
    "next_lab": "blood test",
    "surgery": "operation",
    "medicine_change": "last medicine change",
}


def when(at: At) -> str:
    """`2 hours before bedtime`, `at 17:00`, `7 days before the blood test, at 12:00`."""
    if at.anchor is not None:
        anchor = _ANCHORS[at.anchor]
        if not at.offset:
            return f"at {anchor}"
        return (
            f"{length(abs(at.offset))} {'before' if at.offset < timedelta(0) else 'after'} {anchor}"
        )
    if at.fact is None:
        return f"at {_clock(at.clock)}"
    fact = _phrase(at.fact)
    if at.by_date:
        days = abs(at.days)
        side = "before" if at.days < 0 else "after"
        day = f"{counted(days, 'day')} {side}" if days else "on the day of"
        return f"{day} the {fact}, at {_clock(at.clock)}"
    otherwise = f", or else {when(at.otherwise)}" if at.otherwise else ""
    return f"at the patient’s own {fact}{otherwise}"


def how_often(step: Step) -> str:
    """`twice a week`, `3 times a week in weeks 1 to 4, then once a week`."""
    if not step.cadence:
        return "once for each date"
    return ", then ".join(_entry(entry) for entry in step.cadence)


def fits(step: Step) -> str:
    """What may happen to a text that does not fit the patient's hours."""
    earlier, later = step.flex.earlier, step.flex.later
    if earlier and later:
        moves = (
            f"may move up to {length(max(earlier, later))} either way to fit the patient’s hours"
        )
    elif earlier:
        moves = f"may come up to {length(earlier)} earlier to fit the patient’s hours"
    elif later:
        moves = f"may come up to {length(later)} later to fit the patient’s hours"
    else:
        moves = "is never moved"
    return f"It {moves}, and is never sent more than {length(step.useful_for)} after its time."


def texts(programme: Programme, step: Step) -> tuple[str, ...]:
    """The ids of everything a step may say, what follows its question included."""
    if step.ask and step.ask.kind == OWN:
        return tuple(one.id for one in programme.questions)
    return (*step.say, *(step.ask.then if step.ask else ()))


def gates(step: Step | Head) -> str:
    """Whom a step or a programme is for; empty where for everyone."""
    parts = []
    if step.only_if:
        parts.append("only for " + " or ".join(_facts(step.only_if)))
    if step.not_if:
        parts.append("not for " + " or ".join(_facts(step.not_if)))
    return ", ".join(parts)


def clock_change(change: ClockChange) -> str:
    """`Clocks go back: 01:00–02:00 comes twice; …`, with what becomes of a text that is due then."""
    begin, end = (f"{one:%H:%M}" for one in change.hours)
    if change.shift < timedelta(0):
        return f"Clocks go back: {begin}–{end} comes twice. A text due then goes out once, the first time."
    moved = length(change.shift)
    return f"Clocks go forward: {begin}–{end} does not come. A text due then goes out {moved} later by the clock."


def length(span: timedelta) -> str:
    """`2 hours`, `45 minutes`, `9 hours 30 minutes`."""
    hours, minutes = divmod(span // timedelta(minutes=1), 60)
    parts = [counted(hours, "hour")] if hours else []
    parts += [counted(minutes, "minute")] if minutes or not hours else []
    return " ".join(parts)


def _entry(entry: CadenceEntry) -> str:
    words = _rhythm(entry)
    if entry.counted_from is not None:
        words += f" for {counted(entry.for_days, 'day')}" if entry.for_days else ""
        words += f" from the {_phrase(entry.counted_from)} on"
    return words + (_weeks(entry.weeks) if entry.weeks else "")


def _rhythm(entry: CadenceEntry) -> str:
    if entry.daily:
        return "every day"
    if entry.times_per_week:
        return _TIMES.get(entry.times_per_week, f"{entry.times_per_week} times a week")
    if entry.every_n_days:
        return "every day" if entry.every_n_days == 1 else f"every {entry.every_n_days} days"
    if entry.monthly:
        return _monthly(entry.monthly)
    once = ", each text once" if entry.once else ""
    if isinstance(entry.weekdays, str):
        return f"on the {_phrase(entry.weekdays)}" + once
    if entry.weekdays:
        return "on " + ", ".join(_NAMES[day] for day in sorted(entry.weekdays)) + once
    if entry.rhythm:
        return f"as the {_phrase(entry.rhythm)} says"
    return "each text once"


def _monthly(monthly: Monthly) -> str:
    if monthly.day:
        return f"on day {monthly.day} of the month"
    which = " and ".join(_ORDER[nth] for nth in monthly.nth)
    day = monthly.weekday_index
    return f"on the {which} {'weekday of joining' if day is None else _NAMES[day]} of the month"


def _weeks(weeks: Weeks) -> str:
    if weeks.last is None:
        return f" from week {weeks.first} on"
    if weeks.first == weeks.last:
        return f" in week {weeks.first}"
    return f" in weeks {weeks.first} to {weeks.last}"


def _facts(items: tuple[str, ...]) -> list[str]:
    return [f"“{item.replace('_', ' ')}”" for item in items]


def _phrase(fact: str) -> str:
    return _PHRASES.get(fact, fact.replace("_", " "))


def _clock(clock: time | None) -> str:
    return f"{clock:%H:%M}" if clock else ""
