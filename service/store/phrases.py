"""Phrases a clinic taught the reader: proposed, put live by another person, refused or retired."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select, update

from service.domain.reading.taught import Taught, Words, words_of
from service.store.rows import columns, table
from service.store.sealed import new_token
from service.store.session import Tx
from service.store.tables.inbox import TaughtPhrase

PROPOSED, LIVE, REFUSED, RETIRED = "proposed", "live", "refused", "retired"


@dataclass(frozen=True, slots=True)
class _Row:
    token: str
    number: int
    inbound_id: int
    phrase: bytes
    meaning: str
    state: str
    proposed_by: str
    proposed_at: datetime
    reviewed_by: str | None
    reviewed_at: datetime | None
    retired_by: str | None
    retired_at: datetime | None


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase, opened, with where it stands and who brought it there (actors; instants in UTC)."""

    row: _Row
    words: str

    @property
    def taught(self) -> tuple[Words, Taught]:
        """As the reader takes it."""
        return words_of(self.words), Taught(self.row.number, self.row.meaning)


def live(tx: Tx, clinic_id: int) -> Mapping[Words, Taught]:
    """The phrases a clinic's replies are read by now."""
    found = _phrases(tx, and_(TaughtPhrase.clinic_id == clinic_id, TaughtPhrase.state == LIVE))
    return dict(phrase.taught for phrase in found)


def all_of(tx: Tx, clinic_id: int) -> list[Phrase]:
    """Every phrase of a clinic, the newest first."""
    return _phrases(tx, TaughtPhrase.clinic_id == clinic_id)


def one(tx: Tx, token: str, *, lock: bool = False) -> Phrase | None:
    """A phrase by its public name, if the scope holds it; `lock` keeps it from others until the commit."""
    found = _phrases(tx, TaughtPhrase.token == token, lock=lock)
    return found[0] if found else None


def propose(
    tx: Tx, clinic_id: int, inbound_id: int, phrase: str, meaning: str, now: datetime
) -> str:
    """Write a phrase that nobody has reviewed yet; its token. The clinic is locked."""
    last = tx.row(select(func.max(TaughtPhrase.number)).where(TaughtPhrase.clinic_id == clinic_id))
    token = new_token()
    row = {
        "clinic_id": clinic_id,
        "token": token,
        "number": ((last[0] if last else None) or 0) + 1,
        "inbound_id": inbound_id,
        "phrase": tx.keyring.seal(phrase, "taught_phrase", "phrase", token),
        "meaning": meaning,
        "state": PROPOSED,
        "proposed_by": tx.actor,
        "proposed_at": now,
    }
    tx.insert_one(table(TaughtPhrase), row)
    return token


def review(tx: Tx, token: str, state: str, now: datetime) -> None:
    """Put a proposed phrase live, or refuse it."""
    mine = and_(TaughtPhrase.token == token, TaughtPhrase.state == PROPOSED)
    values = {"state": state, "reviewed_by": tx.actor, "reviewed_at": now}
    tx.execute(update(TaughtPhrase).where(mine).values(**values))


def retire(tx: Tx, token: str, now: datetime) -> bool:
    """Read by a phrase no longer; False where it was not live."""
    mine = and_(TaughtPhrase.token == token, TaughtPhrase.state == LIVE)
    values = {"state": RETIRED, "retired_by": tx.actor, "retired_at": now}
    return tx.changed(update(TaughtPhrase).where(mine).values(**values)) > 0


def _phrases(tx: Tx, which: ColumnElement[bool], *, lock: bool = False) -> list[Phrase]:
    query = select(*columns(TaughtPhrase, _Row)).where(which).order_by(TaughtPhrase.number.desc())
    rows = [_Row(*row) for row in tx.rows(query.with_for_update() if lock else query)]
    opened = tx.keyring.open_
    return [Phrase(row, opened(row.phrase, "taught_phrase", "phrase", row.token)) for row in rows]
