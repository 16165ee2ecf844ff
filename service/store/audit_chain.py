"""The audit trail's chain: acts take their places in it after their commit, so it holds up no transaction."""

from collections.abc import Iterator

from sqlalchemy import and_, func, insert, select

from service.domain.audit_chain import BEGINNING, Entry, Head, Link, digest_of
from service.store.records import Clinic
from service.store.rows import as_record, columns, table
from service.store.session import Tx
from service.store.tables.audit import AuditEvent, AuditLink

# An act may be committed after others that were numbered behind it, but not after so many.
OVERTAKEN_BY = 10_000
AT_ONCE, PAGE = 500, 1000


def seal(tx: Tx, clinic: Clinic) -> Head | None:
    """Give the clinic's next acts (500 at most) their places in its chain; how far that came, None without any."""
    last = tx.row(
        select(AuditLink.number, AuditLink.digest)
        .where(AuditLink.clinic_id == clinic.id)
        .order_by(AuditLink.number.desc())
        .limit(1)
    )
    number, digest = last or (0, BEGINNING)
    entries = _not_sealed(tx, clinic.id)
    rows = []
    for entry in entries:
        number, digest = number + 1, digest_of(digest, entry)
        rows.append(
            {
                "clinic_id": clinic.id,
                "event_id": entry.id,
                "number": number,
                "digest": digest,
            }
        )
    if not rows:
        return None
    # Two that seal at once cannot both have a number: the second comes to nothing and tries again.
    tx.execute(insert(table(AuditLink)), rows)
    return Head(clinic.token, number, digest)


def _not_sealed(tx: Tx, clinic_id: int) -> list[Entry]:
    newest = tx.row(select(func.max(AuditLink.event_id)).where(AuditLink.clinic_id == clinic_id))
    after = (newest[0] or 0) - OVERTAKEN_BY if newest else 0
    fresh = and_(
        AuditEvent.clinic_id == clinic_id, AuditEvent.id > after, AuditLink.event_id.is_(None)
    )
    query = (
        select(*columns(AuditEvent, Entry))
        .outerjoin(AuditLink, AuditLink.event_id == AuditEvent.id)
        .where(fresh)
        .order_by(AuditEvent.id)
        .limit(AT_ONCE)
    )
    return [as_record(Entry, row) for row in tx.rows(query)]


def chain(tx: Tx, clinic_id: int) -> Iterator[Link]:
    """A clinic's chain from its beginning, a page at a time."""
    query = (
        select(AuditLink.number, AuditLink.digest, *columns(AuditEvent, Entry))
        .outerjoin(AuditEvent, AuditEvent.id == AuditLink.event_id)
        .where(AuditLink.clinic_id == clinic_id)
        .order_by(AuditLink.number)
        .limit(PAGE)
    )
    reached = 0
    while page := tx.rows(query.where(AuditLink.number > reached)):
        for number, digest, *entry in page:
            whole = as_record(Entry, tuple(entry)) if entry[0] is not None else None
            yield Link(number, digest, whole)
        reached = page[-1][0]
