"""What a person may say a reply means: the answers each kind of question takes, and what one of them changes."""

import re
from collections.abc import Mapping
from datetime import time

from schedules.own_questions import OWN, OwnQuestion
from service.domain.alerts import rule_for_reading
from service.domain.answers import take_answer
from service.domain.own_answers import take_own_answer
from service.domain.reading import Intent
from service.domain.reading.labels import SCREENS, YES_NO_GOALS
from service.domain.talk import Open, Outcome, Talk

_YES_NO = {"yes": "adherence_yes", "no": "adherence_no"}
_IN_PART = {**_YES_NO, "partial": "adherence_partial"}
_PROBLEM = {"yes": "screen_yes", "no": "screen_no"}
# Each kind's closed list, by what is written down; clock times and the three scores of a week are no list.
CHOICES: Mapping[str, Mapping[str, str]] = {
    **dict.fromkeys(YES_NO_GOALS, _YES_NO),
    **dict.fromkeys(("iron_yn", "compression_yn", "relax_yn"), _IN_PART),
    **dict.fromkeys(SCREENS, _PROBLEM),
    "symptom_0_10": {str(score): "symptom_score" for score in range(11)},
    "nights_0_7": {str(nights): "nights_count" for nights in range(8)},
    "onset_time": dict.fromkeys(("none", "bedtime", "all_day"), "onset_time"),
    "weekly_3": {},
}
"""The kinds of question a reply may be said to answer. Joining and a bedtime are changed on the patient's page."""
KINDS = (*CHOICES, OWN)
"""All of them, with the clinic's own questions, which say themselves what they take."""
_SCORES_A_WEEK = 3
_NUMBER = re.compile(r"\d{1,3}(\.\d)?", re.ASCII)


def intent_for(kind: str, value: str, own: OwnQuestion | None = None) -> Intent | None:
    """An answer to that kind of question, None where it takes no such answer (KeyError: no such kind).

    `own`: what a clinic's own question asks; None where its programme is not known any more.
    """
    if kind == OWN:
        kept = _own_word(own, value) if own else None
        return None if kept is None else Intent("own_answer", kept, kind=kind)
    name = CHOICES[kind].get(value)
    if name is None and kind == "onset_time" and _is_clock(value):
        name = "onset_time"
    if name is None and kind == "weekly_3" and _is_week(value):
        name = "weekly_scores"
    return Intent(name, value, kind=kind) if name else None


def _own_word(own: OwnQuestion, value: str) -> str | None:
    """What is kept of an answer; words of the patient's own are kept by nobody but him."""
    match own.type:
        case "number":
            told = float(value) if _NUMBER.fullmatch(value) else -1.0
            return f"{told:g}" if (own.min or 0) <= told <= (own.max or 0) else None
        case "time":
            return value if _is_clock(value) else None
        case "text":
            return None
    return value if value in own.words() else None


def _is_clock(value: str) -> bool:
    try:
        return time.fromisoformat(value).strftime("%H:%M") == value
    except ValueError:
        return False


def _is_week(value: str) -> bool:
    scores = value.split(",")
    return len(scores) == _SCORES_A_WEEK and all(one in CHOICES["symptom_0_10"] for one in scores)


def assign(talk: Talk, intent: Intent, question: Open) -> Outcome:
    """What follows where a person says that a reply answers `question`: as if it had been read so, but unsaid.

    Whoever assigns it talks to the patient himself, so nothing is answered automatically.
    """
    outcome = Outcome()
    take = take_own_answer if question.kind == OWN else take_answer
    take(talk, intent, question, outcome)
    outcome.said = []
    rule = rule_for_reading(intent.name, intent.value, talk.facts, question.kind)
    if rule is not None:
        outcome.alerts[rule] = intent.value
    return outcome
