"""A clinic's own phrases: a reply that says exactly one of them is read as the word it was taught to mean.

Only what the shipped rules do not understand is looked up here, only as a whole reply, and only answers may come
of it: danger, STOP, consent and every command are read before, by rules no clinic can change. A part of a text
is never looked up, because what stands beside it ("not", "used to") may turn it round.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time

from service.domain.reading.labels import QUESTION_KINDS, RULE_VERSION, Reading
from service.domain.reading.normalise import normalise
from service.domain.reading.reader import read
from service.domain.reading.tokens import tokenise

Words = tuple[str, ...]

MEANINGS: Mapping[str, frozenset[str]] = {
    "yes": frozenset({"adherence_yes", "screen_yes"}),
    "no": frozenset({"adherence_no", "screen_no"}),
    "partly": frozenset({"adherence_partial"}),
    "later": frozenset({"later"}),
    "none": frozenset({"symptom_score", "nights_count", "onset_time"}),
    **{str(score): frozenset({"symptom_score"}) for score in range(11)},
}
"""The words a phrase may be taught to stand for, each with what may come of it: a number is a severity only."""
MOST_WORDS = 8
# Whoever joins or comes back must have said so in words that everybody understands.
_NEVER_AT = frozenset({"consent", "opted_out"})
_GUARDED = frozenset({"red_flag", "stop"})


@dataclass(frozen=True, slots=True)
class Taught:
    """One phrase: its number at the clinic, and its meaning (a key of MEANINGS)."""

    number: int
    meaning: str


def words_of(text: str) -> Words:
    """A text as it is compared: its words in small letters, without signs and accents."""
    return tuple(token.word for token in tokenise(normalise(text)))


def is_unsure(reading: Reading) -> bool:
    """Whether the rules made nothing of a text that a person wrote."""
    names = [intent.name for intent in reading.intents]
    return names == ["unknown"] and not reading.machine_made


def read_taught(
    text: str,
    open_kinds: Sequence[str],
    phrases: Mapping[Words, Taught],
    bedtime: time | None = None,
) -> Reading | None:
    """What a text says by a clinic's phrases, given the open kinds, newest first; None where they say nothing.

    The reading's version names the phrase: `2026.11.8+3`. For texts that `read` is unsure of.
    """
    taught = phrases.get(words_of(text))
    if taught is None or not _NEVER_AT.isdisjoint(open_kinds):
        return None
    found = read(taught.meaning, open_kinds, bedtime=bedtime)
    if not all(intent.name in MEANINGS[taught.meaning] for intent in found.intents):
        return None
    return Reading(found.intents, f"{RULE_VERSION}+{taught.number}", machine_made=False)


def fault_of(phrase: str) -> str | None:
    """Why a phrase may not be taught, as a sentence; None where it may."""
    words = words_of(phrase)
    if not words or all(word.isdigit() for word in words):
        return "A phrase needs at least one word."
    if len(words) > MOST_WORDS:
        return f"A phrase has at most {MOST_WORDS} words: one as long will hardly be written again."
    readings = [read(phrase, [kind]) for kind in ("none", *QUESTION_KINDS) if kind not in _NEVER_AT]
    if any(intent.name in _GUARDED for reading in readings for intent in reading.intents):
        return "This is read as danger or as STOP, which no phrase may change."
    if not any(is_unsure(reading) for reading in readings):
        return "This is understood already."
    return None
