"""Members of staff: found, invited, made. Passwords arrive here hashed, invitations leave here once, unhashed."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, update

from service.store.rows import as_record, columns, table
from service.store.sealed import new_token
from service.store.session import Tx
from service.store.tables.people import User as UserRow

ROLES = ("clinician", "programme_admin", "clinic_admin", "auditor")
INVITATION_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class User:
    """One member of staff. `password_hash` is None until the invitation is taken up."""

    id: int
    token: str
    clinic_id: int
    email: str
    name: str
    password_hash: str | None
    roles: list[str]
    active: bool
    uniquifier: str


def count_users(tx: Tx) -> int:
    """How many accounts there are, invited ones included: the link of an invitation needs a service that runs."""
    row = tx.row(select(func.count()).select_from(UserRow))
    return int(row[0]) if row else 0


def user_by_email(tx: Tx, email: str) -> User | None:
    """The account of an address, in whatever case it was typed."""
    return _user(tx, UserRow.email == _normal(email))


def user_by_uniquifier(tx: Tx, uniquifier: str) -> User | None:
    """The account a session names."""
    return _user(tx, UserRow.uniquifier == uniquifier)


def add_user(
    tx: Tx,
    clinic_id: int,
    email: str,
    name: str,
    roles: Sequence[str],
    password_hash: str | None,
    now: datetime,
) -> User:
    """Make an account; ValueError for a role there is none of."""
    row = _new_row(clinic_id, email, roles, now) | {"name": name, "password_hash": password_hash}
    tx.insert_one(table(UserRow), row)
    found = user_by_email(tx, email)
    assert found is not None  # noqa: S101 (narrows the type: it was inserted above)
    return found


def invite(tx: Tx, clinic_id: int, email: str, roles: Sequence[str], now: datetime) -> str:
    """Make an account to be taken up within 7 days; the raw token for its link, kept only as a hash."""
    raw = secrets.token_urlsafe(32)
    row = _new_row(clinic_id, email, roles, now) | {
        "name": "",
        "password_hash": None,
        "invitation_hash": _hash(raw),
        "invitation_until": now + INVITATION_FOR,
    }
    tx.insert_one(table(UserRow), row)
    return raw


def invited(tx: Tx, raw: str, now: datetime) -> User | None:
    """Whom an invitation was made for, while it can be taken up."""
    return _user(tx, _open_invitation(raw, now))


def take_up(tx: Tx, raw: str, name: str, password_hash: str, now: datetime) -> bool:
    """Give an invited account its name and password; False when the invitation is used up or too old."""
    taken = update(UserRow).where(_open_invitation(raw, now))
    values = {"name": name, "password_hash": password_hash, "invitation_hash": None}
    return tx.changed(taken.values(**values, invitation_until=None)) == 1


def change_user(tx: Tx, user_id: int, **changes: Any) -> None:
    """Change columns of one account."""
    tx.execute(update(UserRow).where(UserRow.id == user_id).values(**changes))


def _new_row(clinic_id: int, email: str, roles: Sequence[str], now: datetime) -> dict[str, Any]:
    unknown = set(roles) - set(ROLES)
    if unknown:
        raise ValueError(
            f"There is no role {', '.join(sorted(unknown))}; roles: {', '.join(ROLES)}"
        )
    return {
        "clinic_id": clinic_id,
        "token": new_token(),
        "email": _normal(email),
        "roles": list(roles),
        "active": True,
        "uniquifier": secrets.token_hex(32),
        "created_at": now,
    }


def _open_invitation(raw: str, now: datetime) -> ColumnElement[bool]:
    return and_(UserRow.invitation_hash == _hash(raw), UserRow.invitation_until > now)


def _user(tx: Tx, condition: ColumnElement[bool]) -> User | None:
    row = tx.row(select(*columns(UserRow, User)).where(condition))
    return as_record(User, row) if row else None


def _normal(email: str) -> str:
    return email.strip().lower()


def _hash(raw: str) -> str:
    return sha256(raw.encode()).hexdigest()
