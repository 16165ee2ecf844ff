"""Closing: the five states of a night, gates nobody opened, late answers, and where a patient then stands."""

# ruff: noqa: DTZ001 (the clinic's own wall clock)

from datetime import date, datetime
from typing import Any

import pytest

from service.gateways.simulated import Fault
from service.store import circumstances
from service.store.people import open_phone
from service.store.records import Patient
from service.store.session import SYSTEM
from tests.world import World

NIGHT = date(2026, 11, 21)
ASKED = datetime(2026, 11, 22, 10)
OVER = datetime(2026, 11, 22, 12, 5)
A_DAY_LATER = datetime(2026, 11, 23, 12, 5)


def night_of(world: World, patient: Patient, night: date = NIGHT) -> Any:
    (row,) = world.rows("night_summary", patient_id=patient.id, night=night)
    return row


@pytest.mark.parametrize(
    ("label", "fault", "state"),
    [
        ("answered", Fault(), "answered"),
        ("silent", Fault(), "no_answer"),
        ("no receipts from the carrier", Fault(unconfirmed=True), "no_answer"),
        ("undelivered", Fault(undelivered=30003), "not_delivered"),
        ("refused", Fault(refuse=21614), "not_delivered"),
        ("paused", Fault(), "paused"),
    ],
)
def test_what_became_of_a_night(world: World, label: str, fault: Fault, state: str) -> None:
    patient = world.patient()
    world.gateway.faults[open_phone(world.store.keyring, patient)] = fault
    if label == "paused":
        with world.store.transaction(SYSTEM, "test") as tx:
            circumstances.add_pause(tx, patient, None, world.clock.now())
    world.live_to(ASKED)
    if label == "answered":
        world.say(patient, "4")
    world.live_to(A_DAY_LATER)
    row = night_of(world, patient)
    assert (row.state, row.closed) == (state, True)
    assert row.severity == (4 if label == "answered" else None)
    assert row.answered <= row.counted


def test_a_night_is_summed_up_at_noon_and_the_patient_stands_there(world: World) -> None:
    patient = world.patient()
    world.live_to(ASKED)
    world.say(patient, "4")
    assert not night_of(world, patient).closed
    world.live_to(OVER)
    assert night_of(world, patient).closed
    (standing,) = world.rows("patient_standing", patient_id=patient.id)
    assert standing.as_of == NIGHT


def test_a_late_answer_is_the_nights_but_counts_as_late(world: World) -> None:
    patient = world.patient()
    world.live_to(ASKED)
    (asked,) = world.rows("question", kind="symptom_0_10")
    # No second question takes the bare number: the texts rest from now on.
    with world.store.transaction(SYSTEM, "test") as tx:
        circumstances.add_pause(tx, patient, None, world.clock.now())
    world.live_to(datetime(2026, 11, 23, 11))
    before = night_of(world, patient)
    world.say(patient, "5")
    (seen,) = world.rows("observation")
    assert (seen.question_id, seen.number, seen.late) == (asked.id, 5, True)
    after = night_of(world, patient)
    assert (before.late, before.answered, before.state) == (0, 0, "no_answer")
    assert (after.late, after.answered, after.state) == (1, 0, "answered")
    assert after.severity == 5


def test_a_sent_question_without_a_receipt_counts_after_a_day(world: World) -> None:
    patient = world.patient()
    world.gateway.faults[open_phone(world.store.keyring, patient)] = Fault(unconfirmed=True)
    world.live_to(OVER)
    assert night_of(world, patient).counted == 0
    world.live_to(A_DAY_LATER)
    assert night_of(world, patient).counted >= 1


def gated(world: World) -> Patient:
    """Somebody who wants discreet texts, and has been sent GATE-01 in place of one about a blood test."""
    patient = world.patient(
        privacy="discreet",
        facts={"next_lab": "2026-11-24", "iron_oral": "daily", "iron_start": "2026-11-20"},
    )
    world.live_to(datetime(2026, 11, 23, 18, 1))
    assert world.sent(patient)[-1] == "GATE-01"
    return patient


def test_a_gate_nobody_opens_closes_its_slot_with_the_reason(world: World) -> None:
    patient = gated(world)
    (gate,) = world.rows("outbox", patient_id=patient.id, template="GATE-01", step="eve")
    world.live_to(datetime(2026, 11, 23, 22, 5))
    (closed,) = world.rows("outbox", patient_id=patient.id, anchor="LAB-02", reason="gate_unopened")
    assert closed.state == "suppressed"
    assert (closed.step, closed.night) == (gate.step, gate.night)
    world.say(patient, "READY")
    assert "LAB-02" not in world.sent(patient)


def test_what_waited_behind_an_opened_gate_is_sent_once(world: World) -> None:
    patient = gated(world)
    for _ in range(2):
        world.say(patient, "READY")
    assert world.sent(patient).count("LAB-02") == 1
    world.live(hours=5)
    assert world.rows("outbox", anchor="LAB-02", reason="gate_unopened") == []


def test_an_outage_of_weeks_closes_every_night_it_still_knows_of(world: World) -> None:
    patient = world.patient()
    world.live()
    world.clock.advance(days=20)
    world.live(minutes=1)
    known = date(2026, 11, 26), date(2026, 12, 9)  # two weeks back, and no further
    rows = world.rows("night_summary", patient_id=patient.id, closed=True)
    assert (rows[0].night, rows[-1].night, len(rows)) == (*known, 14)
    (standing,) = world.rows("patient_standing", patient_id=patient.id)
    assert standing.as_of == date(2026, 12, 9)
