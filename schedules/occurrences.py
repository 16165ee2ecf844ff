"""Where the steps of one programme fall for an imaginary patient, before hours, caps and gates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from schedules.cadence import Course, falls_on
from schedules.facts import Facts
from schedules.moment import keep_apart, local_moment
from schedules.night import DAY, Anchors, Rhythm, anchors_of
from schedules.programme import Programme, Rule
from schedules.recurrence import to_local, to_utc


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One moment of a step: `local` is the naive wall clock, `utc` the instant it names."""

    programme: str
    step: str
    night: date
    local: datetime
    utc: datetime


def occurrences(
    programme: Programme, rhythm: Rhythm, start: date, nights: int, facts: Facts
) -> list[Occurrence]:
    """The moments of `nights` nights from `start`, which is programme day 0, in order of instant.

    Nothing is rotated. A slot counts its days on its local date, so the wake-up of night `start`
    is on day 1. `follows` and `not_with` are kept, `once` ends a step after as many slots as it
    has texts; holds and gates are not applied.
    """
    course = Course(start, facts)
    left = {rule.key: len(rule.step.say) if rule.once else nights for rule in programme.planned}
    found: list[Occurrence] = []
    for night in (start + n * DAY for n in range(nights)):
        anchors = anchors_of(rhythm, night)
        tonight: dict[str, Occurrence] = {}
        for rule in _leaders_first(programme.planned):
            follows = rule.step.follows
            if left[rule.key] and (follows is None or follows in tonight):
                occurrence = _occurrence(rule, anchors, course, rhythm.zone)
                if occurrence is not None:
                    tonight[rule.key] = occurrence
                    left[rule.key] -= 1
        found.extend(tonight.values())
    return sorted(found, key=lambda occurrence: (occurrence.utc, occurrence.step))


def _leaders_first(rules: Sequence[Rule]) -> list[Rule]:
    return sorted(rules, key=lambda rule: rule.step.follows is not None)


def _occurrence(rule: Rule, anchors: Anchors, course: Course, zone: str) -> Occurrence | None:
    local = local_moment(rule.step.at, anchors, course.facts)
    if local is None or not falls_on(rule, course, local.date()):
        return None
    utc = to_utc(keep_apart(rule.step, course.facts, local), zone)
    # Read back, since a gap of the clock may have moved it.
    return Occurrence(rule.programme, rule.key, anchors.night, to_local(utc, zone), utc)
