"""Steps that can never go out, and what keeps them: their gates, the span of a rhythm, another step.

Only what no patient and no date can change is a fault. A clock outside the usual hours is none: a
patient may choose any hours.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from schedules.anchor import At
from schedules.cadence_entry import CadenceEntry
from schedules.facts import WEEKDAYS
from schedules.gates import can_pass
from schedules.programme import Programme, Rule, Step
from schedules.spans import ALWAYS, Days, Span, left_of, span_of, taken_by
from schedules.toml_scan import Path

Found = Iterator[tuple[Path, str]]

EVERY_DAY: Final = frozenset(range(len(WEEKDAYS)))
_RULED_OUT: Final = (
    "{}: not_if rules out everybody whom only_if lets through, so the {} never goes out;"
    " take a fact out of one of them."
)
_HELD: Final = {
    "tip_hold": "every step of priority tip or cut_off",
    "iron_hold": "every prompt of an ordered dose",
}


_ONCE: Final = (
    "cadence: once ends the whole step when each of its texts went out; write once in every entry,"
    " or make two steps of it."
)


def never_sent(programme: Programme) -> Found:
    """Each place in the file that keeps a step from ever going out, with the sentence."""
    head = programme.head
    if head.only_if and not can_pass([head.only_if], head.not_if):
        yield ("programme", "only_if"), _RULED_OUT.format("only_if", "programme")
        return
    for index, rule in enumerate(programme.rules):
        for path, reason in _of_step(rule):
            yield ("step", index, *path), reason


def _of_step(rule: Rule) -> Found:
    step = rule.step
    if not can_pass(rule.only_if, rule.not_if):
        field = "only_if" if step.only_if else "not_if"
        yield (field,), _RULED_OUT.format(field, "step")
        return
    hold = "iron_hold" if rule.dose else "tip_hold"
    if (rule.dose or rule.priority in ("tip", "cut_off")) and not can_pass(rule.only_if, [hold]):
        yield ("only_if",), f"only_if: {hold} holds {_HELD[hold]}, so it never goes out."
    facts = _needed(step.at)
    if facts and not can_pass([*rule.only_if, facts], rule.not_if):
        named = " or ".join(facts)
        yield ("at",), f"at: the step needs {named}, and its gates rule out all who have it."
    for number, left in enumerate(_left(step.cadence)):
        reason = _of_entry(rule, step.cadence[number], left)
        if reason:
            yield ("cadence", number), f"cadence: {reason}"
    if step.once and not all(entry.once for entry in step.cadence):
        yield ("cadence",), _ONCE
    if rule.leader is not None and (reason := _never_with(rule, rule.leader)):
        yield ("follows",), f"follows: {reason}, so it never goes out."


def _needed(at: At) -> tuple[str, ...]:
    """The facts one of which must be known for the moment; none where it needs no fact."""
    if at.fact is None:
        return ()
    if at.otherwise is None:
        return (at.fact,)
    others = _needed(at.otherwise)
    return (at.fact, *others) if others else ()


def _left(cadence: Sequence[CadenceEntry]) -> list[list[Days]]:
    """The days of each entry that those before it leave.

    The days of an order count from day 0 where its first date is not known: of the entries
    before it only those that take every day take all of its days.
    """
    return [
        left_of(
            span_of(entry),
            [
                taken
                for taken in map(taken_by, cadence[:index])
                if entry.rhythm is None or taken.origin is None
            ],
        )
        for index, entry in enumerate(cadence)
    ]


def _of_entry(rule: Rule, entry: CadenceEntry, left: Sequence[Days]) -> str:
    """Why an entry never applies on the days `left` to it; empty if it may."""
    span, step = span_of(entry), rule.step
    if span.first > span.last:
        return "weeks begins after for_days has ended, so this never applies; change one of them."
    if not left:
        return "an entry before this one takes all its days; put this one first, or take it out."
    every = entry.every_n_days
    if every and all(last // every * every < first for first, last in left):
        return f"every {every} days there is no day within this span; make it longer."
    if step.at.by_date and step.at.fact == entry.counted_from:
        days = step.at.days
        if not any(first <= days <= last for first, last in left) or (every and days % every):
            return f"day {days} of {step.at.fact}, on which the step falls, is none of these days."
    for fact in _facts_of(entry):
        if not can_pass([*rule.only_if, [fact]], rule.not_if):
            return f"this needs {fact}, and the gates of the step rule out all who have it."
    return _beside(rule, entry, left)


def _facts_of(entry: CadenceEntry) -> list[str]:
    """The facts without which an entry covers no date."""
    weekdays = entry.weekdays if isinstance(entry.weekdays, str) else None
    begins = entry.counted_from if entry.rhythm is None else entry.rhythm
    return [fact for fact in (weekdays, begins) if fact is not None]


def _beside(rule: Rule, entry: CadenceEntry, left: Sequence[Days]) -> str:
    """Why the step in `not_with` leaves an entry no day; empty if it may leave one."""
    if rule.parted is None or rule.parted.dated:
        return ""
    first = rule.parted.step.cadence[0]
    span = span_of(first)
    within = all(span.first <= begin and end <= span.last for begin, end in left)
    same = entry.counted_from is None and first.counted_from is None
    if not (span == ALWAYS or (same and within)):
        return ""
    mine = entry.weekdays if isinstance(entry.weekdays, frozenset) else EVERY_DAY
    if mine <= _weekdays_of(first):
        return f"{rule.parted.key}, which it is not to come with, falls on all of these days."
    return ""


def _never_with(rule: Rule, leader: Rule) -> str:
    """Why no night has both a step and the one it follows; empty where one may."""
    if not can_pass([*rule.only_if, *leader.only_if], [*rule.not_if, *leader.not_if]):
        return f"{leader.key} goes to nobody whom this step lets through"
    if not rule.dated and not leader.dated and not _may_meet(rule.step, leader.step):
        return f"{leader.key} falls on none of its days"
    return ""


def _may_meet(step: Step, leader: Step) -> bool:
    """Whether the cadences may fall into one night, which has two dates."""
    return any(
        _overlap(span_of(mine), span_of(its)) and _adjoin(_possible(mine), _possible(its))
        for mine in step.cadence
        for its in leader.cadence
    )


def _overlap(one: Span, other: Span) -> bool:
    if one.origin != other.origin:
        return True
    return one.first <= other.last + 1 and other.first <= one.last + 1


def _adjoin(some: frozenset[int], others: frozenset[int]) -> bool:
    week = len(EVERY_DAY)
    return any((day + shift) % week in others for day in some for shift in (-1, 0, 1))


def _possible(entry: CadenceEntry) -> frozenset[int]:
    """The weekdays (Monday 0) on which an entry may fall."""
    return entry.weekdays if isinstance(entry.weekdays, frozenset) else EVERY_DAY


def _weekdays_of(entry: CadenceEntry) -> frozenset[int]:
    """The weekdays (Monday 0) on which an entry surely falls."""
    if entry.daily or entry.every_n_days == 1 or entry.times_per_week == len(EVERY_DAY):
        return EVERY_DAY
    return entry.weekdays if isinstance(entry.weekdays, frozenset) else frozenset()
