"""How texts fared, read back: numbers that fail are in doubt until a text arrives again (rule M-WHO)."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import and_, select

from service.domain.delivery import NOT_REACHED, State
from service.domain.failing_number import LOOKED_AT, Fate, failures_in_a_row
from service.store import alerts, circumstances, ranks
from service.store.people import patients_by_id
from service.store.session import Tx
from service.store.tables.outbox import OutboxText

_TOLD = (State.DELIVERED.value, *(state.value for state in NOT_REACHED))


def doubt_numbers(tx: Tx, failed: Iterable[int], now: datetime) -> None:
    """Open M-WHO for the patients (by id) whose number fails; their texts rest until it is closed."""
    wanted = list(failed)
    doubted = alerts.open_rules(tx, wanted)
    for patient in patients_by_id(tx, wanted).values():
        fates = failures_in_a_row(_last_fates(tx, patient.id))
        if fates:
            if "M-WHO" not in doubted.get(patient.id, set()):
                circumstances.add_pause(tx, patient, None, now)
            evidence = {"failed": len(fates), "because": fates[0].sentence or ""}
            alerts.open_alert(tx, patient.clinic_id, patient.id, "M-WHO", evidence, now)
            ranks.rank_patients(tx, [patient.id])


def trust_numbers(tx: Tx, reached: Iterable[int], now: datetime) -> None:
    """Close M-WHO for the patients whom a text has reached."""
    doubted = alerts.open_rules(tx, sorted(reached))
    again = [who for who, rules in doubted.items() if "M-WHO" in rules]
    for patient in patients_by_id(tx, again).values():
        if alerts.close_undelivered(tx, patient.id, now):
            circumstances.end_pauses(tx, patient, now)


def _last_fates(tx: Tx, patient_id: int) -> list[Fate]:
    """A patient's last texts of which we know how they ended, newest first."""
    ended = and_(OutboxText.patient_id == patient_id, OutboxText.state.in_(_TOLD))
    query = select(
        OutboxText.state, OutboxText.error_code, OutboxText.detail, OutboxText.planned_at
    ).where(ended)
    newest = query.order_by(OutboxText.planned_at.desc()).limit(LOOKED_AT)
    return [
        Fate(State(state), code, detail, at.date()) for state, code, detail, at in tx.rows(newest)
    ]


def said_since(tx: Tx, patient_id: int, template: str, since: datetime) -> bool:
    """Whether a patient was written that text since an instant."""
    said = and_(
        OutboxText.patient_id == patient_id,
        OutboxText.planned_at > since,
        OutboxText.template == template,
    )
    return tx.row(select(OutboxText.id).where(said)) is not None
