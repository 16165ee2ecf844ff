"""A text from a number that is no patient's: from a colleague who tries texts out or is on call, or from a stranger."""

from datetime import datetime

from service.domain.reading import read
from service.flows.take_reply.strangers import answer_stranger
from service.runtime import Runtime
from service.store import on_call, replies, staff_phones
from service.store.records import Clinic
from service.store.replies import StoredReply
from service.store.session import Tx

DANGER = "red_flag"


def hear_other(
    runtime: Runtime,
    tx: Tx,
    clinic: Clinic,
    reply: StoredReply,
    number: str,
    body: str,
    now: datetime,
) -> None:
    """A colleague's STOP takes the number back and any other word is let be; danger is danger, whoever says it."""
    phones = staff_phones.phones_with(tx, clinic.id, reply.sender_index)
    reading = read(body, ["none"])
    said = {one.name for one in reading.intents}
    if "stop" in said:
        for phone in phones:
            staff_phones.drop(tx, phone, now)
        on_call.stop(tx, clinic.id, reply.sender_index, now)
    is_ours = any(phone.is_verified for phone in phones)
    is_ours = is_ours or on_call.is_on_call(tx, clinic.id, reply.sender_index)
    if DANGER in said or not is_ours:
        answer_stranger(runtime, tx, clinic, reply, number, body, now)
        return
    replies.add_readings(tx, reply, reading, [None] * len(reading.intents))
    replies.mark_read(tx, reply, now, patient_id=None, review_state="none", question_id=None)
