"""Slots that a change put into the past: the next change takes that back, so that a mistake put right costs no text."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, delete, select, update

from service.domain.delivery import Kind, State
from service.store.session import Tx
from service.store.tables.outbox import OutboxText
from service.store.tables.planning import PatientCursor


def take_back(tx: Tx, patient_ids: Sequence[int], at: datetime) -> None:
    """These patients' plans change with effect from `at` (UTC): what the change before decided in hindsight is open.

    That is every slot which lay before that change, was decided after it and came to nothing, in nights that are
    not closed. Its row says no more than that; the next plan finds the slot again and decides it anew.
    """
    if patient_ids:
        ids = list(patient_ids)
        tx.execute(_TAKE_BACK, ids=ids)
        tx.execute(_NOTE_CHANGE, ids=ids, at=at)


_MINE = PatientCursor.patient_id.in_(bindparam("ids", expanding=True))
# Of each patient only the nights that are not closed are read, by their index.
_IN_HINDSIGHT = (
    select(OutboxText.id)
    .join(PatientCursor, PatientCursor.patient_id == OutboxText.patient_id)
    .where(
        and_(
            _MINE,
            OutboxText.night >= PatientCursor.open_night,
            OutboxText.kind == Kind.PLANNED,
            OutboxText.state == State.SUPPRESSED,
            OutboxText.due_at < PatientCursor.changed_at,
            OutboxText.planned_at >= PatientCursor.changed_at,
        )
    )
)
_TAKE_BACK = delete(OutboxText).where(OutboxText.id.in_(_IN_HINDSIGHT))
_NOTE_CHANGE = update(PatientCursor).where(_MINE).values(changed_at=bindparam("at"))
