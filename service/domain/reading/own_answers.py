"""Answers to a clinic's own questions: a number, yes or no, one of some options, a time, or any words."""

from collections.abc import Iterator

from schedules.own_questions import LETTERS, OwnQuestion
from service.domain.reading.clock import clocks, hour_24
from service.domain.reading.document import Document
from service.domain.reading.labels import Intent
from service.domain.reading.lexicon import Lexicon
from service.domain.reading.normalise import normalise
from service.domain.reading.numbers import numbers
from service.domain.reading.polarity import polarity
from service.domain.reading.spelling import one_edit
from service.domain.reading.tokens import tokenise

_NAME = "own_answer"
_POLITE = ("command.courtesy", "courtesy")


def own_answer(document: Document, lexicon: Lexicon, asked: OwnQuestion) -> Intent | None:
    """What a text answers to `asked`; unknown with a reason; None if nothing."""
    words = document.raw.strip()
    match asked.type:
        case "number":
            return _number(document, lexicon, asked)
        case "yes_no":
            said = polarity(document.statements(), (), ()).answer
            return None if said is None else Intent(_NAME, "yes" if said else "no", words)
        case "choice":
            chosen = _chosen(document, lexicon, asked)
            return Intent(_NAME, chosen, words) if chosen else None
        case "time":
            return _time(document, lexicon)
    return Intent(_NAME, "", words)


def _number(document: Document, lexicon: Lexicon, asked: OwnQuestion) -> Intent | None:
    """The one number of the text. What it counts ("7 hours") is what was asked."""
    found = numbers(document, lexicon, decimal_comma=True)
    found = found if len(found) == 1 else [one for one in found if not one.elsewhere]
    words = document.raw.strip()
    if not found or asked.min is None or asked.max is None:
        return None
    values = {one.value for one in found}
    if len(values) > 1:
        return Intent("unknown", "ambiguous", words, 0.6)
    value = values.pop()
    if not asked.min <= value <= asked.max:
        return Intent("unknown", "out_of_range", words, 0.6)
    return Intent(_NAME, f"{value:g}", words)


def _time(document: Document, lexicon: Lexicon) -> Intent | None:
    """The one time of the text; a bare hour that may be morning or evening cannot be told."""
    found = [clock for clock in clocks(document, lexicon) if clock.valid]
    words = document.raw.strip()
    if not found:
        return None
    morning = document.raw.strip().startswith("0")
    told = [clock for clock in found if clock.part or clock.hour > 12 or clock.hour == 0 or morning]
    if len(told) != 1:
        return Intent("unknown", "ambiguous", words, 0.6)
    [clock] = told
    at = f"{clock.hour:02}:{clock.minute:02}" if morning else hour_24(clock, early_is_morning=True)
    return Intent(_NAME, at, words) if at else None


def _chosen(document: Document, lexicon: Lexicon, asked: OwnQuestion) -> str | None:
    """The option named by its letter, its number or its words, one letter of them wrong at most."""
    beside = {place for mark in document.all(*_POLITE) for place in range(mark.start, mark.end)}
    # "A" alone is courtesy in Spanish and the first letter here.
    kept = [n for n in range(len(document.tokens)) if n not in beside] or range(
        len(document.tokens)
    )
    typed = [document.words[n] for n in kept]
    if len(typed) == 1:
        place = _place(typed[0], lexicon)
        if place is not None and place < len(asked.options):
            return asked.options[place].key
    said = " ".join(typed)
    labels = [
        (option.key, label) for option in asked.options for label in _labels(option.en, option.es)
    ]
    exact = {key for key, label in labels if label == said}
    found = exact or {key for key, label in labels if one_edit(said, label)}
    return found.pop() if len(found) == 1 else None


def _place(word: str, lexicon: Lexicon) -> int | None:
    """The place of the option that a letter or a number names, from 0."""
    if len(word) == 1 and word.upper() in LETTERS:
        return LETTERS.index(word.upper())
    number = int(word[:3]) if word.isdecimal() else lexicon.numbers.get(word, 0)
    return number - 1 if number > 0 else None


def _labels(*labels: str) -> Iterator[str]:
    for label in labels:
        yield " ".join(token.word for token in tokenise(normalise(label)))
