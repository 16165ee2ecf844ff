"""Rows as exports give them: texts, replies and answered questionnaires, by public names, oldest first, in pages."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import and_, select

from schedules.own_questions import OWN
from service.store.corrections import Correction, corrections_of
from service.store.session import Tx
from service.store.tables.outbox import OutboxText
from service.store.tables.people import Patient
from service.store.tables.replies import InboundText, Observation, Question, ReadIntent

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


QUESTIONNAIRES = (
    "token",
    "patient_ref",
    "programme",
    "version",
    "question",
    "about_date",
    "asked_at",
    "state",
    "answered_at",
    "answer",
    "number",
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
    """Every reply of a clinic, how it was read and what a person said it means; number and words only with `with_phi`.

    `person` has no kind where somebody said that it answers nothing, and is None where nobody said anything.
    """
    wanted = InboundText.clinic_id == clinic_id
    if since is not None:
        wanted = and_(wanted, InboundText.received_at >= since)
    for page in _pages(tx, _REPLIES.where(wanted), InboundText.id):
        ids = [row[-1] for row in page]
        readings, meant = _readings(tx, ids), corrections_of(tx, ids)
        for token, ref, at, sid, question, review, sender, body, key in page:
            line = {
                "token": token,
                "patient_ref": ref,
                "received_at": at,
                "provider_sid": sid,
                "readings": readings.get(key, []),
                "question_token": question,
                "review_state": review,
                "person": _person(meant.get(key)),
            }
            if with_phi:
                line["sender"] = tx.keyring.open_(sender, "inbound", "sender", token)
                line["body"] = tx.keyring.open_(body, "inbound", "body", token)
            yield line


def questionnaires(
    tx: Tx, clinic_id: int, since: datetime | None, *, with_phi: bool
) -> Iterator[dict[str, Any]]:
    """Every question of a clinic's own that was asked, with its answer; the words themselves only with `with_phi`."""
    wanted = OutboxText.clinic_id == clinic_id
    if since is not None:
        wanted = and_(wanted, OutboxText.planned_at >= since)
    for row in chain.from_iterable(_pages(tx, _OWN_QUESTIONS.where(wanted), Question.id)):
        line = dict(zip(QUESTIONNAIRES, row, strict=False))
        if with_phi:
            body, reply, said = row[-4:-1]
            line["body"] = tx.keyring.open_(body, "outbox", "body", line["token"])
            line["said"] = tx.keyring.open_(said, "inbound", "body", reply) if reply else None
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


def _person(meant: Correction | None) -> dict[str, Any] | None:
    if meant is None:
        return None
    return {"by": meant.set_by, "kind": meant.kind, "intent": meant.intent, "value": meant.word}


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
_OWN_QUESTIONS = (
    select(
        Question.token,
        Patient.ref,
        Question.programme,
        Question.version,
        Question.template,
        Question.about_date,
        Question.asked_at,
        Question.state,
        Question.answered_at,
        Observation.word,
        Observation.number,
        OutboxText.body,
        InboundText.token,
        InboundText.body,
        Question.id,
    )
    .join(OutboxText, OutboxText.token == Question.token)
    .join(Patient, Patient.id == Question.patient_id)
    .outerjoin(
        Observation, and_(Observation.question_id == Question.id, Observation.replaced.is_(False))
    )
    .outerjoin(InboundText, InboundText.id == Observation.inbound_id)
    .where(and_(Question.kind == OWN, Question.asked_at.is_not(None)))
)
