"""What planning reads of many patients at once, and the alarm clocks it sets afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, or_, select, update

from schedules.facts import Fact
from service.store.people import FACT, patients_by_id
from service.store.records import Clinic, Decision, Patient, Pause, PlanningCase, Question
from service.store.rows import as_record, columns, grouped, table
from service.store.session import Tx
from service.store.tables.outbox import OutboxText
from service.store.tables.people import Clinic as ClinicRow
from service.store.tables.planning import PatientCursor, PatientFact, PatientPause
from service.store.tables.replies import Question as QuestionRow

# A week's cap and the free days of an n-per-week step look back seven nights from the first night planned.
LOOK_BACK = timedelta(days=9)
# After a longer outage older nights are past telling.
OLDEST_NIGHT = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Alarm:
    """One patient's alarm clock after a plan; `was` must still stand for it to be set."""

    patient_id: int
    was: datetime
    next_wake_at: datetime
    wordings: Mapping[str, Any]


def due_patients(tx: Tx, now: datetime, limit: int) -> list[int]:
    """Patients whose wake-up is due, the longest waiting first."""
    rows = tx.rows(
        select(PatientCursor.patient_id)
        .where(PatientCursor.next_wake_at <= now)
        .order_by(PatientCursor.next_wake_at)
        .limit(limit)
    )
    return [row[0] for row in rows]


def next_wake(tx: Tx) -> datetime | None:
    """The earliest alarm of all patients."""
    row = tx.row(select(PatientCursor.next_wake_at).order_by(PatientCursor.next_wake_at).limit(1))
    return row[0] if row else None


def planning_cases(tx: Tx, patient_ids: Sequence[int], now: datetime) -> list[PlanningCase]:
    """Everything planning needs of these patients, in a handful of statements however many they are."""
    ids = list(patient_ids)
    patients = patients_by_id(tx, ids)
    clinics = _clinics(tx, patients)
    alarms = {row[0]: row for row in tx.rows(_alarms(ids))}
    facts = grouped(
        tx.rows(select(*FACT, PatientFact.patient_id).where(PatientFact.patient_id.in_(ids))),
        Fact,
    )
    oldest = min((row[2] for row in alarms.values() if row[2]), default=now.date())
    since = max(oldest, now.date() - OLDEST_NIGHT) - LOOK_BACK
    pauses = grouped(tx.rows(_pauses(ids, since)), Pause)
    decisions = grouped(tx.rows(_decisions(ids, since)), Decision)
    questions = grouped(tx.rows(_questions(ids)), Question)
    return [
        PlanningCase(
            patient=patients[patient_id],
            clinic=clinics[patients[patient_id].clinic_id],
            next_wake_at=alarms[patient_id][1],
            open_night=alarms[patient_id][2],
            wordings=alarms[patient_id][3],
            facts=tuple(facts.get(patient_id, ())),
            pauses=tuple(pauses.get(patient_id, ())),
            decisions=tuple(decisions.get(patient_id, ())),
            questions=tuple(questions.get(patient_id, ())),
        )
        for patient_id in ids
        if patient_id in alarms
    ]


def still_due(tx: Tx, alarms: Sequence[Alarm]) -> set[int]:
    """Which of these alarm clocks still show what was read; their rows are locked until the transaction ends."""
    shown = tx.rows(
        select(PatientCursor.patient_id, PatientCursor.next_wake_at)
        .where(PatientCursor.patient_id.in_([alarm.patient_id for alarm in alarms]))
        .with_for_update(skip_locked=True)
    )
    now_set = {row[0]: row[1] for row in shown}
    return {alarm.patient_id for alarm in alarms if now_set.get(alarm.patient_id) == alarm.was}


def set_alarms(tx: Tx, alarms: Sequence[Alarm]) -> None:
    """Set the alarm clocks; one that somebody else has set since it was read stays as it is."""
    if not alarms:
        return
    cursor = table(PatientCursor)
    statement = (
        update(cursor)
        .where(cursor.c.patient_id == bindparam("who"), cursor.c.next_wake_at == bindparam("was"))
        .values(next_wake_at=bindparam("next"), wordings=bindparam("used"))
    )
    tx.execute(
        statement,
        [
            {
                "who": alarm.patient_id,
                "was": alarm.was,
                "next": alarm.next_wake_at,
                "used": dict(alarm.wordings),
            }
            for alarm in alarms
        ],
    )


def _clinics(tx: Tx, patients: Mapping[int, Patient]) -> dict[int, Clinic]:
    ids = {patient.clinic_id for patient in patients.values()}
    rows = tx.rows(select(*columns(ClinicRow, Clinic)).where(ClinicRow.id.in_(ids)))
    return {row[0]: as_record(Clinic, row) for row in rows}


def _alarms(ids: list[int]) -> Any:
    return select(
        PatientCursor.patient_id,
        PatientCursor.next_wake_at,
        PatientCursor.open_night,
        PatientCursor.wordings,
    ).where(PatientCursor.patient_id.in_(ids))


def _pauses(ids: list[int], since: date) -> Any:
    start = datetime.combine(since, time(0), UTC)
    lately = or_(PatientPause.until.is_(None), PatientPause.until > start)
    return select(PatientPause.start, PatientPause.until, PatientPause.patient_id).where(
        and_(PatientPause.patient_id.in_(ids), lately)
    )


def _decisions(ids: list[int], since: date) -> Any:
    return select(*columns(OutboxText, Decision), OutboxText.patient_id).where(
        and_(OutboxText.patient_id.in_(ids), OutboxText.night >= since)
    )


def _questions(ids: list[int]) -> Any:
    return select(*columns(QuestionRow, Question), QuestionRow.patient_id).where(
        and_(QuestionRow.patient_id.in_(ids), QuestionRow.state.in_(("waiting", "open")))
    )


def open_nights(tx: Tx, patient_ids: Sequence[int]) -> dict[int, date]:
    """The oldest night of each patient that is not closed yet."""
    mine = and_(PatientCursor.patient_id.in_(patient_ids), PatientCursor.open_night.is_not(None))
    query = select(PatientCursor.patient_id, PatientCursor.open_night).where(mine)
    return {row[0]: row[1] for row in tx.rows(query)}


def set_open_nights(tx: Tx, nights: Mapping[int, date]) -> None:
    """Keep the oldest night of each patient that is not closed yet."""
    for patient_id, night in nights.items():
        mine = PatientCursor.patient_id == patient_id
        tx.execute(update(PatientCursor).where(mine).values(open_night=night))
