"""How easy a text is to read: Flesch-Kincaid grade for English, Fernandez-Huerta ease for Spanish.

Kincaid and others 1975: 0.39 words a sentence + 11.8 syllables a word - 15.59, a school grade, lower is
easier. Fernandez Huerta 1959: 206.84 - 60 syllables a word - 1.02 words a sentence, higher is easier. As
Flesch counts, a colon ends a unit of thought as a full stop does, and a figure is one word of one syllable.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from message_templates.render import PlaceholderError, render
from message_templates.syllables import syllables

# Shorter texts are outside what either formula can judge.
FEWEST_WORDS = 8
HARDEST_GRADE = 5.1
HARDEST_EASE = 70.0

_WORD = re.compile(r"\w+(?:['’]\w+)*")
_ENDS = re.compile(r"[.!?:…]+(?=\s|$)")

# What the placeholders usually hold: the grade is that of the text a patient reads.
_EVERYWHERE = {
    "first": "Tom",
    "phone": "902-555-0140",
    "emerg": "911",
    "crisis": "988",
    "poison": "1-800-222-1222",
    "n": "8",
    "mean": "4",
    "usual": "5",
    "nights": "6",
    "hard": "1",
}
ORDINARY: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "en": _EVERYWHERE
        | {"clinic": "Lakeside Clinic"}
        | {"date": "Mon 23 Nov", "hint": "YES or NO", "cutoff": "2:00 PM", "time": "10:30 PM"},
        "es": _EVERYWHERE
        | {"clinic": "Clinica Norte"}
        | {"date": "lun 23 nov", "hint": "SI o NO", "cutoff": "14:00", "time": "22:30"},
    }
)


@dataclass(frozen=True, slots=True)
class Ease:
    """A text's figure by the formula of its language; `is_easy` says whether it keeps the limit."""

    language: str
    figure: float
    is_easy: bool


def reading_ease(body: str, language: str) -> Ease | None:
    """The ease of `body` with ordinary values in its placeholders; None under 8 words, or where it is faulty.

    KeyError: a language without a formula.
    """
    try:
        text = render(body, ORDINARY[language])
    except PlaceholderError:
        return None
    words = _WORD.findall(text)
    if len(words) < FEWEST_WORDS:
        return None
    sentences = sum(1 for one in _ENDS.split(text) if _WORD.search(one))
    a_sentence = len(words) / sentences
    a_word = sum(syllables(word, language) for word in words) / len(words)
    if language == "en":
        grade = round(0.39 * a_sentence + 11.8 * a_word - 15.59, 1)
        return Ease(language, grade, grade <= HARDEST_GRADE)
    ease = round(206.84 - 60 * a_word - 1.02 * a_sentence, 1)
    return Ease(language, ease, ease >= HARDEST_EASE)
