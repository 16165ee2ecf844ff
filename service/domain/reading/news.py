"""What a text tells or asks beside its answer: side effects, medicines, who writes, questions."""

from service.domain.reading.document import Document, Mark
from service.domain.reading.labels import SIDE_EFFECTS, Intent
from service.domain.reading.lexicon import Lexicon
from service.domain.reading.numbers import SCALE, numbers

# "No they itch": the no answers us.
_ANEW = frozenset({"they", "it", "its", "i", "im", "my", "me", "the", "se", "mi", "mis"})
_NUMBER = frozenset({"number", "numero"})
# "Not a number", "not sure of the number": nobody's phone is meant.
_ANYBODYS = frozenset(
    {"a", "my", "the", "any", "sure", "that", "about", "in", "to", "on", "by", "yet"}
)
_SLIP_REACH = 8
_SIDES = tuple(f"side.{tag}" for tag in SIDE_EFFECTS)
_TOPICS = (
    "appointment",
    "lab",
    "iron",
    "caffeine",
    "alcohol",
    "nicotine",
    "compression",
    "exercise",
    "relax",
    "medication",
)


def wrong_party(
    document: Document, lexicon: Lexicon, *, number_asked: bool, stops: bool
) -> Intent | None:
    """Deceased, wrong number, or a stranger who asks who we are.

    `number_asked`: the open question takes numbers, so that a number beside "wrong number" is the right one.
    `stops`: the text ends the texts.
    """
    asked_in = lexicon if number_asked else None
    goes_on = document.has("writer.goes_on") or _scores(document, 0, asked_in)
    for value in ("deceased", "wrong_number", "unsure"):
        marks = document.all(f"writer.{value}")
        if value == "deceased" and _somebody_else_died(document, goes_on=goes_on, stops=stops):
            continue
        if value == "wrong_number":
            marks += _not_theirs(document)
            marks = [mark for mark in marks if not _own_slip(document, mark, asked_in)]
            if goes_on and document.has("writer.lost"):
                # "My daughter no longer lives here. Can I take iron at night?"
                continue
        if marks:
            words = document.quote(marks[0].start, marks[0].end)
            return Intent("wrong_party", value, words, 1.0 if value != "deceased" else 0.8)
    return None


def _somebody_else_died(document: Document, *, goes_on: bool, stops: bool) -> bool:
    """The writer is bereaved, and well: "my husband died sunday. 7", "mom died so I forgot".

    Not where the phone was the dead person's, a relative answers for the patient, or the texts are to stop.
    """
    if document.has("guard.past", "writer.other_died"):
        return True
    about_the_patient = ("writer.their_phone", "writer.proxy")
    lost = document.has("writer.lost") or (goes_on and document.has("writer.bare_lost"))
    return lost and not stops and not document.has(*about_the_patient)


def _not_theirs(document: Document) -> list[Mark]:
    """ "Not Ivy's number" and nothing else but courtesy."""
    marks = document.all("writer.not_theirs")
    alone = document.only("writer.not_theirs", "courtesy", "command.courtesy")
    return [
        mark
        for mark in marks
        if alone and not _ANYBODYS.intersection(document.words[mark.start : mark.end])
    ]


def _own_slip(document: Document, mark: Mark, numbers_in: Lexicon | None) -> bool:
    """The number sent was wrong, not the number texted: "wrong number i sent".

    "Wrong number, 6" is one where numbers were asked; `numbers_in` is None where none were.
    """
    for slip in document.between(mark.start - _SLIP_REACH, mark.end, "writer.own_slip"):
        if mark.start < slip.end:
            return True
    named = document.words[mark.start : mark.end]
    return bool(_NUMBER.intersection(named)) and _scores(document, mark.end, numbers_in)


def _scores(document: Document, start: int, numbers_in: Lexicon | None) -> bool:
    """Whether the text gives a number of the scale from a token on, and no other; never where none was asked."""
    if numbers_in is None:
        return False
    rest = document.keep(start, len(document.tokens))
    given = numbers(rest, numbers_in, decimal_comma=False)
    return bool(given) and all(0 <= one.value <= SCALE and not one.elsewhere for one in given)


def proxy(document: Document) -> Intent | None:
    """Another person is visibly writing."""
    marks = document.all("writer.proxy", "writer.third_did")
    if not marks or document.has("command.stop"):
        return None
    return Intent("wrong_party", "proxy", document.quote(marks[0].start, marks[0].end), 0.8)


def felt(document: Document) -> list[Intent]:
    """The side effects a text tells of."""
    found: list[Intent] = []
    for tag in SIDE_EFFECTS:
        for mark in document.all(f"side.{tag}"):
            inside = any(
                other.start <= mark.start
                and mark.end <= other.end
                and other.end - other.start > mark.end - mark.start
                for other in document.between(mark.start - 6, mark.start + 1, *_SIDES)
            )
            if not inside and not denied(document, mark) and not _long_ago(document, mark):
                words = document.quote(mark.start, mark.end)
                found.append(Intent("side_effect", tag, words, 0.8))
                break
    return found


def denied(document: Document, mark: Mark) -> bool:
    """Whether a side effect is denied: "no nausea", "my stool isnt black"."""
    words, part = document.words, document.tokens[mark.start].part
    return any(
        not (words[no.start] == "no" and words[no.end] in _ANEW)
        for no in document.between(mark.start - 2, mark.end, "guard.not_felt")
        # "No, threw up": a no of its own answers, and denies nothing.
        if no.start != mark.start and document.tokens[no.start].part == part
    )


def _long_ago(document: Document, mark: Mark) -> bool:
    """Whether its sentence puts it in the past, and not "since" then or again now."""
    lasting = ("guard.since", "guard.at_present", "guard.returned")
    told = document.in_sentence(mark.start, "guard.past")
    return bool(told) and not document.in_sentence(mark.start, *lasting)


def medicine(document: Document) -> Intent | None:
    """A medicine started or stopped, told unasked."""
    habit = document.has("topic.caffeine", "topic.alcohol", "topic.nicotine")
    other_habit = habit and not document.has("topic.iron", "topic.medication")
    if other_habit or document.has("request"):
        return None
    for concept, value in (
        ("clinician.stopped", "stopped"),
        ("medicine.stopped", "stopped"),
        ("medicine.started", "new"),
    ):
        marks = document.all(concept)
        if marks and not document.has("question"):
            words = document.quote(marks[0].start, marks[0].end)
            return Intent("med_change", value, words, 0.8)
    return None


def question(document: Document) -> Intent | None:
    """A question or a request to staff, with its topic where it names one."""
    asked = any(token.asked for token in document.tokens)
    # "Stop taking iron?": an order that asks.
    orders = [m for m in document.all("command.not_stop") if document.tokens[m.start].asked]
    marks = document.all("question") + orders
    opening = [
        mark
        for mark in marks
        if mark.start == 0
        or document.tokens[mark.start].part != document.tokens[mark.start - 1].part
        or document.tokens[mark.start].asked
        or mark.end - mark.start > 1
    ]
    if document.has("request"):
        opening = document.all("request")
    elif not opening or not (asked or opening[0].end - opening[0].start > 1 or _inverted(document)):
        return None
    words = document.quote(opening[0].start, len(document.tokens))
    return Intent("question", topic(document), words, 0.8)


def _inverted(document: Document) -> bool:
    """ "Does vacuuming count": a question by its order of words; "does help" only drops its subject."""
    opens = document.words[:1] == ("does",) and len(document.words) > 1
    return opens and not document.has("subject_dropped")


def topic(document: Document) -> str:
    """The first topic of the list that the text names, or nothing."""
    return next((name for name in _TOPICS if document.has(f"topic.{name}")), "")


def thanks(document: Document) -> Intent | None:
    """Thanks and nothing else."""
    courtesies = ("thanks", "acknowledge", "courtesy", "command.courtesy", "intend", "yes")
    if document.has("thanks") and document.only(*courtesies):
        return Intent("thanks", words=document.raw.strip())
    return None
