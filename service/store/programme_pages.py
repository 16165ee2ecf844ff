"""What the pages of programmes read: whom a programme reaches, and who published its versions."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import and_, select

from schedules.facts import Fact, Facts
from service.store.circumstances import FACTS_OF_ALL
from service.store.records import Patient
from service.store.rows import as_record, columns, grouped
from service.store.session import Tx
from service.store.tables.people import Patient as PatientRow
from service.store.tables.people import User

_STAFF = "staff:"


@dataclass(frozen=True, slots=True)
class Reached:
    """One patient whose consent is in force, with everything known of him."""

    patient: Patient
    facts: Facts


def reached(tx: Tx, clinic_id: int) -> list[Reached]:
    """The clinic's patients whose consent is in force, by reference."""
    mine = and_(PatientRow.clinic_id == clinic_id, PatientRow.consent == "active")
    query = select(*columns(PatientRow, Patient)).where(mine).order_by(PatientRow.ref)
    patients = [as_record(Patient, row) for row in tx.rows(query)]
    facts = grouped(tx.rows(FACTS_OF_ALL, ids=[one.id for one in patients]), Fact)
    return [Reached(one, Facts(facts.get(one.id, ()))) for one in patients]


def authors(tx: Tx, actors: Iterable[str | None]) -> dict[str, str]:
    """The names of members of staff among the actors of rows; what no person did is left out."""
    tokens = {
        actor: actor.removeprefix(_STAFF) for actor in actors if actor and actor.startswith(_STAFF)
    }
    query = select(User.token, User.name).where(User.token.in_(set(tokens.values())))
    names = {row[0]: row[1] for row in tx.rows(query)}
    return {actor: names[token] for actor, token in tokens.items() if names.get(token)}
