"""A patient tells a person that they want no more texts -> consent ended in the ledger, what waits is taken back."""

from collections.abc import Mapping
from datetime import datetime

from service.domain.consent import ConsentState
from service.domain.delivery import Kind
from service.store import audit, consent, outbox
from service.store.records import Patient
from service.store.session import Tx

HOW: Mapping[str, str] = {"phone": "by phone", "person": "in person", "writing": "in writing"}
"""How it may have been said."""
STOPPED = "texts ended for the patient"
"""How the audit names it."""


def stop_texts(tx: Tx, patient: Patient, how: str, note: str, now: datetime) -> bool:
    """End the consent of `patient`, who is locked, as STOP by text does, without a text; False where it had ended.

    `how` is one of HOW (KeyError: no such way); it and the note are kept sealed as what shows it.
    """
    said = HOW[how]
    if patient.consent == ConsentState.STOPPED:
        return False
    evidence = f"{said}: {note}" if note else said
    consent.write_consent(
        tx, patient, ConsentState.STOPPED, means="staff", evidence=evidence, now=now
    )
    outbox.cancel_waiting(tx, [patient.id], "not_consented", now, but=(Kind.CRISIS,))
    audit.write(tx, patient.clinic_id, STOPPED, patient.token, now, how=how)
    return True
