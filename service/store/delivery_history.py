"""How texts fared, read back: for numbers that fail."""

from sqlalchemy import and_, select

from service.domain.delivery import State
from service.store.session import Tx
from service.store.tables.outbox import OutboxText

_TOLD = (State.DELIVERED.value, State.UNDELIVERED.value, State.FAILED.value)


def last_fates(tx: Tx, patient_id: int, count: int) -> list[tuple[str, str | None]]:
    """State and explanation of a patient's last texts of which we know how they ended, newest first."""
    ended = and_(OutboxText.patient_id == patient_id, OutboxText.state.in_(_TOLD))
    newest = OutboxText.planned_at.desc()
    query = select(OutboxText.state, OutboxText.detail).where(ended).order_by(newest).limit(count)
    return [(row[0], row[1]) for row in tx.rows(query)]
