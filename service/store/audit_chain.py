"""The audit trail's chain: acts take their places in it after their commit, so it holds up no transaction."""

from collections.abc import Iterator, Mapping

from sqlalchemy import and_, func, insert, select

from service.domain.audit_chain import BEGINNING, Entry, Head, Link, digest_of
from service.store.rows import as_record, columns, table
from service.store.session import Tx
from service.store.tables.audit import AuditEvent, AuditLink

# An act may be committed after others that were numbered behind it, but not after so many.
OVERTAKEN_BY = 1_000
AT_ONCE, PAGE = 200, 1000


def seal(tx: Tx, tokens: Mapping[int, str]) -> list[Head]:
    """Give the next acts (200 at most) their places in their clinics' chains; how far each chain that grew has come.

    `tokens`: the clinics' tokens by row id.
    """
    heads: dict[int, Head] = {}
    rows = []
    for entry in _not_sealed(tx):
        clinic_id = entry.clinic_id
        last = heads.get(clinic_id) or _head(tx, clinic_id, tokens[clinic_id])
        head = Head(last.clinic, last.number + 1, digest_of(last.digest, entry))
        heads[clinic_id] = head
        place = {"event_id": entry.id, "number": head.number, "digest": head.digest}
        rows.append({"clinic_id": clinic_id, **place})
    if rows:
        # Two that seal at once cannot both have a number: the second comes to nothing and tries again.
        tx.execute(insert(table(AuditLink)), rows)
    return [*heads.values()]


def _not_sealed(tx: Tx) -> list[Entry]:
    # By row id alone, which costs what is new and not what there is.
    newest = tx.row(select(func.max(AuditLink.event_id)))
    after = (newest[0] if newest and newest[0] else 0) - OVERTAKEN_BY
    query = (
        select(*columns(AuditEvent, Entry))
        .outerjoin(AuditLink, AuditLink.event_id == AuditEvent.id)
        .where(and_(AuditEvent.id > after, AuditLink.event_id.is_(None)))
        .order_by(AuditEvent.id)
        .limit(AT_ONCE)
    )
    return [as_record(Entry, row) for row in tx.rows(query)]


def _head(tx: Tx, clinic_id: int, token: str) -> Head:
    newest = (
        select(AuditLink.number, AuditLink.digest)
        .where(AuditLink.clinic_id == clinic_id)
        .order_by(AuditLink.number.desc())
        .limit(1)
    )
    return Head(token, *(tx.row(newest) or (0, BEGINNING)))


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
