"""A patient who tells a person to stop: nothing more is sent, whatever waits, until START."""

# ruff: noqa: DTZ001 (the clinic's own wall clock)

from datetime import datetime

import pytest
from sqlalchemy import select

from service.flows.stop_texts import stop_texts
from service.store import people
from service.store.records import Patient
from service.store.session import ClinicScope
from service.store.tables.people import ConsentEvent
from tests.world import World

FACTS = {"uses_caffeine": "yes", "iron_oral": "daily", "iron_start": "2026-11-20"}


def told(world: World, patient: Patient, how: str = "phone", note: str = "Rang at ten") -> bool:
    with world.store.transaction(ClinicScope(world.clinic.id), "staff:nurse") as tx:
        found = people.patient_to_change(tx, patient.token)
        return stop_texts(tx, found, how, note, world.clock.now())


def ledger(world: World, patient: Patient) -> list[tuple[str, str, str, str]]:
    with world.store.transaction(ClinicScope(world.clinic.id), "test", write=False) as tx:
        query = select(
            ConsentEvent.state,
            ConsentEvent.means,
            ConsentEvent.actor,
            ConsentEvent.evidence,
            ConsentEvent.token,
        ).where(ConsentEvent.patient_id == patient.id)
        opened = tx.keyring.open_
        return [
            (*row[:3], opened(row[3], "consent_event", "evidence", row[4]))
            for row in tx.rows(query.order_by(ConsentEvent.id))
        ]


@pytest.mark.parametrize("invited", [False, True])
def test_nothing_is_sent_any_more_and_what_waits_is_taken_back(
    world: World, *, invited: bool
) -> None:
    patient = world.patient(invited=invited, facts=FACTS)
    if not invited:
        world.live_to(datetime(2026, 11, 22, 8, 10))
        world.say(patient, "later 7pm")
    before = world.sent(patient)
    assert told(world, patient)
    waiting = {(row.state, row.reason) for row in world.rows("outbox") if not row.submitted_at}
    assert waiting <= {("cancelled", "not_consented")}
    world.live(days=2)
    assert world.sent(patient) == before
    assert ledger(world, patient)[-1] == (
        "stopped",
        "staff",
        "staff:nurse",
        "by phone: Rang at ten",
    )
    (act,) = world.rows("audit_event", action="texts ended for the patient")
    assert act.actor == "staff:nurse"
    assert "ten" not in str(act.details)


def test_told_twice_is_noted_once(world: World) -> None:
    patient = world.patient()
    assert told(world, patient)
    assert not told(world, patient, "writing", "")
    assert [row[0] for row in ledger(world, patient)].count("stopped") == 1


def test_only_start_brings_them_back(world: World) -> None:
    patient = world.patient()
    told(world, patient)
    world.say(patient, "yes")
    assert world.reread(patient).consent == "stopped"
    world.say(patient, "START")
    assert world.reread(patient).consent == "active"
    assert world.sent(patient)[-1] == "SYS-06"


def test_how_it_was_said_is_one_of_three(world: World) -> None:
    patient = world.patient()
    with pytest.raises(KeyError):
        told(world, patient, "pigeon")
    assert world.reread(patient).consent == "active"
