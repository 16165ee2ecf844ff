"""A clinic's own questions as texts of the catalogue, and what is wrong with their wordings."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from message_templates.catalogue import LANGUAGES, Catalogue, Text
from message_templates.lint import lint_body
from message_templates.render import known_placeholders
from schedules.own_questions import LETTERS, OWN, OwnQuestion
from schedules.programme import Programme
from schedules.toml_scan import Path

# What can be filled in wherever a question comes up.
FILLED = frozenset({"clinic", "first", "phone", "emerg", "crisis", "poison"})
_HINTS = {
    "en": {"yes_no": "YES or NO", "time": "a time, like 2 PM", "text": "your own words"},
    "es": {"yes_no": "SI o NO", "time": "una hora: 14:00", "text": "sus palabras"},
}
_BETWEEN = {"en": "to", "es": "a"}
_OR = {"en": "or", "es": "o"}


def with_own(catalogue: Catalogue, programmes: Sequence[Programme]) -> Catalogue:
    """`catalogue` with the own questions of `programmes` beside the texts it has."""
    own = {
        (one.id, language): text
        for programme in programmes
        for one, begins in _questions(programme)
        for language, text in _texts(programme, one, begins=begins)
    }
    return (
        replace(catalogue, texts=MappingProxyType({**catalogue.texts, **own})) if own else catalogue
    )


def _questions(programme: Programme) -> Iterator[tuple[OwnQuestion, bool]]:
    """Each question, and whether a step begins with it."""
    begun = {text_id for step in programme.steps for text_id in step.say}
    return ((one, one.id in begun) for one in programme.questions)


def _texts(programme: Programme, one: OwnQuestion, *, begins: bool) -> Iterator[tuple[str, Text]]:
    """The question in each language. What comes later stands behind the privacy that the first asked for."""
    starred = any(other.private for other in programme.questions)
    for language in LANGUAGES:
        yield (
            language,
            Text(
                id=one.id,
                language=language,
                body=one.body(language),
                kind="question",
                starred=starred,
                discreet=None,
                gate=starred and begins,
                behind=None,
                only_if=(),
                not_if=(),
                safety=False,
                asks=OWN,
                review_pending=False,
                file=f"{programme.slug}.toml",
                line=0,
            ),
        )


def own_faults(programme: Programme, catalogue: Catalogue) -> Iterator[tuple[Path, str]]:
    """What is wrong with the wordings of the own questions, each with its place in the file."""
    for index, (one, begins) in enumerate(_questions(programme)):
        if catalogue.get(one.id, "en") is not None:
            yield (
                ("question", index, "id"),
                f"id: {one.id} is a text of another name; take another.",
            )
        for language, text in _texts(programme, one, begins=begins):
            place: Path = ("question", index, language)
            unfilled = [name for name in known_placeholders(text.body) if name not in FILLED]
            reasons = [
                *lint_body(text, text.body),
                *(f"{{{name}}} cannot be filled" for name in unfilled),
            ]
            for reason in dict.fromkeys(reasons):
                yield place, f"{one.id} ({LANGUAGES[language]}): {reason}."


def named_twice(programme: Programme, others: Iterable[Programme]) -> Iterator[str]:
    """The own questions of `programme` whose id another programme of the clinic has, each as a sentence."""
    taken = {one.id: other.title for other in others for one in other.questions}
    for one in programme.questions:
        if one.id in taken:
            yield f"id: {one.id} is a question of {taken[one.id]}; take another."


def own_hint(one: OwnQuestion, language: str) -> str:
    """How to answer, for the text that asks once more; as short as the linter takes a {hint} to be."""
    if one.type == "number":
        return f"{one.min} {_BETWEEN[language]} {one.max}"
    if one.type == "choice":
        *first, last = list(LETTERS[: len(one.options)])
        return f"{', '.join(first)} {_OR[language]} {last}"
    return _HINTS[language][one.type]


def kept_words(one: OwnQuestion, word: str, number: float | None) -> str:
    """An answer as people read it; of free text only that there is one."""
    labels: Mapping[str, str] = {option.key: option.en for option in one.options}
    if one.type == "text":
        return "in their own words"
    return f"{number:g}" if number is not None else labels.get(word, word)
