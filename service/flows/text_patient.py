"""What a person writes to a patient -> one text of the outbox; automatic answers rest from when it leaves."""

from datetime import datetime

from message_templates.segments import measure
from service.domain.by_hand import RESTS_FOR, leaves_at
from service.domain.delivery import RULES, Kind
from service.runtime import Runtime
from service.store import audit, circumstances, inbox, outbox, people, replies
from service.store.records import Clinic, NewText, Patient
from service.store.replies import StoredReply
from service.store.session import Tx

MOST_SEGMENTS = 3
"""A longer text is a phone call."""
SENT, RESUMED = "patient texted", "automatic answers resumed"
"""How the audit names them."""


class NotSentError(Exception):
    """Why nothing was sent, as a sentence."""


def leaving(tx: Tx, patient: Patient, now: datetime) -> datetime:
    """When what a person writes to `patient` now would leave (UTC)."""
    heard = replies.last_heard(tx, [patient.id]).get(patient.id)
    return leaves_at(people.rhythm_of(patient), heard, now)


def text_patient(
    runtime: Runtime,
    tx: Tx,
    clinic: Clinic,
    patient: Patient,
    body: str,
    *,
    once: str,
    now: datetime,
    answers: StoredReply | None = None,
) -> datetime:
    """Text `patient`, who is locked; when it leaves (UTC). The reply it answers no longer waits.

    The same `once` sends nothing twice. NotSentError: nothing to send, too long, or no consent.
    """
    body = " ".join(body.split())
    _check(patient, body)
    at = leaving(tx, patient, now)
    new = NewText(
        clinic_id=clinic.id,
        patient_id=patient.id,
        slot=f"staff:{once}",
        kind=Kind.STAFF,
        language=patient.language,
        due_at=at,
        not_after=at + RULES[Kind.STAFF].useful_for,
        body=body,
        segments=measure(body).segments,
        sender=clinic.sender,
        inbound_id=answers.id if answers else None,
    )
    written = outbox.add_texts(tx, [new], now)
    if written:
        if at <= now:
            circumstances.rest_answers(tx, [patient.id], now + RESTS_FOR)
        audit.write(tx, clinic.id, SENT, patient.token, now, text=written[0])
        if answers is not None:
            inbox.close(tx, answers.token)
        runtime.dispatcher.submit(tx, written, now, RULES[Kind.STAFF].lane)
    return at


def resume(tx: Tx, patient: Patient, now: datetime) -> None:
    """Let automatic answers to `patient` begin again."""
    people.set_patient(tx, patient.id, now, by_hand_until=None)
    audit.write(tx, patient.clinic_id, RESUMED, patient.token, now)


def _check(patient: Patient, body: str) -> None:
    if patient.consent != "active":
        raise NotSentError("Texts may only go to patients who want them. Call instead.")
    if not body:
        raise NotSentError("There is nothing to send yet.")
    if measure(body).segments > MOST_SEGMENTS:
        raise NotSentError(f"This is longer than {MOST_SEGMENTS} texts. Shorten it, or call.")
