"""What a person says a reply means: the answer that counts, the figures that follow, and the way back."""

# ruff: noqa: DTZ001 (the clinic's own wall clock)

from datetime import date, datetime
from typing import Any

import pytest

from service.domain.meanings import KINDS
from service.flows.correct_reply import (
    NoMeaningError,
    assign_meaning,
    assign_nothing,
    undo_meaning,
)
from service.store import corrections, exports, inbox
from service.store.people import patient_to_change
from service.store.records import Patient
from service.store.session import ClinicScope, Tx
from tests.world import World

NIGHT = date(2026, 11, 21)


def asked(world: World) -> Patient:
    """A patient who was asked this morning how the night was."""
    patient = world.patient()
    world.live_to(datetime(2026, 11, 22, 10))
    assert world.sent(patient)[-1] == "SYM-01"
    return patient


def unsure(world: World, body: str = "same as ever") -> Patient:
    """One whose answer was not understood, twice, and waits."""
    patient = asked(world)
    world.say(patient, "no idea how to put it")
    world.say(patient, body)
    assert world.rows("inbound")[-1].review_state == "open"
    return patient


def as_member(world: World) -> object:
    return world.store.transaction(ClinicScope(world.clinic.id), "staff:nurse")


def locked(tx: Tx, patient: Patient) -> Patient:
    found = patient_to_change(tx, patient.token)
    assert found is not None
    return found


def say_it_means(world: World, patient: Patient, value: str, at: int = -1) -> None:
    """A person says that the last reply (or the one at a place) is the answer to the newest question."""
    token = world.rows("inbound")[at].token
    with as_member(world) as tx:
        reply = inbox.one(tx, token, lock=True)
        question, *_ = inbox.asked_before(tx, patient.id, reply.stored.received_at, KINDS)
        content = world.runtime.shelf.content(tx, world.clinic)
        now = world.clock.now()
        mine = locked(tx, patient)
        assign_meaning(tx, content, mine, reply.stored, question.question, value, now)


def undo_last(world: World, patient: Patient, at: int = -1) -> bool:
    token = world.rows("inbound")[at].token
    with as_member(world) as tx:
        reply = inbox.one(tx, token, lock=True).stored
        one = corrections.corrections_of(tx, [reply.id])[reply.id]
        return undo_meaning(tx, locked(tx, patient), reply, one, world.clock.now())


def severity(world: World) -> float | None:
    (night,) = world.rows("night_summary", night=NIGHT)
    return night.severity


def test_a_meaning_counts_for_the_night_that_was_asked_about(world: World) -> None:
    patient = unsure(world)
    texts = world.sent(patient)
    say_it_means(world, patient, "4")
    (seen,) = world.rows("observation", kind="symptom_0_10")
    assert (seen.number, seen.night, seen.late, seen.replaced) == (4, NIGHT, False, False)
    (question,) = world.rows("question", kind="symptom_0_10")
    assert (question.state, question.valid) == ("answered", True)
    assert severity(world) == 4
    assert world.rows("inbound")[-1].review_state == "done"
    (kept,) = world.rows("correction")
    assert (kept.kind, kept.word, kept.set_by) == ("symptom_0_10", "4", "staff:nurse")
    world.live(minutes=5)
    assert world.sent(patient) == texts  # whoever assigns it talks to the patient himself


def test_undone_it_is_as_if_nothing_had_been_said(world: World) -> None:
    patient = unsure(world)
    before = world.rows("question", kind="symptom_0_10")
    say_it_means(world, patient, "4")
    assert undo_last(world, patient)
    assert severity(world) is None
    assert world.rows("observation", replaced=False) == []
    assert world.rows("question", kind="symptom_0_10")[0].state == before[0].state == "open"
    assert world.rows("inbound")[-1].review_state == "open"
    world.say(patient, "5")
    assert severity(world) == 5


def test_a_wrong_reading_is_put_right_and_comes_back_when_that_is_undone(world: World) -> None:
    patient = asked(world)
    world.say(patient, "7")
    say_it_means(world, patient, "1")
    assert severity(world) == 1
    assert undo_last(world, patient)
    assert severity(world) == 7


def test_what_was_no_answer_no_longer_counts(world: World) -> None:
    patient = asked(world)
    world.say(patient, "7")
    token = world.rows("inbound")[-1].token
    with as_member(world) as tx:
        reply = inbox.one(tx, token, lock=True).stored
        assign_nothing(tx, locked(tx, patient), reply, world.clock.now())
    assert severity(world) is None
    assert world.rows("question", kind="symptom_0_10")[0].state == "open"
    assert undo_last(world, patient)
    assert severity(world) == 7


def test_what_the_patient_said_since_is_not_undone(world: World) -> None:
    patient = unsure(world)
    say_it_means(world, patient, "4")
    world.say(patient, "sorry, meant 6 not 4")
    assert severity(world) == 6
    assert not undo_last(world, patient, at=1)
    assert severity(world) == 6


def test_a_reply_in_time_counts_as_such_however_late_somebody_looks(world: World) -> None:
    patient = unsure(world)
    world.live(hours=40)
    assert world.rows("question", night=NIGHT, kind="symptom_0_10")[0].state == "closed"
    standing = world.rows("patient_standing")[0].figures
    assert standing["last_scores"][-2:] != [None, 4]
    say_it_means(world, patient, "4")
    (question,) = world.rows("question", night=NIGHT, kind="symptom_0_10")
    assert (question.valid, question.late) == (True, False)
    assert 4 in world.rows("patient_standing")[0].figures["last_scores"]
    assert undo_last(world, patient)
    assert 4 not in world.rows("patient_standing")[0].figures["last_scores"]


@pytest.mark.parametrize("value", ["11", "", "yes", "4; DROP TABLE"])
def test_only_what_the_question_takes_is_an_answer(world: World, value: str) -> None:
    patient = unsure(world)
    with pytest.raises(NoMeaningError):
        say_it_means(world, patient, value)
    assert world.rows("correction") == []


def test_the_export_tells_a_persons_meaning_from_how_it_was_read(world: World) -> None:
    patient = unsure(world)

    def last() -> dict[str, Any]:
        with as_member(world) as tx:
            return list(exports.replies(tx, world.clinic.id, None, with_phi=False))[-1]

    assert last()["person"] is None
    say_it_means(world, patient, "4")
    assert last()["readings"] == [{"intent": "unknown", "value": ""}]
    assert last()["person"] == {
        "by": "staff:nurse",
        "kind": "symptom_0_10",
        "intent": "symptom_score",
        "value": "4",
    }
    assert undo_last(world, patient)
    assert last()["person"] is None
    with as_member(world) as tx:
        reply = inbox.one(tx, world.rows("inbound")[-1].token, lock=True).stored
        assign_nothing(tx, locked(tx, patient), reply, world.clock.now())
    assert last()["person"]["kind"] is None
