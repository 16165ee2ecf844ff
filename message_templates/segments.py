"""How long a text is on the air: encoding, units and segments, counted as the network counts.

Limits and alphabets: 3GPP TS 23.038 section 6.2.1 (GSM 7 bit default alphabet and its extension
table); 160/153 septets and 70/67 UTF-16 units as Twilio's message-segment-calculator splits them.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Encoding = Literal["GSM-7", "UCS-2"]

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = frozenset("\f^{}\\[~]|€")
_GSM = GSM_BASIC | GSM_EXTENDED
_ALONE: dict[Encoding, int] = {"GSM-7": 160, "UCS-2": 70}
_JOINED: dict[Encoding, int] = {"GSM-7": 153, "UCS-2": 67}


@dataclass(frozen=True, slots=True)
class Length:
    """Length of one text: `units` are septets (GSM-7) or UTF-16 units (UCS-2).

    `offending`: the characters, each once, in order, that GSM-7 lacks.
    """

    encoding: Encoding
    units: int
    segments: int
    offending: tuple[str, ...]


def measure(text: str) -> Length:
    """The length of `text`. An empty text has no segment."""
    offending = tuple(c for c in dict.fromkeys(text) if c not in _GSM)
    encoding: Encoding = "UCS-2" if offending else "GSM-7"
    sizes = _sizes(text, encoding)
    units = sum(sizes)
    if units <= _ALONE[encoding]:
        return Length(encoding, units, min(units, 1), offending)
    return Length(encoding, units, _segments(sizes, _JOINED[encoding]), offending)


def in_gsm(text: str) -> str:
    """`text` with letters that GSM-7 lacks written without their marks: "Zoe" for "Zoë".

    One such letter would more than double the length of a text. What has no such form stays as it is.
    """
    if _GSM.issuperset(text):
        return text
    return "".join(sign if sign in _GSM else _unmarked(sign) for sign in text)


def _unmarked(sign: str) -> str:
    plain = "".join(
        one for one in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(one)
    )
    return plain if plain and _GSM.issuperset(plain) else sign


def _sizes(text: str, encoding: Encoding) -> list[int]:
    """The units of each character."""
    if encoding == "GSM-7":
        return [2 if character in GSM_EXTENDED else 1 for character in text]
    return [2 if ord(character) > 0xFFFF else 1 for character in text]


def _segments(sizes: Iterable[int], room: int) -> int:
    """Segments needed when no pair (escape or surrogate) may be cut in two."""
    segments, used = 1, 0
    for size in sizes:
        if used + size > room:
            segments, used = segments + 1, 0
        used += size
    return segments
