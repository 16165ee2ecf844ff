"""Clock times in a text: a closed grammar, English and Spanish, wall-clock hours and minutes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from service.domain.reading.document import Document
from service.domain.reading.lexicon import Lexicon
from service.domain.reading.tokens import Token

Part = Literal["", "am", "pm", "morning", "afternoon", "evening"]

_FIXED = {"noon": 12, "midday": 12, "mediodia": 12, "midnight": 0, "midnite": 0, "medianoche": 0}
_TO_AND_PAST = {
    "past": 1,
    "after": 1,
    "to": -1,
    "til": -1,
    "till": -1,
    "before": -1,
    "para": -1,
    "pa": -1,
}
_MINUTE_WORDS = {"half": 30, "quarter": 15, "cuarto": 15, "media": 30, "y media": 30}
_OPENERS = frozenset(_FIXED) | frozenset(_MINUTE_WORDS)
_TAIL = frozenset({"oclock", "h", "hrs", "hr", "sharp", "en", "o", "clock", "punto"})
_LEADS = frozenset(
    {
        "at",
        "around",
        "about",
        "round",
        "by",
        "til",
        "till",
        "until",
        "after",
        "las",
        "la",
        "to",
        "like",
        "near",
    }
)
_BEFORE_ONCE = frozenset(
    {"las", "la", "como", "sobre", "tipo", "son", "y", "o", "u", "no", "espera"}
)
_AFTER_ONCE = frozenset({"y", "menos", "de", "en", "horas", "am", "pm", "o", "por"})
# "9 30": two numbers apart are one time where the second is such a one.
_ROUND_MINUTES = frozenset({"00", "15", "20", "30", "40", "45", "50"})
_SPOKEN_MINUTES = frozenset({15, 20, 30, 40, 45, 50})
_LAST_AFTERNOON_HOUR = 4
_LAST_HOUR = 24
# No answer holds more; what follows cannot make it clearer.
_MOST_CLOCKS = 12
_LAST_MINUTE = 59


@dataclass(frozen=True, slots=True)
class Clock:
    """A time at tokens [start, end): hour 0-24 and minute as said, and the part of day said.

    `led`: a word such as "at" stands before it. `sure`: it can be nothing but a time.
    """

    start: int
    end: int
    hour: int
    minute: int
    part: Part
    led: bool
    sure: bool

    @property
    def valid(self) -> bool:
        """Whether such a time exists."""
        return self.hour <= _LAST_HOUR and self.minute <= _LAST_MINUTE


def clocks(document: Document, lexicon: Lexicon) -> list[Clock]:
    """Every run of tokens that could be a time, in order; a bare number among them."""
    found: list[Clock] = []
    place = 0
    while place < len(document.tokens) and len(found) < _MOST_CLOCKS:
        clock = _clock_at(document, place, lexicon)
        if clock:
            found.append(clock)
        place = clock.end if clock else place + 1
    return found


def _clock_at(document: Document, start: int, lexicon: Lexicon) -> Clock | None:
    tokens = document.tokens
    word = tokens[start].word
    if word not in _OPENERS and word not in lexicon.numbers and not word.isdigit():
        return None
    if word == "once" and not _eleven(document, start):
        return None
    led = start > 0 and tokens[start - 1].word in _LEADS
    if word in _FIXED:
        part: Part = "am" if _FIXED[word] == 0 else "pm"
        return Clock(start, start + 1, _FIXED[word] or 12, 0, part, led, sure=True)
    read = _minutes_first(tokens, start, lexicon) or _hour_first(tokens, start, lexicon)
    if read is None:
        return None
    end, hour, minute, sure = read
    end, part = _part_of_day(document, end)
    return Clock(start, end, hour, minute, part, led, sure or bool(part))


def _eleven(document: Document, place: int) -> bool:
    """Whether "once" is the Spanish hour; else it is English, "once in bed", "at once"."""
    words = document.words
    spanish = _BEFORE_ONCE.intersection(words[max(0, place - 1) : place])
    return bool(
        len(words) == 1 or spanish or _AFTER_ONCE.intersection(words[place + 1 : place + 2])
    )


def _number(token: Token, lexicon: Lexicon) -> int | None:
    if token.is_number:
        return int(token.word) if len(token.word) <= 4 else None
    return lexicon.numbers.get(token.word)


def _minutes_first(
    tokens: tuple[Token, ...], start: int, lexicon: Lexicon
) -> tuple[int, int, int, bool] | None:
    """ "half past 10", "half 10", "quarter to 11", "20 past 9", "cuarto para las 11"."""
    words = [token.word for token in tokens[start : start + 4]]
    minute = _MINUTE_WORDS.get(words[0]) or _number(tokens[start], lexicon)
    if minute is None or len(words) == 1:
        return None
    place = start + 1
    sign = -1 if words[:2] == ["quarter", "of"] else _TO_AND_PAST.get(words[1])
    if sign:
        place += 2 if words[1] in {"para", "pa"} and words[2:3] in (["las"], ["la"]) else 1
    elif words[0] != "half":
        return None
    if place >= len(tokens) or (hour := _number(tokens[place], lexicon)) is None or hour > 12:
        return None
    if sign != -1:
        return place + 1, hour, minute, True
    if words[0].isdigit() and words[1] in {"to", "before"} and minute % 5:
        return None
    return place + 1, (hour - 1) or 12, 60 - minute, True


def _hour_first(
    tokens: tuple[Token, ...], start: int, lexicon: Lexicon
) -> tuple[int, int, int, bool] | None:
    hour = _number(tokens[start], lexicon)
    if hour is None or (start > 0 and tokens[start].glue == "" and not tokens[start - 1].is_number):
        return None
    place = start + 1
    following = tokens[place] if place < len(tokens) else None
    if tokens[start].is_number and len(tokens[start].word) >= 3:
        return place, hour // 100, hour % 100, hour // 100 <= _LAST_HOUR and hour % 100 <= 59
    if following and following.is_number and following.glue in {":", "."}:
        return place + 1, hour, int(following.word[:2]), len(following.word) == 2
    if following and following.word == "h" and following.glue == "":
        later = tokens[place + 1] if place + 1 < len(tokens) else None
        if later and later.is_number and later.glue == "":
            return place + 2, hour, int(later.word[:2]), True
    if following and following.word in _ROUND_MINUTES and following.glue == " " and 1 <= hour <= 12:
        return place + 1, hour, int(following.word), False
    return _with_spoken_minutes(tokens, place, hour, lexicon)


def _with_spoken_minutes(
    tokens: tuple[Token, ...], place: int, hour: int, lexicon: Lexicon
) -> tuple[int, int, int, bool]:
    words = [token.word for token in tokens[place : place + 2]]
    if words[:1] == ["y"] and len(words) > 1:
        minute = _MINUTE_WORDS.get(words[1]) or _number(tokens[place + 1], lexicon)
        if minute and (minute >= 10):
            return place + 2, hour, minute, True
    if words[:1] == ["menos"] and len(words) > 1:
        minute = _MINUTE_WORDS.get(words[1]) or _number(tokens[place + 1], lexicon)
        if minute:
            return place + 2, (hour - 1) or 12, 60 - minute, True
    if words and lexicon.numbers.get(words[0]) in _SPOKEN_MINUTES and not words[0].isdigit():
        minute = lexicon.numbers[words[0]]
        if words[1:] == ["five"]:
            return place + 2, hour, minute + 5, True
        return place + 1, hour, minute, True
    if words and words[0] in _TAIL and words[0] not in {"en", "o"}:
        return place + 1, hour, 0, True
    if words == ["o", "clock"] or words == ["en", "punto"]:
        return place + 2, hour, 0, True
    return place, hour, 0, False


def _part_of_day(document: Document, place: int) -> tuple[int, Part]:
    """A part of the day that follows directly: "pm", "in the morning", "de la noche"."""
    words = document.words
    if place < len(words) and words[place] in _TAIL and words[place] not in {"en", "o"}:
        place += 1
    if place < len(words) and words[place] in {"am", "pm", "a", "p"}:
        if words[place] in {"am", "pm"}:
            return place + 1, "am" if words[place] == "am" else "pm"
        if words[place + 1 : place + 2] == ("m",):
            return place + 2, "am" if words[place] == "a" else "pm"
    for part in _parts(document, place):
        return part
    return place, ""


def _parts(document: Document, place: int) -> Iterator[tuple[int, Part]]:
    named: tuple[Part, ...] = ("morning", "afternoon", "evening")
    for part in named:
        for mark in document.between(place, place + 1, f"day_part.{part}"):
            yield mark.end, part


def hour_24(clock: Clock, *, early_is_morning: bool) -> str | None:
    """The time as HH:MM. A bare 5-11 is evening, 12 midnight; a bare 1-4 is after midnight where
    `early_is_morning`, else it cannot be told. None: it cannot be told.
    """
    hour, minute = clock.hour % _LAST_HOUR, clock.minute
    if clock.hour == 0 or clock.hour > 12:
        return f"{hour:02}:{minute:02}"
    twelve = clock.hour % 12
    if clock.part in {"am", "morning"}:
        return f"{twelve:02}:{minute:02}"
    if clock.part in {"pm", "afternoon"} or (clock.part == "evening" and clock.hour >= 5):
        return _evening(clock)
    if clock.part == "evening" or (clock.hour in {12, 1, 2, 3, 4} and early_is_morning):
        return f"{twelve:02}:{minute:02}"
    return f"{twelve + 12:02}:{minute:02}" if 5 <= clock.hour <= 11 else None


def sending_hour(clock: Clock) -> str | None:
    """The hour for texts as HH:MM: a bare 1-4 is in the afternoon. None: it cannot be told."""
    at = hour_24(clock, early_is_morning=False) if clock.valid else None
    if at is None and clock.valid and 1 <= clock.hour <= _LAST_AFTERNOON_HOUR:
        return f"{clock.hour + 12:02}:{clock.minute:02}"
    return at


def _evening(clock: Clock) -> str:
    if clock.part == "evening" and clock.hour == 12:
        return f"00:{clock.minute:02}"
    return f"{clock.hour % 12 + 12:02}:{clock.minute:02}"
