"""Answers in numbers: the check-in score, the week's three numbers, the hard nights."""

from collections.abc import Sequence

from service.domain.reading.days import weekday
from service.domain.reading.document import Document, Mark
from service.domain.reading.labels import Intent
from service.domain.reading.lexicon import Lexicon
from service.domain.reading.noughts import of_sleep, says_none, zero_of_else
from service.domain.reading.numbers import SCALE, Number, as_range, homophone, numbers

_NIGHTS = 7
_LABELS = (
    frozenset({"a", "bed", "cama", "night", "nights", "lying"}),
    frozenset({"b", "day", "rest", "dia", "reposo", "daytime", "sitting"}),
    frozenset({"c", "sleep", "sueno", "slept", "dormir"}),
)
_NIGHT_UNITS = frozenset(
    {"night", "nights", "nite", "nites", "day", "days", "time", "times", "of", "ones"}
    | {"noche", "noches", "dia", "dias", "veces"}
)
_RUN_TOGETHER = 100
_FAR = 1600
_ALL = frozenset({"all", "todo", "todos", "todas", "puros", "puras", "straight", "across"})


def symptom(document: Document, lexicon: Lexicon) -> Intent | None:
    """The score of the night asked about; unknown with a reason; None if the text has none."""
    found = numbers(document, lexicon, decimal_comma=True)
    usable = [n for n in found if not n.elsewhere and not _named_hour(document, n)]
    usable = [
        n for n in usable if not zero_of_else(document, n) and not _hour_of_texts(document, n)
    ]
    usable = _of_the_night_asked(document, usable)
    if not usable:
        return _in_words(document)
    chosen = _chosen(document, usable)
    if chosen is None:
        return Intent("unknown", "ambiguous", document.raw.strip(), 0.6)
    words = document.quote(chosen.start, chosen.end)
    if not 0 <= chosen.value <= SCALE:
        return Intent("unknown", "out_of_range", words, 0.6)
    if _may_be_bedtime(document, chosen):
        return Intent("unknown", "ambiguous", words, 0.6)
    sure = len(usable) == 1 and not document.has("maybe")
    return Intent("symptom_score", str(chosen.whole), words, 1.0 if sure else 0.6)


def _hour_of_texts(document: Document, number: Number) -> bool:
    """ "Time 9, yes": the command for the hour of texts opens the text. "This time 9" is a score."""
    return any(
        mark.start == 0 and mark.end == number.start for mark in document.all("command.time_word")
    )


def _may_be_bedtime(document: Document, number: Number) -> bool:
    """ "Bed 7" and nothing else: the command for a bedtime, or how the legs were in bed."""
    alone = document.keep(0, number.start).only("bed.word") and number.start > 0
    return alone and document.keep(number.end, len(document.tokens)).only("command.courtesy")


def unasked(document: Document, lexicon: Lexicon) -> Intent | None:
    """ "7ish, legs crawling", though another question is open: one score at the head of what tells of legs."""
    found = numbers(document, lexicon, decimal_comma=True)
    if len(found) != 1 or not document.has("of_the_legs"):
        return None
    score = found[0]
    plain = score.scaled or score.cued or (score.start == 0 and _stands_alone(document, score))
    if score.elsewhere or not plain or not 0 <= score.value <= SCALE:
        return None
    words = document.quote(score.start, score.end)
    return Intent("symptom_score", str(score.whole), words, 0.6, "symptom_0_10")


def _stands_alone(document: Document, number: Number) -> bool:
    """ "7, legs bad", "7 legs bad" and "7 last night", not "3 walks for my legs"."""
    if number.end == len(document.tokens) or document.tokens[number.end].glue.strip():
        return True
    beside = document.all("of_the_legs", "last_night", "maybe")
    return any(mark.start == number.end for mark in beside)


def _named_hour(document: Document, number: Number) -> bool:
    """ "4 in the morning" is an hour; "4 last night" may be a score."""
    return (
        not number.scaled
        and not number.cued
        and any(
            mark.start == number.end and mark.end - mark.start > 2
            for mark in document.all("day_part.morning", "day_part.afternoon", "day_part.evening")
        )
    )


def _in_words(document: Document) -> Intent | None:
    words = document.words
    if words == ("o",):
        return Intent("symptom_score", "0", document.raw.strip(), 0.8)
    nothing = [mark for mark in document.all("none_score") if says_none(document, mark)]
    if nothing and words != ("de", "nada"):
        mark = nothing[0]
        return Intent("symptom_score", "0", document.quote(mark.start, mark.end), 0.8)
    heard = homophone(document, alone=True)
    return None if heard is None else Intent("symptom_score", str(heard), document.raw.strip(), 0.6)


def _of_the_night_asked(document: Document, found: list[Number]) -> list[Number]:
    """Without the scores that the text gives for an earlier night, where it gives two."""
    earlier = document.all("yesterday", "weekday")
    if len(found) < 2 or not earlier:
        return found
    asked = document.all("last_night", "today")
    if not asked:
        beside = [n for n in found if any(_beside(document, n, mark) for mark in earlier)]
        return [n for n in found if n not in beside] or found
    kept = []
    for number in found:
        to_earlier = min(_apart(document, number, mark) for mark in earlier)
        to_asked = min((_apart(document, number, mark) for mark in asked), default=(True, _FAR))
        same_part = any(
            document.tokens[mark.start].part == document.tokens[number.start].part
            for mark in earlier
        )
        if to_asked < to_earlier or not same_part:
            kept.append(number)
    return kept or found


def _beside(document: Document, number: Number, mark: Mark) -> bool:
    """Whether a number is given for an earlier night: "yesterday's 8", "yesterday 8", "el 8 de ayer"."""
    led = document.words[mark.end : number.start] in {
        (),
        ("was",),
        ("was", "a"),
        ("fue",),
        ("era",),
    }
    led = led and mark.end <= number.start
    return led or document.words[number.end : mark.start] in {("de",), ("from",), ("on",)}


def _apart(document: Document, number: Number, mark: Mark) -> tuple[bool, int]:
    """How far a number stands from a mark: in its own part of the sentence is always nearer."""
    elsewhere = document.tokens[number.start].part != document.tokens[mark.start].part
    return elsewhere, abs(number.start - mark.start)


def _chosen(document: Document, usable: Sequence[Number]) -> Number | None:
    """The one number meant: the only one, the higher neighbour, the last after a change of mind."""
    if len(usable) == 1:
        return usable[0]
    first, last = usable[0], usable[-1]
    if any(first.end <= mark.start < last.start for mark in document.all("last_value")):
        return last
    if any(mark.end == last.start for mark in document.all("concluding")):
        return last
    if first.whole != last.whole and document.words[last.start - 1] == "no":
        return last
    if len(usable) == 2 and as_range(usable, document):
        neighbours = abs(first.value - last.value) <= 1
        return max(first, last, key=lambda n: n.value) if neighbours else None
    for preferred in ([n for n in usable if n.scaled], [n for n in usable if n.cued]):
        if len(preferred) == 1:
            return preferred[0]
    return first if len({n.value for n in usable}) == 1 else None


def weekly(document: Document, lexicon: Lexicon) -> Intent | None:
    """The week's three numbers as `a,b,c`: bed, day rest, poor sleep."""
    found = numbers(document, lexicon, decimal_comma=False)
    if len(found) != 3:
        found = _after_change(document, [n for n in found if not n.elsewhere] or found)
    values = [n.whole for n in found]
    words = document.raw.strip()
    if not found:
        return None
    alike = _ALL & set(document.words) and not document.has("all_night")
    if len(found) == 1 and alike and values[0] <= SCALE:
        return Intent("weekly_scores", ",".join([str(values[0])] * 3), words, 0.8)
    if len(found) == 1 and values[0] >= _RUN_TOGETHER:
        return Intent("unknown", "ambiguous", words, 0.6)
    if len(found) > 3 or (len(found) == 2 and "to" in document.words):
        return Intent("unknown", "ambiguous", words, 0.6)
    if len(found) < 3:
        return Intent("unknown", "incomplete", words, 0.6)
    if not all(0 <= value <= SCALE for value in values):
        return Intent("unknown", "out_of_range", words, 0.6)
    if {"to"} & set(document.words):
        return Intent("unknown", "ambiguous", words, 0.6)
    answer = ",".join(map(str, _ordered(document, found)))
    return Intent("weekly_scores", answer, document.quote(found[0].start, found[-1].end))


def _after_change(document: Document, found: list[Number]) -> list[Number]:
    """ "4 4 4, sorry 5 4 4": the three behind a change of mind, where three stand before it."""
    last = found[-3:]
    changed = len(found) == 2 * len(last) and any(
        found[2].end <= mark.start < last[0].end for mark in document.all("last_value")
    )
    return last if changed else found


def _ordered(document: Document, found: Sequence[Number]) -> list[int]:
    """The values in the order bed, day, sleep where each has its label, else as written."""
    before = [_label(document, n.start - 1) for n in found]
    after = [_label(document, n.end) or _label(document, n.end + 1) for n in found]
    for labels in (before, after):
        if sorted(label for label in labels if label is not None) == [0, 1, 2]:
            by_label = {label: n.whole for label, n in zip(labels, found, strict=True)}
            return [by_label[place] for place in range(3)]
    return [n.whole for n in found]


def _label(document: Document, place: int) -> int | None:
    if not 0 <= place < len(document.tokens):
        return None
    word = document.tokens[place].word
    return next((index for index, names in enumerate(_LABELS) if word in names), None)


def nights(document: Document, lexicon: Lexicon) -> Intent | None:
    """The hard nights of the last seven; "most of them" is no count."""
    words = document.raw.strip()
    for concept, value in (("but_one", 6), ("twice", 2), ("couple", 2), ("once", 1)):
        if document.has(concept):
            return Intent("nights_count", str(value), words, 0.8)
    found = [
        n
        for n in numbers(document, lexicon, decimal_comma=True)
        if not _in_a_phrase(document, n)
        and not zero_of_else(document, n)
        and (not n.elsewhere or _of_nights(document, n))
    ]
    if not found and document.has("most_nights"):
        return None
    if not found:
        if any(says_none(document, mark) for mark in document.all("no_nights", "none_score")):
            return Intent("nights_count", "0", words, 0.8)
        if any(not of_sleep(document, mark) for mark in document.all("all_nights")):
            return Intent("nights_count", str(_NIGHTS), words, 0.8)
        return _nights_named(document)
    if len(found) == 2 and found[1].value == _NIGHTS and _out_of(document, found[1]):
        found = found[:1]
    chosen = _chosen(document, found)
    if chosen is None:
        return Intent("unknown", "ambiguous", words, 0.6)
    if not 0 <= chosen.value <= _NIGHTS:
        return Intent("unknown", "out_of_range", words, 0.6)
    told = document.quote(chosen.start, chosen.end)
    return Intent("nights_count", str(chosen.whole), told)


def _of_nights(document: Document, number: Number) -> bool:
    """Whether a count counts nights or days: "3 nights", not "2 tylenol" and "up at 3am"."""
    return bool(_NIGHT_UNITS.intersection(document.words[number.end : number.end + 2]))


def _in_a_phrase(document: Document, number: Number) -> bool:
    """ "Every single one", "not a one": the one counts nothing."""
    return any(
        mark.start <= number.start and number.end <= mark.end
        for mark in document.all("all_nights", "no_nights")
    )


def _nights_named(document: Document) -> Intent | None:
    """ "Mon tues and thurs": the nights counted by their names, where nothing else is said."""
    days = [weekday(document, place, place + 1) for place in range(len(document.tokens))]
    named = {day for day in days if day}
    if len(named) < 2 or not document.only("weekday", "beside_nights"):
        return None
    return Intent("nights_count", str(len(named)), document.raw.strip(), 0.8)


def _out_of(document: Document, number: Number) -> bool:
    before = document.words[max(0, number.start - 2) : number.start]
    return number.glue.strip() == "/" or bool({"of", "outta", "de", "las", "last"} & set(before))
