"""Raw text to plain lower-case letters without accents, each with its place in the raw text."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from service.domain.reading.labels import MOST_CHARACTERS

_DROPPED = frozenset("'’‘`´\u200b\u200c\u200d\ufeff\ufe0f\u20e3")
HEART = " heart "
SPELLED_SIGNS = {
    **dict.fromkeys("👍👌🆗🙆", " thumbup "),
    "👎": " thumbdown ",
    **dict.fromkeys("✅✔☑💯", " tick "),
    **dict.fromkeys("❌✖❎🙅🚫", " cross "),
    **dict.fromkeys("❤💙💚💛💜🧡🖤🤍💕💖💗😍🥰😘♥🙏", HEART),
    **dict.fromkeys("😂🤣😆", " lol "),
    "½": ".5",
    "🔟": "10",
    "…": ". ",
    "–": "-",
    "—": ", ",
    "“": '"',
    "”": '"',
    "«": '"',
    "»": '"',
    "−": "-",
}
"""The signs that say something, and the words they are read as."""


@dataclass(frozen=True, slots=True)
class Plain:
    """Normalised text; `origin[i]` is the index in `raw` that character i came from."""

    raw: str
    text: str
    origin: Sequence[int]


def normalise(raw: str) -> Plain:
    """The first 1,600 characters of `raw`: compatibility forms folded, accents and apostrophes off.

    Emoji that answer something become words; skin tones and joiners vanish.
    """
    raw = raw[:MOST_CHARACTERS]
    if raw.isascii() and _DROPPED.isdisjoint(raw):
        return Plain(raw, raw.lower(), range(len(raw)))
    letters: list[str] = []
    origin: list[int] = []
    for index, character in enumerate(raw):
        folded = character.lower() if character < "\x80" else _fold(character)
        if folded not in _DROPPED:  # an ASCII apostrophe
            letters.append(folded)
            origin.extend([index] * len(folded))
    return Plain(raw, "".join(letters), origin)


def _fold(character: str) -> str:
    if character in SPELLED_SIGNS:
        return SPELLED_SIGNS[character]
    if character in _DROPPED or "\U0001f3fb" <= character <= "\U0001f3ff":
        return ""
    decomposed = unicodedata.normalize("NFKD", character)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).lower()
