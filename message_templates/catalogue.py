"""The catalogue of texts: load it, look a text up by id, language and privacy.

Fallback rule: a text that a language lacks is None. Never another language instead: a patient
must not get a text that she cannot read, and the caller records why nothing was sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

from message_templates.fault import CatalogueError, Fault
from message_templates.text_files import Entry, Found, Kind, LanguageFiles, Wording, read_language

Privacy = Literal["plain", "discreet"]

GATE_ID = "GATE-01"
SHIPPED: Final = Path(__file__).parent
"""The folder of the languages that come with the product."""
LANGUAGES: Final = {"en": "English", "es": "Spanish"}
"""The languages of texts, as people call them."""
_PROPERTIES_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class Text:
    """One text in one language.

    `starred`: it names a health topic, so a discreet patient gets `discreet` (the id of its twin),
    or GATE-01 first (`gate`), or nothing more because the text `behind` has opened that gate.
    `only_if`: at least one of these facts must hold; `not_if`: none may; a number fact carries
    its bound (`onset_age<45`). `safety`: no edit may remove these gates. `asks`: the kind of
    question, None if it asks nothing. `file`, `line`: where it stands. `wording`: the number of the clinic's
    own wording, None as shipped.
    """

    id: str
    language: str
    body: str
    kind: Kind
    starred: bool
    discreet: str | None
    gate: bool
    behind: str | None
    only_if: tuple[str, ...]
    not_if: tuple[str, ...]
    safety: bool
    asks: str | None
    review_pending: bool
    file: str
    line: int
    wording: int | None = None


@dataclass(frozen=True, slots=True)
class Variant:
    """What a patient of one language and privacy is sent for an id.

    `sends`: the id of the text, None if that language lacks it or the GATE-01 it needs.
    `gated`: GATE-01 goes out first and `sends` after the patient's OK. An answer to the patient's
    own text passes no gate: there the caller ignores `gated`.
    """

    sends: str | None
    gated: bool


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All texts by (id, language), and the hints by language. Cannot be changed."""

    texts: Mapping[tuple[str, str], Text]
    hints: Mapping[str, Mapping[str, str]]

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages there are hints for, English first."""
        return tuple(self.hints)

    def get(self, text_id: str, language: str) -> Text | None:
        """The text in exactly this language, or None."""
        return self.texts.get((text_id, language))

    def variant(self, text_id: str, language: str, privacy: Privacy) -> Variant:
        """What goes to a patient with this language and privacy instead of `text_id`."""
        text = self.get(text_id, language)
        if text is None:
            return Variant(None, gated=False)
        if privacy == "plain" or not text.starred:
            return Variant(text_id, gated=False)
        if text.discreet is not None:
            twin = self.get(text.discreet, language)
            return Variant(twin.id if twin else None, gated=False)
        if text.gate:
            gate = self.get(GATE_ID, language)
            return Variant(text_id if gate else None, gated=gate is not None)
        return Variant(text_id, gated=False)

    def hint(self, kind: str, language: str) -> str | None:
        """The {hint} for an open question of this kind; None where re-asking needs none."""
        hints = self.hints[language]
        if kind.endswith("_yn") or kind == "consent":
            return hints.get(kind, hints["yes_no"])
        return hints.get(kind)

    def with_bodies(
        self,
        bodies: Mapping[tuple[str, str], str],
        numbers: Mapping[tuple[str, str], int] = MappingProxyType({}),
    ) -> "Catalogue":
        """This catalogue with a clinic's own wordings, by (id, language), and their numbers.

        A wording in a language that had none takes the id's properties. KeyError: id unknown.
        """
        changed = {
            (text_id, language): replace(
                self.texts.get((text_id, language)) or self.texts[text_id, _PROPERTIES_LANGUAGE],
                language=language,
                body=body,
                wording=numbers.get((text_id, language)),
            )
            for (text_id, language), body in bodies.items()
        }
        return replace(self, texts=MappingProxyType({**self.texts, **changed}))


@cache
def load(root: Path = SHIPPED) -> Catalogue:
    """The catalogue in `root`, one folder a language; read once. CatalogueError lists all faults."""
    english = read_language(root / _PROPERTIES_LANGUAGE, Entry)
    others = [
        read_language(folder, Wording)
        for folder in sorted(root.iterdir())
        if folder.name != _PROPERTIES_LANGUAGE and any(folder.glob("*.toml"))
    ]
    faults = [*english.faults, *(fault for files in others for fault in files.faults)]
    faults += [fault for files in others for fault in _unknown_ids(files, english)]
    if faults:
        raise CatalogueError(tuple(faults))
    languages: list[LanguageFiles[Entry] | LanguageFiles[Wording]] = [english, *others]
    texts = {
        (text_id, files.language): _text(text_id, files.language, found, english.texts[text_id])
        for files in languages
        for text_id, found in files.texts.items()
    }
    hints = {files.language: MappingProxyType(files.hints) for files in languages}
    return Catalogue(MappingProxyType(texts), MappingProxyType(hints))


def _unknown_ids(files: LanguageFiles[Wording], english: LanguageFiles[Entry]) -> list[Fault]:
    return [
        Fault(found.file, found.line, text_id, files.language, "no such id in English")
        for text_id, found in files.texts.items()
        if text_id not in english.texts
    ]


def _text(
    text_id: str, language: str, found: Found[Entry] | Found[Wording], english: Found[Entry]
) -> Text:
    entry = english.entry
    return Text(
        id=text_id,
        language=language,
        body=found.entry.text,
        kind=entry.kind,
        starred=entry.starred,
        discreet=entry.discreet,
        gate=entry.gate,
        behind=entry.behind,
        only_if=tuple(entry.only_if),
        not_if=tuple(entry.not_if),
        safety=entry.safety,
        asks=entry.asks,
        review_pending=found.review_pending,
        file=found.file,
        line=found.line,
    )
