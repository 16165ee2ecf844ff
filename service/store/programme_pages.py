"""What the pages of programmes read: whom a programme reaches, and who published its versions."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import and_, select

from schedules.facts import Fact, Facts
from service.store.circumstances import FACTS_OF_ALL
from service.store.content import Content
from service.store.records import Patient
from service.store.rows import as_record, columns, grouped
from service.store.session import Tx
from service.store.tables.people import Patient as PatientRow
from service.store.tables.people import User
from service.store.tables.planning import PatientFact

STAFF = "staff:"


@dataclass(frozen=True, slots=True)
class Reached:
    """One patient whose consent is in force, with everything known of him."""

    patient: Patient
    facts: Facts


def reached(tx: Tx, clinic_id: int, codes: Collection[str] | None = None) -> list[Reached]:
    """The clinic's patients whose consent is in force, by reference; of their facts all, or only `codes`."""
    mine = and_(PatientRow.clinic_id == clinic_id, PatientRow.consent == "active")
    query = select(*columns(PatientRow, Patient)).where(mine).order_by(PatientRow.ref)
    patients = [as_record(Patient, row) for row in tx.rows(query)]
    wanted = FACTS_OF_ALL if codes is None else FACTS_OF_ALL.where(PatientFact.code.in_(codes))
    facts = grouped(tx.rows(wanted, ids=[one.id for one in patients]), Fact)
    return [Reached(one, Facts(facts.get(one.id, ()))) for one in patients]


def given_names(tx: Tx, clinic_id: int) -> dict[str, list[str]]:
    """The first names of the clinic's patients whose consent is in force, by the language they read."""
    mine = and_(PatientRow.clinic_id == clinic_id, PatientRow.consent == "active")
    found: dict[str, list[str]] = {}
    for token, sealed, language in tx.rows(
        select(PatientRow.token, PatientRow.given_name, PatientRow.language).where(mine)
    ):
        name = tx.keyring.open_(sealed, "patient", "given_name", token)
        found.setdefault(language, []).append(name)
    return found


def authors(tx: Tx, actors: Iterable[str | None]) -> dict[str, str]:
    """The names of members of staff among the actors of rows; what no person did is left out."""
    tokens = {
        actor: actor.removeprefix(STAFF) for actor in actors if actor and actor.startswith(STAFF)
    }
    query = select(User.token, User.name).where(User.token.in_(set(tokens.values())))
    names = {row[0]: row[1] for row in tx.rows(query)}
    return {actor: names[token] for actor, token in tokens.items() if names.get(token)}


def programme_titles(content: Content) -> dict[str, str]:
    """The programmes' names for people, also of versions no longer in force."""
    return {version.slug: programme.title for version, programme in content.versions}
