"""The log of texts: a clinic's outbox, the newest first, filtered and in pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, or_, select

from service.domain.delivery import State
from service.store.people import open_person, patients_by_id
from service.store.records import Patient, Person
from service.store.rows import columns
from service.store.session import Tx
from service.store.tables.outbox import IS_AMISS, OutboxText

PAGE = 50

# What staff ask for, each as the states it stands for.
FATES: Mapping[str, tuple[State, ...]] = {
    "any": tuple(State),
    "waiting": (State.PLANNED, State.SUBMITTING),
    "sent": (State.ACCEPTED, State.SENT),
    "delivered": (State.DELIVERED,),
    "not_delivered": (State.UNDELIVERED, State.FAILED),
    "unknown": (State.UNKNOWN,),
    "withheld": (State.SUPPRESSED,),
    "expired": (State.EXPIRED,),
    "taken_back": (State.CANCELLED,),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which texts: None where any will do; no `fate`: whatever was not withheld.

    `since` and `until` (excluded) bound when they were written (UTC).
    """

    fate: str | None = None
    kind: str | None = None
    programme: str | None = None
    patient_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One text as it stands in the outbox; `patient_id` is None for a number that is no patient's. Instants in UTC."""

    id: int
    token: str
    patient_id: int | None
    kind: str
    programme: str | None
    version: int | None
    step: str | None
    template: str | None
    night: date | None
    sender: str
    body: bytes | None
    segments: int
    state: str
    reason: str | None
    detail: str | None
    error_code: int | None
    attempts: int
    planned_at: datetime
    due_at: datetime
    submitted_at: datetime | None
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Message:
    """One text with its words opened, and whom it was for."""

    row: Row
    body: str
    patient: Patient | None
    person: Person | None


@dataclass(frozen=True, slots=True)
class LogPage:
    """One page. `following`: the text (by token) the next page begins behind; None on the last."""

    messages: Sequence[Message]
    following: str | None


def messages(tx: Tx, clinic_id: int, wanted: Wanted, behind: str | None) -> LogPage:
    """One page of a clinic's texts, the newest first, behind one of them."""
    chosen = and_(OutboxText.clinic_id == clinic_id, *_conditions(wanted), *_behind(tx, behind))
    newest = (OutboxText.planned_at.desc(), OutboxText.id.desc())
    query = select(*columns(OutboxText, Row)).where(chosen).order_by(*newest).limit(PAGE + 1)
    rows = [Row(*row) for row in tx.rows(query)]
    shown = rows[:PAGE]
    return LogPage(_opened(tx, shown), shown[-1].token if len(rows) > PAGE else None)


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.fate in {"unknown", "expired", "not_delivered", "taken_back"}:
        found.append(IS_AMISS)
    if wanted.fate is None:
        found.append(OutboxText.state != State.SUPPRESSED.value)
    else:
        found.append(OutboxText.state.in_([state.value for state in FATES[wanted.fate]]))
    if wanted.kind is not None:
        found.append(OutboxText.kind == wanted.kind)
    if wanted.programme is not None:
        found.append(OutboxText.programme == wanted.programme)
    if wanted.patient_id is not None:
        found.append(OutboxText.patient_id == wanted.patient_id)
    if wanted.since is not None:
        found.append(OutboxText.planned_at >= wanted.since)
    if wanted.until is not None:
        found.append(OutboxText.planned_at < wanted.until)
    return found


def _behind(tx: Tx, token: str | None) -> list[ColumnElement[bool]]:
    last = select(OutboxText.planned_at, OutboxText.id).where(OutboxText.token == token)
    row = tx.row(last) if token else None
    if row is None:
        return []
    at, row_id = row
    return [
        OutboxText.planned_at <= at,
        or_(OutboxText.planned_at < at, OutboxText.id < row_id),
    ]


def _opened(tx: Tx, rows: Sequence[Row]) -> list[Message]:
    patients = patients_by_id(tx, {row.patient_id for row in rows if row.patient_id})
    people = {one.id: open_person(tx.keyring, one) for one in patients.values()}
    return [
        Message(
            row=row,
            body=tx.keyring.open_(row.body, "outbox", "body", row.token) if row.body else "",
            patient=patients.get(row.patient_id or 0),
            person=people.get(row.patient_id or 0),
        )
        for row in rows
    ]
