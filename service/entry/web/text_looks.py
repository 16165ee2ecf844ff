"""A wording looked at while it is written: its length, what is wrong with it, how it reads, and how it arrives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from message_templates.catalogue import GATE_ID, LANGUAGES, Catalogue, Text
from message_templates.reading_ease import Ease, reading_ease
from message_templates.render import filled
from message_templates.segments import GSM_BASIC, GSM_EXTENDED, Length, measure
from message_templates.stray_characters import Stray, stray_characters
from service.domain.text_values import Room, made_up, names_among, room_of, values_for
from service.entry.web.access import member
from service.entry.web.programme_eyes import NAMED
from service.store import programme_pages
from service.store.content import Content
from service.store.records import Clinic
from service.store.session import Tx

# No text can hold these: every run of white space is one space.
_WHITE = frozenset("\n\r\f")
ALPHABET = tuple("".join(sorted(signs - _WHITE)) for signs in (GSM_BASIC, GSM_EXTENDED))
"""The signs of GSM-7, one and two units each, for the counter in the browser."""

Values = tuple[Mapping[str, str], Mapping[str, str]]
"""The shortest and the longest values of a language's placeholders."""


@dataclass(frozen=True, slots=True)
class Look:
    """One wording in one language. `was` and `was_long` are of the wording published last, "" and 0 units for none.

    `pieces`: the body cut at the characters GSM-7 lacks, each piece with whether it is one. `value_breaks`: only
    a value, such as a name, takes the text out of GSM-7. `discreet`: what a discreet patient gets, if anything else.
    """

    language: str
    label: str
    body: str
    was: str
    number: int
    long: Length
    was_long: Length
    room: Room | None
    bubbles: tuple[tuple[str, str, int], ...]
    strays: tuple[Stray, ...]
    pieces: tuple[tuple[str, bool], ...]
    value_breaks: bool
    ease: Ease | None
    faults: tuple[str, ...]
    discreet: tuple[str, str] | None
    untranslated: bool
    longest: Mapping[str, str]

    @property
    def is_changed(self) -> bool:
        """Whether it differs from the wording published last."""
        return self.body != self.was


def values_of(tx: Tx, clinic: Clinic, content: Content) -> dict[str, Values]:
    """What stands in the placeholders of each language at the shortest and at the longest.

    Names are those of the patients who read it; for who may not see names, others of their length.
    """
    names = programme_pages.given_names(tx, clinic.id)
    found = {}
    for language in LANGUAGES:
        extremes = names_among(names.get(language, ()))
        shown = extremes if member().may(NAMED) else made_up(extremes)
        hints = content.texts.shipped.hints[language].values()
        found[language] = values_for(clinic, hints, language, shown)
    return found


def look_at(
    text_id: str,
    language: str,
    body: str,
    *,
    content: Content,
    number: int,
    values: Values,
    faults: Sequence[str],
) -> Look:
    """`body` as the wording of a text, beside the one published last, which has `number`."""
    newest = content.texts.newest
    before, short, long = newest.get(text_id, language), *values
    english = newest.get(text_id, "en")
    room = room_of(body, language, long)
    strays = tuple(stray_characters(body))
    return Look(
        language=language,
        label=LANGUAGES[language],
        body=body,
        was=before.body if before else "",
        number=number,
        long=measure(filled(body, long)),
        was_long=measure(filled(before.body, long)) if before else measure(""),
        room=room,
        bubbles=_bubbles(filled(body, short), filled(body, long), room),
        strays=strays,
        pieces=_pieces(body, {one.position for one in strays}),
        value_breaks=not strays and bool(measure(filled(body, long)).offending),
        ease=reading_ease(body, language),
        faults=tuple(faults),
        discreet=_discreet(english, newest, language, long),
        untranslated=bool(body)
        and language != "en"
        and english is not None
        and body == english.body,
        longest=long,
    )


def _bubbles(short: str, long: str, room: Room | None) -> tuple[tuple[str, str, int], ...]:
    """What arrives: title, body and segments; one where no value makes a difference."""
    if short == long and room is None:
        return (("As it arrives", short, measure(short).segments),) if short else ()
    found = [("With the shortest values", short), ("With the longest values here", long)]
    if room is not None and room.units > min(room.most, measure(long).units):
        found.append(("With the long values there must be room for", room.body))
    return tuple((title, body, measure(body).segments) for title, body in found)


def _pieces(body: str, strays: set[int]) -> tuple[tuple[str, bool], ...]:
    pieces: list[tuple[str, bool]] = []
    for position, character in enumerate(body, start=1):
        is_stray = position in strays
        if pieces and not is_stray and not pieces[-1][1]:
            pieces[-1] = (pieces[-1][0] + character, False)
        else:
            pieces.append((character, is_stray))
    return tuple(pieces)


def _discreet(
    text: Text | None, newest: Catalogue, language: str, values: Mapping[str, str]
) -> tuple[str, str] | None:
    """The id and body that a patient with discreet privacy gets instead, or first."""
    if text is None or not text.starred:
        return None
    other = newest.get(text.discreet or GATE_ID, language)
    return (other.id, filled(other.body, values)) if other else None
