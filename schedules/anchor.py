"""The moment of a step as a programme file gives it: an anchor with an offset, a clock time, or a fact's."""

from typing import Literal, Self

from pydantic import Field, model_validator

from schedules.facts import FACTS
from schedules.fields import ZERO, Clock, Offset, Table, fact_of


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
