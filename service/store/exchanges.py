"""Where a reply stands: what we had written before it, and whether it was one answer too many."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import aliased

from service.domain.delivery import ANSWERS_AN_HOUR
from service.store.outbox import answers_in_hour_before
from service.store.session import Tx
from service.store.tables.outbox import OutboxText
from service.store.tables.replies import InboundText, Question

# As long as the longest question stays open: what lies further back was not what the reply was about.
LOOK_BACK = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Asked:
    """The text of ours a reply came to. `answered`: the reply was read as its answer, not only written after it."""

    body: str
    answered: bool


def asked_before(tx: Tx, inbound_ids: Collection[int]) -> dict[int, Asked]:
    """What replies answered, by id: the question each was read to answer, else the last text it came after."""
    found = {}
    for reply_id, token, body, bound, at, left_at in tx.rows(_asked(inbound_ids)):
        if bound or at - left_at <= LOOK_BACK:
            found[reply_id] = Asked(tx.keyring.open_(body, "outbox", "body", token), bool(bound))
    return found


def _asked(inbound_ids: Collection[int]) -> Select[*tuple[Any, ...]]:
    earlier = aliased(OutboxText)
    last = (
        select(earlier.token)
        .where(
            and_(
                earlier.patient_id == InboundText.patient_id,
                earlier.submitted_at < InboundText.received_at,
            )
        )
        .order_by(earlier.planned_at.desc())
        .limit(1)
        .correlate(InboundText)
        .scalar_subquery()
    )
    return (
        select(
            InboundText.id,
            OutboxText.token,
            OutboxText.body,
            InboundText.question_id,
            InboundText.received_at,
            OutboxText.submitted_at,
        )
        .select_from(InboundText)
        .outerjoin(Question, Question.id == InboundText.question_id)
        .join(OutboxText, OutboxText.token == func.coalesce(Question.token, last))
        .where(and_(InboundText.id.in_(inbound_ids), OutboxText.body.is_not(None)))
    )


def left_unanswered(tx: Tx, inbound_ids: Collection[int]) -> set[int]:
    """Those of the replies nobody got an answer to because three had gone out within the hour."""
    # An answer is written in the moment its reply is read: found by the patient's own index.
    answer = select(OutboxText.id).where(
        and_(
            OutboxText.patient_id == InboundText.patient_id,
            OutboxText.planned_at == InboundText.read_at,
            OutboxText.inbound_id == InboundText.id,
        )
    )
    silent = and_(
        InboundText.id.in_(inbound_ids),
        InboundText.patient_id.is_not(None),
        InboundText.read_at.is_not(None),
        ~answer.exists(),
    )
    rows = tx.rows(
        select(InboundText.id, InboundText.patient_id, InboundText.read_at).where(silent)
    )
    return {
        reply_id
        for reply_id, patient_id, read_at in rows
        if answers_in_hour_before(tx, patient_id, read_at) >= ANSWERS_AN_HOUR
    }
