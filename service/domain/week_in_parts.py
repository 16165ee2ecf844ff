"""The week's three numbers told one by one: kept in the order they come until they are three. Pure."""

from collections.abc import Sequence
from datetime import time

from service.domain.delivery import Kind
from service.domain.reading import Intent, Reading, lexicon, read
from service.domain.reading.document import parse
from service.domain.reading.numbers import numbers
from service.domain.talk import Open, Outcome, Said

WEEK, INCOMPLETE, PARTS = "weekly_3", "incomplete", "parts"
_NUMBERS = 3
# As the question names them: "b 2" may come before "a 5".
_LETTERS = frozenset("abc")
_BESIDE = _LETTERS | {"and", "y"}


def with_parts(questions: Sequence[Open], reading: Reading, bedtime: time) -> Reading:
    """The reading of a part together with the parts that came before it, where there are any."""
    [intent] = reading.intents[:1]
    asked = next((one for one in questions if one.kind == intent.kind and not one.answered), None)
    if intent.value != INCOMPLETE or asked is None or PARTS not in asked.behind:
        return reading
    told = _told(intent.words)
    return read(f"{asked.behind[PARTS]} {told}", [WEEK], bedtime=bedtime) if told else reading


def keep_part(question: Open, intent: Intent, outcome: Outcome) -> bool:
    """Keep what was told so far, and say once how many are missing; False where it is no bare numbers."""
    told = _told(intent.words) if intent.value == INCOMPLETE else ""
    if not told:
        return False
    outcome.part = (question, told)
    if not question.reasked:
        missing = _NUMBERS - sum(word.isdigit() for word in told.split())
        outcome.said.append(Said("SYS-33", Kind.ANSWER, {"n": str(missing)}))
    return True


def _told(words: str) -> str:
    """The numbers of a text that has nothing else, each behind its letter where it has one; empty for any other."""
    known = lexicon.load()
    document = parse(words, known)
    found: dict[int, str] = {
        place: word for place, word in enumerate(document.words) if word in _LETTERS
    }
    counted = {place for place, word in enumerate(document.words) if word in _BESIDE}
    for number in numbers(document, known, decimal_comma=False):
        found[number.start] = str(number.whole)
        counted.update(range(number.start, number.end))
    whole = len(counted) == len(document.words)
    return " ".join(found[place] for place in sorted(found)) if whole else ""
