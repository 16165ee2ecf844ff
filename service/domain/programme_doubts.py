"""What may be published and is still probably not meant, in sentences for whoever is about to publish it."""

from collections.abc import Iterator
from datetime import time, timedelta

from schedules.night import DEFAULT_WINDOW
from schedules.programme import Programme, Step
from service.domain.programme_words import length, when


def doubts(programme: Programme) -> list[str]:
    """A warning after what it warns of, and hours that hardly anybody chose."""
    return [doubt for step in programme.steps for doubt in (*_late(step), *_out_of_hours(step))]


def _late(step: Step) -> Iterator[str]:
    if step.cutoff is not None and step.at.anchor == "bedtime" and step.at.offset > step.cutoff:
        cutoff = length(abs(step.cutoff))
        yield f"{step.key} comes after the cut-off it names, {cutoff} before bedtime."


def _out_of_hours(step: Step) -> Iterator[str]:
    clock = step.at.clock
    if clock is None:
        return
    opens, closes = (_since_midnight(edge) for edge in DEFAULT_WINDOW)
    at = _since_midnight(clock)
    if at + step.flex.later < opens or at - step.flex.earlier > closes:
        yield (
            f"{step.key}, {when(step.at)}, cannot be moved into the usual hours, {DEFAULT_WINDOW[0]:%H:%M} to"
            f" {DEFAULT_WINDOW[1]:%H:%M}: only who chose other hours gets it."
        )


def _since_midnight(clock: time) -> timedelta:
    return timedelta(hours=clock.hour, minutes=clock.minute)
