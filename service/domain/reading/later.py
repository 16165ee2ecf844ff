"""LATER, and until when: the hour or the weekday at which the patient wants to be asked again."""

from service.domain.reading.clock import Clock, clocks, hour_24
from service.domain.reading.days import weekday
from service.domain.reading.document import Document
from service.domain.reading.labels import Intent
from service.domain.reading.lexicon import Lexicon

_LAST_AFTERNOON_HOUR = 4
_BESIDE = ("yet", "not_yet", "later_beside", "command.courtesy", "acknowledge")
_COUNTS_FROM_NOW = frozenset({"in", "en", "for", "por"})
_UNITS = frozenset(
    {
        "hour",
        "hours",
        "hora",
        "horas",
        "min",
        "mins",
        "minute",
        "minutes",
        "minutos",
        "days",
        "dias",
    }
)


def postponed(document: Document, lexicon: Lexicon) -> Intent | None:
    """LATER with nothing beside it but a time, a day and courtesy; None for any other text."""
    if not document.has("yet"):
        return None
    rest = set(range(len(document.tokens)))
    for mark in document.all(*_BESIDE):
        rest.difference_update(range(mark.start, mark.end))
    for clock in _named(document, lexicon):
        rest.difference_update(range(clock.start, clock.end))
    if any(weekday(document.keep(place, place + 1)) is None for place in rest):
        return None
    return later(document, lexicon)


def later(document: Document, lexicon: Lexicon) -> Intent:
    """LATER until the hour (HH:MM) or else the weekday that the text names; empty if neither."""
    until = named_hour(document, lexicon) or weekday(document) or ""
    return Intent("later", until, document.raw.strip())


def not_yet(document: Document) -> bool:
    """Whether a text puts something off; "the worst night yet" puts off nothing."""
    best = document.all("best_yet")
    return any(
        not any(one.start <= mark.start and mark.end <= one.end for one in best)
        for mark in document.all("yet")
    )


def named_hour(document: Document, lexicon: Lexicon) -> str | None:
    """The first hour named, as HH:MM; a bare 1-4 is in the afternoon. No hour: "in 2 hours"."""
    for clock in _named(document, lexicon):
        at = hour_24(clock, early_is_morning=False)
        if at is None and clock.hour <= _LAST_AFTERNOON_HOUR:
            at = f"{clock.hour + 12:02}:{clock.minute:02}"
        return at
    return None


def _named(document: Document, lexicon: Lexicon) -> list[Clock]:
    """The times that are meant as one: led to, unmistakable, or right behind the word for later."""
    behind = {mark.end for mark in document.all("yet")}
    return [
        clock
        for clock in clocks(document, lexicon)
        if (clock.led or clock.sure or (clock.start in behind and _joined(document, clock)))
        and clock.valid
        and not _counted_from_now(document, clock)
    ]


def _joined(document: Document, clock: Clock) -> bool:
    tokens = document.tokens
    return tokens[clock.start].part == tokens[clock.start - 1].part


def _counted_from_now(document: Document, clock: Clock) -> bool:
    """ "In 2 hrs" is a length: without a clock of our own it names no hour."""
    before = document.words[clock.start - 1 : clock.start]
    after = document.words[clock.end : clock.end + 1]
    return bool(_COUNTS_FROM_NOW.intersection(before) or _UNITS.intersection(after))
