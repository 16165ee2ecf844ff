"""The characters that GSM-7 lacks: where each stands in a text, what it is called, and what to write instead."""

import unicodedata
from dataclasses import dataclass

from message_templates.segments import measure

# What word processors and phones put in, and the accents that Spanish texts do without.
_INSTEAD = (
    dict.fromkeys("“”„«»″", '"')
    | dict.fromkeys("‘’‚′`´", "'")
    | dict.fromkeys("–—−‐‑", "-")
    | {"…": "...", "•": "-", "·": "-", "\N{NO-BREAK SPACE}": " ", "ç": "c", "º": "o", "ª": "a"}
    | dict(zip("áíóúÁÍÓÚ", "aiouAIOU", strict=True))
)


@dataclass(frozen=True, slots=True)
class Stray:
    """One character outside GSM-7: `position` from 1; `instead` is empty where nothing obvious replaces it."""

    character: str
    name: str
    position: int
    instead: str


def stray_characters(text: str) -> list[Stray]:
    """Every place of `text` that GSM-7 cannot spell, in order."""
    offending = set(measure(text).offending)
    return [
        Stray(
            character,
            unicodedata.name(character, f"U+{ord(character):04X}").lower(),
            position,
            _INSTEAD.get(character, ""),
        )
        for position, character in enumerate(text, start=1)
        if character in offending
    ]
