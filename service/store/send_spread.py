"""Over how long a moment that all patients of a clinic share is spread, so that its sender keeps up."""

from datetime import timedelta
from math import ceil

from sqlalchemy import and_, func, select

from service.store.records import Clinic
from service.store.session import Tx
from service.store.tables.people import Patient as PatientRow


def send_spread(tx: Tx, clinic: Clinic, send_rate: float | None) -> timedelta:
    """As long as one text to everybody takes, rounded up to a power of two: a new patient moves nobody's text."""
    if send_rate is None:
        return timedelta(0)
    active = and_(PatientRow.clinic_id == clinic.id, PatientRow.consent == "active")
    row = tx.row(select(func.count()).select_from(PatientRow).where(active))
    seconds = ceil(row[0] / send_rate) if row else 0
    return timedelta(seconds=1 << (seconds - 1).bit_length() if seconds > 1 else seconds)
