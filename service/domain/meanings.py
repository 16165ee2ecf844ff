"""What a person may say a reply means: the answers each kind of question takes, and what one of them changes."""

from collections.abc import Mapping
from datetime import time

from service.domain.alerts import rule_for_reading
from service.domain.answers import take_answer
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
_SCORES_A_WEEK = 3


def intent_for(kind: str, value: str) -> Intent | None:
    """An answer to that kind of question, None where it takes no such answer (KeyError: no such kind)."""
    name = CHOICES[kind].get(value)
    if name is None and kind == "onset_time" and _is_clock(value):
        name = "onset_time"
    if name is None and kind == "weekly_3" and _is_week(value):
        name = "weekly_scores"
    return Intent(name, value, kind=kind) if name else None


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
    take_answer(talk, intent, question, outcome)
    outcome.said = []
    rule = rule_for_reading(intent.name, intent.value, talk.facts, question.kind)
    if rule is not None:
        outcome.alerts[rule] = intent.value
    return outcome
