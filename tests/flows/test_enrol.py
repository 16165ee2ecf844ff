"""Enrolling: an invitation inside the patient's hours, or consent recorded elsewhere; nothing before that."""

# ruff: noqa: DTZ001 (the clinic's own wall clock)

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from schedules.recurrence import to_utc
from service.store.session import SYSTEM
from service.store.tables.people import ConsentEvent, Patient
from tests.world import ZONE, World


def test_a_recorded_consent_is_in_force_at_once_and_its_evidence_is_sealed(world: World) -> None:
    patient = world.patient()
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        ((state, means, evidence, token),) = tx.rows(
            select(
                ConsentEvent.state, ConsentEvent.means, ConsentEvent.evidence, ConsentEvent.token
            )
        )
        opened = tx.keyring.open_(evidence, "consent_event", "evidence", token)
    assert (state, means, opened) == ("active", "recorded", "paper, folder 7")
    assert (patient.consent, patient.consented_at) == ("active", world.clock.now())
    assert world.rows("outbox") == []


@pytest.mark.parametrize(
    ("at", "due"),
    [
        (datetime(2026, 11, 21, 10), datetime(2026, 11, 21, 10)),
        (datetime(2026, 11, 21, 20, 30), datetime(2026, 11, 22, 8)),
        (datetime(2026, 11, 22, 3), datetime(2026, 11, 22, 8)),
    ],
)
def test_an_invitation_waits_for_the_patients_hours(
    world: World, at: datetime, due: datetime
) -> None:
    world.clock.hold(to_utc(at, ZONE))
    patient = world.patient(invited=True)
    (row,) = world.rows("outbox")
    assert (row.kind, row.due_at) == ("invite", to_utc(due, ZONE))
    assert row.not_after - row.due_at == timedelta(hours=24)
    world.live_to(due + timedelta(minutes=1))
    assert world.sent(patient) == ["SYS-01"]
    assert "Reply YES" in world.bodies(patient)[0]


def test_an_invitation_is_sent_once_and_nobody_is_nudged(world: World) -> None:
    patient = world.patient(invited=True, facts={"uses_caffeine": "yes"})
    world.live(days=2)
    assert world.sent(patient) == ["SYS-01"]


def test_a_reference_is_used_once_in_a_clinic_and_a_refusal_writes_nothing(world: World) -> None:
    world.patient(ref="NSC-7")
    with pytest.raises(IntegrityError):
        world.patient(ref="NSC-7", invited=True)
    assert world.rows("outbox") == []
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        assert len(tx.rows(select(Patient.id))) == 1


def test_names_and_numbers_lie_sealed_in_the_rows(world: World) -> None:
    world.patient(given_name="Zaphod", family_name="Beeblebrox", phone="+19025552345")
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        (row,) = tx.rows(select(*Patient.__table__.columns))
    readable = b" ".join(part if isinstance(part, bytes) else str(part).encode() for part in row)
    for secret in (b"Zaphod", b"Beeblebrox", b"9025552345", b"1972"):
        assert secret not in readable
