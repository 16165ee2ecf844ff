"""A person says what a reply means -> the answer that counts -> night and standing follow; and back again."""

from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime

from schedules.recurrence import to_local
from service.domain.meanings import assign, intent_for
from service.domain.talk import Given, Open, Outcome
from service.store import alerts, audit, circumstances, corrections, inbox, people, standings
from service.store.content import Content
from service.store.corrections import Correction
from service.store.records import Patient, Question
from service.store.replies import StoredReply
from service.store.session import Tx
from service.store.summaries import PatientNight, roll_nights
from service.store.talks import open_question, talk_with

ASSIGNED, UNDONE = "reply given a meaning", "meaning of a reply undone"
"""How the audit names them."""


class NoMeaningError(ValueError):
    """The question takes no such answer."""


def assign_meaning(
    tx: Tx,
    content: Content,
    patient: Patient,
    reply: StoredReply,
    question: Question,
    value: str,
    now: datetime,
) -> None:
    """Let `reply` be the answer `value` to a question of `patient`, who is locked; it no longer waits.

    `content` tells what the clinic's own questions ask. NoMeaningError: the question takes no such answer.
    Nothing is texted.
    """
    heard = _as_heard(question, reply.received_at, content)
    intent = intent_for(question.kind, value, heard.own)
    if intent is None:
        raise NoMeaningError(f"{value!r} is no answer to {question.kind}")
    talk = talk_with(tx, patient, now, provider_confirms=False)
    outcome = assign(talk, intent, heard)
    [given] = outcome.given
    _correct(tx, patient, reply, given, now)
    _follow(tx, patient, reply, outcome, sorted(talk.facts), now)


def assign_nothing(tx: Tx, patient: Patient, reply: StoredReply, now: datetime) -> None:
    """Let `reply` answer nothing: what it was read to answer no longer counts. It no longer waits."""
    _correct(tx, patient, reply, None, now)


def undo_meaning(
    tx: Tx, patient: Patient, reply: StoredReply, one: Correction, now: datetime
) -> bool:
    """Put back what a meaning changed, and let the reply wait again; False where a newer answer took its place.

    Alerts and facts that followed from it stay until somebody ends them: others may have acted on them.
    """
    nights = corrections.undo(tx, one, now)
    if nights is None:
        return False
    _stand_anew(tx, patient, nights, now)
    inbox.put_back(tx, reply.token)
    audit.write(tx, reply.clinic_id, UNDONE, reply.token, now, kind=one.kind)
    return True


def _as_heard(question: Question, received_at: datetime, content: Content) -> Open:
    """The question as the reply found it: late only if it had closed when the reply came."""
    found = open_question(question, received_at, content)
    return replace(found, late=found.closes_at <= received_at)


def _correct(
    tx: Tx, patient: Patient, reply: StoredReply, given: Given | None, now: datetime
) -> None:
    nights = corrections.correct(tx, reply, patient.id, given, now)
    _stand_anew(tx, patient, nights, now)
    inbox.close(tx, reply.token)
    kind = given.kind if given else None
    audit.write(tx, reply.clinic_id, ASSIGNED, reply.token, now, kind=kind)


def _stand_anew(tx: Tx, patient: Patient, nights: AbstractSet[PatientNight], now: datetime) -> None:
    if roll_nights(tx, nights, now):
        standings.restand(tx, [patient], now)
    people.wake(tx, [patient.id], now)


def _follow(
    tx: Tx, patient: Patient, reply: StoredReply, outcome: Outcome, facts: list[str], now: datetime
) -> None:
    """The facts and alerts that the answer brings with it."""
    today = to_local(now, patient.zone).date()
    for code, value in outcome.facts.items():
        circumstances.add_fact(tx, patient, code, value, today, now)
    for rule, said in outcome.alerts.items():
        evidence = {"facts": facts, "said": said}
        alerts.open_alert(
            tx, patient.clinic_id, patient.id, rule, evidence, now, inbound_id=reply.id
        )
