"""Repairs of an earlier answer: "oops meant 2 not 7", "*9", "that should have been no", "that was for Tuesday"."""

from collections.abc import Sequence
from datetime import time

from service.domain.reading.clock_answers import bedtime, onset
from service.domain.reading.days import weekday
from service.domain.reading.document import Document, Mark
from service.domain.reading.labels import SCREENS, YES_NO_GOALS, Intent
from service.domain.reading.lexicon import Lexicon
from service.domain.reading.numbers import SCALE, Number, numbers
from service.domain.reading.scores import nights, weekly

_CONTRAST = frozenset({"not", "no"})
_TURN = frozenset({"but", "pero", "should", "is", "was", "its", "era", "es", "to", "a", "meant"})


def correction(
    document: Document, lexicon: Lexicon, kinds: Sequence[str], usual: time | None
) -> Intent | None:
    """The corrected answer as `intent:value`, or None if the text repairs nothing earlier.

    `night:tue`, `night:prev`: the answer stands, and is another night's.
    """
    other = _other_night(document)
    if other:
        return Intent("correction", f"night:{other}", document.raw.strip(), 0.8)
    starred = document.tokens[0].glue.strip() == "*"
    marks = [mark for mark in document.all("correct") if not _of_something_else(document, mark)]
    found = numbers(document, lexicon, decimal_comma=True)
    contrast = len(found) == 2 and document.words[found[0].end : found[1].start] == ("not",)
    if not starred and not marks and not contrast:
        return None
    if marks and not _points_back(document, marks, found):
        return None
    kind = kinds[0]
    repaired = _clock_or_list(document, lexicon, kind, usual)
    if repaired is None and found:
        repaired = _score(document, found, kind)
    if repaired is None:
        repaired = _yes_no(document, kinds)
    if repaired is None:
        return None
    name, value = repaired
    return Intent("correction", f"{name}:{value}", document.raw.strip(), 0.8)


def _other_night(document: Document) -> str | None:
    """The one night that an earlier answer is said to be for, where nothing else is said."""
    if not document.has("other_night") or not document.only(
        "other_night", "other_night_rest", "yesterday", "courtesy", "command.courtesy"
    ):
        return None
    days = {weekday(document, place, place + 1) for place in range(len(document.tokens))}
    named = {day for day in days if day} | ({"prev"} if document.has("yesterday") else set())
    return named.pop() if len(named) == 1 else None


def _of_something_else(document: Document, mark: Mark) -> bool:
    """ "En cuanto puse la cabeza", "change my time to 6": said of the head or of the texts, not of an answer."""
    return any(
        one.start <= mark.start and mark.end <= one.end
        for one in document.all("onset.bedtime", "command.time_pref")
    )


def _points_back(document: Document, marks: list[Mark], found: list[Number]) -> bool:
    """False where both values stand here and the writer only changes mind midway."""
    first = marks[0]
    answers = [n.start for n in found if not n.elsewhere]
    answers += [m.start for m in document.all("yes", "no") if document.words[m.start] != "not"]
    before = [place for place in answers if place < first.start]
    after = [place for place in answers if place >= first.end]
    if document.has("old_value") and document.words[first.start] in {"i", "dije", "puse", "le"}:
        return True
    pointing = {"that", "earlier", "yesterday", "my", "last", "ayer", "antes"}
    if pointing & set(document.words[: first.start]):
        return True
    return not (before and after)


def _clock_or_list(
    document: Document, lexicon: Lexicon, kind: str, usual: time | None
) -> tuple[str, str] | None:
    answer = None
    if kind == "bedtime_ask" or document.has("bed.moved"):
        answer = bedtime(document, lexicon, usual)
    elif kind == "onset_time" or (document.has("began.now") and kind != "symptom_0_10"):
        answer = onset(document, lexicon)
    elif kind == "weekly_3":
        answer = weekly(document, lexicon)
    elif kind == "nights_0_7":
        answer = nights(_after_turn(document), lexicon)
    if answer is None or answer.name == "unknown":
        return None
    return answer.name, answer.value


def _after_turn(document: Document) -> Document:
    """The text without what it takes back: "not 7"."""
    for place, token in enumerate(document.tokens):
        if place and token.word in _CONTRAST:
            return document.keep(0, place)
    return document


def _score(document: Document, found: list[Number], kind: str) -> tuple[str, str] | None:
    usable = [n for n in found if not n.elsewhere] or found
    kept = [n for n in usable if not _taken_back(document, n)]
    new = (kept or usable)[-1]
    if kind in YES_NO_GOALS and not document.has("last_night", "score_lead"):
        return None
    if not 0 <= new.value <= SCALE:
        return None
    return "symptom_score", str(new.whole)


def _taken_back(document: Document, number: Number) -> bool:
    """Whether it is the old value: "not 7", "I said 7", "instead of 7", "that 7"."""
    words = document.words
    before = words[max(0, number.start - 3) : number.start]
    if _CONTRAST & set(before) and not _TURN & set(before[1:]):
        return True
    return any(
        0 <= number.start - mark.end <= 2 and not _TURN & set(words[mark.end : number.start])
        for mark in document.between(number.start - 6, number.start, "old_value")
    )


def _yes_no(document: Document, kinds: Sequence[str]) -> tuple[str, str] | None:
    marks = [m for m in document.all("yes", "no") if document.words[m.start] != "not"]
    kept = [m for m in marks if not _said_before(document, m)] or marks
    kind = next((k for k in kinds if k in YES_NO_GOALS or k in SCREENS), None)
    if not kept:
        return _described(document)
    yes = kept[-1].concept == "yes"
    if kind in SCREENS:
        return ("screen_yes", "yes") if yes else ("screen_no", "no")
    if kind is None and not document.has("topic.iron"):
        return None
    return ("adherence_yes", "yes") if yes else ("adherence_no", "no")


def _described(document: Document) -> tuple[str, str] | None:
    if document.has("did_not.iron"):
        return "adherence_no", "no"
    return ("adherence_yes", "yes") if document.has("did.iron") else None


def _said_before(document: Document, mark: Mark) -> bool:
    before = document.words[max(0, mark.start - 2) : mark.start]
    after_old = any(mark.start - old.end in {0, 1} for old in document.all("old_value"))
    return bool(_CONTRAST & set(before)) or (after_old and not _TURN & set(before))
