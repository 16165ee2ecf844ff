"""Scores and counts in a text: which numbers are the answer, and which are something else."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

from service.domain.reading.document import Document
from service.domain.reading.lexicon import Lexicon

_HALVES = frozenset({"half", "medio", "media"})
_HOMOPHONES = {"ate": 8, "for": 4, "fore": 4, "won": 1, "tree": 3, "nein": 9, "sics": 6, "sex": 6}
# "5 or 6", "7 going on 8", "5 tirando a 6".
_JOINS_A_RANGE = frozenset(
    {"or", "to", "o", "a", "and", "y", "maybe", "u", "possibly"}
) | frozenset({"going", "on", "pushing", "bordering", "tirando", "casi"})
SCALE = 10
# No answer holds more; what follows cannot make it clearer.
_MOST_NUMBERS = 12


@dataclass(frozen=True, slots=True)
class Number:
    """A number at tokens [start, end). `scaled`: written as N/10 or "N out of 10".

    `cued`: a word that leads to a score stands before it. `elsewhere`: it counts or dates
    something else.
    """

    start: int
    end: int
    value: float
    glue: str
    scaled: bool
    cued: bool
    elsewhere: bool

    @property
    def whole(self) -> int:
        """The value, halves up."""
        return floor(self.value + 0.5)


def numbers(document: Document, lexicon: Lexicon, *, decimal_comma: bool) -> list[Number]:
    """Every number of the text in order; `decimal_comma` where one number was asked."""
    cues = {mark.end for mark in document.all("score_lead")}
    elsewhere = _elsewhere(document)
    found: list[Number] = []
    place = 0
    while place < len(document.tokens) and len(found) < _MOST_NUMBERS:
        read = _number_at(document, place, lexicon, decimal_comma=decimal_comma)
        if read is None:
            place += 1
            continue
        end, value = read
        scaled_end = _scale(document, end)
        glue = document.tokens[place].glue
        found.append(
            Number(
                start=place,
                end=max(end, scaled_end),
                value=value,
                glue=glue,
                scaled=scaled_end > end,
                cued=place in cues,
                elsewhere=place in elsewhere and scaled_end <= end,
            )
        )
        place = max(end, scaled_end)
    return found


def _elsewhere(document: Document) -> set[int]:
    """Token places that a unit or a lead claims for a count, a time or a date."""
    claimed: set[int] = set()
    thought = {mark.start for mark in document.all("score_tail")}
    claimed.update({mark.start for mark in document.all("count_unit", "spoken_unit")} - thought)
    led = {
        (mark.end, place)
        for mark in document.all("score_lead")
        for place in range(mark.start + 1, mark.end)
    }
    for mark in document.all("count_lead"):
        # "Put it at 6" leads to a score, "at 6" alone to an hour.
        if (mark.end - 1, mark.start) not in led:
            claimed.update(range(mark.start, mark.end))
    for place in range(2, len(document.tokens)):
        # "woke at 2 and 4": the second hour goes with the first.
        if document.words[place - 1] in {"and", "y", "until", "till"} and place - 2 in claimed:
            claimed.add(place)
    for place, token in enumerate(document.tokens):
        glued = token.glue == "" and place > 0
        if glued and token.is_number and not document.tokens[place - 1].is_number:
            claimed.add(place)  # a model: S9
        if token.glue == "(" and place > 0 and not document.tokens[place - 1].is_number:
            claimed.add(place)  # no sentence but code: alert(1)
        if token.glue == ":" and token.is_number and place > 0:
            claimed.update((place - 1, place))
    return claimed


def _number_at(
    document: Document, place: int, lexicon: Lexicon, *, decimal_comma: bool
) -> tuple[int, float] | None:
    tokens = document.tokens
    token = tokens[place]
    if token.is_number:
        value, end = float(token.word[:6]), place + 1
        following = tokens[end] if end < len(tokens) else None
        points = {".", ","} if decimal_comma else {"."}
        if following and following.is_number and following.glue in points:
            digits = following.word[:3]
            value, end = value + int(digits) / 10 ** len(digits), end + 1
        negative = token.glue.endswith("-") and (place == 0 or token.glue.startswith(" "))
        value = -value if negative and not token.glue.endswith("- ") else value
    elif token.word == "one" and place and document.between(place - 1, place, "one_of_them"):
        return None
    elif token.word in lexicon.numbers and token.word not in {"once", "una", "uno"}:
        value, end = float(lexicon.numbers[token.word]), place + 1
        if token.word in {"minus", "menos"}:
            return None
    elif token.word == "uno" or document.words == ("una",):
        value, end = 1.0, place + 1
    else:
        return None
    if place and tokens[place - 1].word in {"minus", "negative", "menos"}:
        value = -value
    words = tuple(t.word for t in tokens[end : end + 3])
    for length in (3, 2):
        if words[length - 1 : length] and words[length - 1] in _HALVES and words[0] in {"and", "y"}:
            return end + length, value + 0.5
    if words[:2] == ("point", "five") or words[:2] == ("1", "2"):
        glued_half = words[0] == "point" or tokens[end + 1].glue == "/"
        if glued_half:
            return end + 2, value + 0.5
    return end, value


def _scale(document: Document, end: int) -> int:
    """Where the scale after a number ends: "/10", "out of 10", "de 10"; else `end`."""
    tokens = document.tokens
    words = tuple(token.word for token in tokens[end : end + 3])
    if words[:1] in {("10",), ("ten",)} and tokens[end].glue.strip() == "/":
        return end + 1
    if words in {("out", "of", "10"), ("out", "of", "ten")}:
        return end + 3
    if words[:2] in {
        ("outta", "10"),
        ("outta", "ten"),
        ("of", "10"),
        ("of", "ten"),
        ("de", "10"),
        ("de", "diez"),
        ("over", "10"),
    }:
        return end + 2
    if words[:2] in {("sobre", "10"), ("sobre", "diez")}:
        return end + 2
    return end


def homophone(document: Document, *, alone: bool) -> int | None:
    """The number a dictated word stands for where a score belongs, None if none or unclear."""
    words = document.words
    if alone and len(words) == 1:
        return _HOMOPHONES.get(words[0])
    for mark in document.all("score_lead"):
        if mark.end < len(words) and words[mark.end] in _HOMOPHONES:
            last = mark.end == len(words) - 1 or document.tokens[mark.end + 1].glue.strip()
            if last:
                return _HOMOPHONES[words[mark.end]]
    return None


def as_range(found: Sequence[Number], document: Document) -> bool:
    """Whether two numbers are said as one range: "5 or 6", "1-2", "5/6", "between 4 and 8"."""
    first, second = found
    between = {token.word for token in document.tokens[first.end : second.start]}
    glue = second.glue.strip()
    return between <= _JOINS_A_RANGE and (bool(between) or glue in {"-", "/", "~"})
