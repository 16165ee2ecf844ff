"""The patient's own commands: relief now, what is on, fewer or more texts, the list of commands, an hour for texts."""

from schedules.own_questions import OWN
from service.domain.reading.clock import clocks, sending_hour
from service.domain.reading.document import Document
from service.domain.reading.labels import Intent
from service.domain.reading.lexicon import Lexicon

_BESIDE = ("command.courtesy", "courtesy")
_NAMES = (
    ("legs_now", "relief", ""),
    ("status", "status", ""),
    ("fewer", "amount", "fewer"),
    ("more", "amount", "more"),
    ("menu", "menu", ""),
)


# Alone beside an open question these may answer it, unless they are shouted as commands are.
_OF_ANYTHING = frozenset({"more", "less", "mas", "menos"})


def own_command(document: Document, lexicon: Lexicon, kind: str, *, asked: bool) -> Intent | None:
    """One of the commands, where the text says nothing else: beside anything more the same words tell or answer.

    `kind`: the newest question open; whatever a clinic's own question may be about, its answer may be such a word.
    """
    vague = len(document.words) == 1 and document.words[0] in _OF_ANYTHING
    if (kind == OWN or (vague and asked)) and not document.raw.strip().isupper():
        return None
    for concept, name, value in _NAMES:
        marks = document.all(f"command.{concept}")
        if marks and document.only(f"command.{concept}", *_BESIDE):
            return Intent(name, value, document.quote(marks[0].start, marks[0].end))
    return _hour(document, lexicon)


def _hour(document: Document, lexicon: Lexicon) -> Intent | None:
    """ "TIME 20:00", "HORA 9": the hour the patient wants texts at."""
    found = clocks(document, lexicon) if document.has("command.time_word") else []
    if len(found) != 1:
        return None
    beside = set(range(len(document.tokens))) - set(range(found[0].start, found[0].end))
    for mark in document.all("command.time_word", *_BESIDE):
        beside.difference_update(range(mark.start, mark.end))
    at = sending_hour(found[0])
    return Intent("time_pref", at, document.raw.strip()) if at and not beside else None
