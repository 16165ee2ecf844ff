"""Texts that are due and may be looked at, each with what its last look needs, in the order in which they leave."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, bindparam, exists, not_, or_, select

from service.domain.breakers import TOO_MANY
from service.store.halts import HALTED_BY
from service.store.records import Patient
from service.store.rows import as_record, columns
from service.store.tables.outbox import IS_PLANNED, OutboxText, Sender
from service.store.tables.people import Patient as PatientRow
from service.store.tables.planning import PatientPause
from service.store.tables.replies import InboundText
from service.store.tables.summaries import Alert

URGENT_LANES = (0, 1)

_COLUMNS = (
    OutboxText.id,
    OutboxText.token,
    OutboxText.clinic_id,
    OutboxText.patient_id,
    OutboxText.slot,
    OutboxText.kind,
    OutboxText.lane,
    OutboxText.night,
    OutboxText.recipient,
    OutboxText.sender,
    OutboxText.body,
    OutboxText.segments,
    OutboxText.due_at,
    OutboxText.not_after,
    OutboxText.asks,
    OutboxText.capped,
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One waiting text. `halted`: the cause for which it is kept back; `unread`: a reply of that number is."""

    id: int
    token: str
    clinic_id: int
    patient_id: int | None
    slot: str
    kind: str
    lane: int
    night: date | None
    recipient: bytes | None
    sender: str
    body: bytes
    segments: int
    due_at: datetime
    not_after: datetime
    asks: str | None
    capped: bool
    paused: bool
    unread: bool
    halted: str | None
    broken_off: bool
    patient: Patient | None


def waiting_text(row: tuple[Any, ...]) -> Waiting:
    """A row of these queries as a record."""
    own = len(_COLUMNS) + 4
    patient = as_record(Patient, row[own:]) if row[own] is not None else None
    return as_record(Waiting, (*row[:own], patient))


# Whether a pause is in force, and whether a stored reply of that number is unread: it may say STOP.
_PAUSED = exists().where(
    and_(
        PatientPause.patient_id == OutboxText.patient_id,
        PatientPause.start <= bindparam("now"),
        or_(PatientPause.until.is_(None), PatientPause.until > bindparam("now")),
    )
)
_UNREAD = exists().where(
    and_(
        InboundText.sender_index == PatientRow.phone_index,
        InboundText.clinic_id == PatientRow.clinic_id,
        InboundText.read_at.is_(None),
    )
)
# Whether a breaker holds the patient's texts until a person has resolved its alert.
_BROKEN_OFF = exists().where(
    and_(
        Alert.patient_id == OutboxText.patient_id,
        Alert.rule == TOO_MANY,
        Alert.closed_at.is_(None),
    )
)
# A sender that was told to be too fast rests, but for what is urgent.
_RESTING = exists().where(
    and_(Sender.number == OutboxText.sender, Sender.rests_until > bindparam("now"))
)
DUE = (
    select(*_COLUMNS, _PAUSED, _UNREAD, HALTED_BY, _BROKEN_OFF, *columns(PatientRow, Patient))
    .outerjoin(PatientRow, PatientRow.id == OutboxText.patient_id)
    .where(
        and_(
            IS_PLANNED,
            OutboxText.due_at <= bindparam("now"),
            or_(OutboxText.lane.in_(URGENT_LANES), not_(_RESTING)),
            or_(OutboxText.not_after < bindparam("now"), HALTED_BY.is_(None)),
        )
    )
    .order_by(OutboxText.lane, OutboxText.due_at)
    .limit(bindparam("most"))
    .with_for_update(of=OutboxText, skip_locked=True)
)
TOO_LATE = DUE.where(OutboxText.not_after < bindparam("now"))
