"""Plain text to tokens: runs of letters or of digits, with what stands between them."""

import re
from dataclasses import dataclass, replace
from itertools import islice

from service.domain.reading.normalise import Plain

_RUN = re.compile(r"[a-z]+|[0-9]+")
# 1,600 characters of any language hold fewer words; what holds more is no language.
_MOST_TOKENS = 400
ABOUT = "ish"
"""What "7ish" adds to the 7: nothing that is read."""
_SENTENCE_END = frozenset(".!?;\n")
_PART_END = frozenset(',:()*"')


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a number, half-open [start, end) in the raw text.

    `glue`: the characters between the token before and this one. `sentence` and `part` (a part
    ends at a comma too) count from 0. `asked`: its sentence ends with a question mark.
    """

    word: str
    start: int
    end: int
    glue: str
    sentence: int
    part: int
    asked: bool = False

    @property
    def is_number(self) -> bool:
        """A run of digits."""
        return self.word.isdigit()


def tokenise(plain: Plain) -> tuple[Token, ...]:
    """The tokens of a text, in order."""
    found: list[Token] = []
    sentence = part = position = 0
    for match in islice(_RUN.finditer(plain.text), _MOST_TOKENS):
        glue = plain.text[position : match.start()]
        if glue.isspace() and "\n" not in glue:
            glue = " "
        if match[0] == ABOUT and glue in {"", " ", "-"} and found and found[-1].is_number:
            position = match.end()
            continue
        decimal = glue in {".", ":"} and found and found[-1].is_number and match[0].isdigit()
        if found and not decimal and not _SENTENCE_END.isdisjoint(glue):
            sentence, part = sentence + 1, part + 1
        elif found and not decimal and (not _PART_END.isdisjoint(glue) or " - " in glue):
            part += 1
        start, end = plain.origin[match.start()], plain.origin[match.end() - 1] + 1
        found.append(Token(match[0], start, end, glue, sentence, part))
        position = match.end()
    return _with_questions(found, plain.text[position:])


def _with_questions(tokens: list[Token], tail: str) -> tuple[Token, ...]:
    """Mark the sentences that a question mark closes."""
    if not tokens:
        return ()
    closers = [token.glue for token in tokens[1:]] + [tail]
    asked = {token.sentence for token, closer in zip(tokens, closers, strict=True) if "?" in closer}
    return tuple(replace(t, asked=True) if t.sentence in asked else t for t in tokens)
