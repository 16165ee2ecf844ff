"""The own phones of members of staff: entered, proved by a code, dropped; and the texts that went to one."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, select, update

from service.domain.delivery import Kind, State
from service.store.people import phone_index
from service.store.sealed import Keyring
from service.store.session import Tx
from service.store.tables.outbox import IS_PLANNED, OutboxText
from service.store.tables.people import User
from service.store.tables.replies import InboundText

CODE_FOR = timedelta(minutes=10)
MOST_TRIES = 5


@dataclass(frozen=True, slots=True)
class StaffPhone:
    """One member of staff's own phone. `number` (E.164) is None where none was entered.

    `code_until` is real time: until then a code is awaited, None where none is.
    """

    user_id: int
    user_token: str
    clinic_id: int
    number: str | None
    is_verified: bool
    code_until: datetime | None
    tries: int


@dataclass(frozen=True, slots=True)
class Said:
    """One text on the phone: `ours` went to it, the other way round it came from there."""

    ours: bool
    body: str
    at: datetime
    state: str
    reason: str | None
    error_code: int | None


def staff_phone(tx: Tx, user_id: int, *, lock: bool = False) -> StaffPhone:
    """The phone of a member of staff; with `lock` nobody else changes it until the transaction ends."""
    query = select(*_COLUMNS).where(User.id == user_id)
    row = tx.row(query.with_for_update() if lock else query)
    if row is None:
        raise KeyError(user_id)
    return _phone(tx.keyring, row)


def phones_with(tx: Tx, clinic_id: int, index: str) -> list[StaffPhone]:
    """The phones of a clinic's staff with the number of that index (people may share one)."""
    held = and_(User.clinic_id == clinic_id, User.phone_index == index)
    return [_phone(tx.keyring, row) for row in tx.rows(select(*_COLUMNS).where(held))]


def enter(tx: Tx, phone: StaffPhone, number: str, code: str, wall: datetime) -> None:
    """Keep a number that `code` must prove before `wall` + 10 minutes; what was proved before is void."""
    keyring = tx.keyring
    _change(
        tx,
        phone,
        phone=keyring.seal(number, "staff_user", "phone", phone.user_token),
        phone_index=phone_index(keyring, number),
        phone_verified_at=None,
        phone_code_hash=_hash(keyring, phone, code),
        phone_code_until=wall + CODE_FOR,
        phone_tries=0,
    )


def prove(tx: Tx, phone: StaffPhone, code: str, now: datetime, wall: datetime) -> bool:
    """Whether `code` proves the number; each wrong one counts, and after five or ten minutes none is right."""
    row = tx.row(select(User.phone_code_hash).where(User.id == phone.user_id))
    is_open = phone.code_until is not None and wall < phone.code_until
    if row is None or row[0] is None or not is_open or phone.tries >= MOST_TRIES:
        return False
    if not hmac.compare_digest(row[0], _hash(tx.keyring, phone, code)):
        _change(tx, phone, phone_tries=phone.tries + 1)
        return False
    _change(tx, phone, phone_verified_at=now, phone_code_hash=None, phone_code_until=None)
    return True


def drop(tx: Tx, phone: StaffPhone, now: datetime) -> None:
    """Forget the number, and send it nothing more."""
    waiting = and_(IS_PLANNED, OutboxText.kind == Kind.TEST.value, _is_to(phone))
    tx.execute(
        update(OutboxText)
        .where(waiting)
        .values(state=State.CANCELLED.value, reason="not_consented", ended_at=now)
    )
    nothing: dict[str, Any] = dict.fromkeys(
        ("phone", "phone_index", "phone_verified_at", "phone_code_hash", "phone_code_until")
    )
    _change(tx, phone, **nothing)


def opt_out_by_provider(tx: Tx, tokens: Sequence[str], now: datetime) -> None:
    """The provider lets nothing more through to the numbers of these texts: whoever's own it was has it no more."""
    if not tokens:
        return
    to_staff = and_(OutboxText.token.in_(tokens), OutboxText.kind == Kind.TEST.value)
    for row in tx.rows(select(OutboxText.slot).where(to_staff)):
        owner = row[0].split(":")[1]
        found = tx.row(select(*_COLUMNS).where(User.token == owner))
        if found is not None:
            drop(tx, _phone(tx.keyring, found), now)


def texts_of(tx: Tx, phone: StaffPhone, most: int) -> list[Said]:
    """The last texts to and from this phone, oldest first."""
    keyring = tx.keyring
    to = and_(
        OutboxText.clinic_id == phone.clinic_id,
        OutboxText.patient_id.is_(None),
        OutboxText.kind == Kind.TEST.value,
        _is_to(phone),
    )
    ours = [
        Said(True, keyring.open_(body, "outbox", "body", token), at, state, reason, code)
        for token, body, at, state, reason, code in tx.rows(
            select(*_OURS).where(to).order_by(OutboxText.id.desc()).limit(most)
        )
    ]
    # A number that is not proved yet may be somebody else's.
    index = phone_index(keyring, phone.number) if phone.number and phone.is_verified else ""
    came = and_(
        InboundText.clinic_id == phone.clinic_id,
        InboundText.sender_index == index,
        InboundText.patient_id.is_(None),
    )
    theirs = [
        Said(False, keyring.open_(body, "inbound", "body", token), at, "", None, None)
        for token, body, at in tx.rows(
            select(*_THEIRS).where(came).order_by(InboundText.id.desc()).limit(most)
        )
    ]
    return sorted((*ours, *theirs), key=lambda one: one.at)[-most:]


def slot_of(phone: StaffPhone, once: str) -> str:
    """The never-null name of a text to this phone; `once` makes sending it twice harmless."""
    return f"test:{phone.user_token}:{once}"


def _phone(keyring: Keyring, row: tuple[Any, ...]) -> StaffPhone:
    user_id, token, clinic_id, sealed, verified_at, until, tries = row
    number = keyring.open_(sealed, "staff_user", "phone", token) if sealed else None
    return StaffPhone(user_id, token, clinic_id, number, verified_at is not None, until, tries)


def _change(tx: Tx, whose: StaffPhone, **changes: Any) -> None:
    tx.execute(update(User).where(User.id == whose.user_id).values(**changes))


def _hash(keyring: Keyring, phone: StaffPhone, code: str) -> str:
    # Keyed: without the keys file a million codes cannot be tried against it.
    return keyring.blind(f"{phone.user_token}:{code}", "phone code")


def _is_to(phone: StaffPhone) -> ColumnElement[bool]:
    return OutboxText.slot.startswith(slot_of(phone, ""), autoescape=True)


_COLUMNS = (
    User.id,
    User.token,
    User.clinic_id,
    User.phone,
    User.phone_verified_at,
    User.phone_code_until,
    User.phone_tries,
)
_OURS = (
    OutboxText.token,
    OutboxText.body,
    OutboxText.planned_at,
    OutboxText.state,
    OutboxText.reason,
    OutboxText.error_code,
)
_THEIRS = (InboundText.token, InboundText.body, InboundText.received_at)
