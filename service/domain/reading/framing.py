"""What a text says without the greeting before it and the thanks or please behind it."""

import re
from collections.abc import Iterable

from service.domain.reading.normalise import HEART, SPELLED_SIGNS

# Faces and signs that say no more than a thanks does; a thumb, a tick or a laugh may be what is said.
_SAYING = "".join(sign for sign, word in SPELLED_SIGNS.items() if word != HEART)
_SIGN = f"(?![{_SAYING}])[\u2600-\u27bf\U0001f300-\U0001faff][\ufe0f\u200d\U0001f3fb-\U0001f3ff]*"
_BETWEEN = " \t\n\u00a0,.!;:"
_AT_THE_END = " \t\n\u00a0.!…"
# "Thanks so much please ❤": more layers are a matter of their own.
_MOST_COURTESIES = 3
_LONGEST = 400


class Framing:
    """The greetings and courtesies of all languages, each as people type it."""

    __slots__ = ("_closing", "_opening")

    def __init__(self, greetings: Iterable[str], courtesies: Iterable[str]) -> None:
        """Make the patterns, the longest phrases first."""
        self._opening = re.compile(rf"(?:{_any(greetings)})(?!\w)", re.IGNORECASE)
        self._closing = re.compile(rf"(?:(?<!\w)(?:{_any(courtesies)})|{_SIGN})\Z", re.IGNORECASE)

    def inner(self, text: str) -> str:
        """The text between greeting and courtesies, or the last of these where it says no more.

        A question keeps its please, and a long text all: what matters in it does not stand at its ends.
        """
        core = text.strip()
        if len(core) > _LONGEST:
            return core
        if greeting := self._opening.match(core):
            core = core[greeting.end() :].lstrip(_BETWEEN) or core
        for _ in range(_MOST_COURTESIES):
            ended = core.rstrip(_AT_THE_END)
            courtesy = self._closing.search(ended)
            rest = ended[: courtesy.start()].rstrip(_BETWEEN) if courtesy else ""
            if not rest:
                break
            core = rest
        return core


def _any(phrases: Iterable[str]) -> str:
    longest_first = sorted(phrases, key=len, reverse=True)
    return "|".join(r"\s+".join(map(re.escape, phrase.split())) for phrase in longest_first)
