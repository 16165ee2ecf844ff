"""A new clinic -> its row, with the shipped programmes and texts published for it."""

from datetime import datetime

from schedules.loading import load, shipped_sources
from service.runtime import Runtime
from service.store import audit, people, programme_versions, wordings
from service.store.people import NewClinic
from service.store.records import Clinic
from service.store.session import Tx


def open_clinic(runtime: Runtime, tx: Tx, new: NewClinic, now: datetime) -> Clinic:
    """Make a clinic that could invite its first patient."""
    clinic = people.add_clinic(tx, new, now)
    for name, source in shipped_sources().items():
        slug = load(source, name).slug
        programme_versions.add_version(tx, clinic.id, slug, source, now, effective_at=now)
    bodies = {key: text.body for key, text in runtime.shelf.shipped.texts.items()}
    wordings.add_wordings(tx, clinic.id, bodies, now, effective_at=now)
    audit.write(tx, clinic.id, "clinic opened", clinic.token, now)
    return people.clinic_by_id(tx, clinic.id)
