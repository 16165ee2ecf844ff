"""Yes or no, and how it was said: the bare word, or what was described as done or left undone."""

from dataclasses import dataclass
from itertools import pairwise

from service.domain.reading.document import Document, Mark

_DENIED = frozenset({"didnt", "not", "havent", "never", "couldnt", "hasnt", "dont", "cant", "wont"})
_FAMILY = ("yes", "no", "soft_no", "done", "undone", "maybe", "intend", "yet", "acknowledge")
# What may follow such an answer without telling anything else.
_BESIDE_AUXILIARY = {
    "have": ("beside_have",),
    **dict.fromkeys(("did", "do"), ("beside_have", "beside_did")),
}
# "What should we do": the words of a question before its "i do".
_LONGEST_OPENING = 2


@dataclass(frozen=True, slots=True)
class Polarity:
    """What a text says about one topic. `bare`: its yes or no; `told`: by description.

    True = yes, False = no, None = not said. `unsure`: hedged or only believed. `intends`: only
    meant to. `not_yet`: it has not happened yet. `ever`: the goal is described as met at least
    once. `mark`: the phrase that decided.
    """

    bare: bool | None
    told: bool | None
    unsure: bool
    intends: bool
    not_yet: bool
    ever: bool
    mark: Mark | None

    @property
    def answer(self) -> bool | None:
        """The answer: a description beats the bare word, an unsure one is none."""
        agree = self.told is not None and self.told == self.bare
        if self.unsure and not agree:
            return None
        return self.bare if self.told is None else self.told


def polarity(document: Document, did: tuple[str, ...], did_not: tuple[str, ...]) -> Polarity:
    """The polarity of a text, given the concepts that describe the goal as met or not met."""
    yes_told, no_told = ("done", *did), ("undone", *did_not)
    # "My son took his pill" says nothing of the patient's own, unless it is the son who writes.
    others = () if document.has("writer.proxy") else ("writer.another_did",)
    beside = ("another_medicine", *others, "not_yet", "no_answer")
    marks = _longest(document.all(*_FAMILY, *yes_told, *no_told, *beside))
    told = [mark for mark in marks if mark.concept in yes_told + no_told]
    bare = [m for m in marks if m.concept in {"yes", "no"} and not _no_answer(document, m)]
    last_bare = _decisive(document, bare)
    last_told = told[-1] if told else None
    concepts = {mark.concept for mark in marks}
    return Polarity(
        bare=None if last_bare is None else last_bare.concept == "yes",
        told=None if last_told is None else _met(document, last_told, yes_told),
        unsure="maybe" in concepts,
        intends="intend" in concepts,
        not_yet="yet" in concepts or "not_yet" in concepts,
        ever=any(_met(document, mark, yes_told) for mark in told),
        mark=last_told or last_bare,
    )


def _met(document: Document, mark: Mark, yes_told: tuple[str, ...]) -> bool:
    """Whether a description says that the goal was met: no "didnt" or "never" before it."""
    denied = mark.start > 0 and document.words[mark.start - 1] in _DENIED
    return mark.concept in yes_told and not denied


def _no_answer(document: Document, mark: Mark) -> bool:
    """Whether a bare word answers nothing: the Spanish "y", the "i do" of "what do i do", of "i have a fever"."""
    asks = document.between(mark.start - _LONGEST_OPENING, mark.start, "question")
    asked = any(mark.end <= one.end for one in asks)
    return asked or _spanish_and(document, mark) or _tells_on(document, mark)


def _tells_on(document: Document, mark: Mark) -> bool:
    """Whether an "i have", "i did" goes on to tell something: "i did already" answers, "i have no ride" does not."""
    after = mark.end
    beside = _BESIDE_AUXILIARY.get(document.words[after - 1])
    if beside is None or after - mark.start < 2 or after >= len(document.tokens):
        return False
    goes_on = document.tokens[after].part == document.tokens[after - 1].part
    return goes_on and not document.between(after, after + 1, *beside)


def _spanish_and(document: Document, mark: Mark) -> bool:
    """Whether a "y" stands between two words as "and" does: an answer opens or closes its part."""
    before, after = mark.start - 1, mark.end
    return (
        document.words[mark.start : after] == ("y",)
        and 0 <= before < after < len(document.tokens)
        and document.tokens[before].part == document.tokens[after].part
    )


def _longest(marks: list[Mark]) -> list[Mark]:
    """The marks that no longer mark contains."""
    kept: list[Mark] = []
    reach = -1
    for mark in marks:
        if mark.end > reach or (kept and (mark.start, mark.end) == (kept[-1].start, kept[-1].end)):
            kept.append(mark)
            reach = max(reach, mark.end)
    return kept


def _decisive(document: Document, bare: list[Mark]) -> Mark | None:
    """The first bare answer, or the last where the writer changes mind midway."""
    if not bare:
        return None
    for yes, no in pairwise(bare):
        between = document.words[yes.end : no.start]
        ends = no.end == len(document.tokens) or document.tokens[no.end].glue.strip()
        if ends and between in {("and",), ("y",)} and {yes.concept, no.concept} == {"yes", "no"}:
            return None  # "yes and no"
        joined = yes.end == no.start and "." not in document.tokens[no.start].glue
        closing = no.end == len(document.tokens) or document.tokens[no.end].glue.strip()
        again = any(mark.concept == "no" and mark.start - no.end in {0, 1} for mark in bare)
        if joined and (closing or again) and (yes.concept, no.concept) == ("yes", "no"):
            return no  # "yeah no", "yeah no i havent"
    first, last = bare[0], bare[-1]
    changed = any(first.end <= m.start < last.end for m in document.all("last_value"))
    return last if changed else first
