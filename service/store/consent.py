"""The ledger of consent: every change appended, the state in force kept on the patient."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import and_, select, update

from schedules.night import night_of
from schedules.recurrence import to_local
from service.domain.consent import ConsentState
from service.domain.delivery import Kind
from service.store.outbox import cancel_waiting
from service.store.people import patients_by_id, patients_by_number, wake
from service.store.records import Patient
from service.store.rows import table
from service.store.sealed import new_token
from service.store.session import Tx
from service.store.tables.outbox import OutboxText
from service.store.tables.people import ConsentEvent
from service.store.tables.people import Patient as PatientRow
from service.store.tables.planning import PatientCursor


class Changed(NamedTuple):
    """A change of consent: what it came to, when (UTC) and in which zone of the patient's, and by whom."""

    state: str
    at: datetime
    zone: str
    actor: str


def write_consent(
    tx: Tx,
    patient: Patient,
    state: ConsentState,
    *,
    means: str,
    evidence: str,
    wording: str = "",
    now: datetime,
) -> str:
    """Append a change of consent and put it in force; the event's token comes back.

    `means` is how it was given (text, csv, staff, provider), `evidence` what shows it, `wording` the text
    that was agreed to (its hash is kept). The first consent fixes the patient's programme day 0.
    """
    token = new_token()
    event = {
        "clinic_id": patient.clinic_id,
        "token": token,
        "patient_id": patient.id,
        "state": state.value,
        "means": means,
        "actor": tx.actor,
        "wording": sha256(wording.encode()).hexdigest() if wording else "",
        "evidence": tx.keyring.seal(evidence, "consent_event", "evidence", token),
        "zone": patient.zone,
        "at": now,
    }
    tx.insert_one(table(ConsentEvent), event)
    _put_in_force(tx, patient, state, now)
    wake(tx, [patient.id], now)
    return token


def opt_out_by_provider(tx: Tx, tokens: Sequence[str], now: datetime) -> None:
    """The provider lets nothing more through to the numbers of these texts: whoever has one has stopped."""
    if not tokens:
        return
    whose = tx.rows(select(OutboxText.patient_id).where(OutboxText.token.in_(tokens)))
    for patient in patients_by_id(tx, {row[0] for row in whose if row[0]}).values():
        for one in patients_by_number(tx, patient.clinic_id, patient.phone_index):
            if one.consent != ConsentState.STOPPED:
                write_consent(tx, one, ConsentState.STOPPED, means="provider", evidence="", now=now)
                cancel_waiting(tx, [one.id], "not_consented", now, but=(Kind.CRISIS,))


def _put_in_force(tx: Tx, patient: Patient, state: ConsentState, now: datetime) -> None:
    changes: dict[str, Any] = {"consent": state.value}
    if state is ConsentState.ACTIVE:
        night = night_of(now, patient.zone)
        changes["consented_at"] = now
        if patient.consent_from is None:
            changes["consent_from"] = to_local(now, patient.zone).date()
            changes["consent_night"] = night
        first_open = and_(
            PatientCursor.patient_id == patient.id, PatientCursor.open_night.is_(None)
        )
        tx.execute(update(PatientCursor).where(first_open).values(open_night=night))
    tx.execute(update(PatientRow).where(PatientRow.id == patient.id).values(**changes))


def last_change(tx: Tx, patient_id: int) -> Changed | None:
    """A patient's last change of consent."""
    row = tx.row(
        select(ConsentEvent.state, ConsentEvent.at, ConsentEvent.zone, ConsentEvent.actor)
        .where(ConsentEvent.patient_id == patient_id)
        .order_by(ConsentEvent.id.desc())
        .limit(1)
    )
    return Changed(*row) if row else None
