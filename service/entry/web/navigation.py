"""The frame round every page: its sections, who is signed in, and how many people need somebody."""

from dataclasses import dataclass

from flask_security import current_user

from service.entry.web.access import READERS, member, own_clinic
from service.store import overview
from service.store.overview import Badge
from service.store.people import clinic_by_id


@dataclass(frozen=True, slots=True)
class Section:
    """One entry of the navigation, for the roles that may open it."""

    label: str
    endpoint: str
    roles: frozenset[str]


SECTIONS = (
    Section("Today", "today.today", READERS),
    Section("Patients", "patients.patients", READERS),
)


@dataclass(frozen=True, slots=True)
class Frame:
    """What the layout shows beside a page. `badge` is None for whoever may not see patients."""

    sections: tuple[Section, ...]
    clinic: str
    name: str
    badge: Badge | None


def frame() -> Frame | None:
    """The frame for whoever is signed in; None for a visitor."""
    if not current_user.is_authenticated:
        return None
    account = member()
    with own_clinic() as tx:
        clinic = clinic_by_id(tx, account.clinic_id)
        badge = overview.badge(tx, clinic.id) if account.may(READERS) else None
    sections = tuple(section for section in SECTIONS if account.may(section.roles))
    return Frame(sections, clinic.name, account.name, badge)
