"""Texts of which we do not know what became: leases that ran out, fates unknown, and those accepted long ago."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select, update

from service.domain.delivery import State
from service.store.people import open_phone, patients_by_id
from service.store.session import Tx
from service.store.tables.outbox import (
    IS_SUBMITTING,
    IS_UNKNOWN,
    IS_UNSETTLED,
    OutboxText,
)

# The provider's list lags: a text is looked for from the end of its lease on for so long (real time).
LOOKED_FOR = timedelta(minutes=5)
# Whoever has heard nothing for a day asks, once a day; after three days a text is left as it stands.
ASK_AFTER, ASK_UNTIL = timedelta(hours=24), timedelta(hours=72)
# A day's texts without a receipt can be many, and one is asked about after the other.
ASK_AT_ONCE = 200


def stale_leases(tx: Tx, wall: datetime) -> int:
    """Texts whose lease ran out may or may not have left: they become `unknown`, never `planned` again."""
    stale = and_(IS_SUBMITTING, OutboxText.lease_until < wall)
    return tx.changed(
        update(OutboxText).where(stale).values(state=State.UNKNOWN.value, lease_until=wall)
    )


def awaiting_receipts(tx: Tx) -> list[tuple[str, str, datetime]]:
    """Texts accepted whose fate is not known: token, provider id, when they were accepted."""
    waiting = and_(IS_UNSETTLED, OutboxText.provider_sid.is_not(None))
    query = select(OutboxText.token, OutboxText.provider_sid, OutboxText.accepted_at)
    return [(row[0], row[1], row[2]) for row in tx.rows(query.where(waiting))]


@dataclass(frozen=True, slots=True)
class Uncertain:
    """A text that may or may not have left us."""

    token: str
    to: str
    body: str
    submitted_at: datetime


def uncertain_texts(tx: Tx, wall: datetime) -> list[Uncertain]:
    """Texts in doubt that are still looked for, oldest first."""
    doubtful = and_(
        IS_UNKNOWN, OutboxText.lease_until <= wall, OutboxText.lease_until > wall - LOOKED_FOR
    )
    query = select(
        OutboxText.token,
        OutboxText.patient_id,
        OutboxText.recipient,
        OutboxText.body,
        OutboxText.submitted_at,
    )
    rows = tx.rows(query.where(doubtful).order_by(OutboxText.submitted_at, OutboxText.id))
    patients = patients_by_id(tx, {row[1] for row in rows if row[1]})
    keyring = tx.keyring
    return [
        Uncertain(
            token=token,
            to=open_phone(keyring, patients[patient_id])
            if patient_id
            else keyring.open_(recipient, "outbox", "recipient", token),
            body=keyring.open_(body, "outbox", "body", token),
            submitted_at=submitted_at,
        )
        for token, patient_id, recipient, body, submitted_at in rows
        if body is not None and (patient_id or recipient is not None)
    ]


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A text that nobody found at the provider: it may have arrived."""

    token: str
    patient_id: int | None
    body: str
    submitted_at: datetime


def left_to_a_person(
    tx: Tx, clinic_id: int, wall: datetime, limit: int
) -> tuple[list[Doubtful], int]:
    """A clinic's doubtful texts that nobody has put away and that are no longer looked for, the newest first, at most
    `limit`; and how many there are."""
    mine = and_(
        IS_UNKNOWN,
        OutboxText.clinic_id == clinic_id,
        OutboxText.seen_at.is_(None),
        OutboxText.lease_until <= wall - LOOKED_FOR,
    )
    query = select(
        OutboxText.token, OutboxText.patient_id, OutboxText.body, OutboxText.submitted_at
    )
    rows = tx.rows(query.where(mine).order_by(OutboxText.submitted_at.desc()).limit(limit))
    total = tx.row(select(func.count()).select_from(OutboxText).where(mine))
    opened = [
        Doubtful(token, who, tx.keyring.open_(body, "outbox", "body", token) if body else "", at)
        for token, who, body, at in rows
    ]
    return opened, int(total[0]) if total else 0


def put_away(tx: Tx, token: str, now: datetime) -> bool:
    """Somebody has seen that a text's fate is unknown; False where somebody had before, or it is not."""
    unseen = and_(IS_UNKNOWN, OutboxText.token == token, OutboxText.seen_at.is_(None))
    return tx.changed(update(OutboxText).where(unseen).values(seen_at=now)) == 1


def names_taken(tx: Tx, sids: Collection[str]) -> set[str]:
    """Which of these names of the provider's are already those of texts."""
    query = select(OutboxText.provider_sid).where(OutboxText.provider_sid.in_(sids))
    return {row[0] for row in tx.rows(query)}


def unsettled(tx: Tx, now: datetime) -> dict[str, str]:
    """Texts to ask the provider about: their tokens by its names for them."""
    due = and_(
        IS_UNSETTLED,
        OutboxText.accepted_at <= now - ASK_AFTER,
        OutboxText.accepted_at > now - ASK_UNTIL,
        OutboxText.provider_sid.is_not(None),
        or_(OutboxText.asked_at.is_(None), OutboxText.asked_at <= now - ASK_AFTER),
    )
    query = select(OutboxText.provider_sid, OutboxText.token).where(due)
    rows = tx.rows(query.order_by(OutboxText.accepted_at).limit(ASK_AT_ONCE))
    return {row[0]: row[1] for row in rows}


def asked_about(tx: Tx, tokens: Sequence[str], now: datetime) -> None:
    """The provider was asked about these texts."""
    asked = update(OutboxText).where(OutboxText.token.in_(tokens))
    tx.execute(asked.values(asked_at=now))
