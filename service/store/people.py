"""Clinics and patients: made, found, opened; and the patient's alarm clock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, time, timedelta
from functools import cache
from typing import Any, Literal

from sqlalchemy import and_, bindparam, case, select, update

from schedules.night import Rhythm
from service.store import given_up
from service.store.records import Clinic, Patient, Person, Sleep
from service.store.rows import as_record, columns, table
from service.store.sealed import Keyring, new_token
from service.store.session import Tx
from service.store.tables.outbox import Sender
from service.store.tables.people import Clinic as ClinicRow
from service.store.tables.people import Patient as PatientRow
from service.store.tables.planning import PatientCursor

# So long a change stands before a plan is made by it (our default).
SETTLED_AFTER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class NewClinic:
    """What a new clinic is told of itself."""

    slug: str
    name: str
    alias: str
    zone: str
    language: str
    phone: str
    emergency: str
    crisis: str
    poison: str
    sender: str
    synthetic: bool = False


@dataclass(frozen=True, slots=True)
class NewPatient:
    """A patient to enrol: the columns of the patients' CSV, checked and typed."""

    ref: str
    given_name: str
    family_name: str
    born: str
    phone: str
    zone: str
    language: str
    bedtime: time
    wake_time: time
    privacy: str = "discreet"
    window: str = "08:00-20:30"
    bedtime_weekend: time | None = None
    wake_weekend: time | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


def add_clinic(tx: Tx, clinic: NewClinic, now: datetime) -> Clinic:
    """Make a clinic; its sender number gets its rate row."""
    row = {**asdict(clinic), "token": new_token(), "content_number": 0, "created_at": now}
    clinic_id = tx.insert_one(table(ClinicRow), row)
    tx.insert_new(table(Sender), [{"number": clinic.sender, "next_free_at": now}], "number")
    return clinic_by_id(tx, clinic_id)


def clinic_by_id(tx: Tx, clinic_id: int) -> Clinic:
    """The clinic; KeyError when there is none."""
    return _clinic(tx.row(_CLINIC_BY_ID, id=clinic_id), clinic_id)


def clinic_to_publish(tx: Tx, clinic_id: int) -> Clinic:
    """The clinic, with its content kept from every other publication until this transaction ends."""
    locked = select(*columns(ClinicRow, Clinic)).where(ClinicRow.id == clinic_id)
    return _clinic(tx.row(locked.with_for_update()), clinic_id)


def clinic_by_slug(tx: Tx, slug: str) -> Clinic:
    """The clinic of that short name; KeyError when there is none."""
    return _clinic(tx.row(_CLINIC_BY_SLUG, slug=slug), slug)


def clinic_by_sender(tx: Tx, number: str) -> Clinic | None:
    """The clinic whose texts come from `number`, if any."""
    row = tx.row(_CLINIC_BY_SENDER, number=number)
    return as_record(Clinic, row) if row else None


def all_clinics(tx: Tx) -> list[Clinic]:
    """Every clinic, by name."""
    return [
        as_record(Clinic, row)
        for row in tx.rows(select(*columns(ClinicRow, Clinic)).order_by(ClinicRow.slug))
    ]


def _clinic(row: tuple[Any, ...] | None, name: object) -> Clinic:
    if row is None:
        raise KeyError(name)
    return as_record(Clinic, row)


def phone_index(keyring: Keyring, number: str) -> str:
    """The blind token a number (E.164) is found by."""
    return keyring.blind(number, "phone")


def add_patient(tx: Tx, clinic_id: int, new: NewPatient, now: datetime) -> Patient:
    """Make a patient with an alarm clock that rings at once; nobody is texted by this alone."""
    token, seal = new_token(), tx.keyring.seal
    row: dict[str, Any] = {
        "clinic_id": clinic_id,
        "token": token,
        "phone_index": phone_index(tx.keyring, new.phone),
        "left_out": [],
        "consent": "none",
        "enrolled_at": now,
    }
    for name in ("ref", "zone", "language", "privacy", "window"):
        row[name] = getattr(new, name)
    for name in ("bedtime", "wake_time", "bedtime_weekend", "wake_weekend"):
        row[name] = getattr(new, name)
    for name in ("given_name", "family_name", "born", "phone"):
        row[name] = seal(getattr(new, name), "patient", name, token)
    patient_id = tx.insert_one(table(PatientRow), row)
    cursor = {
        "patient_id": patient_id,
        "clinic_id": clinic_id,
        "next_wake_at": now,
        "next_slot_at": now,
        "wordings": {},
    }
    tx.insert_one(table(PatientCursor), cursor)
    return patient_by_id(tx, patient_id)


def patient_by_id(tx: Tx, patient_id: int) -> Patient:
    """The patient; KeyError when the scope holds none of that id."""
    return patients_by_id(tx, [patient_id])[patient_id]


def patients_by_id(tx: Tx, ids: Iterable[int]) -> dict[int, Patient]:
    """Patients by id."""
    wanted = list(ids)
    found = tx.rows(_PATIENTS, ids=wanted) if wanted else []
    return {row[0]: as_record(Patient, row) for row in found}


def patient_by_token(tx: Tx, token: str) -> Patient | None:
    """The patient of a public name, if the scope holds one."""
    row = tx.row(select(*columns(PatientRow, Patient)).where(PatientRow.token == token))
    return as_record(Patient, row) if row else None


def patient_to_change(tx: Tx, token: str) -> Patient | None:
    """The patient of a public name, kept from every other change until this transaction ends."""
    mine = select(*columns(PatientRow, Patient)).where(PatientRow.token == token)
    row = tx.row(mine.with_for_update())
    return as_record(Patient, row) if row else None


def patient_by_ref(tx: Tx, clinic_id: int, ref: str) -> Patient | None:
    """The patient of a clinic's own reference, if any."""
    found = and_(PatientRow.clinic_id == clinic_id, PatientRow.ref == ref)
    row = tx.row(select(*columns(PatientRow, Patient)).where(found))
    return as_record(Patient, row) if row else None


def patients_by_number(tx: Tx, clinic_id: int, index: str) -> list[Patient]:
    """Everyone at the clinic with that number (two people may share a phone)."""
    rows = tx.rows(_BY_NUMBER, clinic=clinic_id, number=index)
    return [as_record(Patient, row) for row in rows]


def all_patients(tx: Tx, clinic_id: int) -> list[Patient]:
    """Every patient of the clinic, by reference."""
    rows = tx.rows(
        select(*columns(PatientRow, Patient))
        .where(PatientRow.clinic_id == clinic_id)
        .order_by(PatientRow.ref)
    )
    return [as_record(Patient, row) for row in rows]


def zones(tx: Tx) -> set[str]:
    """The time zones that patients live in."""
    return {row[0] for row in tx.rows(select(PatientRow.zone).distinct())}


def languages_read(tx: Tx, clinic_id: int) -> set[str]:
    """The languages of a clinic's patients who get texts, or will once they take up an invitation."""
    joined = PatientRow.consent.in_(("invited", "active"))
    mine = and_(PatientRow.clinic_id == clinic_id, joined)
    return {row[0] for row in tx.rows(select(PatientRow.language).where(mine).distinct())}


def open_person(keyring: Keyring, patient: Patient) -> Person:
    """Names, birth date and number of a patient in plain."""
    return Person(
        *(
            keyring.open_(getattr(patient, name), "patient", name, patient.token)
            for name in ("given_name", "family_name", "born", "phone")
        )
    )


def open_people(tx: Tx, patient_ids: Iterable[int]) -> dict[int, tuple[Patient, Person]]:
    """Patients by id, each with the person opened."""
    patients = patients_by_id(tx, set(patient_ids))
    return {one.id: (one, open_person(tx.keyring, one)) for one in patients.values()}


def open_given_name(keyring: Keyring, patient: Patient) -> str:
    """The name a text greets with."""
    return keyring.open_(patient.given_name, "patient", "given_name", patient.token)


def open_phone(keyring: Keyring, patient: Patient) -> str:
    """The number texts go to."""
    return keyring.open_(patient.phone, "patient", "phone", patient.token)


def rhythm_of(patient: Patient | Sleep) -> Rhythm:
    """When the patient sleeps and may be texted."""
    tonight = {}
    if patient.tonight_night is not None and patient.tonight_bedtime is not None:
        tonight = {patient.tonight_night: patient.tonight_bedtime}
    return Rhythm(
        zone=patient.zone,
        bedtime=patient.bedtime,
        wake=patient.wake_time,
        bedtime_weekend=patient.bedtime_weekend,
        wake_weekend=patient.wake_weekend,
        window=parse_window(patient.window),
        tonight=tonight,
    )


@cache
def parse_window(window: str) -> tuple[time, time] | Literal["bedtime"]:
    """A window as the patients' CSV writes it: `08:00-23:30`, or `bedtime`."""
    if window == "bedtime":
        return "bedtime"
    start, _, end = window.partition("-")
    return time.fromisoformat(start), time.fromisoformat(end)


def set_patient(tx: Tx, patient_id: int, now: datetime, **changes: Any) -> None:
    """Change columns of a patient that planning reads, and have his plan made anew."""
    tx.execute(update(PatientRow).where(PatientRow.id == patient_id).values(**changes))
    plan_anew(tx, [patient_id], now)


def plan_anew(tx: Tx, patient_ids: Sequence[int], now: datetime) -> None:
    """What planning reads of these patients has changed: what the change before gave up is open again.

    They are looked at once the change has stood for a while: a mistake put right by then has sent nothing.
    """
    given_up.take_back(tx, patient_ids, now)
    wake(tx, patient_ids, now + SETTLED_AFTER)


def wake(tx: Tx, patient_ids: Sequence[int], at: datetime) -> None:
    """Have these patients looked at by `at` (UTC), or at the next tick where that has passed.

    The alarm of one who is due already is set anew too: a plan that was read before must not set another.
    """
    if patient_ids:
        tx.execute(_WAKE, ids=list(patient_ids), at=at)


_PATIENT = select(*columns(PatientRow, Patient))
_PATIENTS = _PATIENT.where(PatientRow.id.in_(bindparam("ids", expanding=True)))
_BY_NUMBER = _PATIENT.where(
    and_(
        PatientRow.clinic_id == bindparam("clinic"),
        PatientRow.phone_index == bindparam("number"),
    )
).order_by(PatientRow.id)
_CLINIC = select(*columns(ClinicRow, Clinic))
_CLINIC_BY_ID = _CLINIC.where(ClinicRow.id == bindparam("id"))
_CLINIC_BY_SLUG = _CLINIC.where(ClinicRow.slug == bindparam("slug"))
_CLINIC_BY_SENDER = _CLINIC.where(ClinicRow.sender == bindparam("number"))
_WAKE = (
    update(PatientCursor)
    .where(PatientCursor.patient_id.in_(bindparam("ids", expanding=True)))
    .values(
        next_slot_at=bindparam("at"),
        next_wake_at=case(
            (PatientCursor.next_wake_at < bindparam("at"), PatientCursor.next_wake_at),
            else_=bindparam("at"),
        ),
    )
)
