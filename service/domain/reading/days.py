"""Days in a text: weekdays and lengths of time."""

from dataclasses import dataclass

from service.domain.reading.document import Document
from service.domain.reading.lexicon import Lexicon

WEEKDAY_WORDS = {
    **dict.fromkeys(("monday", "mondays", "mon", "lunes"), "mon"),
    **dict.fromkeys(("tuesday", "tuesdays", "tue", "tues", "martes"), "tue"),
    **dict.fromkeys(("wednesday", "wednesdays", "wed", "weds", "miercoles"), "wed"),
    **dict.fromkeys(("thursday", "thursdays", "thu", "thur", "thurs", "jueves"), "thu"),
    **dict.fromkeys(("friday", "fridays", "fri", "viernes"), "fri"),
    **dict.fromkeys(("saturday", "saturdays", "sat", "sabado"), "sat"),
    **dict.fromkeys(("sunday", "sundays", "sun", "domingo"), "sun"),
}
_AMBIGUOUS = frozenset({"sat", "sun"})
_LENGTHS = {
    **dict.fromkeys(("day", "days", "dia", "dias", "d", "night", "nights", "noches", "noche"), 1),
    **dict.fromkeys(("week", "weeks", "wk", "wks", "semana", "semanas", "w"), 7),
    **dict.fromkeys(("month", "months", "mes", "meses"), 30),
    **dict.fromkeys(("year", "years", "ano", "anos"), 365),
}
_ONE = frozenset({"a", "an", "another", "un", "una", "otra"})
_COUPLE = frozenset({"couple", "par"})
_COUPLES = {("couple", "of"), ("par", "de")}
_PAUSE_WORDS = frozenset({"pause", "pausa", "pausar", "away", "fuera"})
LENGTH_WORDS = frozenset(_LENGTHS)


def weekday(document: Document, start: int = 0, end: int | None = None) -> str | None:
    """The first weekday named in tokens [start, end), as three English letters."""
    for token in document.tokens[start:end]:
        if token.word in WEEKDAY_WORDS and not (
            token.word in _AMBIGUOUS and len(document.tokens) < 2
        ):
            return WEEKDAY_WORDS[token.word]
    return None


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time at tokens [start, end)."""

    days: int
    start: int
    end: int


def length_told(document: Document, lexicon: Lexicon, start: int = 0) -> Length | None:
    """A length such as "3", "2 weeks", "a month", right after PAUSE or with its unit."""
    words = document.words
    for place in range(start, len(words)):
        unit = _LENGTHS.get(words[place])
        before = words[place - 1] if place else ""
        if unit and before in _ONE:
            few = words[place - 2 : place - 1] == ("few",)
            return None if few else Length(unit, place - 1, place + 1)
        if unit and (before in _COUPLE or words[max(0, place - 2) : place] in _COUPLES):
            return Length(2 * unit, max(0, place - 2), place + 1)
        number = _count(before, lexicon)
        if unit and number:
            return Length(number * unit, place - 1, place + 1)
        if before in _PAUSE_WORDS and (number := _count(words[place], lexicon)):
            following = document.tokens[place + 1 : place + 2]
            if not following or following[0].word in _LENGTHS:
                days = number * (_LENGTHS[following[0].word] if following else 1)
                return Length(days, place, place + 1 + len(following))
            # "2-3 weeks" is the longer; the 2 of "pause 2 wooks" counts who knows what.
            to_more = following[0].glue == "-" and _count(following[0].word, lexicon)
            parted = following[0].part != document.tokens[place].part
            if not to_more and (parted or following[0].word in lexicon.vocabulary):
                return Length(number, place, place + 1)
    return None


def _count(word: str, lexicon: Lexicon) -> int | None:
    if word.isdigit():
        return int(word) if len(word) <= 3 else None
    return lexicon.numbers.get(word)
