"""Changes of programmes that somebody began: kept for whoever typed them until published or thrown away."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import and_, delete, select

from service.store.rows import table
from service.store.session import Tx
from service.store.tables.planning import ProgrammeDraft


@dataclass(frozen=True, slots=True)
class Begun:
    """A change of one programme, on top of version `based_on`; it may be faulty.

    `source` is the file, `wordings` the changed texts by (text id, language). `unread`: by step, what its form
    says and the file cannot, by field. `takes_effect` is when it should be in force. `step`: where its author
    was last, the key of a step or empty for the file. `saved_at` is None for a change nobody has begun.
    """

    slug: str
    based_on: int
    source: str
    wordings: Mapping[tuple[str, str], str] = field(default_factory=dict)
    unread: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    takes_effect: str = "now"
    step: str = ""
    saved_at: datetime | None = None


def find(tx: Tx, clinic_id: int, slug: str) -> Begun | None:
    """What the transaction's actor has begun to change about a programme."""
    return next((one for one in mine(tx, clinic_id) if one.slug == slug), None)


def mine(tx: Tx, clinic_id: int) -> list[Begun]:
    """Everything the transaction's actor has begun to change, by programme."""
    query = select(
        ProgrammeDraft.slug,
        ProgrammeDraft.based_on,
        ProgrammeDraft.source,
        ProgrammeDraft.wordings,
        ProgrammeDraft.unread,
        ProgrammeDraft.takes_effect,
        ProgrammeDraft.step,
        ProgrammeDraft.saved_at,
    ).where(and_(ProgrammeDraft.clinic_id == clinic_id, ProgrammeDraft.editor == tx.actor))
    return [
        Begun(slug, based_on, source, _by_text(wordings), *rest)
        for slug, based_on, source, wordings, *rest in tx.rows(query.order_by(ProgrammeDraft.slug))
    ]


def keep(tx: Tx, clinic_id: int, begun: Begun, now: datetime) -> None:
    """Keep a change for the transaction's actor, in place of what was kept before."""
    row = {
        "clinic_id": clinic_id,
        "slug": begun.slug,
        "editor": tx.actor,
        "based_on": begun.based_on,
        "source": begun.source,
        "wordings": {" ".join(key): body for key, body in begun.wordings.items()},
        "unread": {step: dict(fields) for step, fields in begun.unread.items()},
        "takes_effect": begun.takes_effect,
        "step": begun.step,
        "saved_at": now,
    }
    tx.upsert(table(ProgrammeDraft), [row], "clinic_id", "slug", "editor")


def drop(tx: Tx, clinic_id: int, slug: str) -> None:
    """Forget what the transaction's actor has begun to change about a programme."""
    tx.execute(
        delete(ProgrammeDraft).where(
            and_(
                ProgrammeDraft.clinic_id == clinic_id,
                ProgrammeDraft.slug == slug,
                ProgrammeDraft.editor == tx.actor,
            )
        )
    )


def _by_text(wordings: Mapping[str, str]) -> dict[tuple[str, str], str]:
    found = {}
    for key, body in wordings.items():
        text_id, _, language = key.partition(" ")
        found[text_id, language] = body
    return found
