"""The frame round every page: its sections, who is signed in, and how many people need somebody."""

from dataclasses import dataclass
from datetime import datetime

from flask_security import current_user

from service.entry.web.access import (
    CARERS,
    OVERSEERS,
    PROGRAMME_READERS,
    READERS,
    member,
    own_clinic,
)
from service.entry.web.halts_shown import halt_lines
from service.entry.web.site import current_site
from service.store import overview
from service.store.overview import Badge
from service.store.people import clinic_by_id


@dataclass(frozen=True, slots=True)
class Section:
    """One entry of the navigation, for the roles that may open it."""

    label: str
    endpoint: str
    roles: frozenset[str]
    only_demo: bool = False


SECTIONS = (
    Section("Today", "today.today", READERS),
    Section("Inbox", "inbox.inbox", READERS),
    Section("Patients", "patients.patients", READERS),
    Section("Messages", "messages.messages", READERS),
    Section("Enrol", "enrol.form", CARERS),
    Section("Programmes", "programmes.programmes", PROGRAMME_READERS),
    Section("Texts", "texts.texts", PROGRAMME_READERS),
    Section("System", "system.system", OVERSEERS),
    Section("Phone", "phone.phones", CARERS, only_demo=True),
)


@dataclass(frozen=True, slots=True)
class Frame:
    """What the layout shows beside a page. `badge` is None for whoever may not see patients.

    `halts`: for each halt in force what has stopped, and what follows; `oversees`: whether its viewer may open System.
    `now` and `zone`: the clinic's clock.
    """

    sections: tuple[Section, ...]
    clinic: str
    name: str
    badge: Badge | None
    halts: tuple[tuple[str, str], ...]
    oversees: bool
    now: datetime
    zone: str


def frame() -> Frame | None:
    """The frame for whoever is signed in; None for a visitor."""
    if not current_user.is_authenticated:
        return None
    account, now = member(), current_site().runtime.clock.now()
    with own_clinic() as tx:
        clinic = clinic_by_id(tx, account.clinic_id)
        badge = overview.badge(tx, clinic.id) if account.may(READERS) else None
        halts = halt_lines(tx, clinic.id, now, clinic.zone)
    is_demo = current_site().travel is not None
    sections = tuple(
        section
        for section in SECTIONS
        if account.may(section.roles) and (is_demo or not section.only_demo)
    )
    return Frame(
        sections=sections,
        clinic=clinic.name,
        name=account.name,
        badge=badge,
        halts=halts,
        oversees=account.may(OVERSEERS),
        now=now,
        zone=clinic.zone,
    )
