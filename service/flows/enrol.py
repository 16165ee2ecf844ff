"""A new patient -> invitation, or consent recorded elsewhere. Nobody is texted anything before that."""

from dataclasses import dataclass
from datetime import datetime

from schedules.open_hours import next_open
from service.domain.composing import compose
from service.domain.consent import ConsentState
from service.domain.delivery import RULES, Kind
from service.runtime import Runtime
from service.store import audit, circumstances, consent, outbox, people
from service.store.people import NewPatient
from service.store.records import Clinic, NewText, Patient
from service.store.session import Tx

INVITATION = "SYS-01"


@dataclass(frozen=True, slots=True)
class RecordedConsent:
    """Consent given before, on paper or in person; `evidence` says where it is kept."""

    evidence: str


def enrol(
    runtime: Runtime,
    tx: Tx,
    clinic: Clinic,
    new: NewPatient,
    recorded: RecordedConsent | None,
    now: datetime,
) -> Patient:
    """Add a patient and invite him by text, or put a recorded consent in force."""
    patient = people.add_patient(tx, clinic.id, new, now)
    circumstances.add_facts(tx, patient, new.facts, now)
    audit.write(tx, clinic.id, "patient enrolled", patient.token, now)
    if recorded is None:
        _invite(runtime, tx, clinic, patient, new.given_name, now)
    else:
        consent.write_consent(
            tx,
            patient,
            ConsentState.ACTIVE,
            means="recorded",
            evidence=recorded.evidence,
            now=now,
        )
    return people.patient_by_id(tx, patient.id)


def _invite(
    runtime: Runtime, tx: Tx, clinic: Clinic, patient: Patient, first: str, now: datetime
) -> None:
    """Ask for consent by text, within the patient's hours."""
    content = runtime.shelf.content(tx, clinic)
    composed = compose(
        content.catalogue(now), clinic, INVITATION, patient.language, {"first": first}
    )
    event = consent.write_consent(
        tx,
        patient,
        ConsentState.INVITED,
        means="invitation",
        evidence=composed.body,
        wording=composed.body,
        now=now,
    )
    due = next_open(people.rhythm_of(patient), now)
    invitation = NewText(
        clinic_id=clinic.id,
        patient_id=patient.id,
        slot=f"consent:{event}",
        kind=Kind.INVITE,
        language=patient.language,
        due_at=due,
        not_after=due + RULES[Kind.INVITE].useful_for,
        template=composed.template,
        wording=composed.wording,
        body=composed.body,
        segments=composed.segments,
        sender=clinic.sender,
    )
    written = outbox.add_texts(tx, [invitation], now)
    runtime.dispatcher.submit(tx, written, due, RULES[Kind.INVITE].lane)
