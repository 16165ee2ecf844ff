"""A rehearsal as people read it: totals, what starves, and a line for each text, reply and text withheld."""

from collections.abc import Iterable, Iterator, Sequence

from schedules.recurrence import to_local
from schedules.slots import REASONS, reason_words
from service.domain.counting import counted
from service.rehearsal_totals import STARVES_FROM, Tally
from service.store.transcripts import REPLY, Line

INDENT = " " * 6
# Reasons of texts that are no slots of a plan, and so not in the plan's list.
OTHER_REASONS = {
    "answered": "The question had been answered.",
    "put_off": "The patient asked for the question at another time.",
}


def written(totals: Sequence[Tally], lines: Iterable[Line]) -> Iterator[str]:
    """The whole rehearsal as one text, line by line: the totals, then each patient after an empty line."""
    for total in totals:
        waiting = f"  undecided {total.waiting}" if total.waiting else ""
        yield (
            f"{total.programme:16} wanted {total.wanted:5}  sent {total.sent:5}"
            f"  withheld {total.withheld.total():5}{waiting}"
        )
        if total.starved:
            yield f"{INDENT}{starving(total)}"
        for count, why in withheld(total):
            yield f"{INDENT}{count:5}  {why}"
    patient = ""
    for line in lines:
        if line.patient != patient:
            patient = line.patient
            yield ""
        yield spoken(line)


def starving(total: Tally) -> str:
    """What is wrong with a programme that does not get a word in."""
    whom = counted(total.starved, "person", "people")
    return f"It starves: {whom} got none of its texts in {STARVES_FROM} weeks that each had one."


def withheld(total: Tally) -> list[tuple[int, str]]:
    """How often each reason, in words, kept a text of a programme back; the most frequent first."""
    by_count = sorted(total.withheld.items(), key=lambda one: (-one[1], one[0]))
    return [(count, reason_said(reason, "")) for reason, count in by_count]


def spoken(line: Line) -> str:
    """One line of a transcript, its times by the patient's own clock."""
    if line.kind == REPLY:
        return f"{_begin(line)}{INDENT}› {one_line(line.body or '')}"
    return f"{_begin(line)}  {place(line):32}  {line.template or '–':8}  {said(line)}"


def place(line: Line) -> str:
    """Where a text comes from: the step of a programme, or what kind of text it is."""
    where = f"{line.programme}/{line.step}" if line.programme else line.kind
    return where + " again" if line.kind == "nudge" else where


def said(line: Line) -> str:
    """What a text said, or why it was not sent."""
    if line.reason is not None:
        return f"withheld: {reason_said(line.reason, line.detail or '')}"
    return one_line(line.body) if line.body is not None else "undecided at the end"


def one_line(body: str) -> str:
    """A body on one line."""
    return " ⏎ ".join(body.splitlines())


def reason_said(reason: str, detail: str) -> str:
    """The reason in words."""
    if reason in REASONS:
        return reason_words(reason, detail)
    return OTHER_REASONS.get(reason, reason.replace("_", " "))


def _begin(line: Line) -> str:
    return f"{line.patient}  {to_local(line.at, line.zone):%a %d %b %H:%M}"
