"""Answers a person may assign: each kind's own, with what follows from them, and nothing said."""

from dataclasses import replace

import pytest

from service.domain.meanings import CHOICES, assign, intent_for
from service.domain.reading.labels import QUESTION_KINDS
from tests.unit.test_domain_conversation import asked, talk


def test_every_question_but_joining_gates_and_bedtimes_takes_answers() -> None:
    assert set(CHOICES) == set(QUESTION_KINDS) - {"consent", "gate", "bedtime_ask"}


@pytest.mark.parametrize(
    ("kind", "value", "intent"),
    [
        ("symptom_0_10", "0", "symptom_score"),
        ("symptom_0_10", "11", None),
        ("symptom_0_10", "٣", None),
        ("iron_yn", "partial", "adherence_partial"),
        ("caffeine_yn", "partial", None),
        ("urges_yn", "yes", "screen_yes"),
        ("nights_0_7", "8", None),
        ("onset_time", "20:30", "onset_time"),
        ("onset_time", "8:30", None),
        ("onset_time", "20:30:00", None),
        ("onset_time", "none", "onset_time"),
        ("weekly_3", "5,0,10", "weekly_scores"),
        ("weekly_3", "5,0", None),
        ("weekly_3", "5,0,", None),
    ],
)
def test_a_question_takes_its_own_answers(kind: str, value: str, intent: str | None) -> None:
    found = intent_for(kind, value)
    assert (found.name if found else None) == intent


def test_what_follows_from_an_answer_follows_and_nothing_is_said() -> None:
    earlier = asked("aug_earlier_yn", follow_ups=("AUG-02",))
    on_dopamine = replace(talk(), facts=frozenset({"dopamine_agonist"}))
    outcome = assign(on_dopamine, intent_for("aug_earlier_yn", "yes"), earlier)
    assert (outcome.alerts, outcome.said) == ({"M-AUG": "yes"}, [])
    tested = assign(talk(), intent_for("lab_yn", "yes"), asked("lab_yn"))
    assert tested.facts == {"lab_done": "2026-11-21"}
