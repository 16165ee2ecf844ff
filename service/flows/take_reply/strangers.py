"""A text from a number that is no patient's: answered once a day at most, and kept for staff."""

from datetime import datetime, timedelta

from service.domain.alerts import RULES, rule_for_reading
from service.domain.composing import compose
from service.domain.delivery import RULES as KINDS
from service.domain.delivery import Kind
from service.domain.reading import read
from service.runtime import Runtime
from service.store import alerts, outbox, replies
from service.store.records import Clinic, NewText
from service.store.replies import StoredReply
from service.store.session import Tx

AGAIN_AFTER = timedelta(days=1)
AUTOMATIC_ONLY = "SYS-16"


def answer_stranger(
    runtime: Runtime,
    tx: Tx,
    clinic: Clinic,
    reply: StoredReply,
    number: str,
    body: str,
    now: datetime,
) -> None:
    """Answer danger at once, anything else by SYS-16 at most once a day (our default)."""
    reading = read(body, ["none"])
    rules = [rule_for_reading(one.name, one.value, (), None) for one in reading.intents]
    red = next((rule for rule in rules if rule and RULES[rule].tier == "RED"), None)
    template = RULES[red].reply if red else None
    if red:
        evidence = {"stranger": True}
        alerts.open_alert(tx, clinic.id, None, red, evidence, now, inbound_id=reply.id)
    elif not reading.machine_made and not replies.answered_since(
        tx, clinic.id, reply, now - AGAIN_AFTER
    ):
        template = AUTOMATIC_ONLY
    if template is not None:
        _say(runtime, tx, clinic, reply, number, template, Kind.CRISIS if red else Kind.HELP, now)
    replies.add_readings(tx, reply, reading, [None] * len(reading.intents))
    replies.mark_read(tx, reply, now, patient_id=None, review_state="open", question_id=None)


def _say(
    runtime: Runtime,
    tx: Tx,
    clinic: Clinic,
    reply: StoredReply,
    number: str,
    template: str,
    kind: Kind,
    now: datetime,
) -> None:
    content = runtime.shelf.content(tx, clinic)
    composed = compose(content.catalogue(now), clinic, template, clinic.language, {})
    text = NewText(
        clinic_id=clinic.id,
        patient_id=None,
        slot=f"reply:{reply.token}:0",
        kind=kind,
        language=clinic.language,
        due_at=now,
        not_after=now + KINDS[kind].useful_for,
        template=composed.template,
        wording=composed.wording,
        body=composed.body,
        segments=composed.segments,
        recipient=number,
        sender=clinic.sender,
        inbound_id=reply.id,
    )
    written = outbox.add_texts(tx, [text], now)
    runtime.dispatcher.submit(tx, written, now, KINDS[kind].lane)
