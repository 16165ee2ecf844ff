"""An answer that was for another night: it counts there, what stands is never overwritten, and a person can undo it."""

# ruff: noqa: DTZ001 (the clinic's own wall clock)

from datetime import date, datetime

import pytest

from service.flows.correct_reply import undo_meaning
from service.store import corrections, inbox
from service.store.people import patient_to_change
from service.store.records import Patient
from service.store.session import ClinicScope
from tests.world import World

# Asked on Thursday morning about the night of Wednesday.
TUESDAY, WEDNESDAY = date(2026, 11, 24), date(2026, 11, 25)
ON_THURSDAY = datetime(2026, 11, 26, 10)


def told(world: World, score: str = "7", at: datetime = ON_THURSDAY, **known: str) -> Patient:
    """A patient who answered that score, and no question before."""
    patient = world.patient(**known)
    world.live_to(at)
    assert world.sent(patient)[-1] == "SYM-01"
    world.say(patient, score)
    return patient


def scores(world: World) -> dict[date, float]:
    rows = world.rows("observation", kind="symptom_0_10", replaced=False)
    return {row.about_date: row.number for row in rows}


def severity(world: World, night: date) -> float | None:
    return next((row.severity for row in world.rows("night_summary", night=night)), None)


@pytest.mark.parametrize(
    ("body", "language", "says"),
    [
        ("that was for Tuesday", "en", "OK, your last answer now counts for Tue 24 Nov."),
        ("sorry that was for yesterday", "en", "Tue 24 Nov"),
        (
            "eso era del martes",
            "es",
            "Bien, su respuesta anterior cuenta ahora para el mar 24 nov.",
        ),
        ("perdón, eso era de ayer", "es", "mar 24 nov"),
    ],
)
def test_an_answer_counts_for_the_night_it_was_for(
    world: World, body: str, language: str, says: str
) -> None:
    patient = told(world, language=language)
    world.say(patient, body)
    assert says in world.bodies(patient)[-1]
    assert scores(world) == {TUESDAY: 7}
    assert (severity(world, TUESDAY), severity(world, WEDNESDAY)) == (7, None)
    (moved,) = [row for row in world.rows("audit_event") if row.action.startswith("answer moved")]
    assert moved.about == world.rows("inbound")[0].token
    assert {row.review_state for row in world.rows("inbound")} == {"none"}
    world.say(patient, "4")
    assert scores(world) == {TUESDAY: 7, WEDNESDAY: 4}


def test_said_twice_it_changes_nothing_more(world: World) -> None:
    patient = told(world)
    world.say(patient, "that was for Tuesday")
    world.say(patient, "that was for Tuesday")
    assert scores(world) == {TUESDAY: 7}
    assert world.sent(patient)[-2:] == ["SYS-35", "SYS-35"]
    assert len(world.rows("correction")) == 1


def test_what_was_put_right_is_what_moves(world: World) -> None:
    patient = told(world)
    world.say(patient, "sorry, meant 4 not 7")
    world.say(patient, "that was for Tuesday")
    assert scores(world) == {TUESDAY: 4}


def test_legs_told_of_in_between_are_no_answer(world: World) -> None:
    patient = told(world)
    world.say(patient, "LEGS")
    world.say(patient, "that was for Tuesday")
    assert scores(world) == {TUESDAY: 7}


def test_an_answer_that_stands_is_not_overwritten(world: World) -> None:
    patient = told(world, "3", datetime(2026, 11, 25, 10))
    world.live_to(ON_THURSDAY)
    world.say(patient, "7")
    world.say(patient, "that was for Tuesday")
    assert scores(world) == {TUESDAY: 3, WEDNESDAY: 7}
    assert world.sent(patient)[-1] == "SYS-36"
    assert world.rows("inbound")[-1].review_state == "open"


@pytest.mark.parametrize("day", ["Thursday", "jueves"])
def test_a_night_to_come_or_a_week_ago_is_left_to_a_person(world: World, day: str) -> None:
    patient = told(world)
    world.say(patient, f"that was for {day}")
    assert scores(world) == {WEDNESDAY: 7}
    assert world.sent(patient)[-1] == "SYS-36"
    assert world.rows("inbound")[-1].review_state == "open"


def test_an_answer_of_the_day_before_is_not_meant(world: World) -> None:
    patient = told(world, "3", datetime(2026, 11, 25, 10))
    world.live_to(datetime(2026, 11, 26, 11))
    world.say(patient, "that was for Monday")
    assert scores(world) == {TUESDAY: 3}
    assert world.sent(patient)[-1] == "SYS-36"


def test_a_person_can_undo_it(world: World) -> None:
    patient = told(world)
    world.say(patient, "that was for Tuesday")
    with world.store.transaction(ClinicScope(world.clinic.id), "staff:nurse") as tx:
        reply = inbox.one(tx, world.rows("inbound")[0].token, lock=True).stored
        one = corrections.corrections_of(tx, [reply.id])[reply.id]
        mine = patient_to_change(tx, patient.token)
        assert undo_meaning(tx, mine, reply, one, world.clock.now())
    assert scores(world) == {WEDNESDAY: 7}
    assert severity(world, WEDNESDAY) == 7
