"""The versions of a clinic's programmes as rows: drafts, published ones and those a second admin is asked about."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select, update

from service.store.plan_changes import content_changed
from service.store.rows import table
from service.store.sealed import new_token
from service.store.session import Tx
from service.store.tables.planning import ProgrammeVersion


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a programme, with the text it was published from.

    `state` is draft, awaiting (a second admin's approval), published, or retired (it never will be).
    `for_new`: only patients who consented after `effective_at` get it.
    """

    token: str
    slug: str
    number: int
    state: str
    source: str
    effective_at: datetime | None
    published_at: datetime | None
    published_by: str | None
    created_at: datetime
    for_new: bool = False
    asked_by: str | None = None
    asked_because: str | None = None
    approved_by: str | None = None
    approved_because: str | None = None


def versions(
    tx: Tx, clinic_id: int, slug: str | None = None, states: Collection[str] | None = None
) -> list[Version]:
    """The versions of a clinic's programmes (or of one of them, or those in `states`), oldest first."""
    mine = ProgrammeVersion.clinic_id == clinic_id
    if slug is not None:
        mine = and_(mine, ProgrammeVersion.slug == slug)
    if states is not None:
        mine = and_(mine, ProgrammeVersion.state.in_(states))
    query = select(*_VERSION).where(mine)
    ordered = query.order_by(ProgrammeVersion.slug, ProgrammeVersion.number)
    return [Version(*row) for row in tx.rows(ordered)]


def add_version(
    tx: Tx,
    clinic_id: int,
    slug: str,
    source: str,
    now: datetime,
    *,
    effective_at: datetime | None,
    for_new: bool = False,
) -> Version:
    """A new version of a programme: a draft, or published with effect from `effective_at`."""
    last = tx.row(
        select(func.max(ProgrammeVersion.number)).where(
            and_(ProgrammeVersion.clinic_id == clinic_id, ProgrammeVersion.slug == slug)
        )
    )
    number = ((last[0] if last else None) or 0) + 1
    published = effective_at is not None
    row = {
        "clinic_id": clinic_id,
        "token": new_token(),
        "slug": slug,
        "number": number,
        "state": "published" if published else "draft",
        "source": source,
        "effective_at": effective_at,
        "published_at": now if published else None,
        "published_by": tx.actor if published else None,
        "for_new": for_new,
        "created_at": now,
    }
    tx.insert_one(table(ProgrammeVersion), row)
    if effective_at is not None:
        content_changed(tx, clinic_id, effective_at)
    return versions(tx, clinic_id, slug)[-1]


def await_approval(tx: Tx, token: str, because: str) -> None:
    """Let a draft wait for a second admin."""
    changed = {"state": "awaiting", "asked_by": tx.actor, "asked_because": because}
    tx.execute(update(ProgrammeVersion).where(ProgrammeVersion.token == token).values(**changed))


def refuse(tx: Tx, token: str, because: str) -> None:
    """Retire a version that waited: it will never be in force. Who did it and why stand where an approval's would."""
    changed = {"state": "retired", "approved_by": tx.actor, "approved_because": because}
    tx.execute(update(ProgrammeVersion).where(ProgrammeVersion.token == token).values(**changed))


def approve(
    tx: Tx,
    clinic_id: int,
    token: str,
    because: str,
    now: datetime,
    effective_at: datetime,
    for_new: bool,
) -> None:
    """Publish a version that waited, with who approved it and why."""
    changed = {
        "state": "published",
        "effective_at": effective_at,
        "published_at": now,
        "published_by": tx.actor,
        "for_new": for_new,
        "approved_by": tx.actor,
        "approved_because": because,
    }
    tx.execute(update(ProgrammeVersion).where(ProgrammeVersion.token == token).values(**changed))
    content_changed(tx, clinic_id, effective_at)


_VERSION = (
    ProgrammeVersion.token,
    ProgrammeVersion.slug,
    ProgrammeVersion.number,
    ProgrammeVersion.state,
    ProgrammeVersion.source,
    ProgrammeVersion.effective_at,
    ProgrammeVersion.published_at,
    ProgrammeVersion.published_by,
    ProgrammeVersion.created_at,
    ProgrammeVersion.for_new,
    ProgrammeVersion.asked_by,
    ProgrammeVersion.asked_because,
    ProgrammeVersion.approved_by,
    ProgrammeVersion.approved_because,
)
