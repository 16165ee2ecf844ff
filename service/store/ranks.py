"""What a standing keeps up to date between nights: how urgent the patient is, and when he last wrote."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, update

from service.store import alerts
from service.store.session import Tx
from service.store.tables.summaries import PatientStanding

# The rank of somebody without an open alert: after everybody who has one.
NO_ALERT = 99


def note_reply(tx: Tx, patient_id: int, at: datetime) -> None:
    """Keep when a patient last wrote: lists sort by it."""
    tx.execute(_REPLIED, who=patient_id, instant=at)


def rank_patients(tx: Tx, patient_ids: Sequence[int]) -> None:
    """Keep each patient's rank: that of the most urgent open alert."""
    ranks = alerts.most_urgent(tx, patient_ids)
    alike: dict[int, list[int]] = {}
    for patient_id in patient_ids:
        alike.setdefault(ranks.get(patient_id, NO_ALERT), []).append(patient_id)
    for rank, ids in alike.items():
        tx.execute(_RANK, ids=ids, to_rank=rank)


_RANK = (
    update(PatientStanding)
    .where(PatientStanding.patient_id.in_(bindparam("ids", expanding=True)))
    .values(rank=bindparam("to_rank"))
)
_REPLIED = (
    update(PatientStanding)
    .where(PatientStanding.patient_id == bindparam("who"))
    .values(last_reply_at=bindparam("instant"))
)
