"""What is known of a patient, and when his texts or answers rest. A change of a fact or a pause wakes him."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import and_, bindparam, select, update

from schedules.facts import Fact, Facts
from schedules.recurrence import to_local
from service.store.people import plan_anew
from service.store.records import Patient
from service.store.rows import as_record, table
from service.store.session import Tx
from service.store.tables.people import Patient as PatientRow
from service.store.tables.planning import PatientFact, PatientPause


def add_fact(tx: Tx, patient: Patient, code: str, value: str, on: date, now: datetime) -> None:
    """Begin a fact on a local date, ending whatever row reaches beyond it; a change wakes the patient."""
    end_fact(tx, patient, code, on, now)
    row = {
        "clinic_id": patient.clinic_id,
        "patient_id": patient.id,
        "code": code,
        "value": value,
        "valid_from": on,
        "set_by": tx.actor,
        "at": now,
    }
    tx.insert_one(table(PatientFact), row)


def add_facts(tx: Tx, patient: Patient, facts: Mapping[str, str], now: datetime) -> None:
    """What is known of a new patient, from today on where he lives."""
    today = to_local(now, patient.zone).date()
    for code, value in facts.items():
        add_fact(tx, patient, code, value, today, now)


def end_fact(tx: Tx, patient: Patient, code: str, on: date, now: datetime) -> None:
    """End a fact from a local date on: a row that would begin later never holds."""
    tx.execute(_END, who=patient.id, fact=code, day=on)
    plan_anew(tx, [patient.id], now)


def release_hold(tx: Tx, patient: Patient, code: str, note: str, on: date, now: datetime) -> bool:
    """End a hold from a local date on, with a note kept sealed; whether one was in force."""
    sealed = tx.keyring.seal(note, "patient_fact", "ended_note", patient.token)
    released = tx.changed(_RELEASE, who=patient.id, fact=code, day=on, why=sealed) > 0
    plan_anew(tx, [patient.id], now)
    return released


def facts_of(tx: Tx, patient_id: int) -> Facts:
    """Everything known of a patient, ended facts too."""
    rows = tx.rows(_FACTS, who=patient_id)
    return Facts(tuple(as_record(Fact, row) for row in rows))


def is_paused(tx: Tx, patient_id: int, now: datetime) -> bool:
    """Whether a pause is in force."""
    return tx.row(_PAUSED, who=patient_id, now=now) is not None


def add_pause(tx: Tx, patient: Patient, until: datetime | None, now: datetime) -> None:
    """Pause planned texts from now; an earlier pause that would outlast now gives way to this one."""
    end_pauses(tx, patient, now)
    row = {
        "clinic_id": patient.clinic_id,
        "patient_id": patient.id,
        "start": now,
        "until": until,
        "set_by": tx.actor,
        "at": now,
    }
    tx.insert_one(table(PatientPause), row)


def end_pauses(tx: Tx, patient: Patient, now: datetime) -> bool:
    """End every pause in force; whether there was one."""
    ended = tx.changed(_END_PAUSE, who=patient.id, now=now)
    plan_anew(tx, [patient.id], now)
    return ended > 0


def rest_answers(tx: Tx, patient_ids: Sequence[int], until: datetime) -> None:
    """Let automatic answers to these patients rest until an instant."""
    if patient_ids:
        whose = update(PatientRow).where(PatientRow.id.in_(patient_ids))
        tx.execute(whose.values(by_hand_until=until))


_FACT = (PatientFact.code, PatientFact.value, PatientFact.valid_from, PatientFact.valid_to)
_FACTS = select(*_FACT).where(PatientFact.patient_id == bindparam("who"))
FACTS_OF_ALL = select(*_FACT, PatientFact.patient_id).where(
    PatientFact.patient_id.in_(bindparam("ids", expanding=True))
)
_REACHING = and_(
    PatientFact.patient_id == bindparam("who"),
    PatientFact.code == bindparam("fact"),
    PatientFact.valid_to.is_(None) | (PatientFact.valid_to > bindparam("day")),
)
_END = update(PatientFact).where(_REACHING).values(valid_to=bindparam("day"))
_RELEASE = (
    update(PatientFact)
    .where(_REACHING)
    .values(valid_to=bindparam("day"), ended_note=bindparam("why"))
)
_IN_FORCE = and_(
    PatientPause.patient_id == bindparam("who"),
    PatientPause.start <= bindparam("now"),
    PatientPause.until.is_(None) | (PatientPause.until > bindparam("now")),
)
_PAUSED = select(PatientPause.id).where(_IN_FORCE)
_END_PAUSE = update(PatientPause).where(_IN_FORCE).values(until=bindparam("now"))
