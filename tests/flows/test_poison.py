"""One patient whose rows nothing can be made of holds up nobody else, is tried again, and staff are told."""

# ruff: noqa: DTZ001 (the clinic's own wall clock)

from datetime import datetime

import pytest
from sqlalchemy import update

from service.clinic_life import look_after_patients
from service.flows.send_outbox import claim
from service.store import alarm_clocks, people
from service.store.records import Patient
from service.store.session import SYSTEM
from service.store.tables.people import Patient as PatientRow
from tests.flows.texts import put
from tests.world import ZONE, World

BEFORE, AFTER = datetime(2026, 11, 22, 8), datetime(2026, 11, 23, 14)


def spoil(world: World, patient: Patient, **values: object) -> None:
    """What no page or command would write: a fault of ours, or a hand in the database."""
    with world.store.transaction(SYSTEM, "test") as tx:
        tx.execute(update(PatientRow).where(PatientRow.id == patient.id).values(**values))


def standing_still(world: World) -> list[int]:
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        return alarm_clocks.standing_still(tx, world.clinic.id)


def test_neighbours_get_their_texts_and_the_patient_after_the_repair(world: World) -> None:
    first, spoilt, last = (world.patient(facts={"uses_caffeine": "yes"}) for _ in range(3))
    world.live_to(BEFORE)
    had = {one.id: len(world.sent(one)) for one in (first, spoilt, last)}
    spoil(world, spoilt, zone="Mars/Olympus")
    world.live_to(AFTER)
    assert len(world.sent(first)) > had[first.id]
    assert len(world.sent(last)) > had[last.id]
    assert len(world.sent(spoilt)) == had[spoilt.id]
    assert standing_still(world) == [spoilt.id]
    spoil(world, spoilt, zone=ZONE)
    world.live(hours=20)
    assert len(world.sent(spoilt)) > had[spoilt.id]
    assert standing_still(world) == []


def test_a_patient_is_given_up_after_three_tries_only(world: World) -> None:
    patient = world.patient()
    world.live_to(BEFORE)
    spoil(world, patient, zone="Mars/Olympus")
    with world.store.transaction(SYSTEM, "test") as tx:
        people.wake(tx, [patient.id], world.clock.now())
    for tries in range(1, 4):
        look_after_patients(world.runtime)
        with world.store.transaction(SYSTEM, "test", write=False) as tx:
            wake = alarm_clocks.ahead(tx).wake
        assert wake > world.clock.now()
        assert standing_still(world) == ([patient.id] if tries == alarm_clocks.GIVEN_UP else [])
        world.clock.hold(wake)


def test_a_fact_that_makes_no_sense_is_the_patients_own_trouble(world: World) -> None:
    other, patient = world.patient(), world.patient(facts={"iron_oral": "daily"})
    world.fact(patient, "next_lab", "some time soon")
    world.live_to(AFTER)
    assert world.sent(other)
    assert standing_still(world) == [patient.id]


@pytest.mark.parametrize(
    "wrong", [{"phone": b""}, {"phone": b"\x01no number"}, {"zone": "Mars/Olympus"}]
)
def test_a_text_that_cannot_be_read_holds_up_no_other(
    world: World, wrong: dict[str, object]
) -> None:
    spoilt, other = world.patient(), world.patient()
    bad, good = put(world, spoilt, "test:bad"), put(world, other, "test:good")
    spoil(world, spoilt, **wrong)
    assert [text.token for text in claim(world.runtime, 10)] == [good]
    rows = {row.token: row for row in world.rows("outbox")}
    assert rows[bad].state == "failed"
    assert "nothing was sent" in rows[bad].detail
    assert rows[bad].submitted_at is None
