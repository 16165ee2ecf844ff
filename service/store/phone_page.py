"""What the simulated phone reads beyond the conversation: the text that waits for its time."""

from datetime import datetime

from sqlalchemy import and_, func, select

from service.domain.delivery import State
from service.store.session import Tx
from service.store.tables.outbox import OutboxText


def next_waiting(tx: Tx, patient_id: int) -> datetime | None:
    """When the patient's earliest text that is written but not yet sent is due."""
    waiting = and_(OutboxText.patient_id == patient_id, OutboxText.state == State.PLANNED)
    row = tx.row(select(func.min(OutboxText.due_at)).where(waiting))
    return row[0] if row else None
