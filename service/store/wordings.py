"""A clinic's own wordings of texts: published from an instant on, kept for good, and which is in force when."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import and_, func, select

from message_templates.catalogue import Catalogue
from service.store.plan_changes import content_changed
from service.store.rows import as_record, columns, table
from service.store.session import Tx
from service.store.tables.planning import TextVersion


@dataclass(frozen=True, slots=True)
class PublishedWording:
    """One wording of one text in one language: the highest number whose `effective_at` has come is in force."""

    text_id: str
    language: str
    number: int
    body: str
    effective_at: datetime
    published_at: datetime
    published_by: str


@dataclass(frozen=True, slots=True)
class Texts:
    """The shipped texts with a clinic's own wordings (ascending numbers), at any instant.

    Between two instants from which something else is in force a catalogue is built once, when first asked for.
    """

    shipped: Catalogue
    published: tuple[PublishedWording, ...]
    starts: tuple[datetime, ...]
    _built: dict[int, Catalogue] = field(default_factory=dict)

    def at(self, now: datetime) -> Catalogue:
        """The texts in force at `now`."""
        period = bisect_right(self.starts, now)
        found = self._built.get(period)
        if found is None:
            found = self._built[period] = self._in_force(now)
        return found

    def _in_force(self, now: datetime) -> Catalogue:
        used = {
            (one.text_id, one.language): one for one in self.published if one.effective_at <= now
        }
        bodies = {key: one.body for key, one in used.items()}
        return self.shipped.with_bodies(bodies, {key: one.number for key, one in used.items()})

    @property
    def newest(self) -> Catalogue:
        """The texts once everything that is published is in force."""
        return self.at(self.starts[-1]) if self.starts else self.shipped

    def with_draft(self, bodies: Mapping[tuple[str, str], str], start: datetime) -> "Texts":
        """These texts once `bodies`, by (text id, language), are published with effect from `start`."""
        drafted = (
            PublishedWording(*key, 0, body, start, start, "") for key, body in bodies.items()
        )
        return texts_through_time(self.shipped, (*self.published, *drafted))


def texts_through_time(shipped: Catalogue, published: Sequence[PublishedWording]) -> Texts:
    """The texts of a clinic whose wordings these are, oldest first."""
    starts = tuple(sorted({one.effective_at for one in published}))
    return Texts(shipped, tuple(published), starts)


def wordings(tx: Tx, clinic_id: int, text_id: str | None = None) -> list[PublishedWording]:
    """The wordings a clinic has published (or those of one text), oldest first."""
    mine = TextVersion.clinic_id == clinic_id
    if text_id is not None:
        mine = and_(mine, TextVersion.text_id == text_id)
    query = select(*columns(TextVersion, PublishedWording)).where(mine)
    return [as_record(PublishedWording, row) for row in tx.rows(query.order_by(TextVersion.number))]


def add_wordings(
    tx: Tx,
    clinic_id: int,
    bodies: Mapping[tuple[str, str], str],
    now: datetime,
    *,
    effective_at: datetime,
) -> None:
    """Publish wordings by (text id, language), in force from `effective_at` on."""
    last = {
        (row[0], row[1]): row[2]
        for row in tx.rows(
            select(TextVersion.text_id, TextVersion.language, func.max(TextVersion.number))
            .where(TextVersion.clinic_id == clinic_id)
            .group_by(TextVersion.text_id, TextVersion.language)
        )
    }
    rows: Sequence[dict[str, object]] = [
        {
            "clinic_id": clinic_id,
            "text_id": key[0],
            "language": key[1],
            "number": last.get(key, 0) + 1,
            "body": body,
            "effective_at": effective_at,
            "published_at": now,
            "published_by": tx.actor,
        }
        for key, body in bodies.items()
    ]
    tx.insert_new(table(TextVersion), rows, "clinic_id", "text_id", "language", "number")
    content_changed(tx, clinic_id, effective_at)
