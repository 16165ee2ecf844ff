"""Dates in a text: a month in words, with a day or alone; numbers with a sign between them; days without a month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from service.domain.reading.days import LENGTH_WORDS, WEEKDAY_WORDS
from service.domain.reading.document import Document
from service.domain.reading.lexicon import Lexicon
from service.domain.reading.tokens import Token

_MONTHS = {
    word: month
    for names in (
        "january february march april may june july august september october november december",
        "jan feb mar apr may jun jul aug sept oct nov dec",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "ene feb mar abr may jun jul ago sep oct nov dic",
        "ene feb mar abr may jun jul ago setiembre oct nov dic",
    )
    for month, word in enumerate(names.split(), 1)
}
# Said of much else: a month only where the rest of a date, or nothing, stands beside it.
_ALSO_A_WORD = frozenset({"may", "march", "mar", "ago"})
_ORDINALS = {
    word: day
    for first, names in (
        (1, "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"),
        (13, "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth"),
        (19, "nineteenth twentieth"),
        (30, "thirtieth"),
        (1, "primero segundo tercero cuarto quinto"),
        (1, "primer"),
    )
    for day, word in enumerate(names.split(), first)
}
_TENS = {"twenty": 20, "thirty": 30, "veinte": 20, "treinta": 30}
_THE = frozenset({"the", "el"})
_SMALL = _THE | {
    *("a", "d", "of", "de", "del", "on", "about", "in", "en", "this", "next", "coming"),
    *("este", "proximo", "dia", "early", "th", "st", "nd", "rd", "ro", "ero"),
}
_START_OF = frozenset({"start", "beginning", "principio", "principios", "comienzos", "inicios"})
_END_OF = frozenset({"end", "fin", "fines", "finales"})
_FROM = frozenset({"from", "starting", "desde", "del"})
_NO_DAY_BEFORE = LENGTH_WORDS | {"am", "pm", "oclock", "h", "hrs"}
_SIGNS = frozenset({"/", "-", "."})
_ANY_LEAP_YEAR = 2028
_LAST_DAY = 31
_LAST_MONTH = 12
_MOST_WORDS = 9
# "Jan. 25": only behind so short a word does a full stop not end what is said.
_ABBREVIATED = 5


@dataclass(frozen=True, slots=True)
class Named:
    """A day named at tokens [start, end).

    `value`: `MM-DD`, `YYYY-MM-DD` where the year is said, the day of a month, or a weekday as three English letters;
    empty where `doubt` says why none is meant for sure, in the words of an `unknown`.
    """

    start: int
    end: int
    value: str = ""
    doubt: str = ""

    @property
    def of_a_month(self) -> bool:
        """Whether the month was said too, or was to be."""
        return bool(self.doubt) or "-" in self.value


@dataclass(slots=True)
class _Said:
    """What a date is put together from, word by word."""

    day: int | None = None
    month: int | None = None
    year: int | None = None
    weekday: str = ""
    at_the_end: bool = False


def day_named(document: Document, lexicon: Lexicon, start: int) -> Named | None:
    """The day named from token `start` on; beside a weekday the date is the one meant.

    A month alone is its first day, its end the first day of the next. What may be two days, or is none, is in doubt.
    """
    said, end = _Said(), start
    while end < min(len(document.tokens), start + _MOST_WORDS) and not _ended(document, start, end):
        numbers = _numbers_with_signs(document.tokens, end)
        if len(numbers) > 1 and said.day is None and said.month is None:
            return _of_numbers(start, end + len(numbers), numbers, document.tokens[end + 1].glue)
        after = _take(document, lexicon, end, said)
        if after is None:
            break
        end = after
    return _put_together(start, end, said)


def _ended(document: Document, start: int, place: int) -> bool:
    """Whether a sentence ended before this token; the full stop of an abbreviation ends none."""
    token, before = document.tokens[place], document.tokens[place - 1]
    return place > start and token.sentence != before.sentence and len(before.word) >= _ABBREVIATED


def _take(document: Document, lexicon: Lexicon, place: int, said: _Said) -> int | None:
    """Take what the token says of a date; the place behind it, or None where it is no part of one."""
    word = document.words[place]
    if said.month is None and is_month(document, place, day_known=said.day is not None):
        said.month = _MONTHS[word]
    elif not said.weekday and word in WEEKDAY_WORDS:
        said.weekday = WEEKDAY_WORDS[word]
    elif said.day is None and (found := _day(document, lexicon, place)):
        said.day, after = found
        return after
    elif said.month and said.year is None and len(word) == 4 and word.isdigit():
        said.year = int(word)
    elif word in _END_OF and said.month is None:
        said.at_the_end = True
    elif word not in _SMALL | _START_OF:
        return None
    return place + 1


def is_month(document: Document, place: int, *, day_known: bool = False) -> bool:
    """Whether the token names a month, and is not "may" or "march" said of something else."""
    word = document.words[place]
    if word not in _ALSO_A_WORD or day_known:
        return word in _MONTHS
    following = document.tokens[place + 1 : place + 2]
    return (
        not following or following[0].is_number or following[0].part != document.tokens[place].part
    )


def _day(document: Document, lexicon: Lexicon, place: int) -> tuple[int, int] | None:
    """The day of a month at a token, in digits or words, and the place behind it."""
    words, tokens = document.words, document.tokens
    if tokens[place].is_number:
        following = tokens[place + 1 : place + 2]
        # "3 d enero": no days but the Spanish "de".
        of_a_month = words[place + 1 : place + 2] == ("d",) and any(
            word in _MONTHS for word in words[place + 2 : place + 3]
        )
        taken = (
            not of_a_month
            and following
            and (
                following[0].word in _NO_DAY_BEFORE
                or (following[0].glue == ":" and following[0].is_number)
            )
        )
        return None if taken or len(words[place]) > 2 else (int(words[place]), place + 1)
    if words[place] in _TENS:
        unit = place + 1 + (words[place + 1 : place + 2] in {("y",), ("and",)})
        more = next((_worded(word, lexicon) for word in words[unit : unit + 1]), None)
        return (_TENS[words[place]] + more, unit + 1) if more else (_TENS[words[place]], place + 1)
    day = _worded(words[place], lexicon)
    near = words[max(0, place - 1) : place + 4]
    meant = (
        words[place] in _ORDINALS or _THE.intersection(near[:1]) or any(w in _MONTHS for w in near)
    )
    return (day, place + 1) if day and meant else None


def _worded(word: str, lexicon: Lexicon) -> int | None:
    return _ORDINALS.get(word) or lexicon.numbers.get(word)


def _put_together(start: int, end: int, said: _Said) -> Named | None:
    if said.month is None:
        if said.day is not None and 1 <= said.day <= _LAST_DAY:
            return Named(start, end, str(said.day))
        return Named(start, end, said.weekday) if said.weekday else None
    month, day = said.month, 1 if said.day is None else said.day
    if said.at_the_end and said.day is None:
        month = month % _LAST_MONTH + 1
    return _checked(start, end, month, day, said.year)


def _checked(start: int, end: int, month: int, day: int, year: int | None) -> Named:
    try:
        date(year or _ANY_LEAP_YEAR, month, day)
    except (ValueError, OverflowError):
        return Named(start, end, doubt="invalid_time")
    of_year = f"{year:04}-" if year else ""
    return Named(start, end, f"{of_year}{month:02}-{day:02}")


def _numbers_with_signs(tokens: Sequence[Token], start: int) -> list[str]:
    """The numbers from a token on that one sign joins: "12/8", "25.12.2026"; of nothing that is a length or an hour."""
    found = [tokens[start].word] if tokens[start].is_number else []
    for place in range(start + 1, min(start + 3, len(tokens)) if found else 0):
        token = tokens[place]
        if not token.is_number or token.glue not in _SIGNS or token.glue != tokens[start + 1].glue:
            break
        found.append(token.word)
    following = tokens[start + len(found) : start + len(found) + 1]
    return [] if following and following[0].word in _NO_DAY_BEFORE else found


def _of_numbers(start: int, end: int, numbers: Sequence[str], sign: str) -> Named:
    """The one date that numbers can be; day or month may come first, a year of four digits too."""
    if len(numbers[0]) == 4 and len(numbers) == 3:
        return _checked(start, end, int(numbers[1]), int(numbers[2]), int(numbers[0]))
    one, other, *years = (int(number) for number in numbers)
    year = (2000 + years[0] if years[0] < 100 else years[0]) if years else None
    orders = {(one, other), (other, one)}
    found = {named.value for order in orders if (named := _checked(start, end, *order, year)).value}
    if len(found) == 1 and (years or sign != "."):
        return Named(start, end, found.pop())
    return Named(start, end, doubt="ambiguous" if found else "invalid_time")


def names_another(document: Document, named: Named | None) -> bool:
    """Whether a day of a month is named outside of `named`, or a day that something is to begin on."""
    tokens, words = document.tokens, document.words
    for place, token in enumerate(tokens):
        if named and named.start <= place < named.end:
            continue
        if is_month(document, place) or (
            token.is_number and len(_numbers_with_signs(tokens, place)) > 1
        ):
            return True
        behind = place + 1 + (words[place + 1 : place + 2] in {("the",), ("el",)})
        begins = words[behind : behind + 1] if token.word in _FROM else ()
        if begins and (begins[0].isdigit() or begins[0] in WEEKDAY_WORDS):
            return True
    return bool(named and tokens[named.end : named.end + 1] and tokens[named.end].glue == "-")
