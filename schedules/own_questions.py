"""A clinic's own questions in a programme file: their wording, the answers they take, and which comes next.

`next` names the question after an answer: one for every answer, or one for each (`{ yes = "…", no = "end" }`,
`{ "0-3" = "…" }`). Where it says nothing the next question of the file follows; "end" ends the questionnaire.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BeforeValidator, Field, PlainValidator, model_validator

from schedules.fields import Table, TextId, listed, shown

END: Final = "end"
OWN: Final = "own"
"""The kind of question a step asks that begins a questionnaire."""
MOST_QUESTIONS: Final = 10
LETTERS: Final = "ABCDE"
_RANGE: Final = re.compile(r"(\d{1,3})(?:-(\d{1,3}))?", re.ASCII)


def _next(raw: Any) -> Any:
    targets = list(raw.values()) if isinstance(raw, dict) and raw else [raw]
    if not all(isinstance(target, str) and target for target in targets):
        raise ValueError(
            'This is the id of a question or "end", or a table with one for each answer.'
        )
    return raw


Next = Annotated[str | dict[str, str] | None, PlainValidator(_next)]
AnswerType = Literal["number", "yes_no", "choice", "time", "text"]
Body = Annotated[str, Field(min_length=1, max_length=320)]
Label = Annotated[str, Field(min_length=1, max_length=30)]


class Option(Table):
    """One answer to choose; `key` is what is kept of it."""

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,19}$")]
    en: Label
    es: Label


class OwnQuestion(Table):
    """One question. `private`: it names a health topic, so a discreet patient is asked for privacy first."""

    id: TextId
    type: AnswerType
    en: Body
    es: Body
    private: bool = True
    min: int | None = Field(default=None, ge=0, le=998)
    max: int | None = Field(default=None, ge=1, le=999)
    options: Annotated[tuple[Option, ...], BeforeValidator(listed)] = ()
    next: Next = None

    @model_validator(mode="after")
    def _one_meaning(self) -> Self:
        if (self.type == "number") != (self.min is not None and self.max is not None):
            raise ValueError("A question for a number, and no other, says min and max.")
        if self.min is not None and self.max is not None and self.min >= self.max:
            raise ValueError("max must be more than min.")
        keys = {option.key for option in self.options}
        if (self.type == "choice") != (2 <= len(keys) <= len(LETTERS)):
            raise ValueError("A choice, and no other question, says 2 to 5 options.")
        if len(keys) < len(self.options):
            raise ValueError("Two options have the same key; give one another.")
        if isinstance(self.next, dict) and (wrong := self._no_answers(self.next)):
            raise ValueError(f"next names {wrong}, which is no answer to this question.")
        return self

    def _no_answers(self, named: dict[str, str]) -> str:
        """The first of `named` that is no answer, as the file spells it; empty if all are."""
        if self.type == "number":
            wrong = [key for key in named if not _RANGE.fullmatch(key)]
        else:
            known = set(self.words()) - {""}
            wrong = [key for key in named if key not in known]
        return shown(wrong[0]) if wrong else ""

    def body(self, language: str) -> str:
        """The wording as it is sent, the options behind their letters at its end."""
        said = {"en": self.en, "es": self.es}[language]
        labels = ({"en": option.en, "es": option.es}[language] for option in self.options)
        chosen = ", ".join(
            f"{letter} {label}" for letter, label in zip(LETTERS, labels, strict=False)
        )
        return f"{said} {chosen}" if chosen else said

    def words(self) -> Iterator[str]:
        """Every answer that may be kept; one of free text stands for all."""
        if self.type == "number" and self.min is not None and self.max is not None:
            yield from (str(number) for number in range(self.min, self.max + 1))
        elif self.type == "choice":
            yield from (option.key for option in self.options)
        else:
            yield from ("yes", "no") if self.type == "yes_no" else ("",)

    def named_next(self, word: str) -> str | None:
        """The id that `next` names after the answer `word`, None where it names none."""
        if not isinstance(self.next, dict):
            return self.next
        if self.type != "number":
            return self.next.get(word)
        whole = int(float(word) + 0.5)
        return next((to for key, to in self.next.items() if _in_range(whole, key)), None)


def _in_range(number: int, key: str) -> bool:
    found = _RANGE.fullmatch(key)
    return found is not None and int(found[1]) <= number <= int(found[2] or found[1])


def question_after(
    questions: Sequence[OwnQuestion], asked: OwnQuestion, word: str
) -> OwnQuestion | None:
    """The question that follows the answer `word` to `asked`; None where the questionnaire ends."""
    named = asked.named_next(word)
    if named is None:
        place = questions.index(asked) + 1
        return questions[place] if place < len(questions) else None
    return next((one for one in questions if one.id == named), None)
