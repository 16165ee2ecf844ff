"""Replies of the past with what they came to, for trying a change of the reader on them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select

from service.domain.reading.taught import Words, words_of
from service.store.corrections import Correction, corrections_of
from service.store.overview import Read, readings_of
from service.store.questions import LATE_FOR
from service.store.session import Tx
from service.store.tables.replies import InboundText, Question

# Half a year of a small clinic, a month of a large one: decrypted and compared within a second.
MOST_REPLAYED = 5000


@dataclass(frozen=True, slots=True)
class PastReply:
    """One reply that says exactly the words looked for. `kinds`: the questions then open, newest first."""

    token: str
    patient_id: int
    body: str
    received_at: datetime
    kinds: tuple[str, ...]
    readings: tuple[Read, ...]
    meant: Correction | None


def replies_saying(tx: Tx, clinic_id: int, words: Words) -> tuple[list[PastReply], int]:
    """The replies among a clinic's last MOST_REPLAYED that say exactly `words`; and how many were looked at."""
    mine = and_(
        InboundText.clinic_id == clinic_id,
        InboundText.patient_id.is_not(None),
        InboundText.read_at.is_not(None),
    )
    names = (
        InboundText.id,
        InboundText.token,
        InboundText.patient_id,
        InboundText.received_at,
        InboundText.body,
    )
    query = select(*names).where(mine).order_by(InboundText.id.desc()).limit(MOST_REPLAYED)
    rows = tx.rows(query)
    opened = ((*row[:4], tx.keyring.open_(row[4], "inbound", "body", row[1])) for row in rows)
    same = [row for row in opened if words_of(row[4]) == words]
    ids = [row[0] for row in same]
    readings, meant = readings_of(tx, ids), corrections_of(tx, ids)
    found = [
        PastReply(
            token=token,
            patient_id=patient_id,
            body=body,
            received_at=at,
            kinds=tuple(dict.fromkeys(_open_then(tx, patient_id, at))),
            readings=tuple(readings.get(reply_id, ())),
            meant=meant.get(reply_id),
        )
        for reply_id, token, patient_id, at, body in same
    ]
    return found, len(rows)


def _open_then(tx: Tx, patient_id: int, at: datetime) -> Iterator[str]:
    """The kinds of the questions a reply of that instant could answer, newest first."""
    open_then = and_(
        Question.patient_id == patient_id,
        Question.asked_at <= at,
        Question.closes_at > at - LATE_FOR,
        or_(Question.answered_at.is_(None), Question.answered_at >= at),
    )
    query = select(Question.kind).where(open_then)
    for row in tx.rows(query.order_by(Question.asked_last_at.desc(), Question.id.desc())):
        yield row[0]
