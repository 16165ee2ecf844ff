"""What became of texts: outcomes of requests, and receipts in any order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, or_, select, update

from service.domain.delivery import RANK, State, after_receipt
from service.domain.exchange import Accepted, Outcome, Receipt, SendError
from service.domain.provider_codes import CodeClass, meaning
from service.store.people import open_phone, patients_by_id
from service.store.questions import void_questions
from service.store.rows import table
from service.store.session import Tx
from service.store.tables.outbox import OutboxText, ReceiptEvent

MOST_ATTEMPTS = 3
# A refused text waits a little before it is tried again; the pipeline's own back-off paces the rest.
TRY_AGAIN_AFTER = timedelta(seconds=2)
_STAMPS = {State.SENT: "sent_at", State.DELIVERED: "delivered_at"}


def record(tx: Tx, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Write what the provider answered. A receipt that came before its answer is not undone."""
    outbox = table(OutboxText)
    accepted = [outcome for outcome in outcomes if isinstance(outcome, Accepted)]
    if accepted:
        mine = and_(outbox.c.token == bindparam("name"), outbox.c.accepted_at.is_(None))
        tx.execute(
            update(outbox).where(mine).values(accepted_at=now, provider_sid=bindparam("sid")),
            [{"name": one.token, "sid": one.provider_sid} for one in accepted],
        )
        uncertain = (State.SUBMITTING.value, State.UNKNOWN.value)
        tx.execute(
            update(OutboxText)
            .where(
                and_(
                    OutboxText.token.in_([one.token for one in accepted]),
                    OutboxText.state.in_(uncertain),
                )
            )
            .values(state=State.ACCEPTED.value, lease_until=None)
        )
    for outcome in outcomes:
        if isinstance(outcome, SendError):
            _refused(tx, outcome, now)


def _refused(tx: Tx, error: SendError, now: datetime) -> None:
    ours = and_(OutboxText.token == error.token, OutboxText.state == State.SUBMITTING)
    values: dict[str, Any] = {"error_code": error.code, "detail": error.reason[:200]}
    row = tx.row(select(OutboxText.attempts, OutboxText.not_after).where(ours))
    if row is None:
        return
    if error.kind is CodeClass.UNKNOWN:
        values |= {"state": State.UNKNOWN.value}
    elif error.kind in {CodeClass.TRANSIENT, CodeClass.ACCOUNT} and _may_try_again(error, row, now):
        values |= {
            "state": State.PLANNED.value,
            "lease_until": None,
            "due_at": now + TRY_AGAIN_AFTER,
        }
    else:
        values |= {"state": State.FAILED.value, "lease_until": None, "ended_at": now}
        void_questions(tx, [error.token])
    tx.execute(update(OutboxText).where(ours).values(**values))


def _may_try_again(error: SendError, row: tuple[Any, ...], now: datetime) -> bool:
    attempts, not_after = row
    enough = error.kind is CodeClass.TRANSIENT and attempts >= MOST_ATTEMPTS
    return not enough and now + TRY_AGAIN_AFTER < not_after


def receive(tx: Tx, receipts: Sequence[Receipt]) -> list[tuple[int, Any, str]]:
    """Write receipts in any order, repeated or late; a text only ever moves forward.

    What comes back are (patient id, night, state) of the texts whose state changed, for their summaries.
    """
    changed: list[tuple[int, Any, str]] = []
    for receipt in sorted(receipts, key=lambda one: RANK[one.state]):
        change = _receive_one(tx, receipt)
        if change is not None:
            changed.append(change)
    return changed


def _receive_one(tx: Tx, receipt: Receipt) -> tuple[int, Any, str] | None:
    row = tx.row(
        select(
            OutboxText.id,
            OutboxText.state,
            OutboxText.provider_sid,
            OutboxText.patient_id,
            OutboxText.night,
            OutboxText.token,
        ).where(
            or_(
                OutboxText.token == receipt.token,
                OutboxText.provider_sid == (receipt.provider_sid or None),
            )
        )
    )
    if row is None or (row[2] and receipt.provider_sid and row[2] != receipt.provider_sid):
        return None
    outbox_id, state, sid, patient_id, night, token = row
    told = {
        "outbox_id": outbox_id,
        "state": receipt.state.value,
        "error_code": receipt.error_code,
        "at": receipt.at,
    }
    tx.insert_one(table(ReceiptEvent), told)
    after = after_receipt(State(state), receipt.state)
    if after == state:
        return None
    values: dict[str, Any] = {"state": after.value, "lease_until": None}
    if sid is None:
        values |= {"provider_sid": receipt.provider_sid, "accepted_at": receipt.at}
    if after in _STAMPS:
        values[_STAMPS[after]] = receipt.at
    if after in {State.UNDELIVERED, State.FAILED}:
        code = receipt.error_code
        values |= {"error_code": code, "ended_at": receipt.at}
        values["detail"] = meaning(code or 0).sentence
        void_questions(tx, [token])
    tx.execute(update(OutboxText).where(OutboxText.id == outbox_id).values(**values))
    return (patient_id, night, after.value) if patient_id and night else None


def stale_leases(tx: Tx, wall: datetime) -> int:
    """Texts whose lease ran out may or may not have left: they become `unknown`, never `planned` again."""
    stale = and_(OutboxText.state == State.SUBMITTING, OutboxText.lease_until < wall)
    return tx.changed(
        update(OutboxText).where(stale).values(state=State.UNKNOWN.value, lease_until=wall)
    )


def awaiting_receipts(tx: Tx) -> list[tuple[str, str, datetime]]:
    """Texts accepted whose fate is not known: token, provider id, when they were accepted."""
    waiting = and_(
        OutboxText.state.in_((State.ACCEPTED.value, State.SENT.value)),
        OutboxText.provider_sid.is_not(None),
    )
    query = select(OutboxText.token, OutboxText.provider_sid, OutboxText.accepted_at)
    return [(row[0], row[1], row[2]) for row in tx.rows(query.where(waiting))]


@dataclass(frozen=True, slots=True)
class Uncertain:
    """A text that may or may not have left us; `known_sids` are the provider's names of that number's others."""

    token: str
    to: str
    body: str
    submitted_at: datetime
    known_sids: frozenset[str]


def uncertain_texts(tx: Tx, since: datetime, until: datetime) -> list[Uncertain]:
    """Texts in doubt that were submitted between two instants."""
    doubtful = and_(
        OutboxText.state == State.UNKNOWN,
        OutboxText.submitted_at >= since,
        OutboxText.submitted_at <= until,
        OutboxText.patient_id.is_not(None),
    )
    rows = tx.rows(
        select(
            OutboxText.token, OutboxText.patient_id, OutboxText.body, OutboxText.submitted_at
        ).where(doubtful)
    )
    patients = patients_by_id(tx, {row[1] for row in rows})
    return [
        Uncertain(
            token=token,
            to=open_phone(tx.keyring, patients[patient_id]),
            body=tx.keyring.open_(body, "outbox", "body", token),
            submitted_at=submitted_at,
            known_sids=_sids(tx, patient_id, since),
        )
        for token, patient_id, body, submitted_at in rows
    ]


def _sids(tx: Tx, patient_id: int, since: datetime) -> frozenset[str]:
    named = and_(OutboxText.patient_id == patient_id, OutboxText.planned_at >= since)
    query = select(OutboxText.provider_sid).where(named)
    return frozenset(row[0] for row in tx.rows(query) if row[0])
