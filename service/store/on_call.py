"""Whom a clinic has paged for a RED alert: numbers, e-mail addresses and webhooks, sealed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select, update

from service.domain.paging import Channel, Contact, Hook, Line
from service.store.people import phone_index
from service.store.rows import table
from service.store.sealed import new_token
from service.store.session import Tx
from service.store.tables.paging import IS_DUE, OnCall, StaffPage


@dataclass(frozen=True, slots=True)
class Reachable:
    """One contact, opened. `stopped_at`: since when its number has had STOP said, so that no text goes there."""

    id: int
    contact: Contact
    address: str
    secret: str
    stopped_at: datetime | None

    @property
    def hook(self) -> Hook:
        """A webhook's address with its secret."""
        return Hook(self.address, self.secret)


def add(
    tx: Tx, clinic_id: int, channel: Channel, line: Line, address: str, secret: str, now: datetime
) -> str:
    """Add a contact to a clinic; its token. `secret` is empty but for a webhook."""
    token, seal = new_token(), tx.keyring.seal
    row = {
        "clinic_id": clinic_id,
        "token": token,
        "channel": channel.value,
        "line": line.value,
        "address": seal(address, "on_call", "address", token),
        "secret": seal(secret, "on_call", "secret", token) if secret else None,
        "number_index": phone_index(tx.keyring, address) if channel is Channel.TEXT else None,
        "added_at": now,
    }
    tx.insert_one(table(OnCall), row)
    return token


def remove(tx: Tx, token: str, now: datetime) -> bool:
    """Page a contact no more, whatever waits; False when the scope holds none of that token."""
    whose = select(OnCall.id).where(OnCall.token == token).scalar_subquery()
    waiting = and_(StaffPage.on_call_id == whose, IS_DUE)
    tx.execute(update(StaffPage).where(waiting).values(state="dropped", ended_at=now))
    mine = and_(OnCall.token == token, OnCall.removed_at.is_(None))
    return tx.changed(update(OnCall).where(mine).values(removed_at=now)) > 0


def contacts(tx: Tx, clinic_id: int) -> list[Reachable]:
    """Whom a clinic has paged, in the order in which they were added."""
    mine = and_(OnCall.clinic_id == clinic_id, OnCall.removed_at.is_(None))
    return [_opened(tx, row) for row in tx.rows(select(*_COLUMNS).where(mine).order_by(OnCall.id))]


def contact_named(tx: Tx, token: str) -> Reachable | None:
    """The contact of a public name, if the scope holds one that is still paged."""
    row = tx.row(select(*_COLUMNS).where(and_(OnCall.token == token, OnCall.removed_at.is_(None))))
    return _opened(tx, row) if row else None


def is_on_call(tx: Tx, clinic_id: int, index: str) -> bool:
    """Whether the number of that index is one that the clinic has paged."""
    return tx.row(select(OnCall.id).where(_has_number(clinic_id, index))) is not None


def stop(tx: Tx, clinic_id: int, index: str, now: datetime) -> None:
    """STOP came from that number: no page goes to it any more, and the page of contacts says so."""
    tx.execute(update(OnCall).where(_has_number(clinic_id, index)).values(stopped_at=now))


def _has_number(clinic_id: int, index: str) -> Any:
    return and_(
        OnCall.clinic_id == clinic_id, OnCall.number_index == index, OnCall.removed_at.is_(None)
    )


def _opened(tx: Tx, row: tuple[Any, ...]) -> Reachable:
    row_id, token, channel, line, address, secret, stopped_at = row
    open_ = tx.keyring.open_
    return Reachable(
        id=row_id,
        contact=Contact(token, Channel(channel), Line(line)),
        address=open_(address, "on_call", "address", token),
        secret=open_(secret, "on_call", "secret", token) if secret else "",
        stopped_at=stopped_at,
    )


_COLUMNS = (
    OnCall.id,
    OnCall.token,
    OnCall.channel,
    OnCall.line,
    OnCall.address,
    OnCall.secret,
    OnCall.stopped_at,
)
