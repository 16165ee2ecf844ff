"""What the provider answered to requests: taken, refused for good or for now, or nobody knows."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, case, or_, select, update

from service.domain.delivery import State
from service.domain.exchange import Accepted, Outcome, SendError
from service.domain.provider_codes import CodeClass
from service.store.questions import void_questions
from service.store.rows import table
from service.store.session import Tx
from service.store.tables.outbox import OutboxText

MOST_ATTEMPTS = 3
# How long a text that was refused for now waits: after its first attempt, and after its second.
TRY_AGAIN_AFTER = (timedelta(seconds=2), timedelta(seconds=20))
_NAMED_TWICE = "The provider gave this text the name of another; it may have left us."


def record(tx: Tx, outcomes: Sequence[Outcome], now: datetime) -> set[int]:
    """Write what the provider answered. A receipt that came before its answer is not undone.

    What comes back are the patients whose text was refused for good.
    """
    accepted = [one for one in outcomes if isinstance(one, Accepted)]
    named_twice = _named_twice(tx, accepted)
    fresh = [
        {"name": one.token, "sid": one.provider_sid, "instant": now}
        for one in accepted
        if one.token not in named_twice
    ]
    if fresh:
        tx.execute(_ACCEPTED, fresh)
    errors = [one for one in outcomes if isinstance(one, SendError)]
    errors += [SendError(token, CodeClass.UNKNOWN, None, _NAMED_TWICE) for token in named_twice]
    refused = [_refused(tx, one, now) for one in errors]
    return {patient_id for patient_id in refused if patient_id is not None}


def senders_of(tx: Tx, tokens: Sequence[str]) -> set[str]:
    """The numbers from which texts were sent."""
    query = select(OutboxText.sender).where(OutboxText.token.in_(tokens))
    return {row[0] for row in tx.rows(query)} if tokens else set()


def _named_twice(tx: Tx, accepted: Sequence[Accepted]) -> list[str]:
    """The tokens of texts to which the provider gave a name that another text has: a name is one text's only."""
    sids = [one.provider_sid for one in accepted]
    holders = {row[0]: row[1] for row in tx.rows(_HOLDERS, sids=sids)} if sids else {}
    return [
        one.token
        for one in accepted
        if holders.setdefault(one.provider_sid, one.token) != one.token
    ]


def _refused(tx: Tx, error: SendError, now: datetime) -> int | None:
    """Write a refusal; the patient of a text that has failed for good."""
    ours = and_(OutboxText.token == error.token, OutboxText.state == State.SUBMITTING)
    query = select(OutboxText.attempts, OutboxText.not_after, OutboxText.patient_id)
    row = tx.row(query.where(ours))
    if row is None:
        return None
    attempts, not_after, patient_id = row
    values: dict[str, Any] = {"error_code": error.code, "detail": error.reason[:200]}
    if error.kind is CodeClass.UNKNOWN:
        values |= {"state": State.UNKNOWN.value}
    elif _may_try_again(error, attempts):
        # An attempt that the provider never saw, or that would have met every text, is not this text's.
        counted = error.reached and error.kind is CodeClass.TRANSIENT
        wait = TRY_AGAIN_AFTER[min(attempts, len(TRY_AGAIN_AFTER)) - 1]
        values |= {
            "state": State.PLANNED.value,
            "lease_until": None,
            "due_at": min(now + wait, not_after),
            "attempts": attempts if counted else attempts - 1,
        }
    else:
        values |= {"state": State.FAILED.value, "lease_until": None, "ended_at": now}
        void_questions(tx, [error.token])
    tx.execute(update(OutboxText).where(ours).values(**values))
    return patient_id if values["state"] == State.FAILED else None


def _may_try_again(error: SendError, attempts: int) -> bool:
    """Whether a refused text goes back to those that wait; when its time passes, it expires there."""
    if error.kind is CodeClass.TRANSIENT:
        return not error.reached or attempts < MOST_ATTEMPTS
    return error.kind is CodeClass.ACCOUNT


_OUTBOX = table(OutboxText)
_IN_DOUBT = or_(_OUTBOX.c.state == "submitting", _OUTBOX.c.state == "unknown")
_ACCEPTED = (
    update(_OUTBOX)
    .where(and_(_OUTBOX.c.token == bindparam("name"), _OUTBOX.c.accepted_at.is_(None)))
    .values(
        accepted_at=bindparam("instant"),
        provider_sid=bindparam("sid"),
        state=case((_IN_DOUBT, State.ACCEPTED.value), else_=_OUTBOX.c.state),
        lease_until=None,
    )
)
_HOLDERS = select(OutboxText.provider_sid, OutboxText.token).where(
    OutboxText.provider_sid.in_(bindparam("sids", expanding=True))
)
