"""What planning reads of many patients at once, and the alarm clocks it sets afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, case, func, not_, null, or_, select, update

from schedules.day_plan import MOVES_ON
from schedules.facts import Fact
from schedules.slots import Decided
from service.domain.delivery import ENDED_UNSENT, Kind
from service.store.circumstances import FACTS_OF_ALL
from service.store.halts import HALTED_BY
from service.store.people import all_clinics
from service.store.records import Patient, Pause, PlanningCase, Question
from service.store.rows import as_record, columns, grouped, table
from service.store.session import Tx
from service.store.tables.outbox import IS_PLANNED, Channel, OutboxText
from service.store.tables.people import Patient as PatientRow
from service.store.tables.planning import PatientCursor, PatientPause, PlanChange
from service.store.tables.replies import Question as QuestionRow

# A week's cap and the free days of an n-per-week step look back seven nights from the first night planned.
LOOK_BACK = timedelta(days=9)
# A nudge stands in the way of others no longer than a gap can reach.
LATELY = timedelta(hours=24)
# After a longer outage older nights are past telling.
OLDEST_NIGHT = timedelta(days=14)
DAY = timedelta(days=1)
# What is overdue and could not be closed yet is looked at again after this long.
SOON = timedelta(seconds=2)


NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Ahead:
    """The next instants at which there is something to do; NEVER where there is nothing.

    `wake`: an alarm rings, or a change comes that all alarms are to be set for.
    """

    wake: datetime
    text: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """A patient whose wake-up is due. Before `next_slot_at` the plan cannot have changed."""

    patient_id: int
    next_wake_at: datetime
    next_slot_at: datetime


@dataclass(frozen=True, slots=True)
class Alarm:
    """One patient's alarm clock after a plan; `was` (next wake, next slot) must still stand for it to be set."""

    patient_id: int
    was: tuple[datetime, datetime]
    next_wake_at: datetime
    next_slot_at: datetime
    wordings: Mapping[str, Any]


def due_patients(tx: Tx, now: datetime, limit: int) -> list[Due]:
    """Patients whose wake-up is due, the longest waiting first."""
    return [Due(*row) for row in tx.rows(_DUE, now=now, most=limit)]


def sleep_on(tx: Tx, due: Sequence[Due], now: datetime) -> None:
    """Set the alarms of patients whose plan stands: to their next slot, or the next closing of a question."""
    if not due:
        return
    closings = {row[0]: row[1] for row in tx.rows(_CLOSINGS, ids=[one.patient_id for one in due])}
    rows = [
        {
            "who": one.patient_id,
            "was": one.next_wake_at,
            "was_slot": one.next_slot_at,
            "next": max(min(one.next_slot_at, closings.get(one.patient_id, NEVER)), now + SOON),
        }
        for one in due
    ]
    tx.execute(_SLEEP_ON, rows)


def ahead(tx: Tx) -> Ahead:
    """What comes next: the earliest alarm or change of plans, and the earliest waiting text that may be tried."""
    wake, change, text, probe = tx.row(_NEXT_EVENT) or (None, None, None, None)
    leaves = max(text, probe) if text and probe else text
    return Ahead(min(wake or NEVER, change or NEVER), leaves or NEVER)


def planning_cases(tx: Tx, patient_ids: Sequence[int], now: datetime) -> list[PlanningCase]:
    """Everything planning needs of these patients, in a handful of statements however many they are."""
    ids = list(patient_ids)
    people = tx.rows(_PEOPLE, ids=ids)
    rung = min([now, *(row[0] for row in people)]).date()
    oldest = min((row[1] for row in people if row[1]), default=rung)
    oldest = min(oldest, rung - timedelta(days=1))
    first = max(oldest, now.date() - OLDEST_NIGHT)
    since, start = first - LOOK_BACK, datetime.combine(first - LOOK_BACK, time(0), UTC)
    clinics = {clinic.id: clinic for clinic in all_clinics(tx)}
    facts = grouped(tx.rows(FACTS_OF_ALL, ids=ids), Fact)
    pauses = grouped(tx.rows(_PAUSES, ids=ids, start=start), Pause)
    slots = tx.rows(_DECIDED, ids=ids, since=since, recent=first - DAY)
    decided = grouped(slots, Decided)
    repeats = grouped(tx.rows(_REPEATS, ids=ids, since=since, lately=now - LATELY), lambda at: at)
    questions = grouped(tx.rows(_QUESTIONS, ids=ids), Question)
    cases = []
    for row in people:
        patient = as_record(Patient, row[4:])
        cases.append(
            PlanningCase(
                patient=patient,
                clinic=clinics[patient.clinic_id],
                next_wake_at=row[0],
                open_night=row[1],
                wordings=row[2],
                next_slot_at=row[3],
                facts=tuple(facts.get(patient.id, ())),
                pauses=tuple(pauses.get(patient.id, ())),
                decided=tuple(decided.get(patient.id, ())),
                repeats=tuple(repeats.get(patient.id, ())),
                questions=tuple(questions.get(patient.id, ())),
            )
        )
    return cases


def still_due(tx: Tx, alarms: Sequence[Alarm]) -> set[int]:
    """Which of these alarm clocks still show what was read; their rows are locked until the transaction ends."""
    shown = tx.rows(_SHOWN, ids=[alarm.patient_id for alarm in alarms])
    now_set = {row[0]: (row[1], row[2]) for row in shown}
    return {alarm.patient_id for alarm in alarms if now_set.get(alarm.patient_id) == alarm.was}


def set_alarms(tx: Tx, alarms: Sequence[Alarm]) -> None:
    """Set the alarm clocks; one that somebody else has set since it was read stays as it is."""
    if alarms:
        rows = [
            {
                "who": alarm.patient_id,
                "was": alarm.was[0],
                "was_slot": alarm.was[1],
                "next": alarm.next_wake_at,
                "slot": alarm.next_slot_at,
                "used": dict(alarm.wordings),
            }
            for alarm in alarms
        ]
        tx.execute(_SET_ALARM, rows)


def open_nights(tx: Tx, patient_ids: Sequence[int]) -> dict[int, date]:
    """The oldest night of each patient that is not closed yet."""
    return {row[0]: row[1] for row in tx.rows(_OPEN_NIGHTS, ids=list(patient_ids))}


def set_open_nights(tx: Tx, nights: Mapping[int, date]) -> None:
    """Keep the oldest night of each patient that is not closed yet."""
    if nights:
        tx.execute(_SET_OPEN_NIGHT, [{"who": who, "open": night} for who, night in nights.items()])


def _ids() -> BindParameter[list[int]]:
    return bindparam("ids", expanding=True)


_DUE = (
    select(PatientCursor.patient_id, PatientCursor.next_wake_at, PatientCursor.next_slot_at)
    .where(PatientCursor.next_wake_at <= bindparam("now"))
    .order_by(PatientCursor.next_wake_at)
    .limit(bindparam("most"))
)
_NEXT_EVENT = select(
    select(func.min(PatientCursor.next_wake_at)).scalar_subquery(),
    select(func.min(PlanChange.at)).scalar_subquery(),
    # One that is kept back has its next event when its time is over.
    select(func.min(case((HALTED_BY.is_(None), OutboxText.due_at), else_=OutboxText.not_after)))
    .where(IS_PLANNED)
    .scalar_subquery(),
    select(func.max(Channel.probe_at)).where(Channel.stopped_at.is_not(None)).scalar_subquery(),
)
_PEOPLE = (
    select(
        PatientCursor.next_wake_at,
        PatientCursor.open_night,
        PatientCursor.wordings,
        PatientCursor.next_slot_at,
        *columns(PatientRow, Patient),
    )
    .join(PatientRow, PatientRow.id == PatientCursor.patient_id)
    .where(PatientCursor.patient_id.in_(_ids()))
)
_SHOWN = (
    select(PatientCursor.patient_id, PatientCursor.next_wake_at, PatientCursor.next_slot_at)
    .where(PatientCursor.patient_id.in_(_ids()))
    .with_for_update(skip_locked=True)
)
_CURSOR = table(PatientCursor)
_STANDS = and_(
    _CURSOR.c.patient_id == bindparam("who"),
    _CURSOR.c.next_wake_at == bindparam("was"),
    _CURSOR.c.next_slot_at == bindparam("was_slot"),
)
_SET_ALARM = (
    update(_CURSOR)
    .where(_STANDS)
    .values(
        next_wake_at=bindparam("next"),
        next_slot_at=bindparam("slot"),
        wordings=bindparam("used"),
    )
)
_SLEEP_ON = update(_CURSOR).where(_STANDS).values(next_wake_at=bindparam("next"))
_CLOSINGS = (
    select(QuestionRow.patient_id, func.min(QuestionRow.closes_at))
    .where(and_(QuestionRow.patient_id.in_(_ids()), QuestionRow.state == "open"))
    .group_by(QuestionRow.patient_id)
)
_OPEN_NIGHTS = select(PatientCursor.patient_id, PatientCursor.open_night).where(
    and_(PatientCursor.patient_id.in_(_ids()), PatientCursor.open_night.is_not(None))
)
_SET_OPEN_NIGHT = (
    update(_CURSOR)
    .where(_CURSOR.c.patient_id == bindparam("who"))
    .values(open_night=bindparam("open"))
)
_PAUSES = select(PatientPause.start, PatientPause.until, PatientPause.patient_id).where(
    and_(
        PatientPause.patient_id.in_(_ids()),
        or_(PatientPause.until.is_(None), PatientPause.until > bindparam("start")),
    )
)
_UNSENT = OutboxText.state.in_(ENDED_UNSENT)
_WITHHELD = case((_UNSENT, func.coalesce(OutboxText.reason, "expired")), else_=null())
# The text behind an opened gate is an answer and no slot: its gate already stands for it. What was withheld
# on nights that nobody plans again matters only where it moved on to another day.
_DECIDED = select(
    OutboxText.programme,
    OutboxText.step,
    OutboxText.night,
    OutboxText.on_date,
    OutboxText.due_at,
    OutboxText.priority,
    OutboxText.anchor,
    OutboxText.capped,
    and_(func.substr(OutboxText.slot, 1, 5) == "gate:", not_(_UNSENT)),
    _WITHHELD,
    OutboxText.asks,
    OutboxText.patient_id,
).where(
    and_(
        OutboxText.patient_id.in_(_ids()),
        OutboxText.night >= bindparam("since"),
        OutboxText.kind == Kind.PLANNED,
        OutboxText.programme.is_not(None),
        OutboxText.on_date.is_not(None),
        or_(
            OutboxText.night >= bindparam("recent"),
            OutboxText.reason.is_(None),
            OutboxText.reason.in_(MOVES_ON),
        ),
    )
)
_REPEATS = select(OutboxText.due_at, OutboxText.patient_id).where(
    and_(
        OutboxText.patient_id.in_(_ids()),
        OutboxText.night >= bindparam("since"),
        OutboxText.kind == Kind.NUDGE,
        not_(_UNSENT),
        OutboxText.due_at > bindparam("lately"),
    )
)
_QUESTIONS = select(*columns(QuestionRow, Question), QuestionRow.patient_id).where(
    and_(QuestionRow.patient_id.in_(_ids()), QuestionRow.state.in_(("waiting", "open")))
)
