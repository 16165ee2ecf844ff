"""Texts that came in: stored once, read once, and what they were read to say."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, select, update

from service.domain.exchange import Inbound
from service.domain.reading import Reading
from service.store.people import phone_index
from service.store.rows import table
from service.store.sealed import Keyring, new_token
from service.store.session import Tx
from service.store.tables.outbox import OutboxText
from service.store.tables.replies import InboundText, Observation, ReadIntent

# Longer bodies are cut before anything looks at them (the provider's own limit is 1,600 characters).
LONGEST_BODY = 1600


@dataclass(frozen=True, slots=True)
class StoredReply:
    """One stored reply; its number and words are sealed until opened."""

    id: int
    token: str
    clinic_id: int
    patient_id: int | None
    sender: bytes
    sender_index: str
    recipient: str
    body: bytes
    received_at: datetime
    media: int


_REPLY = (
    InboundText.id,
    InboundText.token,
    InboundText.clinic_id,
    InboundText.patient_id,
    InboundText.sender,
    InboundText.sender_index,
    InboundText.recipient,
    InboundText.body,
    InboundText.received_at,
    InboundText.media,
)


@dataclass(frozen=True, slots=True)
class NewObservation:
    """One answer that counts. `number` and `word` are the value as a figure and as a label."""

    kind: str
    intent: str
    night: date
    about_date: date
    number: float | None
    word: str
    late: bool
    question_id: int | None


def store_replies(tx: Tx, came: Sequence[tuple[int, Inbound]]) -> int:
    """Store replies, each with its clinic's id, but those whose provider's id is known; how many were new."""
    rows = [_row(tx.keyring, clinic_id, reply) for clinic_id, reply in came]
    tx.insert_new(table(InboundText), rows, "provider_sid")
    return len(tx.rows(_STORED, tokens=[row["token"] for row in rows])) if rows else 0


def _row(keyring: Keyring, clinic_id: int, reply: Inbound) -> dict[str, Any]:
    token, seal = new_token(), keyring.seal
    body = reply.body[:LONGEST_BODY]
    return {
        "clinic_id": clinic_id,
        "token": token,
        "provider_sid": reply.provider_sid,
        "sender": seal(reply.sender, "inbound", "sender", token),
        "sender_index": phone_index(keyring, reply.sender),
        "recipient": reply.to,
        "body": seal(body, "inbound", "body", token),
        "media": reply.media,
        "received_at": reply.at,
        "review_state": "none",
    }


def unread_replies(tx: Tx, limit: int) -> list[StoredReply]:
    """Replies nobody has read yet, in the order they came."""
    return [StoredReply(*row) for row in tx.rows(_UNREAD, most=limit)]


def lock_unread(tx: Tx, reply_id: int) -> bool:
    """Take an unread reply for this transaction; False when somebody else has it or has read it."""
    return tx.row(_LOCK, reply=reply_id) is not None


def reply_by_id(tx: Tx, reply_id: int) -> StoredReply:
    """One stored reply. LookupError: there is none."""
    row = tx.row(select(*_REPLY).where(InboundText.id == reply_id))
    if row is None:
        raise LookupError(reply_id)
    return StoredReply(*row)


def open_reply(keyring: Keyring, reply: StoredReply) -> tuple[str, str]:
    """The number a reply came from and its words."""
    return (
        keyring.open_(reply.sender, "inbound", "sender", reply.token),
        keyring.open_(reply.body, "inbound", "body", reply.token),
    )


def note_failure(tx: Tx, reply_id: int) -> int:
    """Count one failed reading; how many there were."""
    tx.execute(_FAILED, reply=reply_id)
    row = tx.row(select(InboundText.read_attempts).where(InboundText.id == reply_id))
    return int(row[0]) if row else 0


def mark_read(
    tx: Tx,
    reply: StoredReply,
    now: datetime,
    *,
    patient_id: int | None,
    review_state: str,
    question_id: int | None,
) -> None:
    """Note whose reply it was, that it has been read, and whether a person should look at it."""
    tx.execute(
        _READ,
        [
            {
                "reply": reply.id,
                "instant": now,
                "whose": patient_id,
                "review": review_state,
                "asked": question_id,
            }
        ],
    )


def add_readings(
    tx: Tx, reply: StoredReply, reading: Reading, questions: Sequence[int | None]
) -> None:
    """Write what the reply was read to say, each with the question it answered."""
    rows: list[dict[str, Any]] = [
        {
            "clinic_id": reply.clinic_id,
            "inbound_id": reply.id,
            "position": position,
            "intent": intent.name,
            "value": intent.value[:60],
            "confidence": intent.confidence,
            "rules": reading.rule_version,
            "question_id": question_id,
        }
        for position, (intent, question_id) in enumerate(
            zip(reading.intents, questions, strict=True)
        )
    ]
    if rows:
        tx.insert_new(table(ReadIntent), rows, "id")


def add_observation(
    tx: Tx, reply: StoredReply, patient_id: int, new: NewObservation, now: datetime
) -> int:
    """Write an answer that counts; an earlier one of the same kind about the same date gives way to it. Its id."""
    tx.execute(_REPLACE, who=patient_id, of_kind=new.kind, day=new.about_date)
    row = {
        "clinic_id": reply.clinic_id,
        "token": new_token(),
        "patient_id": patient_id,
        "question_id": new.question_id,
        "inbound_id": reply.id,
        "kind": new.kind,
        "intent": new.intent,
        "night": new.night,
        "about_date": new.about_date,
        "number": new.number,
        "word": new.word[:60],
        "at": now,
        "late": new.late,
        "replaced": False,
    }
    return tx.insert_one(table(Observation), row)


def answered_since(tx: Tx, clinic_id: int, reply: StoredReply, since: datetime) -> bool:
    """Whether an earlier text from the same number has been answered since then."""
    earlier = and_(
        InboundText.clinic_id == clinic_id,
        InboundText.sender_index == reply.sender_index,
        InboundText.received_at > since,
        InboundText.id != reply.id,
        InboundText.id.in_(select(OutboxText.inbound_id).where(OutboxText.planned_at > since)),
    )
    return tx.row(select(InboundText.id).where(earlier)) is not None


def last_heard(tx: Tx, patient_ids: Collection[int]) -> dict[int, datetime]:
    """When each of these patients last wrote."""
    query = select(InboundText.patient_id, func.max(InboundText.received_at))
    mine = query.where(InboundText.patient_id.in_(patient_ids)).group_by(InboundText.patient_id)
    return {row[0]: row[1] for row in tx.rows(mine)} if patient_ids else {}


def answers_so_far(tx: Tx, patient_id: int) -> dict[str, int]:
    """How many answers a patient has given so far, by kind of question."""
    return {row[0]: row[1] for row in tx.rows(_ANSWERS_SO_FAR, who=patient_id)}


def last_of_intent(
    tx: Tx, patient_id: int, kind: str | None, intent: str
) -> tuple[str, date, date, int | None] | None:
    """Kind, night, date and question of the patient's latest answer a correction can mean.

    `kind` where the intent belongs to one kind of question only; else the latest answer of its family.
    """
    mine = and_(Observation.patient_id == patient_id, Observation.replaced.is_(False))
    if kind is not None:
        mine = and_(mine, Observation.kind == kind)
    else:
        family = intent.partition("_")[0]
        mine = and_(mine, Observation.intent.startswith(family))
    row = tx.row(
        select(Observation.kind, Observation.night, Observation.about_date, Observation.question_id)
        .where(mine)
        .order_by(Observation.id.desc())
        .limit(1)
    )
    return (row[0], row[1], row[2], row[3]) if row else None


_INBOUND = table(InboundText)
_STORED = select(InboundText.id).where(InboundText.token.in_(bindparam("tokens", expanding=True)))
_UNREAD = (
    select(*_REPLY)
    .where(InboundText.read_at.is_(None))
    .order_by(InboundText.id)
    .limit(bindparam("most"))
)
_LOCK = (
    select(InboundText.id)
    .where(and_(InboundText.id == bindparam("reply"), InboundText.read_at.is_(None)))
    .with_for_update(skip_locked=True)
)
_FAILED = (
    update(_INBOUND)
    .where(_INBOUND.c.id == bindparam("reply"))
    .values(read_attempts=_INBOUND.c.read_attempts + 1)
)
_READ = (
    update(_INBOUND)
    .where(_INBOUND.c.id == bindparam("reply"))
    .values(
        read_at=bindparam("instant"),
        patient_id=bindparam("whose"),
        review_state=bindparam("review"),
        question_id=bindparam("asked"),
    )
)
_REPLACE = (
    update(Observation)
    .where(
        and_(
            Observation.patient_id == bindparam("who"),
            Observation.kind == bindparam("of_kind"),
            Observation.about_date == bindparam("day"),
            Observation.replaced.is_(False),
        )
    )
    .values(replaced=True)
)
_ANSWERS_SO_FAR = (
    select(Observation.kind, func.count())
    .where(Observation.patient_id == bindparam("who"))
    .group_by(Observation.kind)
)
