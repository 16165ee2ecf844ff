"""Halts: a clinic's texts do not leave, by a switch, a breaker or a clock in doubt, in every process."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select, update

from service.domain.delivery import OWED, UNSOLICITED, Cause
from service.store import audit
from service.store.people import clinic_to_publish
from service.store.rows import table
from service.store.sealed import new_token
from service.store.session import Tx
from service.store.tables.outbox import IS_PLANNED, OutboxText
from service.store.tables.outbox import Halt as HaltRow

_OWED = sorted(kind.value for kind in OWED)
_UNSOLICITED = sorted(kind.value for kind in UNSOLICITED)


@dataclass(frozen=True, slots=True)
class Halt:
    """One halt in force: since when (clinic time, UTC), by which actor, and why."""

    token: str
    cause: str
    everything: bool
    begun_at: datetime
    begun_by: str
    why: str


@dataclass(frozen=True, slots=True)
class Stake:
    """How many texts a switch keeps back at once, and how many of them run out by an instant."""

    waiting: int
    running_out: int


def begin(
    tx: Tx, clinic_id: int, cause: Cause, why: str, now: datetime, *, everything: bool = False
) -> bool:
    """Let a clinic's texts no longer leave; False where that stands already, which then reaches no less far."""
    # Two who press at once: the second finds the first one's.
    clinic_to_publish(tx, clinic_id)
    mine = and_(
        HaltRow.clinic_id == clinic_id, HaltRow.cause == cause.value, HaltRow.ended_at.is_(None)
    )
    known = tx.row(select(HaltRow.token, HaltRow.everything).where(mine))
    if known is not None:
        if everything and not known[1]:
            tx.execute(update(HaltRow).where(mine).values(everything=True))
            audit.write(tx, clinic_id, "sending switched off", known[0], now, everything=True)
        return False
    token = new_token()
    row = {
        "clinic_id": clinic_id,
        "token": token,
        "cause": cause.value,
        "everything": everything,
        "why": tx.keyring.seal(why, "halt", "why", token),
        "begun_at": now,
        "begun_by": tx.actor,
    }
    tx.insert_one(table(HaltRow), row)
    audit.write(tx, clinic_id, _DONE[cause], token, now, everything=everything)
    return True


def end(tx: Tx, clinic_id: int, cause: Cause, now: datetime) -> bool:
    """Let a clinic's texts leave again; False where nothing stood in their way."""
    clinic_to_publish(tx, clinic_id)
    mine = and_(
        HaltRow.clinic_id == clinic_id, HaltRow.cause == cause.value, HaltRow.ended_at.is_(None)
    )
    known = tx.row(select(HaltRow.token).where(mine))
    if known is None:
        return False
    tx.execute(update(HaltRow).where(mine).values(ended_at=now, ended_by=tx.actor))
    audit.write(tx, clinic_id, "sending let go on", known[0], now, cause=cause.value)
    return True


def standing(tx: Tx, clinic_id: int) -> list[Halt]:
    """The halts in force at a clinic, a person's first."""
    mine = and_(HaltRow.clinic_id == clinic_id, HaltRow.ended_at.is_(None))
    return [
        Halt(token, cause, everything, at, by, tx.keyring.open_(why, "halt", "why", token))
        for token, cause, everything, at, by, why in tx.rows(
            _STANDING.where(mine).order_by(HaltRow.cause.desc())
        )
    ]


def stake(tx: Tx, clinic_ids: Sequence[int], now: datetime, until: datetime) -> Stake:
    """What waits to leave at these clinics and would be kept back by a switch; how much runs out before `until`."""
    kept = and_(
        OutboxText.clinic_id.in_(clinic_ids),
        IS_PLANNED,
        OutboxText.kind.not_in(_OWED),
        OutboxText.not_after >= now,
    )
    rows = tx.rows(select(OutboxText.not_after).where(kept))
    return Stake(len(rows), sum(row[0] < until for row in rows))


def clinics_kept_back(tx: Tx, cause: Cause) -> frozenset[int]:
    """The clinics whose texts do not leave for that cause."""
    mine = and_(HaltRow.cause == cause.value, HaltRow.ended_at.is_(None))
    return frozenset(row[0] for row in tx.rows(select(HaltRow.clinic_id).where(mine)))


_DONE = {
    Cause.KILL_SWITCH: "sending switched off",
    Cause.BREAKER: "sending broken off",
    Cause.CLOCK: "sending held for the clock",
}
_STANDING = select(
    HaltRow.token,
    HaltRow.cause,
    HaltRow.everything,
    HaltRow.begun_at,
    HaltRow.begun_by,
    HaltRow.why,
)
# The cause for which a text of the outbox is kept back, or NULL. Where two stand, the person's is the one named.
HALTED_BY = (
    select(func.max(HaltRow.cause))
    .where(
        and_(
            HaltRow.clinic_id == OutboxText.clinic_id,
            HaltRow.ended_at.is_(None),
            or_(
                HaltRow.everything,
                OutboxText.kind.in_(_UNSOLICITED),
                and_(HaltRow.cause != Cause.BREAKER.value, OutboxText.kind.not_in(_OWED)),
            ),
        )
    )
    .correlate(OutboxText)
    .scalar_subquery()
)
