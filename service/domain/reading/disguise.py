"""Words of danger with a sign or a digit in place of a letter: "d!e", "k1ll", "su*cide"."""

import re
from collections.abc import Collection

# Marks that hide any letter, and those that look like one.
_ANY = "*#_~"
_LOOKS_LIKE = {"a": "@4", "e": "3", "i": "!1|", "l": "1|", "o": "0", "s": "$5", "t": "7+"}


class Disguised:
    """A closed list of words, found where signs replace letters after the first."""

    __slots__ = ("_pattern", "_words")

    def __init__(self, words: Collection[str]) -> None:
        self._words = sorted(words)
        spelled = "|".join(f"({word[0]}{''.join(map(_one_of, word[1:]))})" for word in self._words)
        self._pattern = re.compile(rf"(?<![a-z0-9])(?:{spelled})(?![a-z0-9])")

    def revealed(self, text: str) -> str:
        """Plain text with those words in letters again, every character in its place."""
        return self._pattern.sub(self._in_letters, text)

    def _in_letters(self, match: re.Match[str]) -> str:
        return self._words[(match.lastindex or 1) - 1]


def _one_of(letter: str) -> str:
    return f"[{letter}{re.escape(_ANY + _LOOKS_LIKE.get(letter, ''))}]"
