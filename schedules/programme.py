"""The model of one programme file: what a nurse may write, and what it means.

The fields are those of clinical section 3. Beyond the plain ones:

- `safety = true` on a programme or step marks its only_if and not_if as safety gates.
- `stopped = true` on a programme: nothing of it is sent, until a version without it is published.
- `at = { fact = "iron_time", otherwise = { anchor = "wake", offset = "30m" } }`: the clock time a fact holds, and
  what applies while it is not known.
- A step that asks about a `dose_date` is the prompt of an ordered dose: the lab hold and `iron_hold` hold it, and
  it counts for the gap between texts but not for the caps. `tip_hold` holds every step of priority tip or cut_off.
  A file need not, and cannot, say so.

Validation is strict and unknown fields are refused; `schedules.loading` adds line numbers.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from typing import Annotated, Final, Literal, Self, get_args

from pydantic import BeforeValidator, Field, model_validator

from schedules.cadence_entry import CadenceEntry
from schedules.facts import FACTS
from schedules.fields import (
    ZERO,
    Apart,
    Clock,
    Cutoff,
    Flex,
    FlexField,
    Gate,
    Names,
    Offset,
    OneOrMore,
    Table,
    TextId,
    UsefulFor,
    fact_of,
    listed,
)
from schedules.own_questions import MOST_QUESTIONS, OwnQuestion
from schedules.question import Ask, answer_type

Priority = Literal["safety", "lab", "screen", "iron", "check_in", "cut_off", "tip"]
PRIORITIES: Final[tuple[Priority, ...]] = get_args(Priority)
"""Highest first."""

Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
TextIds = Annotated[tuple[TextId, ...], BeforeValidator(listed)]
MOST_ENTRIES: Final = 20
MOST_STEPS: Final = 40


class At(Table):
    """The moment of a step: an anchor with an offset, a clock time, or what a fact says."""

    anchor: Literal["bedtime", "wake"] | None = None
    offset: Offset = ZERO
    clock: Clock | None = None
    fact: str | None = None
    days: int = Field(default=0, ge=-366, le=366)
    otherwise: "At | None" = None

    @model_validator(mode="after")
    def _one_meaning(self) -> Self:
        if self.fact is not None:
            fact_of(self.fact, "date", "time", "flag or time")
            if self.anchor or self.by_date != (self.clock is not None):
                raise ValueError("A date fact needs a clock time; a time fact is one itself.")
        elif (self.anchor is None) == (self.clock is None):
            raise ValueError("Say when: anchor, clock or fact, and only one of them.")
        if (self.days and not self.by_date) or (self.otherwise and not self.by_fact_time):
            raise ValueError("days belongs to a date fact, otherwise to a time fact.")
        if self.offset and not self.anchor:
            raise ValueError("An offset belongs to an anchor.")
        if self.otherwise and (self.otherwise.by_date or self.fact in self.otherwise.time_facts):
            raise ValueError("otherwise is an anchor, a clock time, or the time of another fact.")
        return self

    @property
    def time_facts(self) -> tuple[str, ...]:
        """The facts whose clock time may be that of the step, the first known one first."""
        own = (self.fact,) if self.fact and self.by_fact_time else ()
        return own + (self.otherwise.time_facts if self.otherwise else ())

    @property
    def by_date(self) -> bool:
        """Whether the step falls on the date a fact holds."""
        return self.fact is not None and FACTS[self.fact].value == "date"

    @property
    def by_fact_time(self) -> bool:
        """Whether the clock time is the one a fact holds."""
        return self.fact is not None and not self.by_date


class Step(Table):
    """One step of a programme: one moment, its dates, its wordings and its question."""

    key: Key
    priority: Priority | None = None
    only_if: Gate = ()
    not_if: Gate = ()
    safety: bool = False
    at: At
    apart: Apart = ()
    cadence: Annotated[tuple[CadenceEntry, ...], Field(max_length=MOST_ENTRIES), OneOrMore] = ()
    follows: str | None = None
    not_with: str | None = None
    cutoff: Cutoff | None = None
    useful_for: UsefulFor = timedelta(hours=2)
    flex: FlexField = Flex()
    say: TextIds
    ask: Ask | None = None

    @model_validator(mode="after")
    def _has_dates(self) -> Self:
        if not self.cadence and not self.at.by_date:
            raise ValueError("The step has no cadence and no date of a fact to fall on.")
        if not self.say:
            raise ValueError("The step says no text.")
        if self.safety and not (self.only_if or self.not_if):
            raise ValueError("safety marks gates, and there are none here.")
        if len(set(self.say)) < len(self.say):
            raise ValueError(
                "say names a text twice; the texts of a list take turns by themselves."
            )
        if own := next((code for code, _ in self.apart if code in self.at.time_facts), None):
            raise ValueError(
                f"{own} is the step's own time, so the step cannot keep apart from it."
            )
        return self

    @property
    def once(self) -> bool:
        """Whether each text of `say` goes out once and the step then has ended."""
        return any(entry.once for entry in self.cadence)


class Head(Table):
    """The [programme] table."""

    slug: Key
    title: str = Field(min_length=1, max_length=80)
    sources: Names = ()
    priority: Priority
    only_if: Gate = ()
    not_if: Gate = ()
    safety: bool = False
    max_per_week: int | None = Field(default=None, ge=1, le=14)
    stopped: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One step with what its programme adds to it: the form the planner reads.

    `rank` is the index of its priority (0 is highest). `dose` is an ordered dose's prompt. `dated`: it falls on the
    date of a fact. `weekly`: n times a week. `parted` is the step of `not_with`, `leader` that of `follows`.
    """

    programme: str
    key: str
    step: Step
    priority: Priority
    rank: int
    only_if: tuple[tuple[str, ...], ...]
    not_if: tuple[str, ...]
    max_per_week: int | None
    asks: str | None
    dose: bool
    dated: bool
    once: bool
    weekly: bool
    parted: "Rule | None" = None
    leader: "Rule | None" = None


class Programme(Table):
    """One programme file."""

    head: Head = Field(alias="programme")
    steps: Annotated[tuple[Step, ...], BeforeValidator(listed)] = Field(
        alias="step", max_length=MOST_STEPS
    )
    questions: Annotated[tuple[OwnQuestion, ...], BeforeValidator(listed)] = Field(
        default=(), alias="question", max_length=MOST_QUESTIONS
    )

    @property
    def slug(self) -> str:
        """The programme's name in slots, rows and files."""
        return self.head.slug

    @property
    def title(self) -> str:
        """The programme's name for people."""
        return self.head.title

    def question(self, text_id: str) -> OwnQuestion | None:
        """The clinic's own question of that id."""
        return next((one for one in self.questions if one.id == text_id), None)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The steps as the planner reads them, in file order."""
        rules = {step.key: _rule(self.head, step) for step in self.steps}
        for step in self.steps:
            if step.not_with:
                rules[step.key] = replace(rules[step.key], parted=rules[step.not_with])
        for step in self.steps:
            if step.follows:
                rules[step.key] = replace(rules[step.key], leader=rules[step.follows])
        return tuple(rules.values())

    @property
    def planned(self) -> tuple[Rule, ...]:
        """The rules that are planned by: none while the programme is stopped."""
        return () if self.head.stopped else self.rules


def _rule(head: Head, step: Step) -> Rule:
    priority = step.priority or head.priority
    return Rule(
        programme=head.slug,
        key=step.key,
        step=step,
        priority=priority,
        rank=PRIORITIES.index(priority),
        only_if=tuple(gate for gate in (head.only_if, step.only_if) if gate),
        not_if=head.not_if + step.not_if,
        max_per_week=head.max_per_week,
        asks=answer_type(step.ask.kind) if step.ask else None,
        dose=step.ask is not None and step.ask.about == "dose_date",
        dated=step.at.by_date,
        once=step.once,
        weekly=any(entry.times_per_week for entry in step.cadence),
    )
