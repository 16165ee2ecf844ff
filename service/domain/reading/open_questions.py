"""The answers a text gives to the open questions, and to those that it names unasked."""

from dataclasses import replace

from schedules.own_questions import OWN
from service.domain.reading import goals, scores, screens
from service.domain.reading.clock_answers import bedtime, onset, onset_named, onset_told
from service.domain.reading.labels import SCREENS, STATES, YES_NO_GOALS, Intent, answer_type
from service.domain.reading.later import later, not_yet, postponed
from service.domain.reading.own_answers import own_answer
from service.domain.reading.request import Request

# "Later, at 9": so the legs begin.
_LATER_IS_AN_ANSWER = frozenset({"aug_earlier_yn"})
_OWN_TYPES = {"yes_no": "yes/no", "time": "time"}
_BY_NUMBER = {
    "symptom_0_10": scores.symptom,
    "weekly_3": scores.weekly,
    "nights_0_7": scores.nights,
}


def answered(request: Request) -> list[Intent]:
    """The answers to the open questions, one a type, the newest first; unknowns kept for a reason."""
    found: list[Intent] = []
    types: set[str] = set()
    number_taken = False
    for kind in _named_first(request):
        takes = _takes(request, kind)
        if kind in STATES or kind == "consent" or takes is None or takes in types:
            continue
        if kind == "gate" and any(answer.name != "unknown" for answer in found):
            continue
        by_number = takes not in {"yes/no", "gate"}
        if by_number and number_taken:
            continue
        answers = [replace(answer, kind=kind) for answer in _answer(request, kind)]
        known = any(answer.name != "unknown" for answer in answers)
        if kind == "gate" and known:
            return answers
        number_taken |= by_number and known
        if known:
            types.add(takes)
        found += answers
    return [*found, *_unasked(request, found)]


def _takes(request: Request, kind: str) -> str | None:
    """The type of answer a kind of question takes; a clinic's own question has that of its definition."""
    if kind in STATES:
        return None
    if kind == OWN:
        return _OWN_TYPES.get(request.own.type, OWN) if request.own else None
    return answer_type(kind)


def _named_first(request: Request) -> list[str]:
    """The open kinds, newest first, but goals that the text names before those it does not."""
    named = {
        kind
        for kind in request.kinds
        if kind in YES_NO_GOALS and request.document.has(f"topic.{kind.removesuffix('_yn')}")
    }
    if not named:
        return list(request.kinds)
    return sorted(request.kinds, key=lambda kind: kind in YES_NO_GOALS and kind not in named)


def _answer(request: Request, kind: str) -> list[Intent]:
    document, words = request.document, request.lexicon
    answer: Intent | None
    if kind in YES_NO_GOALS:
        answers = goals.goal(document.statements(), kind, words)
        if answers and answers[0].name.startswith("adherence"):
            tags = goals.side_effects(document, kind.removesuffix("_yn"))
            answers += [Intent("side_effect", tag, document.raw.strip(), 0.8) for tag in tags]
        return answers
    put_off = None if kind in _LATER_IS_AN_ANSWER else postponed(document, words)
    if put_off:
        return [put_off]
    if kind == OWN and request.own:
        answer = own_answer(document, words, request.own)
        return [answer] if answer else []
    if kind in SCREENS:
        return screens.screen(document.statements(), kind)
    if kind == "gate":
        return _gate(request)
    if kind == "bedtime_ask":
        answer = bedtime(document, words, request.usual)
    elif kind == "onset_time":
        answer = onset(document, words)
    else:
        answer = _BY_NUMBER[kind](document, words)
    # "3 before bed and 9 later" says two scores, not when to ask again.
    several = answer is not None and answer.value == "ambiguous" and kind in _BY_NUMBER
    if not_yet(document) and not several and (answer is None or answer.name == "unknown"):
        answer = later(document, words)
    return [answer] if answer else []


def _gate(request: Request) -> list[Intent]:
    document = request.document
    if document.only("command.ready", "command.courtesy", "acknowledge", "yes"):
        return [Intent("ready", words=document.raw.strip())]
    if document.has("yet", "not_yet"):
        return [later(document, request.lexicon)]
    return []


def _onset_beside(request: Request, found: list[Intent]) -> Intent | None:
    """ "Yes, since 4 in the afternoon": the hour, beside the answer that the legs begin earlier."""
    if not any((one.kind, one.name) == ("aug_earlier_yn", "screen_yes") for one in found):
        return None
    return onset_named(request.document, request.lexicon)


def _unasked(request: Request, found: list[Intent]) -> list[Intent]:
    """Answers that name their measure though another question is open."""
    document, words = request.document, request.lexicon
    names = {intent.name for intent in found if intent.name != "unknown"}
    extra: list[Intent | None] = []
    if "onset_time" not in names and "bedtime_change" not in names:
        extra.append(onset_told(document, words) or _onset_beside(request, found))
    goal_answered = any(name.startswith("adherence") for name in names)
    named = document.has("topic.iron") and document.has("did.iron", "did_not.iron")
    # "A 7 after I took my pill": the dose only times the trouble.
    named = named and not document.has("dose_as_time")
    if named and not goal_answered and not document.has("question") and "screen_yes" not in names:
        extra += goals.goal(document, "iron_yn", words)
    # The drinks question itself asks about last night.
    other_night = request.newest in YES_NO_GOALS and request.newest != "alcohol_yn"
    if other_night and goal_answered and document.has("last_night"):
        extra.append(scores.symptom(document, words))
    return [e for e in extra if e and e.name not in names | {"unknown", "med_change"}]
