"""A text's body from its template: the clinic's own values, the language, the patient's privacy."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, cast

from message_templates.catalogue import Catalogue
from message_templates.kept_words import TELL_THE_WEEK
from message_templates.render import render
from message_templates.segments import in_gsm, measure
from schedules.slots import Wording

Privacy = Literal["plain", "discreet"]


class Voice(Protocol):
    """What a clinic's texts call it, and whom they tell a patient to phone."""

    @property
    def alias(self) -> str: ...  # noqa: D102 (the fields of a clinic, under their own names)
    @property
    def phone(self) -> str: ...  # noqa: D102
    @property
    def emergency(self) -> str: ...  # noqa: D102
    @property
    def crisis(self) -> str: ...  # noqa: D102
    @property
    def poison(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Composed:
    """A body ready to send; `wording` is the number of the clinic's wording it was made from, if it has one."""

    template: str
    body: str
    segments: int
    wording: int | None


class NoTextError(LookupError):
    """The text does not exist in that language."""


def compose(
    catalogue: Catalogue, voice: Voice, template: str, language: str, values: Mapping[str, str]
) -> Composed:
    """The body of `template`; NoTextError, or PlaceholderError when a value is missing.

    A name's marks that would lengthen the text are left out: see `in_gsm`.
    """
    text = catalogue.get(template, language)
    if text is None:
        raise NoTextError(f"{template} does not exist in {language!r}")
    filled = {**own_values(voice), **values}
    body = render(text.body, {name: in_gsm(value) for name, value in filled.items()})
    return Composed(template, body, measure(body).segments, text.wording)


def wordings_for(catalogue: Catalogue, language: str, privacy: Privacy) -> Mapping[str, Wording]:
    """Every text as the planner sees it for a patient of that language and privacy."""
    found = {}
    for (text_id, of_language), text in catalogue.texts.items():
        if of_language == "en":
            variant = catalogue.variant(text_id, language, privacy)
            found[text_id] = Wording(
                text_id,
                variant.sends,
                variant.gated,
                text.only_if,
                text.not_if,
                text_id in TELL_THE_WEEK,
            )
    return found


def own_values(voice: Voice) -> dict[str, str]:
    """What a clinic itself fills into its texts."""
    return {
        "clinic": voice.alias,
        "phone": voice.phone,
        "emerg": voice.emergency,
        "crisis": voice.crisis,
        "poison": voice.poison,
    }


def as_received(catalogue: Catalogue, template: str, language: str, privacy: str) -> str:
    """The id that is really sent to a patient of that privacy: the discreet twin where there is one."""
    variant = catalogue.variant(template, language, cast("Privacy", privacy))
    return variant.sends or template
