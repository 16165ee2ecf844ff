"""On which dates a step falls, as a programme file says it: one entry of its cadence.

Beyond the plain rhythms:

- `{ rhythm = "iron_oral", from = "iron_start" }`: the daily or alternate-day order a fact holds; nothing before the
  first dose date, counted from day 0 if that date is not known.
- `{ monthly = { nth = [1, 3], weekday = "wed" } }`; `weekday = "enrolment"` is the weekday of day 0.
- `once = true` stands alone or beside another rhythm: `{ once = true, weekdays = ["sat"] }`.
"""

from functools import cached_property
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from schedules.facts import WEEKDAYS
from schedules.fields import OneOrMore, Table, WeekdaysField, WeeksField, fact_of

ENROLMENT: Final = "enrolment"


class Monthly(Table):
    """The nth weekday of each month, or day d of it (29-31: the last day of a shorter month)."""

    nth: Annotated[tuple[Annotated[int, Field(ge=1, le=5)], ...], OneOrMore] = ()
    weekday: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun", "enrolment"] | None = None
    day: int | None = Field(default=None, ge=1, le=31)

    @model_validator(mode="after")
    def _one_meaning(self) -> Self:
        if bool(self.nth) != (self.weekday is not None) or bool(self.nth) == bool(self.day):
            raise ValueError("Monthly is nth with weekday, or day.")
        return self

    @cached_property
    def weekday_index(self) -> int | None:
        """Monday 0 to Sunday 6; None: the weekday of day 0."""
        named = self.weekday not in (None, ENROLMENT)
        return WEEKDAYS.index(self.weekday) if self.weekday and named else None


class CadenceEntry(Table):
    """On which local dates a step falls, within the span this entry covers."""

    daily: Literal[True] | None = None
    every_n_days: int | None = Field(default=None, ge=1, le=366)
    weekdays: WeekdaysField | None = None
    times_per_week: int | None = Field(default=None, ge=1, le=7)
    monthly: Monthly | None = None
    rhythm: str | None = None
    once: Literal[True] | None = None
    weeks: WeeksField | None = None
    counted_from: str | None = Field(default=None, alias="from")
    for_days: int | None = Field(default=None, ge=1, le=366)

    @model_validator(mode="after")
    def _one_meaning(self) -> Self:
        rhythms = (
            self.daily,
            self.every_n_days,
            self.weekdays,
            self.times_per_week,
            self.monthly,
            self.rhythm,
        )
        said = sum(rhythm is not None for rhythm in rhythms)
        if said > 1 or (said == 0 and not self.once):
            raise ValueError(
                "Say one rhythm: daily, every_n_days, weekdays, times_per_week, monthly, rhythm or once."
            )
        if self.rhythm is not None:
            fact_of(self.rhythm, "rhythm")
        if self.counted_from is not None:
            fact_of(self.counted_from, "date")
        elif self.for_days is not None:
            raise ValueError("for_days counts from a fact's date; say from.")
        return self
