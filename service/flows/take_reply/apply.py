"""What a reply changes, written in the transaction that stores its reading."""

from datetime import date, datetime, timedelta

from schedules.recurrence import to_local
from service.domain.consent import ConsentState
from service.domain.delivery import Kind
from service.domain.own_texts import with_own
from service.domain.talk import Open, Outcome, Talk
from service.domain.week_in_parts import PARTS
from service.flows.take_reply.answer import answer_texts
from service.flows.take_reply.other_night import move
from service.runtime import Runtime
from service.store import (
    alerts,
    circumstances,
    consent,
    outbox,
    people,
    questions,
    ranks,
    replies,
    standings,
)
from service.store.answers import add_answer
from service.store.records import Clinic, Patient
from service.store.replies import NewObservation, StoredReply
from service.store.session import Tx
from service.store.summaries import PatientNight, roll_nights

# Which kind of question a corrected intent answers.
KIND_OF = {
    "symptom_score": "symptom_0_10",
    "weekly_scores": "weekly_3",
    "nights_count": "nights_0_7",
    "onset_time": "onset_time",
}


def apply(
    runtime: Runtime,
    tx: Tx,
    clinic: Clinic,
    patient: Patient,
    reply: StoredReply,
    talk: Talk,
    outcome: Outcome,
    body: str,
) -> None:
    """Write everything an outcome says, then the texts that answer it."""
    now = talk.now
    nights = _write_answers(tx, patient, reply, outcome, now)
    nights |= _write_corrections(tx, patient, reply, outcome, now)
    nights |= move(tx, patient, talk, outcome)
    _write_changes(runtime, tx, clinic, patient, outcome, body, now)
    for rule, value in outcome.alerts.items():
        on = sorted(talk.facts & {"iron_oral", "dopamine_agonist", "levodopa"})
        evidence = {"facts": on, "said": value}
        alerts.open_alert(tx, clinic.id, patient.id, rule, evidence, now, inbound_id=reply.id)
    if roll_nights(tx, nights, now):
        standings.restand(tx, [patient], now)
    elif outcome.alerts:
        ranks.rank_patients(tx, [patient.id])
    if outcome.answers:
        content = runtime.shelf.content(tx, clinic)
        if outcome.changes:
            patient = people.patient_by_id(tx, patient.id)
        asked_by = {
            one.programme.slug: one.programme for one in reversed(talk.questions) if one.programme
        }
        catalogue = with_own(content.texts.at(now), list(asked_by.values()))
        texts = answer_texts(catalogue, clinic, patient, reply, outcome, now, tx.keyring)
        written = outbox.add_texts(tx, texts, now)
        runtime.dispatcher.submit(tx, written, now, 0)
    people.wake(tx, [patient.id], now)


def _write_answers(
    tx: Tx, patient: Patient, reply: StoredReply, outcome: Outcome, now: datetime
) -> set[PatientNight]:
    for given in outcome.given:
        add_answer(tx, reply, patient.id, given, now)
    nights = {(patient.id, given.night) for given in outcome.given}
    if outcome.opened is not None:
        questions.change_question(tx, outcome.opened.id, state="answered", answered_at=now)
    if outcome.reasked is not None:
        questions.change_question(tx, outcome.reasked.id, reasked=True)
    if outcome.later is not None:
        _put_off(tx, *outcome.later, now)
    if outcome.part is not None:
        question, numbers = outcome.part
        told = {**question.behind, PARTS: numbers}
        questions.change_question(tx, question.id, behind=told, reasked=True)
    return nights


def _put_off(tx: Tx, question: Open, again: datetime | None, now: datetime) -> None:
    """Nudge it no more, and ask it again at the last time named: what an earlier LATER promised is taken back."""
    if again is None:
        questions.change_question(tx, question.id, nudge_at=None)
        return
    outbox.cancel_repeats(tx, question.token, "put_off", now)
    changes = {"nudge_at": None, "later_at": again, "laters": question.laters + 1}
    if again >= question.closes_at:
        changes["closes_at"] = again + timedelta(seconds=question.closes_after_s)
    questions.change_question(tx, question.id, **changes)


def _write_corrections(
    tx: Tx, patient: Patient, reply: StoredReply, outcome: Outcome, now: datetime
) -> set[PatientNight]:
    nights: set[PatientNight] = set()
    for intent, value in outcome.corrected:
        last = replies.last_of_intent(tx, patient.id, KIND_OF.get(intent), intent)
        if last is None:
            continue
        kind, night, about, question_id = last
        number = float(value) if intent in {"symptom_score", "nights_count"} else None
        corrected = NewObservation(kind, intent, night, about, number, value, False, question_id)
        replies.add_observation(tx, reply, patient.id, corrected, now)
        nights.add((patient.id, night))
    return nights


def _write_changes(
    runtime: Runtime,
    tx: Tx,
    clinic: Clinic,
    patient: Patient,
    outcome: Outcome,
    body: str,
    now: datetime,
) -> None:
    if outcome.consent is not None:
        _change_consent(runtime, tx, clinic, patient, outcome.consent, body, now)
    today = to_local(now, patient.zone).date()
    _write_facts(tx, patient, outcome, today, now)
    if outcome.changes:
        people.set_patient(tx, patient.id, now, **outcome.changes)
    if outcome.left_out:
        left_out = sorted({*patient.left_out, *outcome.left_out})
        people.set_patient(tx, patient.id, now, left_out=left_out)
    if outcome.pause_until is not None:
        circumstances.add_pause(tx, patient, outcome.pause_until, now)
    if outcome.resume:
        circumstances.end_pauses(tx, patient, now)


def _write_facts(tx: Tx, patient: Patient, outcome: Outcome, today: date, now: datetime) -> None:
    for code, value in outcome.facts.items():
        circumstances.add_fact(tx, patient, code, value, today, now)
    for code in outcome.ended_facts:
        circumstances.end_fact(tx, patient, code, today, now)


def _change_consent(
    runtime: Runtime,
    tx: Tx,
    clinic: Clinic,
    patient: Patient,
    state: ConsentState,
    body: str,
    now: datetime,
) -> None:
    content = runtime.shelf.content(tx, clinic)
    invitation = content.catalogue(now).get("SYS-01", patient.language)
    wording = invitation.body if invitation and state is ConsentState.ACTIVE else ""
    consent.write_consent(tx, patient, state, means="text", evidence=body, wording=wording, now=now)
    if state is ConsentState.STOPPED:
        outbox.cancel_waiting(tx, [patient.id], "not_consented", now, but=(Kind.CRISIS,))
