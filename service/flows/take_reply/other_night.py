"""The answer that a reply is about, where it says that this was for another night; and its move there."""

from dataclasses import replace
from datetime import timedelta

from service.domain.other_night import MEANT_FOR, points_at_night
from service.domain.reading import Reading
from service.domain.talk import Outcome, Talk
from service.store import audit, corrections, replies
from service.store.records import Patient
from service.store.session import Tx
from service.store.summaries import PatientNight

MOVED = "answer moved to another night"
"""How the audit names it."""
_FURTHEST_BACK = timedelta(days=8)


def knowing_earlier(tx: Tx, talk: Talk, patient: Patient, reading: Reading) -> Talk:
    """The conversation with the answer that the reply is about, looked up only where it is about one."""
    if not any(points_at_night(intent) for intent in reading.intents):
        return talk
    last = corrections.last_answer(tx, patient.id, talk.now - MEANT_FOR)
    if last is None:
        return talk
    since = last.about_date - _FURTHEST_BACK
    dates = corrections.answered_on(tx, patient.id, last.kind, since)
    return replace(talk, earlier=last, answered_on=dates)


def move(tx: Tx, patient: Patient, talk: Talk, outcome: Outcome) -> set[PatientNight]:
    """Write it as the meaning of the reply that gave it, which a person can undo; the nights it changes."""
    if outcome.moved is None:
        return set()
    given, inbound_id = outcome.moved
    reply = replies.reply_by_id(tx, inbound_id)
    audit.write(tx, reply.clinic_id, MOVED, reply.token, talk.now, kind=given.kind)
    return corrections.correct(tx, reply, patient.id, given, talk.now)
