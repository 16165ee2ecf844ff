"""Pages to staff as rows: due, under way, through or not; and the RED alerts nobody has taken yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select, update

from service.domain.delivery import State
from service.domain.paging import wait_after
from service.store.rows import table
from service.store.session import Tx
from service.store.tables.outbox import IS_PLANNED, OutboxText
from service.store.tables.paging import IS_DUE, OnCall, StaffPage
from service.store.tables.summaries import IS_NOBODYS, Alert

# Covers the deadlines of one page, with margin; after that its sender is taken for dead and it is made again.
LEASE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Nobodys:
    """An open RED alert that nobody has taken; `opened_at` in clinic time, UTC."""

    id: int
    token: str
    clinic_id: int
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class NewPage:
    """A page to write. `handed`: it left already, as a text in the outbox under the same slot."""

    clinic_id: int
    slot: str
    alert_id: int | None
    on_call_id: int | None
    step: int
    handed: bool
    fault: str = ""


@dataclass(frozen=True, slots=True)
class DuePage:
    """One page claimed. `on_call_token` None: to the operator; `alert_token` None: a test."""

    id: int
    clinic_id: int
    attempts: int
    on_call_token: str | None
    alert_token: str | None
    opened_at: datetime | None


@dataclass(frozen=True, slots=True)
class LastPage:
    """What became of the last page to a contact (None: the operator); a text's fate where it went as one."""

    on_call_id: int | None
    is_test: bool
    state: str
    due_at: datetime
    attempts: int
    outcome: str
    text_state: str | None
    text_reason: str | None
    text_code: int | None


def slot_of(alert_token: str, contact_token: str, step: int) -> str:
    """The never-null name of a page: the same is never written twice."""
    return f"page:{alert_token}:{contact_token}:{step}"


def nobodys(tx: Tx) -> list[Nobodys]:
    """The RED alerts of every clinic that nobody has taken, oldest first; of one patient the oldest only.

    Who writes five times in a row pages nobody five times over.
    """
    query = select(Alert.patient_id, Alert.id, Alert.token, Alert.clinic_id, Alert.opened_at)
    found: dict[int | str, Nobodys] = {}
    for patient_id, *rest in sorted(tx.rows(query.where(IS_NOBODYS)), key=lambda row: row[1]):
        one = Nobodys(*rest)
        found.setdefault(patient_id or one.token, one)
    return list(found.values())


def paged(tx: Tx, alert_id: int, operator: str) -> set[tuple[str, int]]:
    """Which contacts (by token; `operator` for the operator) were paged for an alert, and for which step."""
    query = (
        select(OnCall.token, StaffPage.step)
        .select_from(StaffPage)
        .outerjoin(OnCall, OnCall.id == StaffPage.on_call_id)
        .where(StaffPage.alert_id == alert_id)
    )
    return {(token or operator, step) for token, step in tx.rows(query)}


def add(tx: Tx, pages: Sequence[NewPage], now: datetime, wall: datetime) -> None:
    """Write pages; one that is there already stays as it is."""
    rows = [
        {
            "clinic_id": page.clinic_id,
            "slot": page.slot,
            "alert_id": page.alert_id,
            "on_call_id": page.on_call_id,
            "step": page.step,
            "state": "failed" if page.fault else "handed" if page.handed else "due",
            "due_at": now,
            "try_at": wall,
            "attempts": 0,
            "outcome": page.fault,
        }
        for page in pages
    ]
    tx.insert_new(table(StaffPage), rows, "clinic_id", "slot")


def is_any_due(tx: Tx, wall: datetime) -> bool:
    """Whether a page waits to be made."""
    return tx.row(select(StaffPage.id).where(and_(IS_DUE, StaffPage.try_at <= wall))) is not None


def claim(tx: Tx, most: int, wall: datetime) -> list[DuePage]:
    """Pages to make now, each for us alone while the lease runs; those of an alert somebody took are not among them."""
    found = tx.rows(_CLAIM, wall=wall, most=most)
    if found:
        taken = update(_PAGE).where(_PAGE.c.id.in_([row[0] for row in found]))
        tx.execute(taken.values(try_at=wall + LEASE, attempts=_PAGE.c.attempts + 1))
    return [
        DuePage(row_id, clinic, attempts + 1, *rest) for row_id, clinic, attempts, *rest in found
    ]


def record(tx: Tx, page: DuePage, fault: str, now: datetime, wall: datetime) -> None:
    """What became of a page: through (no `fault`), to be tried again after a while, or given up."""
    wait = wait_after(page.attempts) if fault else None
    changes: dict[str, Any] = {"outcome": fault}
    if wait is not None:
        changes["try_at"] = wall + wait
    else:
        changes |= {"state": "failed" if fault else "handed", "ended_at": now}
    waiting = and_(_PAGE.c.id == page.id, _PAGE.c.state == "due")
    tx.execute(update(_PAGE).where(waiting).values(**changes))


def drop(tx: Tx, alert_token: str, now: datetime) -> None:
    """Somebody has the alert: what is still to be paged for it is not."""
    whose = select(Alert.id).where(Alert.token == alert_token).scalar_subquery()
    waiting = and_(StaffPage.alert_id == whose, IS_DUE)
    tx.execute(update(StaffPage).where(waiting).values(state="dropped", ended_at=now))
    texts = and_(IS_PLANNED, OutboxText.slot.startswith(f"page:{alert_token}:", autoescape=True))
    ended = {"state": State.CANCELLED.value, "reason": "acknowledged", "ended_at": now}
    tx.execute(update(OutboxText).where(texts).values(**ended))


def last_pages(tx: Tx, clinic_id: int) -> dict[int | None, LastPage]:
    """The last page to each contact of a clinic, by the contact's id; None: the operator."""
    newest = (
        select(func.max(StaffPage.id))
        .where(StaffPage.clinic_id == clinic_id, StaffPage.state != "dropped")
        .group_by(StaffPage.on_call_id)
    )
    query = _LAST.where(StaffPage.clinic_id == clinic_id, StaffPage.id.in_(newest))
    return {row[0]: LastPage(*row) for row in tx.rows(query)}


_PAGE = table(StaffPage)
_CLAIM = (
    select(
        StaffPage.id,
        StaffPage.clinic_id,
        StaffPage.attempts,
        OnCall.token,
        Alert.token,
        Alert.opened_at,
    )
    .outerjoin(OnCall, OnCall.id == StaffPage.on_call_id)
    .outerjoin(Alert, Alert.id == StaffPage.alert_id)
    .where(
        IS_DUE,
        StaffPage.try_at <= bindparam("wall"),
        or_(StaffPage.alert_id.is_(None), IS_NOBODYS),
    )
    .order_by(StaffPage.try_at)
    .limit(bindparam("most"))
    .with_for_update(of=StaffPage, skip_locked=True)
)
_LAST = select(
    StaffPage.on_call_id,
    StaffPage.alert_id.is_(None),
    StaffPage.state,
    StaffPage.due_at,
    StaffPage.attempts,
    StaffPage.outcome,
    OutboxText.state,
    OutboxText.reason,
    OutboxText.error_code,
).outerjoin(
    OutboxText,
    and_(OutboxText.clinic_id == StaffPage.clinic_id, OutboxText.slot == StaffPage.slot),
)
