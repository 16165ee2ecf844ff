"""The question a step asks: its kind, what it is about and how long it stays open."""

from datetime import timedelta
from typing import Final, Literal, Self

from pydantic import Field, model_validator

from schedules.fields import Length, Names, Table

About = Literal["night", "dose_date", "week", "month", "test", "setting"]
QuestionKind = Literal[
    "symptom_0_10",
    "iron_yn",
    "caffeine_yn",
    "alcohol_yn",
    "nicotine_yn",
    "exercise_yn",
    "relax_yn",
    "compression_yn",
    "lab_yn",
    "aug_earlier_yn",
    "urges_yn",
    "med_change_yn",
    "bedtime_ask",
    "onset_time",
    "weekly_3",
    "nights_0_7",
    "own",
]
_ANSWER_TYPES: Final = {
    "symptom_0_10": "0-10",
    "bedtime_ask": "time",
    "onset_time": "time",
    "weekly_3": "three numbers",
    "nights_0_7": "nights",
    "own": "own",
}
_CLOSES: Final = {"week": timedelta(hours=48), "month": timedelta(hours=48)}
_CLOSES_OTHERWISE: Final = timedelta(hours=24)


def answer_type(kind: str) -> str:
    """The type of answer a question kind takes: two of one type cannot be told apart."""
    return _ANSWER_TYPES.get(kind, "yes/no")


class Ask(Table):
    """The question a step asks. `nudge`: asked once more that long after, if unanswered."""

    kind: QuestionKind
    about: About
    closes_after: Length | None = Field(default=None, alias="closes")
    then: Names = ()
    nudge: Length | None = None

    @model_validator(mode="after")
    def _asked_again_while_open(self) -> Self:
        if self.nudge is not None and self.nudge >= self.closes:
            raise ValueError(
                "The question has closed before its nudge; make nudge shorter than closes."
            )
        return self

    @property
    def closes(self) -> timedelta:
        """How long after its sending the question stays open: 24 h, weekly and monthly 48 h."""
        return self.closes_after or _CLOSES.get(self.about, _CLOSES_OTHERWISE)
