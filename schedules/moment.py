"""The wall-clock moment of a step in a night, before hours, flex and gaps."""

from datetime import date, datetime, time

from schedules.anchor import At
from schedules.facts import TEXTS_AT, Facts, as_time
from schedules.hours import nearest_inside
from schedules.night import DAY, NOON, Anchors, Rhythm, clock_of_night
from schedules.programme import Step


def moment_for(at: At, anchors: Anchors, rhythm: Rhythm, facts: Facts) -> datetime | None:
    """The naive local moment of `at` for a patient: an hour of their own choice lies inside their hours."""
    local = local_moment(at, anchors, facts)
    chosen = local is not None and at.fact == TEXTS_AT and facts.value(TEXTS_AT, local.date())
    return nearest_inside(rhythm, local) if local is not None and chosen else local


def local_moment(at: At, anchors: Anchors, facts: Facts) -> datetime | None:
    """The naive local moment of `at` in a night, before `apart`; None: its fact is not known.

    Its date is the one on which cadence, gates and dose dates are evaluated.
    """
    if at.anchor is not None:
        return (anchors.bedtime if at.anchor == "bedtime" else anchors.wake) + at.offset
    if at.clock is not None:
        return clock_of_night(anchors.night, at.clock)
    # A morning hour is on the next date, and the fact is read on the date of the slot itself:
    # an order that changes from 07:00 to 21:00 moves the dose of its own date only.
    for day, afternoon in ((anchors.night, True), (anchors.night + DAY, False)):
        clock = _fact_time(at.fact, facts, day)
        if clock is not None and (clock >= NOON) is afternoon:
            return datetime.combine(day, clock)
    moment = local_moment(at.otherwise, anchors, facts) if at.otherwise else None
    if moment is None or _fact_time(at.fact, facts, moment.date()) is not None:
        return None
    return moment


def _fact_time(code: str | None, facts: Facts, on: date) -> time | None:
    value = facts.value(code, on) if code else None
    return as_time(value) if value else None


def keep_apart(step: Step, facts: Facts, local: datetime) -> datetime:
    """`local`, moved to the asked-for distance behind each time fact it came too close to."""
    day = local.date()
    others = [
        (datetime.combine(day + shift * DAY, clock), distance)
        for code, distance in step.apart
        if (clock := _fact_time(code, facts, day))
        for shift in (-1, 0, 1)
    ]
    # Each pass only moves forward; one pass more than there are neighbours finds the free place.
    for _ in range(len(others) + 1):
        for other, distance in others:
            if abs(local - other) < distance:
                local = other + distance
    return local
