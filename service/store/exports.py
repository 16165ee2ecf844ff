"""Rows as exports give them: texts and replies by their public names, oldest first, in pages."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import and_, select

from service.store.session import Tx
from service.store.tables.outbox import OutboxText
from service.store.tables.people import Patient
from service.store.tables.replies import InboundText, Question, ReadIntent

PAGE = 500
MESSAGES = (
    "token",
    "slot",
    "patient_ref",
    "programme",
    "version",
    "step",
    "night",
    "kind",
    "template",
    "language",
    "state",
    "reason",
    "due_at",
    "not_after",
    "submitted_at",
    "accepted_at",
    "delivered_at",
    "provider_sid",
    "error_code",
    "segments",
    "attempts",
)


def messages(
    tx: Tx, clinic_id: int, since: datetime | None, *, with_phi: bool
) -> Iterator[dict[str, Any]]:
    """Every text and decided slot of a clinic; the body only with `with_phi`."""
    wanted = OutboxText.clinic_id == clinic_id
    if since is not None:
        wanted = and_(wanted, OutboxText.planned_at >= since)
    for row in chain.from_iterable(_pages(tx, _MESSAGES.where(wanted), OutboxText.id)):
        line = dict(zip(MESSAGES, row, strict=False))
        if with_phi:
            sealed = row[-2]
            body = tx.keyring.open_(sealed, "outbox", "body", line["token"]) if sealed else None
            line["body"] = body
        yield line


def replies(
    tx: Tx, clinic_id: int, since: datetime | None, *, with_phi: bool
) -> Iterator[dict[str, Any]]:
    """Every reply of a clinic with its readings; number and words only with `with_phi`."""
    wanted = InboundText.clinic_id == clinic_id
    if since is not None:
        wanted = and_(wanted, InboundText.received_at >= since)
    for page in _pages(tx, _REPLIES.where(wanted), InboundText.id):
        readings = _readings(tx, [row[-1] for row in page])
        for token, ref, at, sid, question, review, sender, body, key in page:
            line = {
                "token": token,
                "patient_ref": ref,
                "received_at": at,
                "provider_sid": sid,
                "readings": readings.get(key, []),
                "question_token": question,
                "review_state": review,
            }
            if with_phi:
                line["sender"] = tx.keyring.open_(sender, "inbound", "sender", token)
                line["body"] = tx.keyring.open_(body, "inbound", "body", token)
            yield line


def _pages(tx: Tx, query: Any, key: Any) -> Iterator[list[tuple[Any, ...]]]:
    """The rows in pages by ascending `key`, which is their last column."""
    last = 0
    while rows := tx.rows(query.where(key > last).order_by(key).limit(PAGE)):
        yield rows
        last = rows[-1][-1]


def _readings(tx: Tx, ids: list[int]) -> dict[int, list[dict[str, str]]]:
    query = (
        select(ReadIntent.inbound_id, ReadIntent.intent, ReadIntent.value)
        .where(ReadIntent.inbound_id.in_(ids))
        .order_by(ReadIntent.inbound_id, ReadIntent.position)
    )
    found: dict[int, list[dict[str, str]]] = {}
    for key, intent, value in tx.rows(query):
        found.setdefault(key, []).append({"intent": intent, "value": value})
    return found


_MESSAGES = select(
    *(Patient.ref if name == "patient_ref" else getattr(OutboxText, name) for name in MESSAGES),
    OutboxText.body,
    OutboxText.id,
).outerjoin(Patient, Patient.id == OutboxText.patient_id)
_REPLIES = (
    select(
        InboundText.token,
        Patient.ref,
        InboundText.received_at,
        InboundText.provider_sid,
        Question.token,
        InboundText.review_state,
        InboundText.sender,
        InboundText.body,
        InboundText.id,
    )
    .outerjoin(Patient, Patient.id == InboundText.patient_id)
    .outerjoin(Question, Question.id == InboundText.question_id)
)
