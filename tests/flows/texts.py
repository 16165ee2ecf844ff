"""Texts put straight into the outbox, for tests of what happens to them there."""

from datetime import date, timedelta
from typing import Any

from service.store import outbox
from service.store.records import NewQuestion, NewText, Patient
from service.store.session import SYSTEM
from tests.world import World


def put(world: World, patient: Patient | None, slot: str, **changes: Any) -> str:
    """Write one text, due now and useful for two hours; its token."""
    now = world.clock.now()
    values: dict[str, Any] = {
        "clinic_id": world.clinic.id,
        "patient_id": patient.id if patient else None,
        "slot": slot,
        "kind": "planned",
        "language": "en",
        "due_at": now,
        "not_after": now + timedelta(hours=2),
        "body": f"Body of {slot}",
        "segments": 1,
        "sender": world.clinic.sender,
        "template": "SLP-01",
        "priority": "tip",
        "night": date(2026, 11, 21),
        **changes,
    }
    with world.store.transaction(SYSTEM, "test") as tx:
        (token,) = outbox.add_texts(tx, [NewText(**values)], now)
    return token


def question(**changes: Any) -> NewQuestion:
    """The morning's question about last night."""
    values: dict[str, Any] = {
        "kind": "symptom_0_10",
        "answer_type": "number",
        "about": "night",
        "about_date": date(2026, 11, 21),
        "night": date(2026, 11, 21),
        "closes_after_s": 24 * 3600,
        **changes,
    }
    return NewQuestion(**values)


def row_of(world: World, token: str) -> Any:
    """The row of a text."""
    (row,) = world.rows("outbox", token=token)
    return row
