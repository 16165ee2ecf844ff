"""Channels that are stopped until they are found to work again, and senders that rest for having been too fast."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import and_, or_, select, update

from service.store.rows import table
from service.store.session import Tx
from service.store.tables.outbox import Channel, OutboxText, Sender

# How long a stopped channel is left alone before one text is tried, at first and at most.
FIRST_PROBE, LAST_PROBE = timedelta(seconds=30), timedelta(minutes=10)
# How long a sender rests once it was told to be too fast (our default): no urgent text waits for that.
SENDER_REST = timedelta(seconds=60)


class Door(Enum):
    """How a channel stands now: texts may leave, one may be tried, none may."""

    OPEN = "open"
    AJAR = "ajar"
    SHUT = "shut"


@dataclass(frozen=True, slots=True)
class Stop:
    """Why and since when nothing leaves, and when the next text is tried (clinic time, UTC)."""

    since: datetime
    reason: str
    probe_at: datetime
    until_delivered: bool


def stop_of(tx: Tx, name: str) -> Stop | None:
    """The stop in force on a channel, if there is one."""
    query = select(Channel.stopped_at, Channel.reason, Channel.probe_at, Channel.until_delivered)
    row = tx.row(query.where(and_(Channel.name == name, Channel.stopped_at.is_not(None))))
    return Stop(*row) if row else None


def door(tx: Tx, name: str, now: datetime) -> Door:
    """Whether texts may leave by a channel."""
    stop = stop_of(tx, name)
    if stop is None:
        return Door.OPEN
    return Door.AJAR if stop.probe_at <= now else Door.SHUT


def begin_probe(tx: Tx, name: str, now: datetime) -> bool:
    """Take the one try that is due, and set the next twice as far off; False where another process has it."""
    due = and_(Channel.name == name, Channel.stopped_at.is_not(None), Channel.probe_at <= now)
    row = tx.row(select(Channel.probe_wait_s).where(due).with_for_update())
    if row is None:
        return False
    wait = min(timedelta(seconds=row[0]), LAST_PROBE)
    longer = int(min(2 * wait, LAST_PROBE).total_seconds())
    later = update(Channel).where(due).values(probe_at=now + wait, probe_wait_s=longer)
    return tx.changed(later) == 1


def stop(tx: Tx, name: str, reason: str, now: datetime, *, until_delivered: bool) -> bool:
    """Let nothing more leave by a channel; a stop in force goes on, with the newest reason. Whether it is new."""
    tx.insert_new(table(Channel), [_never_stopped(name)], "name")
    mine = Channel.name == name
    tx.execute(
        update(Channel).where(mine).values(reason=reason[:200], until_delivered=until_delivered)
    )
    fresh = and_(mine, Channel.stopped_at.is_(None))
    begun = update(Channel).where(fresh)
    wait = int(2 * FIRST_PROBE.total_seconds())
    return (
        tx.changed(begun.values(stopped_at=now, probe_at=now + FIRST_PROBE, probe_wait_s=wait)) == 1
    )


def stop_after_acceptance(
    tx: Tx, name: str, reason: str, submitted_at: datetime | None, now: datetime
) -> bool:
    """Stop a channel for a text that was accepted and then ended; not for one from before somebody resumed it."""
    row = tx.row(select(Channel.resumed_at).where(Channel.name == name))
    resumed_at = row[0] if row else None
    if resumed_at is not None and submitted_at is not None and submitted_at <= resumed_at:
        return False
    return stop(tx, name, reason, now, until_delivered=True)


def resume(tx: Tx, name: str, now: datetime) -> bool:
    """Let texts leave again; False where nothing was stopped."""
    stopped = and_(Channel.name == name, Channel.stopped_at.is_not(None))
    return tx.changed(update(Channel).where(stopped).values(stopped_at=None, resumed_at=now)) == 1


def prove(tx: Tx, name: str, tokens: Collection[str], now: datetime, *, delivered: bool) -> bool:
    """A stopped channel works again if one of these texts, accepted or delivered, was submitted since its stop."""
    stop = stop_of(tx, name) if tokens else None
    if stop is None or (stop.until_delivered and not delivered):
        return False
    since = and_(OutboxText.token.in_(tokens), OutboxText.submitted_at > stop.since)
    return tx.row(select(OutboxText.id).where(since).limit(1)) is not None and resume(tx, name, now)


def rest_senders(tx: Tx, numbers: Collection[str], now: datetime) -> None:
    """Senders that were used too fast send nothing but urgent texts for a while."""
    if not numbers:
        return
    rows = [{"number": number, "next_free_at": now} for number in sorted(numbers)]
    tx.insert_new(table(Sender), rows, "number")
    until = now + SENDER_REST
    sooner = or_(Sender.rests_until.is_(None), Sender.rests_until < until)
    mine = and_(Sender.number.in_(numbers), sooner)
    tx.execute(update(Sender).where(mine).values(rests_until=until))


def _never_stopped(name: str) -> dict[str, object]:
    return {"name": name, "until_delivered": False, "probe_wait_s": 0}
