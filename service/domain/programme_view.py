"""What a programme means for one patient: whom it is for, and where its steps lie on the clock of a night."""

from dataclasses import dataclass
from datetime import date, time
from typing import Final

from schedules.facts import Facts
from schedules.hours import place, window_of
from schedules.moment import keep_apart, local_moment
from schedules.night import DAY, anchors_of
from schedules.programme import Programme, Rule
from schedules.recurrence import to_local, to_utc
from schedules.slots import Subject

_DAY_MIN: Final = 24 * 60
_NOON_MIN: Final = 12 * 60


@dataclass(frozen=True, slots=True)
class Pin:
    """One step on the clock: `due` before it enters the patient's hours, `placed` where it comes to lie.

    `placed` is None where it cannot be moved far enough. Local clock times of the patient.
    """

    step: str
    due: time
    placed: time | None

    @property
    def shown(self) -> time:
        """The time to mark."""
        return self.placed or self.due


def minutes_from_noon(clock: time) -> int:
    """Where a clock time lies between noon (0) and noon."""
    return (clock.hour * 60 + clock.minute - _NOON_MIN) % _DAY_MIN


def pins(programme: Programme, subject: Subject, night: date) -> list[Pin]:
    """The steps this patient may get, in the order of a night, whichever nights they fall on.

    Only hours and distances from pills are applied here; what texts do to each other depends on the night.
    """
    found = [pin for rule in programme.planned if (pin := _pin(rule, subject, night))]
    return sorted(found, key=lambda pin: minutes_from_noon(pin.shown))


def _pin(rule: Rule, subject: Subject, night: date) -> Pin | None:
    rhythm, facts = subject.rhythm, subject.facts
    local = local_moment(rule.step.at, anchors_of(rhythm, night), facts)
    if local is None:
        return None
    on = local.date()
    kept_out = any(facts.holds(item, on) for item in rule.not_if)
    let_in = all(any(facts.holds(item, on) for item in gate) for gate in rule.only_if)
    if kept_out or not let_in:
        return None
    due = to_utc(keep_apart(rule.step, facts, local), rhythm.zone)
    windows = [window_of(rhythm, on + shift * DAY) for shift in (-1, 0, 1)]
    placed = place(due, rule.step.flex, rule.step.useful_for, windows)
    return Pin(
        step=rule.key,
        due=to_local(due, rhythm.zone).time(),
        placed=to_local(placed.at, rhythm.zone).time() if placed else None,
    )


def applies(programme: Programme, facts: Facts, on: date) -> bool:
    """Whether the programme's own gates let a patient in on a local date; a stopped one lets nobody in."""
    head = programme.head
    if head.stopped:
        return False
    let_in = not head.only_if or any(facts.holds(item, on) for item in head.only_if)
    return let_in and not any(facts.holds(item, on) for item in head.not_if)
