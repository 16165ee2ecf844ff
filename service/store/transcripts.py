"""What was sent, withheld and answered since an instant, patient by patient: a rehearsal's transcript."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from heapq import merge
from typing import Any

from sqlalchemy import and_, bindparam, func, select

from schedules.cadence import WEEK
from service.store.session import Tx
from service.store.tables.outbox import OutboxText
from service.store.tables.people import Patient
from service.store.tables.replies import InboundText

REPLY = "reply"


@dataclass(frozen=True, slots=True)
class Line:
    """One text to or from a patient, or one slot that came to nothing; `at` is when it was due or received.

    `kind` is that of the text, or `reply`. Of what was withheld there is a `reason`; of what was neither sent
    nor withheld yet, neither `body` nor `reason`. `week`: the programme week, from 0. `is_slot`: it is a slot
    of the plan, `is_gate`: GATE-01 in front of one; what else is said is neither.
    """

    patient: str
    zone: str
    at: datetime
    kind: str
    body: str | None
    programme: str | None = None
    step: str | None = None
    night: date | None = None
    week: int | None = None
    template: str | None = None
    reason: str | None = None
    detail: str | None = None
    is_slot: bool = False
    is_gate: bool = False


def transcript(tx: Tx, since: datetime) -> Iterator[Line]:
    """Everything since an instant, by patient in the order of enrolment, each in the order it came."""
    for patient_id, ref, zone, day_zero in tx.rows(_EVERYBODY):
        rows = tx.rows(_OURS, who=patient_id, since=since)
        ours = [_ours(tx, ref, zone, day_zero, row) for row in rows]
        theirs = [
            Line(ref, zone, at, REPLY, tx.keyring.open_(body, "inbound", "body", token))
            for token, at, body in tx.rows(_THEIRS, who=patient_id, since=since)
        ]
        # A reply stands before what answers it at the same instant.
        yield from merge(theirs, ours, key=lambda line: line.at)


def _ours(tx: Tx, ref: str, zone: str, day_zero: date | None, row: tuple[Any, ...]) -> Line:
    token, slot, at, kind, body, sent, programme, step, night, on, template, reason, detail = row
    told = tx.keyring.open_(body, "outbox", "body", token) if body and sent else None
    return Line(
        patient=ref,
        zone=zone,
        at=at,
        kind=kind,
        body=told,
        programme=programme,
        step=step,
        night=night,
        week=(on - day_zero).days // WEEK if on and day_zero else None,
        template=template,
        reason=reason,
        detail=detail,
        is_slot=slot.startswith("plan:"),
        is_gate=slot.startswith("gate:"),
    )


def wording_of(tx: Tx, token: str) -> tuple[str | None, str]:
    """Which text (its id, None for one a person wrote) a row of the outbox sends, and its language."""
    row = tx.row(_WORDING, token=token)
    assert row is not None  # noqa: S101 (narrows the type: whoever sends a text has it from its row)
    return row[0], row[1]


_EVERYBODY = select(Patient.id, Patient.ref, Patient.zone, Patient.consent_from).order_by(
    Patient.id
)
_OURS = (
    select(
        OutboxText.token,
        OutboxText.slot,
        OutboxText.due_at,
        OutboxText.kind,
        OutboxText.body,
        OutboxText.submitted_at,
        OutboxText.programme,
        OutboxText.step,
        OutboxText.night,
        OutboxText.on_date,
        OutboxText.template,
        OutboxText.reason,
        OutboxText.detail,
    )
    .where(
        and_(
            OutboxText.patient_id == bindparam("who"),
            func.coalesce(OutboxText.submitted_at, OutboxText.due_at) >= bindparam("since"),
        )
    )
    .order_by(OutboxText.due_at, OutboxText.id)
)
_THEIRS = (
    select(InboundText.token, InboundText.received_at, InboundText.body)
    .where(
        and_(
            InboundText.patient_id == bindparam("who"),
            InboundText.received_at >= bindparam("since"),
        )
    )
    .order_by(InboundText.received_at, InboundText.id)
)
_WORDING = select(OutboxText.template, OutboxText.language).where(
    OutboxText.token == bindparam("token")
)
