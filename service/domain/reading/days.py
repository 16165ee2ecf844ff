"""Days in a text: weekdays, days of the month, lengths of time."""

from service.domain.reading.document import Document
from service.domain.reading.lexicon import Lexicon

_WEEKDAYS = {
    **dict.fromkeys(("monday", "mon", "mondays", "lunes"), "mon"),
    **dict.fromkeys(("tuesday", "tue", "tues", "martes"), "tue"),
    **dict.fromkeys(("wednesday", "wed", "weds", "miercoles"), "wed"),
    **dict.fromkeys(("thursday", "thu", "thur", "thurs", "jueves"), "thu"),
    **dict.fromkeys(("friday", "fri", "viernes"), "fri"),
    **dict.fromkeys(("saturday", "sat", "sabado"), "sat"),
    **dict.fromkeys(("sunday", "sun", "domingo"), "sun"),
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
_PAUSE_WORDS = frozenset({"pause", "pausa", "pausar", "away", "fuera"})
_MONTHS = frozenset(
    name
    for names in (
        "january february march april may june july august september october november december",
        "jan feb mar apr jun jul aug sep sept oct nov dec",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    )
    for name in names.split()
)
_LAST_DAY = 31


def weekday(document: Document, start: int = 0, end: int | None = None) -> str | None:
    """The first weekday named in tokens [start, end), as three English letters."""
    for token in document.tokens[start:end]:
        if token.word in _WEEKDAYS and not (token.word in _AMBIGUOUS and len(document.tokens) < 2):
            return _WEEKDAYS[token.word]
    return None


def day_of_month(document: Document, start: int) -> str | None:
    """The day of a month named within four tokens of `start`: "the 15th", "nov 3"."""
    near = document.tokens[start : start + 4]
    for place, token in enumerate(near):
        if token.is_number and 1 <= int(token.word[:4]) <= _LAST_DAY:
            after = near[place + 1].word if place + 1 < len(near) else ""
            if after in {"am", "pm", "oclock"} | set(_LENGTHS):
                return None
            # "12/15": month and day.
            if place + 1 < len(near) and near[place + 1].glue == "/" and near[place + 1].is_number:
                return str(int(near[place + 1].word[:4]))
            return str(int(token.word))
        if token.word not in _MONTHS | {"the", "el", "about", "dia", "de", "on"}:
            return None
    return None


def length_in_days(document: Document, lexicon: Lexicon, start: int = 0) -> int | None:
    """A length such as "3", "2 weeks", "a month", right after PAUSE or with its unit."""
    words = document.words
    for place in range(start, len(words)):
        unit = _LENGTHS.get(words[place])
        before = words[place - 1] if place else ""
        if unit and before in _ONE:
            couple = words[place - 2 : place - 1] == ("few",)
            return None if couple else unit
        if unit and (before in _COUPLE or words[max(0, place - 2) : place] == ("couple", "of")):
            return 2 * unit
        if unit and words[max(0, place - 2) : place] == ("par", "de"):
            return 2 * unit
        number = _count(before, lexicon)
        if unit and number:
            return number * unit
        if before in _PAUSE_WORDS and (number := _count(words[place], lexicon)):
            unit = _LENGTHS.get(words[place + 1], 1) if place + 1 < len(words) else 1
            return number * unit
    return None


def _count(word: str, lexicon: Lexicon) -> int | None:
    if word.isdigit():
        return int(word) if len(word) <= 3 else None
    return lexicon.numbers.get(word)
