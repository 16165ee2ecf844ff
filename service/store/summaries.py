"""Numbers that are maintained: a patient-night is summed up again whenever something of it changes."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, select, update

from service.domain.delivery import RULES
from service.domain.night_summary import Answer, AskedQuestion, SlotFate, Summary, summarise
from service.store.rows import table
from service.store.session import Tx
from service.store.tables.outbox import OutboxText
from service.store.tables.planning import PatientCursor
from service.store.tables.replies import Observation, Question
from service.store.tables.summaries import NightSummary

PatientNight = tuple[int, date]
_UNSOLICITED = [kind.value for kind, rules in RULES.items() if rules.unsolicited]


def roll_nights(tx: Tx, nights: Iterable[PatientNight], now: datetime) -> list[int]:
    """Sum up these patient-nights again, in the transaction that changed them.

    What comes back are the patients of whom a night changed that had ended: they stand elsewhere now.
    """
    wanted = sorted(set(nights))
    if not wanted:
        return []
    whose = tx.rows(_WHOSE, ids=sorted({patient_id for patient_id, _ in wanted}))
    clinics = {row[0]: row[1] for row in whose}
    open_nights = {row[0]: row[2] for row in whose}
    # Patients and nights apart: an index serves that on both databases, pairs it does not on SQLite. The few
    # rows of other pairs are never looked at.
    which = {"ids": sorted(open_nights), "nights": sorted({night for _, night in wanted})}
    slots = _by_night(tx.rows(_SLOTS, **which), SlotFate)
    questions = _by_night(tx.rows(_QUESTIONS, **which), _asked)
    answers = _by_night(tx.rows(_ANSWERS, **which), Answer)
    rows = [
        _row(
            clinics[key[0]],
            key,
            summarise(slots.get(key, []), questions.get(key, []), answers.get(key, []), now),
        )
        for key in wanted
    ]
    tx.upsert(table(NightSummary), rows, "patient_id", "night", keep=("closed",))
    ended = {who for who, night in wanted if open_nights[who] and night < open_nights[who]}
    return sorted(ended)


def close_nights(tx: Tx, nights: Sequence[PatientNight]) -> None:
    """Mark nights as over."""
    if nights:
        tx.execute(_CLOSE, [{"who": patient_id, "which": night} for patient_id, night in nights])


def _asked(
    state: str, accepted_at: datetime | None, answered: bool, valid: bool, late: bool
) -> AskedQuestion:
    return AskedQuestion(state, accepted_at, answered, valid, late)


def _by_night(rows: Iterable[tuple[Any, ...]], record: Any) -> dict[PatientNight, list[Any]]:
    groups: dict[PatientNight, list[Any]] = {}
    for row in rows:
        groups.setdefault((row[-2], row[-1]), []).append(record(*row[:-2]))
    return groups


def _row(clinic_id: int, key: PatientNight, summary: Summary) -> dict[str, Any]:
    return {
        "clinic_id": clinic_id,
        "patient_id": key[0],
        "night": key[1],
        "state": summary.state.value,
        "severity": summary.severity,
        "onset": summary.onset,
        "texts": summary.texts,
        "handed": summary.handed,
        "delivered": summary.delivered,
        "counted": summary.counted,
        "answered": summary.answered,
        "late": summary.late,
        "kept": dict(summary.kept),
        "closed": False,
    }


_IDS: BindParameter[list[int]] = bindparam("ids", expanding=True)
_NIGHTS: BindParameter[list[date]] = bindparam("nights", expanding=True)
_WHOSE = select(PatientCursor.patient_id, PatientCursor.clinic_id, PatientCursor.open_night).where(
    PatientCursor.patient_id.in_(bindparam("ids", expanding=True))
)
_SLOTS = select(
    OutboxText.state,
    OutboxText.reason,
    and_(OutboxText.asks.is_not(None), OutboxText.asks != "gate"),
    OutboxText.accepted_at,
    OutboxText.patient_id,
    OutboxText.night,
).where(
    and_(
        OutboxText.patient_id.in_(_IDS),
        OutboxText.night.in_(_NIGHTS),
        OutboxText.kind.in_(_UNSOLICITED),
    )
)
_QUESTIONS = (
    select(
        OutboxText.state,
        OutboxText.accepted_at,
        Question.answered_at.is_not(None),
        Question.valid,
        Question.late,
        Question.patient_id,
        Question.night,
    )
    .join(OutboxText, OutboxText.token == Question.token)
    .where(
        and_(
            Question.patient_id.in_(_IDS),
            Question.night.in_(_NIGHTS),
            Question.kind != "gate",
            Question.state != "waiting",
        )
    )
)
_ANSWERS = (
    select(
        Observation.kind,
        Observation.number,
        Observation.word,
        Observation.patient_id,
        Observation.night,
    )
    .where(
        and_(
            Observation.patient_id.in_(_IDS),
            Observation.night.in_(_NIGHTS),
            Observation.replaced.is_(False),
        )
    )
    .order_by(Observation.id)
)
_SUMMARY = table(NightSummary)
_CLOSE = (
    update(_SUMMARY)
    .where(
        and_(
            _SUMMARY.c.patient_id == bindparam("who"),
            _SUMMARY.c.night == bindparam("which"),
        )
    )
    .values(closed=True)
)
