"""Every slot of one patient's night that was decided: what was sent, what was withheld, and why."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, select

from service.store.rows import as_record, columns
from service.store.session import Tx
from service.store.tables.outbox import OutboxText


@dataclass(frozen=True, slots=True)
class NightSlot:
    """One row of the outbox; `submitted_at` is None where nothing left. Instants in UTC."""

    programme: str | None
    version: int | None
    step: str | None
    kind: str
    template: str | None
    capped: bool
    asks: str | None
    state: str
    reason: str | None
    detail: str | None
    error_code: int | None
    due_at: datetime
    submitted_at: datetime | None
    delivered_at: datetime | None


def night_slots(tx: Tx, patient_id: int, night: date) -> list[NightSlot]:
    """The slots of `night`, in the order in which they left or would have left."""
    mine = and_(OutboxText.patient_id == patient_id, OutboxText.night == night)
    when = func.coalesce(OutboxText.submitted_at, OutboxText.due_at)
    query = select(*columns(OutboxText, NightSlot)).where(mine).order_by(when, OutboxText.id)
    return [as_record(NightSlot, row) for row in tx.rows(query)]
