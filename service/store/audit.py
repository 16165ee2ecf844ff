"""Who did what, appended; and the installation's own few values."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select

from service.store.rows import table
from service.store.session import Tx
from service.store.tables.audit import AuditEvent, Installation

LONGEST_VALUE = 200
_FAULT = "audit_fault"


def write(tx: Tx, clinic_id: int, action: str, about: str, now: datetime, **details: Any) -> None:
    """Append one act of the transaction's actor. `about` is an opaque token; no names, no numbers."""
    row = {
        "clinic_id": clinic_id,
        "actor": tx.actor,
        "action": action,
        "about": about,
        "details": details,
        "at": now,
    }
    tx.insert_one(table(AuditEvent), row)


def count_own(tx: Tx, clinic_id: int, action: str, since: datetime) -> int:
    """How often the transaction's actor did something since an instant."""
    mine = and_(
        AuditEvent.clinic_id == clinic_id,
        AuditEvent.actor == tx.actor,
        AuditEvent.action == action,
        AuditEvent.at > since,
    )
    row = tx.row(select(func.count()).select_from(AuditEvent).where(mine))
    return int(row[0]) if row else 0


def last_own(
    tx: Tx, clinic_id: int, action: str, about: str, since: datetime
) -> dict[str, Any] | None:
    """The details of the last such act of the transaction's actor since an instant, if any."""
    mine = and_(
        AuditEvent.clinic_id == clinic_id,
        AuditEvent.actor == tx.actor,
        AuditEvent.action == action,
        AuditEvent.about == about,
        AuditEvent.at >= since,
    )
    row = tx.row(select(AuditEvent.details).where(mine).order_by(AuditEvent.id.desc()))
    return dict(row[0]) if row else None


def note_fault(tx: Tx, clinic_token: str, fault: str) -> None:
    """Keep what is wrong with a clinic's trail; empty: nothing is."""
    set_installation_value(tx, f"{_FAULT}:{clinic_token}", fault[:LONGEST_VALUE])


def fault_of(tx: Tx, clinic_token: str) -> str:
    """What was found to be wrong with a clinic's trail when it was last looked through; empty: nothing."""
    return installation_value(tx, f"{_FAULT}:{clinic_token}") or ""


def installation_value(tx: Tx, name: str) -> str | None:
    """A value of the installation, or None."""
    row = tx.row(select(Installation.value).where(Installation.name == name))
    return row[0] if row else None


def set_installation_value(tx: Tx, name: str, value: str) -> None:
    """Keep a value of the installation."""
    tx.upsert(table(Installation), [{"name": name, "value": value}], "name")
