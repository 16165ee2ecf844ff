"""What planning reads of many patients at once, and the alarm clocks it sets afterwards."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import (
    BindParameter,
    and_,
    bindparam,
    case,
    func,
    not_,
    null,
    or_,
    select,
    update,
)

from schedules.day_plan import MOVES_ON
from schedules.facts import Fact
from schedules.slots import Decided
from service.domain.delivery import ENDED_UNSENT, Kind
from service.domain.own_week import CHOSE_WEEK, NO_SCORES, OwnScores
from service.domain.trends import Score
from service.store.circumstances import FACTS_OF_ALL
from service.store.people import all_clinics
from service.store.records import Patient, Pause, PlanningCase, Question
from service.store.rows import as_record, columns, grouped, table
from service.store.session import Tx
from service.store.tables.outbox import OutboxText
from service.store.tables.people import Patient as PatientRow
from service.store.tables.planning import PatientCursor, PatientPause
from service.store.tables.replies import Question as QuestionRow
from service.store.tables.summaries import NightSummary, PatientStanding

# A week's cap and the free days of an n-per-week step look back seven nights from the first night planned.
LOOK_BACK = timedelta(days=9)
# A nudge stands in the way of others no longer than a gap can reach.
LATELY = timedelta(hours=24)
# After a longer outage older nights are past telling.
OLDEST_NIGHT = timedelta(days=14)
DAY = timedelta(days=1)


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
    scores = _own_scores(tx, facts, since)
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
                own_scores=scores.get(patient.id, NO_SCORES),
            )
        )
    return cases


def _own_scores(tx: Tx, facts: Mapping[int, Sequence[Fact]], since: date) -> dict[int, OwnScores]:
    """The scores from `since` on of those who chose to be told their week, this morning's too."""
    chose = [who for who, known in facts.items() if any(one.code == CHOSE_WEEK for one in known)]
    if not chose:
        return {}
    scores = grouped(tx.rows(_SCORES, ids=chose, since=since), Score)
    usual = {who: figures["usual"] for who, figures in tx.rows(_STANDINGS, ids=chose)}
    return {who: OwnScores(tuple(one), usual.get(who)) for who, one in scores.items()}


def open_nights(tx: Tx, patient_ids: Sequence[int]) -> dict[int, date]:
    """The oldest night of each patient that is not closed yet."""
    return {row[0]: row[1] for row in tx.rows(_OPEN_NIGHTS, ids=list(patient_ids))}


def set_open_nights(tx: Tx, nights: Mapping[int, date]) -> None:
    """Keep the oldest night of each patient that is not closed yet."""
    if nights:
        tx.execute(_SET_OPEN_NIGHT, [{"who": who, "open": night} for who, night in nights.items()])


def _ids() -> BindParameter[list[int]]:
    return bindparam("ids", expanding=True)


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
_CURSOR = table(PatientCursor)
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
_SCORES = select(NightSummary.night, NightSummary.severity, NightSummary.patient_id).where(
    and_(
        NightSummary.patient_id.in_(_ids()),
        NightSummary.night >= bindparam("since"),
        NightSummary.severity.is_not(None),
    )
)
_STANDINGS = select(PatientStanding.patient_id, PatientStanding.figures).where(
    and_(PatientStanding.patient_id.in_(_ids()), PatientStanding.as_of.is_not(None))
)
_QUESTIONS = select(*columns(QuestionRow, Question), QuestionRow.patient_id).where(
    and_(QuestionRow.patient_id.in_(_ids()), QuestionRow.state.in_(("waiting", "open")))
)
