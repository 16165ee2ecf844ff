"""Inbound -> reading -> observation -> answer: every stored reply is read once, in one transaction."""

from collections.abc import Sequence
from datetime import datetime

import structlog

from service.domain.consent import BY_TEXT
from service.domain.conversation import read_in, respond
from service.domain.exchange import Inbound
from service.domain.keywords import is_provider_keyword
from service.flows.take_reply.apply import apply
from service.flows.take_reply.colleagues import hear_other
from service.flows.take_reply.other_night import knowing_earlier
from service.flows.take_reply.shared_phone import hear_all, names_of, who_is_named
from service.flows.take_reply.unsaid import leave_unsaid
from service.runtime import Runtime
from service.store import people, phrases, ranks, replies
from service.store.records import Clinic, Patient
from service.store.replies import StoredReply
from service.store.session import SYSTEM, StoreBusyError, Tx
from service.store.talks import talk_with

CHUNK = 50
MOST_ATTEMPTS = 3

log = structlog.get_logger()


def store_replies(runtime: Runtime, came: Sequence[Inbound]) -> int:
    """Store what came in, each once, before anything looks at it; how many were new."""
    with runtime.store.transaction(SYSTEM, BY_TEXT) as tx:
        clinics = {number: _clinic_of(tx, number) for number in {one.to for one in came}}
        known = [(clinic.id, reply) for reply in came if (clinic := clinics[reply.to])]
        stored = replies.store_replies(tx, known)
    for reply in came:
        if clinics[reply.to] is None:
            log.warning("text to a number that is no clinic's", provider_sid=reply.provider_sid)
    return stored


def _clinic_of(tx: Tx, number: str) -> Clinic | None:
    """Whose number a text went to; where one clinic is alone, any number of the account's is its own."""
    known = people.clinic_by_sender(tx, number)
    if known is not None:
        return known
    clinics = people.all_clinics(tx)
    return clinics[0] if len(clinics) == 1 else None


def read_all(runtime: Runtime) -> None:
    """Chunk after chunk until nobody waits: a rush of replies must not take turns."""
    while read_replies(runtime) == CHUNK:
        pass


def read_replies(runtime: Runtime) -> int:
    """Read the oldest stored replies nobody has read yet, a chunk at most; how many there were.

    Each has its own transaction, so that one that cannot be read holds up nobody else's.
    """
    with runtime.store.transaction(SYSTEM, BY_TEXT, write=False) as tx:
        waiting = replies.unread_replies(tx, CHUNK)
    for reply in waiting:
        try:
            with runtime.store.transaction(SYSTEM, BY_TEXT) as tx:
                if replies.lock_unread(tx, reply.id):
                    _read_one(runtime, tx, reply)
        except StoreBusyError as busy:
            # It may say STOP or cry for help: it stays unread, holds its sender's texts, and is tried again.
            log.warning("reply not read yet", reply=reply.token, because=str(busy))
        except Exception:
            log.exception("reply could not be read", reply=reply.token)
            _try_again_or_leave(runtime, reply)
    return len(waiting)


def _try_again_or_leave(runtime: Runtime, reply: StoredReply) -> None:
    """A reply that makes the reader fail again and again is left to a person rather than tried for ever."""
    with runtime.store.transaction(SYSTEM, BY_TEXT) as tx:
        if replies.note_failure(tx, reply.id) < MOST_ATTEMPTS:
            return
        now = runtime.clock.now()
        whose = people.patients_by_number(tx, reply.clinic_id, reply.sender_index)
        known = whose[0].id if len(whose) == 1 else None
        replies.mark_read(tx, reply, now, patient_id=known, review_state="open", question_id=None)


def _read_one(runtime: Runtime, tx: Tx, reply: StoredReply) -> None:
    now = runtime.clock.now()
    clinic = people.clinic_by_id(tx, reply.clinic_id)
    whose = people.patients_by_number(tx, clinic.id, reply.sender_index)
    number, body = replies.open_reply(tx.keyring, reply)
    if not whose:
        hear_other(runtime, tx, clinic, reply, number, body, now)
    elif len(whose) == 1:
        _converse(runtime, tx, clinic, whose[0], reply, body, body, now)
    elif one := who_is_named(tx, whose, body):
        _converse(runtime, tx, clinic, one[0], reply, body, one[1], now)
    else:
        hear_all(runtime, tx, clinic, whose, reply, body, now)


def _converse(
    runtime: Runtime,
    tx: Tx,
    clinic: Clinic,
    patient: Patient,
    reply: StoredReply,
    body: str,
    said: str,
    now: datetime,
) -> None:
    """Read and answer it; `said` is what it says beside its writer's name."""
    content = runtime.shelf.content(tx, clinic)
    talk = talk_with(tx, patient, now, runtime.choices.provider_confirms_opt_out, content)
    names = names_of(tx, [patient])
    reading = read_in(talk, said, patient.bedtime, phrases.live(tx, clinic.id), names)
    talk = knowing_earlier(tx, talk, patient, reading)
    outcome = respond(talk, reading, bare_keyword=is_provider_keyword(said))
    leave_unsaid(tx, patient, outcome, now)
    replies.add_readings(tx, reply, reading, outcome.bound)
    replies.mark_read(
        tx,
        reply,
        now,
        patient_id=patient.id,
        review_state="open" if outcome.review else "none",
        question_id=next((bound for bound in outcome.bound if bound), None),
    )
    ranks.note_reply(tx, patient.id, reply.received_at)
    apply(runtime, tx, clinic, patient, reply, talk, outcome, body)
