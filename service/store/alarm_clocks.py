"""The patients' alarm clocks: who is due, until when everybody else sleeps, and setting them anew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Integer, and_, bindparam, case, func, select, update

from service.store.halts import HALTED_BY
from service.store.records import PlanningCase
from service.store.rows import table
from service.store.session import Tx
from service.store.tables.outbox import IS_PLANNED, Channel, OutboxText
from service.store.tables.planning import PatientCursor, PlanChange
from service.store.tables.replies import Question as QuestionRow

# What could not be closed, and a patient for whom no plan can be made, are tried again after this long; after so many
# plans that failed staff are told, and it is tried less often.
TRY_AGAIN, TRY_NOW_AND_THEN = timedelta(minutes=5), timedelta(hours=2)
GIVEN_UP = 3
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Ahead:
    """The next instants at which there is something to do; NEVER where there is nothing.

    `wake`: an alarm rings, or a change comes that all alarms are to be set for.
    """

    wake: datetime
    text: datetime


@dataclass(frozen=True, slots=True)
class Shard:
    """One of `of` parts of all patients, so that several processes plan side by side; `index` from 0."""

    index: int
    of: int


EVERYBODY = Shard(0, 1)


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


def due_patients(tx: Tx, now: datetime, limit: int, shard: Shard = EVERYBODY) -> list[Due]:
    """Patients of the shard whose wake-up is due, the longest waiting first."""
    due = tx.rows(_DUE, now=now, most=limit, index=shard.index, of=shard.of)
    return [Due(*row) for row in due]


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
            "next": _next_look(one, closings.get(one.patient_id, NEVER), now),
        }
        for one in due
    ]
    tx.execute(_SLEEP_ON, rows)


def _next_look(one: Due, closing: datetime, now: datetime) -> datetime:
    """The next slot or closing; a question that should be closed by now could not be, and waits a while."""
    return min(one.next_slot_at, closing if closing > now else now + TRY_AGAIN)


def ahead(tx: Tx) -> Ahead:
    """What comes next: the earliest alarm or change of plans, and the earliest waiting text that may be tried."""
    wake, change, text, probe = tx.row(_NEXT_EVENT) or (None, None, None, None)
    leaves = max(text, probe) if text and probe else text
    return Ahead(min(wake or NEVER, change or NEVER), leaves or NEVER)


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


def postpone(tx: Tx, failing: Sequence[PlanningCase], now: datetime) -> None:
    """Let these patients, for whom no plan could be made, be tried again later."""
    if failing:
        rows = [
            {
                "who": one.patient.id,
                "was": one.next_wake_at,
                "was_slot": one.next_slot_at,
                "soon": now + TRY_AGAIN,
                "later": now + TRY_NOW_AND_THEN,
            }
            for one in failing
        ]
        tx.execute(_POSTPONE, rows)


def standing_still(tx: Tx, clinic_id: int) -> list[int]:
    """The clinic's patients who get no texts because no plan can be made for them."""
    failing = and_(PatientCursor.clinic_id == clinic_id, PatientCursor.failures >= GIVEN_UP)
    query = select(PatientCursor.patient_id).where(failing).order_by(PatientCursor.patient_id)
    return [row[0] for row in tx.rows(query)]


_IDS: BindParameter[list[int]] = bindparam("ids", expanding=True)
_DUE = (
    select(PatientCursor.patient_id, PatientCursor.next_wake_at, PatientCursor.next_slot_at)
    .where(PatientCursor.next_wake_at <= bindparam("now"))
    .where(PatientCursor.patient_id % bindparam("of", type_=Integer) == bindparam("index"))
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
_SHOWN = (
    select(PatientCursor.patient_id, PatientCursor.next_wake_at, PatientCursor.next_slot_at)
    .where(PatientCursor.patient_id.in_(_IDS))
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
        failures=0,
    )
)
# In a CASE the type of a value is not taken from its column.
_AT = _CURSOR.c.next_wake_at.type
_NEXT_TRY = case(
    (_CURSOR.c.failures + 1 < GIVEN_UP, bindparam("soon", type_=_AT)),
    else_=bindparam("later", type_=_AT),
)
_POSTPONE = (
    update(_CURSOR)
    .where(_STANDS)
    .values(next_wake_at=_NEXT_TRY, next_slot_at=_NEXT_TRY, failures=_CURSOR.c.failures + 1)
)
_SLEEP_ON = update(_CURSOR).where(_STANDS).values(next_wake_at=bindparam("next"))
_CLOSINGS = (
    select(QuestionRow.patient_id, func.min(QuestionRow.closes_at))
    .where(and_(QuestionRow.patient_id.in_(_IDS), QuestionRow.state == "open"))
    .group_by(QuestionRow.patient_id)
)
