"""How sending does, from rows: what waits and in which lane, how late texts left, what the provider answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, select

from service.store.rows import as_record, columns
from service.store.session import SYSTEM, Store, Tx
from service.store.tables.outbox import IS_PLANNED, IS_SUBMITTING, IS_UNKNOWN, OutboxText

# More than a day's texts of a large clinic; beyond it the newest stand for all.
MOST_TEXTS = 30_000


@dataclass(frozen=True, slots=True)
class Waiting:
    """Due texts of one lane that have not left: how many, and since when the oldest is due (UTC)."""

    lane: int
    texts: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Handed:
    """One text that left: when it was due, when it left, and when the provider had taken it and that was recorded."""

    due_at: datetime
    submitted_at: datetime
    accepted_at: datetime | None
    error_code: int | None


@dataclass(frozen=True, slots=True)
class Machine:
    """A clinic's sending as it stands in the rows. `unknown`: texts whose fate nobody knows, seen or not."""

    waiting: Sequence[Waiting]
    in_flight: int
    unknown: int
    handed: Sequence[Handed]


@dataclass(frozen=True, slots=True)
class Database:
    """The database itself: its size in bytes, and how far its clock is ahead of ours (None where it has none)."""

    kind: str
    size: int
    ahead: timedelta | None


def machine(tx: Tx, clinic_id: int, now: datetime, since: datetime) -> Machine:
    """How a clinic's sending does at `now`, with the texts written from `since` on that left."""
    mine = OutboxText.clinic_id == clinic_id
    due = and_(mine, IS_PLANNED, OutboxText.due_at <= now)
    lanes = select(OutboxText.lane, func.count(), func.min(OutboxText.due_at)).where(due)
    waiting = tx.rows(lanes.group_by(OutboxText.lane).order_by(OutboxText.lane))
    left = and_(mine, OutboxText.planned_at >= since, OutboxText.submitted_at.is_not(None))
    newest = select(*columns(OutboxText, Handed)).where(left).order_by(OutboxText.planned_at.desc())
    return Machine(
        waiting=[Waiting(*row) for row in waiting],
        in_flight=_count(tx, and_(mine, IS_SUBMITTING)),
        unknown=_count(tx, and_(mine, IS_UNKNOWN)),
        handed=[as_record(Handed, row) for row in tx.rows(newest.limit(MOST_TEXTS))],
    )


def _count(tx: Tx, condition: ColumnElement[bool]) -> int:
    row = tx.row(select(func.count()).select_from(OutboxText).where(condition))
    return int(row[0]) if row else 0


def database(store: Store, wall: datetime) -> Database:
    """What is known of the database without a word of what it holds."""
    if store.file is not None:
        files = [store.file, store.file.with_name(store.file.name + "-wal")]
        return Database("SQLite", sum(one.stat().st_size for one in files if one.exists()), None)
    with store.transaction(SYSTEM, "system page", write=False) as tx:
        row = tx.row(select(func.pg_database_size(func.current_database())))
    return Database("PostgreSQL", int(row[0]) if row else 0, database_ahead(store, wall))


def database_ahead(store: Store, wall: datetime) -> timedelta | None:
    """By how much the database's clock is ahead of ours; None for a file, which has none."""
    if store.file is not None:
        return None
    with store.transaction(SYSTEM, "clock watch", write=False) as tx:
        row = tx.row(select(func.clock_timestamp()))
    its_time: datetime = row[0] if row else wall
    return its_time - wall
