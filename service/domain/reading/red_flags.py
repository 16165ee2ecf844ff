"""Danger to the patient, now or recent: which red flag a text raises, if any.

Missing one is the worst error, a false alarm the second: a mark of a flag counts unless it is
denied, long past or treated, a figure of speech, only supposed, or about somebody else.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from service.domain.reading.document import Document, Mark
from service.domain.reading.labels import RED_FLAGS, YES_NO_GOALS

_NEAR_DENIAL = 3
_LONG_DENIAL = 5
_LISTED_DENIAL = 9
_OWNER_DISTANCE = 10
_LONGEST_PHRASE = 8
_CLAUSE_REACH = 12
_NO_DENIALS = ("guard.no_denial", "guard.unwilling")
_KINDNESS = ("courtesy", "command.courtesy", "thanks")
_PATIENT_BETWEEN = ("guard.self", "guard.reports")
_LISTING = frozenset({"or", "nor", "ni", "o", "any"})
_NOT_A_DENIAL_BEFORE = frozenset({"i", "im", "ive", "my", "id", "mi"})
_CLAUSE_OPENERS = frozenset({"and", "but", "y", "e", "pero", "then", "luego"})
_NEVER_SAID_BY_DENYING = frozenset({"dvt", "drug_reaction", "gi_bleed"})
_JOINING = frozenset({"and", "y", "e"})
_ANSWERED_NO = frozenset({"no", "none", "nope", "negative", "nada", "ninguno"})
_PARTICIPLE = re.compile(r"(?:[ai]do|hecho|dicho|puesto|visto|vuelto|escrito|roto|muerto)$")
_DOUBT = frozenset({"sure", "know", "tell", "wonder", "wondering", "see", "se", "seguro", "segura"})
# "Took 2 to catch up": doses, but where what was asked about is no medicine.
_OTHER_GOALS = frozenset(YES_NO_GOALS) - {"iron_yn"}
_MEDICINES = ("topic.iron", "topic.medication")


@dataclass(frozen=True, slots=True)
class RedFlag:
    """A flag raised, where it stands, and whether somebody else writes about the patient."""

    name: str
    mark: Mark
    by_proxy: bool


def red_flag(document: Document, open_kinds: Sequence[str]) -> RedFlag | None:
    """The first flag of the list that the text raises, given what is open, newest first.

    Urges that were asked about are no flag.
    """
    for name in RED_FLAGS:
        if name == "impulse_control" and "urges_yn" in open_kinds:
            continue
        for mark in _candidates(document, name, open_kinds):
            if _excused(document, mark, name):
                continue
            if name == "suicide" and _of(document, mark, "guard.kin", own=("guard.self",)):
                # A relative who writes that the patient wants to die need not say more.
                return RedFlag(name, mark, by_proxy=True)
            if name == "child_ingestion" or not _about_another(document, mark):
                return RedFlag(name, mark, _by_proxy(document, mark))
    return None


def _candidates(document: Document, name: str, open_kinds: Sequence[str]) -> list[Mark]:
    marks = document.all(f"red.{name}")
    if name == "suicide" and not (open_kinds and open_kinds[0] in YES_NO_GOALS):
        marks += _despair(document)
    if name == "gi_bleed" and any(
        not _denied(document, faint, name) for faint in document.all("danger.faint")
    ):
        # Black stool with faintness: old blood.
        marks += document.all("side.dark_stool")
    if name == "overdose" and not _OTHER_GOALS.intersection(open_kinds[:1]):
        marks += document.all("danger.doses")
    return marks


def _despair(document: Document) -> list[Mark]:
    """ "Can't take it anymore", with nothing named that "it" could be: the legs, a pill, the noise.

    Where a goal is asked about, "it" is that goal.
    """
    if document.has("guard.complaint"):
        return []
    return [
        mark
        for mark in document.all("despair.said")
        if _closes_clause(document, mark)
        and (document.has("writer.proxy") or not _of(document, mark, "guard.kin", own=()))
    ]


def _closes_clause(document: Document, mark: Mark) -> bool:
    rest = document.keep(mark.end, len(document.tokens))
    kindly = rest.only(*_KINDNESS) and "lol" not in rest.words
    return kindly or _opens_clause(document, mark.end)


def _excused(document: Document, mark: Mark, name: str) -> bool:
    if name != "sleep_attack" and _figure_of_speech(document, mark):
        return True
    if _denied(document, mark, name):
        return True
    now = _clause_of_its_own(document, mark, "guard.ongoing")
    for past in document.in_sentence(mark.start, "guard.past"):
        if not (now and _outside(past, now)) and not _goes_on(document, past, mark):
            return True
    if name == "suicide":
        return False
    for guess in document.in_sentence(mark.start, "guard.hypothetic"):
        # "Took 2 just in case I missed one": why it was done supposes nothing about the deed.
        reason = mark.start < guess.start < mark.end
        if not reason and not (now and _outside(guess, now)) and not _doubted(document, guess):
            return True
    again = _clause_of_its_own(document, mark, "guard.at_present")
    return any(not (again and cured.end <= again.start) for cured in document.all("guard.treated"))


def _goes_on(document: Document, past: Mark, mark: Mark) -> bool:
    """Whether what was is not over: "since last year", "like last year", "today it is back"."""
    if document.between(mark.end, past.start, "guard.since"):
        return True
    # "Had a stroke years ago. My rls is back": what is back is no danger.
    return any(
        not document.between(past.end, back.start, "guard.over_again")
        for back in document.between(past.end, len(document.tokens), "guard.returned")
    )


def _clause_of_its_own(document: Document, mark: Mark, sign: str) -> Mark | None:
    """The clause of a mark if a sign in it says that it is so now: "... and my chest hurts now".

    What the text says of the past, or supposes, outside of that clause does not excuse it.
    """
    start, end = mark.start, mark.end
    while start > max(0, mark.start - _CLAUSE_REACH) and not _opens_clause(document, start):
        start -= 1
    last = min(len(document.tokens), mark.end + _CLAUSE_REACH)
    while end < last and not _opens_clause(document, end):
        end += 1
    return Mark(sign, start, end) if document.between(start, end, sign) else None


def _opens_clause(document: Document, place: int) -> bool:
    token = document.tokens[place]
    return token.word in _CLAUSE_OPENERS or token.part != document.tokens[place - 1].part


def _outside(mark: Mark, clause: Mark) -> bool:
    return mark.end <= clause.start or mark.start >= clause.end


def _doubted(document: Document, guess: Mark) -> bool:
    """ "Not sure if I have a clot" supposes nothing: it asks."""
    return guess.start > 0 and document.tokens[guess.start - 1].word in _DOUBT


def _figure_of_speech(document: Document, mark: Mark) -> bool:
    return any(
        mark.start < idiom.end
        and not (mark.start <= idiom.start and idiom.end <= mark.end and _longer(mark, idiom))
        for idiom in document.between(mark.start - _LONGEST_PHRASE, mark.end, "guard.idiom")
    )


def _longer(one: Mark, other: Mark) -> bool:
    return one.end - one.start > other.end - other.start


def _denied(document: Document, mark: Mark, name: str) -> bool:
    after = document.tokens[mark.end : mark.end + 2]
    if after and after[0].word in _ANSWERED_NO and (len(after) == 1 or after[1].glue.strip()):
        return True
    if name in _NEVER_SAID_BY_DENYING and _denied_inside(document, mark):
        return True
    excluding = ("guard.no_denial",) if name == "suicide" else _NO_DENIALS
    reach = _LISTED_DENIAL + _LONGEST_PHRASE
    # "I'm not sure I want to live" says its own not: "I'm not" denies nothing of it.
    own_not = bool(document.between(mark.start, mark.start + 1, "guard.denial"))
    return any(
        not (own_not and denial.end > mark.start)
        and document.tokens[denial.start].sentence == document.tokens[mark.start].sentence
        and _reaches(document, denial, mark)
        and (
            denial.end >= mark.start
            or not any(
                denial.start < other.end
                for other in document.between(
                    denial.start - _LONGEST_PHRASE, denial.end, *excluding
                )
            )
        )
        for denial in document.between(mark.start - reach, mark.start, "guard.denial")
    )


def _denied_inside(document: Document, mark: Mark) -> bool:
    """ "My calf is not swollen"; "not only swollen" denies nothing."""
    inside = mark.start + 1, mark.end
    denied = document.between(*inside, "guard.denial")
    return bool(denied) and not document.between(*inside, "guard.no_denial")


def _reaches(document: Document, denial: Mark, mark: Mark) -> bool:
    """Whether a denial still holds at the mark: near, or along a list of things denied."""
    between = document.tokens[denial.end : mark.start]
    following = document.tokens[denial.end]
    bare = denial.end - denial.start == 1
    if bare and document.tokens[denial.start].word == "no":
        lone_answer = denial.start == 0 and "," in following.glue
        if lone_answer or following.word in _NOT_A_DENIAL_BEFORE:
            return False
    if document.between(denial.end, mark.start, "reset"):
        return False
    if any(token.word in _LISTING for token in between):
        return len(between) <= _LISTED_DENIAL
    parted = document.tokens[denial.start].part != document.tokens[mark.start].part
    if parted or any(token.word in _JOINING for token in between):
        return False
    return len(between) <= (_NEAR_DENIAL if bare else _LONG_DENIAL)


def _about_another(document: Document, mark: Mark) -> bool:
    if document.has("writer.proxy"):
        return False
    return _of(document, mark, "guard.other")


def _by_proxy(document: Document, mark: Mark) -> bool:
    """A relative writes: says so, or speaks of her or him with no other person named."""
    if document.has("writer.proxy"):
        return True
    return _of(document, mark, "guard.third")


def _of(
    document: Document, mark: Mark, concept: str, own: tuple[str, ...] = _PATIENT_BETWEEN
) -> bool:
    """Whether the mark is told of a person of this concept.

    Not if the patient comes in between: "my wife says I ...", "told my son I ...".
    """
    owner = _owner(document, mark, concept)
    return owner is not None and not document.between(owner.end, mark.end, *own)


def _i_have(document: Document, place: int) -> bool:
    """Whether "he" is Spanish, "I have": a participle follows, as after no English "he"."""
    following = document.words[place + 1 : place + 2]
    return document.words[place] == "he" and any(map(_PARTICIPLE.search, following))


def _owns_the_pills(document: Document, mark: Mark, person: Mark) -> bool:
    """ "I took all her pills": whose they were is not who took them."""
    owned = document.between(person.end, person.end + 1, *_MEDICINES)
    return mark.start < person.start and person.end < mark.end and bool(owned)


def _owner(document: Document, mark: Mark, concept: str) -> Mark | None:
    """The person named last before or inside the mark, in its sentence; "he tomado" names none."""
    near = document.between(mark.start - _OWNER_DISTANCE, mark.end, concept)
    sentence = document.tokens[mark.start].sentence
    named = [
        person
        for person in near
        if document.tokens[person.start].sentence == sentence
        and not _i_have(document, person.start)
        and not _owns_the_pills(document, mark, person)
    ]
    return named[-1] if named else None
