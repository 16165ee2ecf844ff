"""The earliest instant at which a change of programmes can matter to people who sleep alike: a bound, never late.

Planning everybody anew at the moment of a publication would hold up the texts that are due then. Nobody
needs to be looked at before the first slot that the new programmes could give them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from schedules.facts import Facts
from schedules.hours import Placed, place, window_of
from schedules.moment import keep_apart, local_moment
from schedules.night import DAY, Rhythm, anchors_of, night_of
from schedules.open_hours import night_over
from schedules.programme import Head, Programme, Rule, Step
from schedules.recurrence import to_utc


class Changed(NamedTuple):
    """A rule of the programmes to come; `fresh` where it is new or not what it was."""

    rule: Rule
    fresh: bool


def changed(before: Iterable[Programme], after: Iterable[Programme]) -> list[Changed]:
    """The rules of `after`, against those of `before`."""
    was: dict[tuple[str, str], list[tuple[Head, Step]]] = defaultdict(list)
    for programme in before:
        for step in programme.steps:
            was[programme.slug, step.key].append((programme.head, step))
    return [
        Changed(rule, (programme.head, rule.step) not in was[rule.programme, rule.key])
        for programme in after
        for rule in programme.planned
    ]


def time_facts(rules: Iterable[Rule]) -> frozenset[str]:
    """The facts whose clock times decide when the slots of `rules` are due."""
    return frozenset(
        code
        for rule in rules
        for code in (*rule.step.at.time_facts, *(other for other, _ in rule.step.apart))
    )


def soonest(
    rules: Sequence[Changed], rhythm: Rhythm, facts: Facts, now: datetime, spread: timedelta
) -> datetime:
    """The first instant from `now` on (UTC) at which any of `rules` may send a text, whatever the date.

    At the latest the end of tonight, when everybody is looked at anyway. Of `facts` only `time_facts`
    count; `spread` is how far a text may lie before its place, for the sender's sake. A fresh rule may
    have a slot that is due already and still of use: that one goes out at once.
    """
    tonight = night_of(now, rhythm.zone)
    found = night_over(rhythm, tonight)
    for night in (tonight - DAY, tonight, tonight + DAY):
        for placed, fresh in _placed(rules, rhythm, facts, night):
            if placed.at >= now or (fresh and placed.not_after >= now):
                found = min(found, max(placed.at - spread, now))
    return found


def _placed(
    rules: Sequence[Changed], rhythm: Rhythm, facts: Facts, night: date
) -> Iterator[tuple[Placed, bool]]:
    """Where the hours place the slots of one night."""
    anchors = anchors_of(rhythm, night)
    windows = [window_of(rhythm, night + DAY * n) for n in (-1, 0, 1, 2)]
    for rule, fresh in rules:
        step = rule.step
        local = local_moment(step.at, anchors, facts)
        if local is not None:
            due = to_utc(keep_apart(step, facts, local), rhythm.zone)
            placed = place(due, step.flex, step.useful_for, windows)
            if placed is not None:
                yield placed, fresh
