"""A clinic's own questionnaire: asked in turn by its answers, kept in part, put once more, and never past its time."""

# ruff: noqa: DTZ001 (the clinic's own wall clock)

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from service.flows.correct_reply import NoMeaningError
from service.flows.publish_programme import publish
from service.store import exports, people
from service.store.clinic_copy import nameless_copy
from service.store.records import Patient
from service.store.session import SYSTEM
from service.store.tables.replies import Question
from tests.flows.test_correct_reply import say_it_means, undo_last
from tests.world import World

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "evening_check.toml"
EVENING = datetime(2026, 11, 21, 18, 10)
WIDE = "08:00-22:00"


def published(world: World, changed: tuple[str, str] = ("EVE", "EVE")) -> None:
    """The example, published with one change of its text."""
    source = EXAMPLE.read_text(encoding="utf-8").replace(*changed)
    with world.store.transaction(SYSTEM, "test") as tx:
        clinic = people.clinic_by_id(tx, world.clinic.id)
        publish(world.runtime, tx, clinic, source, name="own.toml", at="now", now=world.clock.now())


def asked(world: World, **known: Any) -> Patient:
    """A patient who has just been asked the first question."""
    published(world)
    patient = world.patient(window=WIDE, **known)
    world.live_to(EVENING)
    return patient


def own(world: World, patient: Patient) -> list[str]:
    return [one for one in world.sent(patient) if one.startswith("EVE-")]


def kept(world: World) -> list[tuple[str, str, float | None]]:
    rows = world.rows("observation", intent="own_answer", replaced=False)
    return [(row.kind, row.word, row.number) for row in rows]


def test_the_questions_follow_the_answers(world: World) -> None:
    patient = asked(world)
    for body in ("4 hours", "b", "yes", "2pm", "I sleep better on the sofa"):
        world.say(patient, body)
    assert own(world, patient) == ["EVE-01", "EVE-02", "EVE-03", "EVE-04", "EVE-05"]
    assert world.sent(patient)[-1] == "SYS-17"
    assert kept(world) == [
        ("EVE-01", "4", 4.0),
        ("EVE-02", "pain", None),
        ("EVE-03", "yes", None),
        ("EVE-04", "14:00", None),
        ("EVE-05", "", None),
    ]
    assert {(row.programme, row.version) for row in world.rows("question", kind="own")} == {
        ("evening_check", 1)
    }


def test_a_branch_leaves_questions_out(world: World) -> None:
    patient = asked(world)
    world.say(patient, "8")
    world.say(patient, "no")
    assert own(world, patient) == ["EVE-01", "EVE-03", "EVE-05"]


def test_a_discreet_patient_is_asked_for_privacy_once(world: World) -> None:
    patient = asked(world, privacy="discreet")
    assert world.sent(patient)[-1] == "GATE-01"
    world.say(patient, "OK")
    world.say(patient, "3")
    world.say(patient, "piernas")
    assert own(world, patient) == ["EVE-01", "EVE-02", "EVE-03"]
    assert kept(world)[1] == ("EVE-02", "legs", None)


def test_what_is_not_understood_is_asked_once_more_and_then_waits_for_a_person(
    world: World,
) -> None:
    patient = asked(world)
    world.say(patient, "4")
    world.say(patient, "the dog")
    assert "A, B or C" in world.bodies(patient)[-1]
    world.say(patient, "the dog, I said")
    assert [row.review_state for row in world.rows("inbound")][-1] == "open"
    assert own(world, patient) == ["EVE-01", "EVE-02"]


@pytest.mark.parametrize(
    ("body", "template"), [("STOP", "SYS-04"), ("help", "SYS-03"), ("I want to die", "SYS-11")]
)
@pytest.mark.parametrize("answers", [("8", "no"), ("4",)])
def test_danger_stop_and_help_go_first_at_any_question(
    world: World, body: str, template: str, answers: tuple[str, ...]
) -> None:
    patient = asked(world)
    for answer in answers:
        world.say(patient, answer)
    before = kept(world)
    world.say(patient, body)
    assert world.sent(patient)[-1] == template
    assert kept(world) == before


def test_who_stops_midway_is_asked_once_more_next_evening_and_goes_on(world: World) -> None:
    patient = asked(world)
    world.say(patient, "4")
    world.live_to(EVENING + timedelta(days=1))
    assert own(world, patient) == ["EVE-01", "EVE-02", "EVE-02"]
    world.say(patient, "worry")
    assert own(world, patient)[-1] == "EVE-03"
    # Once in a questionnaire, not once a question.
    world.live_to(EVENING + timedelta(days=4))
    assert own(world, patient) == ["EVE-01", "EVE-02", "EVE-02", "EVE-03"]
    assert [word for _, word, _ in kept(world)] == ["4", "worry"]


def test_after_its_time_nothing_is_taken_and_what_was_said_is_kept(world: World) -> None:
    patient = asked(world)
    world.say(patient, "8")
    world.say(patient, "no")
    world.live_to(EVENING + timedelta(days=2, hours=12))
    world.say(patient, "here is my long story")
    assert [kind for kind, _, _ in kept(world)] == ["EVE-01", "EVE-03"]
    assert {row.state for row in world.rows("question", template="EVE-05")} == {"closed"}


def test_later_puts_a_question_off(world: World) -> None:
    patient = asked(world)
    world.say(patient, "later 8pm")
    assert world.sent(patient)[-1] == "SYS-19"
    world.live_to(datetime(2026, 11, 21, 20, 5))
    assert own(world, patient) == ["EVE-01", "EVE-01"]
    world.say(patient, "9")
    assert own(world, patient)[-1] == "EVE-03"


def test_a_questionnaire_goes_on_as_it_began_whatever_is_published_meanwhile(world: World) -> None:
    patient = asked(world)
    published(world, ("Did you nap in the day?", "Any nap?"))
    world.say(patient, "8")
    assert "Did you nap in the day?" in world.bodies(patient)[-1]
    assert world.rows("question", kind="own")[-1].version == 1


def test_a_copy_for_a_rehearsal_may_be_made_in_the_middle_of_one(world: World) -> None:
    patient = asked(world)
    world.say(patient, "4")
    world.live_to(EVENING + timedelta(days=1))
    world.say(patient, "worry")
    resumed = world.rows("question", template="EVE-03")[0].behind
    query = select(Question.template, Question.version, Question.behind)
    with (
        nameless_copy(world.store, world.clinic.id, world.clock.now()) as copy,
        copy.transaction(SYSTEM, "test", write=False) as tx,
    ):
        copied = [tuple(row) for row in tx.rows(query.where(Question.kind == "own"))]
    assert ("EVE-03", 1, resumed) in copied
    assert {version for _, version, _ in copied} == {1}


@pytest.mark.parametrize(
    ("before", "means", "number", "wrong"),
    [
        ((), "7", 7.0, "13"),
        (("4",), "pain", None, "arms"),
        (("8",), "yes", None, "partial"),
        (("8", "yes"), "14:30", None, "25:00"),
    ],
    ids=["number", "choice", "yes or no", "time"],
)
def test_a_person_gives_the_answer_that_was_not_understood(
    world: World, before: tuple[str, ...], means: str, number: float | None, wrong: str
) -> None:
    patient = asked(world)
    for body in (*before, "hard to say, you know", "as I told you"):
        world.say(patient, body)
    texts = world.sent(patient)
    with pytest.raises(NoMeaningError):
        say_it_means(world, patient, wrong)
    say_it_means(world, patient, means)

    def told() -> list[tuple[str, Any]]:
        with world.store.transaction(SYSTEM, "test", write=False) as tx:
            lines = list(exports.questionnaires(tx, world.clinic.id, None, with_phi=False))
        return [(line["state"], line["answer"], line["number"]) for line in lines]

    assert told()[-1] == ("answered", means, number)
    assert world.rows("inbound")[-1].review_state == "done"
    assert world.sent(patient) == texts
    assert undo_last(world, patient)
    assert told()[-1] == ("open", None, None)
    assert world.rows("inbound")[-1].review_state == "open"


def test_words_of_the_patients_own_are_given_by_nobody_else(world: World) -> None:
    patient = asked(world)
    for body in ("8", "no", "STATUS"):
        world.say(patient, body)
    with pytest.raises(NoMeaningError):
        say_it_means(world, patient, "what they meant")
