"""A text that nobody found at the provider, put in a person's hands: what is known of it, and the person's word."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, select, update

from service.domain.delivery import State
from service.store.questions import void_questions
from service.store.records import NewText
from service.store.rows import as_record, columns
from service.store.session import Tx
from service.store.tables.outbox import IS_UNKNOWN, OutboxText
from service.store.tables.replies import Question
from service.store.uncertain import LOOKED_FOR

DID_NOT_ARRIVE = "A colleague says that it did not arrive."


@dataclass(frozen=True, slots=True)
class Doubt:
    """A text whose fate a person may say; instants in UTC, `body` sealed."""

    id: int
    token: str
    clinic_id: int
    patient_id: int | None
    kind: str
    programme: str | None
    version: int | None
    step: str | None
    night: date | None
    on_date: date | None
    anchor: str | None
    template: str | None
    wording: int | None
    priority: str
    capped: bool
    language: str
    sender: str
    body: bytes | None
    segments: int
    submitted_at: datetime
    not_after: datetime


def doubt_of(tx: Tx, token: str, wall: datetime, *, lock: bool = False) -> Doubt | None:
    """The text, while its fate is unknown and the machine no longer looks for it; `lock`: kept from others."""
    mine = and_(IS_UNKNOWN, OutboxText.token == token, OutboxText.lease_until <= wall - LOOKED_FOR)
    query = select(*columns(OutboxText, Doubt)).where(mine)
    row = tx.row(query.with_for_update() if lock else query)
    return as_record(Doubt, row) if row else None


def is_known(tx: Tx, token: str) -> bool:
    """Whether there is a text of that name at all."""
    return tx.row(select(OutboxText.id).where(OutboxText.token == token)) is not None


def words_of(tx: Tx, doubt: Doubt) -> str:
    """What the text says; empty where that is not kept."""
    return tx.keyring.open_(doubt.body, "outbox", "body", doubt.token) if doubt.body else ""


def is_still_asked(tx: Tx, doubt: Doubt) -> bool:
    """Whether what the text asks, if it asks anything, still waits for its answer."""
    row = tx.row(select(Question.state).where(Question.token == doubt.token))
    return row is None or row[0] == "open"


def settle(tx: Tx, doubt: Doubt, now: datetime, *, arrived: bool) -> None:
    """Write a person's word; what the provider may still tell is written over it where that is further along."""
    said = (
        {"state": State.DELIVERED.value}
        if arrived
        else {"state": State.FAILED.value, "detail": DID_NOT_ARRIVE, "ended_at": now}
    )
    mine = update(OutboxText).where(OutboxText.id == doubt.id)
    tx.execute(mine.values(lease_until=None, seen_at=now, **said))


def never_asked(tx: Tx, doubt: Doubt) -> None:
    """What a text asked that did not arrive was never asked."""
    void_questions(tx, [doubt.token])


def once_more(tx: Tx, doubt: Doubt, now: datetime) -> NewText:
    """The same text in a slot of its own: whoever asks twice gets one."""
    return NewText(
        clinic_id=doubt.clinic_id,
        patient_id=doubt.patient_id,
        slot=f"again:{doubt.token}",
        kind=doubt.kind,
        language=doubt.language,
        due_at=now,
        not_after=doubt.not_after,
        priority=doubt.priority,
        capped=doubt.capped,
        body=words_of(tx, doubt),
        segments=doubt.segments,
        sender=doubt.sender,
        programme=doubt.programme,
        version=doubt.version,
        step=doubt.step,
        night=doubt.night,
        on_date=doubt.on_date,
        anchor=doubt.anchor,
        template=doubt.template,
        wording=doubt.wording,
    )
