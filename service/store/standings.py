"""Where patients stand as of their last ended night: figures for the lists, and the rules that hold or have ended."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, func, select

from schedules.facts import Fact, Facts
from service.domain.alerts import RULES
from service.domain.figures import WINDOW_DAYS, Dose, change, onset, weekly_triple
from service.domain.findings import Finding, History, standing_findings, undecided
from service.domain.night_summary import AskedQuestion, counts
from service.domain.trends import Score, baseline, recent_mean, usual
from service.store import alerts
from service.store.circumstances import FACTS_OF_ALL
from service.store.planning import open_nights
from service.store.ranks import NO_ALERT, rank_patients
from service.store.records import Patient
from service.store.rows import grouped, table
from service.store.session import Tx
from service.store.tables.outbox import OutboxText
from service.store.tables.replies import InboundText, Observation, Question
from service.store.tables.summaries import NightSummary, PatientStanding

DAY = timedelta(days=1)
DOPAMINE = ("dopamine_agonist", "levodopa")
_PASSING = [rule.code for rule in RULES.values() if not rule.lasting]


@dataclass(frozen=True, slots=True)
class _Night:
    night: date
    state: str
    severity: float | None
    onset: str | None
    counted: int
    answered: int


@dataclass(frozen=True, slots=True)
class _Asked:
    kind: str
    about_date: date
    asked_at: datetime
    state: str
    text_state: str
    accepted_at: datetime | None
    answered: bool


@dataclass(frozen=True, slots=True)
class _Word:
    kind: str
    about_date: date
    word: str


def restand(tx: Tx, patients: Sequence[Patient], now: datetime) -> None:
    """Work out anew where these patients stand, and open or close the alerts that follow from it."""
    ids = [patient.id for patient in patients]
    if not ids:
        return
    as_of = _last_ended(tx, ids)
    since = min(as_of.values(), default=now.date()) - DAY * (WINDOW_DAYS - 1)
    nights = grouped(_nights(tx, patients, since), _Night)
    asked = grouped(tx.rows(_ASKED, ids=ids, since=since), _Asked)
    words = grouped(tx.rows(_WORDS, ids=ids, since=since), _Word)
    facts = grouped(tx.rows(FACTS_OF_ALL, ids=ids), Fact)
    replied = {row[0]: row[1] for row in tx.rows(_LAST_REPLIES, ids=ids)}
    held = alerts.open_rules(tx, ids)
    rows = []
    for patient in patients:
        if patient.id not in as_of or patient.consent_night is None:
            continue
        history = _history(
            patient,
            nights.get(patient.id, []),
            asked.get(patient.id, []),
            words.get(patient.id, []),
            Facts(facts.get(patient.id, [])),
            as_of[patient.id],
            replied.get(patient.id),
            now,
        )
        _settle_alerts(tx, patient, history, as_of[patient.id], held.get(patient.id, set()), now)
        rows.append(
            _row(
                patient,
                history,
                nights.get(patient.id, []),
                as_of[patient.id],
                replied.get(patient.id),
            )
        )
    tx.upsert(table(PatientStanding), rows, "patient_id")
    rank_patients(tx, ids)


def _last_ended(tx: Tx, ids: list[int]) -> dict[int, date]:
    return {who: night - DAY for who, night in open_nights(tx, ids).items()}


def _nights(tx: Tx, patients: Sequence[Patient], since: date) -> list[tuple[Any, ...]]:
    """The window's nights, after each patient's first ones, which the baseline is made of."""
    begun = {patient.id: patient.consent_night for patient in patients}
    rows: list[tuple[Any, ...]] = []
    for patient_id, first in begun.items():
        if first is not None and first < since:
            until = min(first + DAY * WINDOW_DAYS, since)
            rows += tx.rows(_NIGHTS, ids=[patient_id], since=first, until=until)
    return rows + tx.rows(_NIGHTS, ids=list(begun), since=since, until=date.max)


def _history(
    patient: Patient,
    nights: Sequence[_Night],
    asked: Sequence[_Asked],
    words: Sequence[_Word],
    facts: Facts,
    as_of: date,
    replied_at: datetime | None,
    now: datetime,
) -> History:
    first = patient.consent_night or as_of
    reports = {night.night: night.onset for night in nights if night.onset is not None}
    lately = [
        report for night, report in reports.items() if 0 <= (as_of - night).days < WINDOW_DAYS
    ]
    said = {word.about_date: word.word for word in words if word.kind == "iron_yn"}
    heard = replied_at or patient.consented_at or now
    return History(
        first=first,
        scores=[
            Score(night.night, night.severity) for night in nights if night.severity is not None
        ],
        onset=onset(reports, first, as_of, patient.bedtime.strftime("%H:%M")),
        onsets=[report for report in lately if ":" in report],
        on_dopamine=any(facts.value(code, as_of) is not None for code in DOPAMINE),
        doses=[_dose(one, said, now) for one in asked if one.kind == "iron_yn"],
        triples=[weekly_triple(w.about_date, w.word) for w in words if w.kind == "weekly_3"],
        hard_nights=[float(word.word) for word in words if word.kind == "nights_0_7"],
        unanswered=_unanswered(asked, now),
        silent_days=(now - heard).days,
    )


def _dose(asked: _Asked, said: dict[date, str], now: datetime) -> Dose:
    answer, _, barrier = said.get(asked.about_date, "").partition(":")
    return Dose(asked.about_date, _counts(asked, now), answer or None, barrier or None)


def _counts(asked: _Asked, now: datetime) -> bool:
    question = AskedQuestion(asked.text_state, asked.accepted_at, asked.answered, False, False)
    return counts(question, now)


def _unanswered(asked: Sequence[_Asked], now: datetime) -> int:
    """How many questions that count stayed unanswered since the last answer, those still open left out."""
    run = 0
    for one in reversed(asked):
        if one.answered:
            break
        run += one.state == "closed" and _counts(one, now)
    return run


def _findings(patient: Patient, history: History, as_of: date) -> list[Finding]:
    """Nobody who is not being texted is silent."""
    if patient.consent != "active":
        history = replace(history, unanswered=0)
    return standing_findings(history, as_of)


def _settle_alerts(
    tx: Tx,
    patient: Patient,
    history: History,
    as_of: date,
    held: set[str],
    now: datetime,
) -> None:
    findings = _findings(patient, history, as_of)
    # Who left is not watched any more: nothing is kept open for want of answers.
    unknown = undecided(history, as_of) if patient.consent == "active" else frozenset()
    for finding in findings:
        alerts.open_alert(tx, patient.clinic_id, patient.id, finding.rule, finding.numbers, now)
    over = held.intersection(_PASSING) - {finding.rule for finding in findings} - unknown
    alerts.close_rules(tx, patient.id, sorted(over), now)


def _row(
    patient: Patient,
    history: History,
    nights: Sequence[_Night],
    as_of: date,
    replied_at: datetime | None,
) -> dict[str, Any]:
    by_night = {night.night: night for night in nights}
    window = [by_night.get(as_of - DAY * n) for n in range(WINDOW_DAYS - 1, -1, -1)]
    figures = {
        "usual": usual(history.scores),
        "baseline": baseline(history.scores, history.first),
        "mean_14": recent_mean(history.scores, as_of),
        "change": change(history.scores, history.first, as_of),
        "last_scores": [night.severity if night else None for night in window],
        "heat": [night.state if night else "none_due" for night in window],
        "counted": sum(night.counted for night in window if night),
        "answered": sum(night.answered for night in window if night),
        "onset": history.onset.median if history.onset else None,
        "onset_n": history.onset.n if history.onset else 0,
        "onset_shift_min": history.onset.shift_min if history.onset else None,
    }
    return {
        "clinic_id": patient.clinic_id,
        "patient_id": patient.id,
        "as_of": as_of,
        "rank": NO_ALERT,
        "last_reply_at": replied_at,
        "figures": figures,
    }


_IDS: BindParameter[list[int]] = bindparam("ids", expanding=True)
_NIGHTS = (
    select(
        NightSummary.night,
        NightSummary.state,
        NightSummary.severity,
        NightSummary.onset,
        NightSummary.counted,
        NightSummary.answered,
        NightSummary.patient_id,
    )
    .where(
        and_(
            NightSummary.patient_id.in_(_IDS),
            NightSummary.night >= bindparam("since"),
            NightSummary.night < bindparam("until"),
        )
    )
    .order_by(NightSummary.night)
)
_ASKED = (
    select(
        Question.kind,
        Question.about_date,
        Question.asked_at,
        Question.state,
        OutboxText.state,
        OutboxText.accepted_at,
        Question.answered_at.is_not(None),
        Question.patient_id,
    )
    .join(OutboxText, OutboxText.token == Question.token)
    .where(
        and_(
            Question.patient_id.in_(_IDS),
            Question.night >= bindparam("since"),
            Question.kind != "gate",
            Question.asked_at.is_not(None),
            Question.state != "void",
        )
    )
    .order_by(Question.asked_at)
)
_WORDS = (
    select(Observation.kind, Observation.about_date, Observation.word, Observation.patient_id)
    .where(
        and_(
            Observation.patient_id.in_(_IDS),
            Observation.night >= bindparam("since"),
            Observation.kind.in_(("iron_yn", "weekly_3", "nights_0_7")),
            Observation.replaced.is_(False),
        )
    )
    .order_by(Observation.about_date)
)
_LAST_REPLIES = (
    select(InboundText.patient_id, func.max(InboundText.received_at))
    .where(InboundText.patient_id.in_(_IDS))
    .group_by(InboundText.patient_id)
)
