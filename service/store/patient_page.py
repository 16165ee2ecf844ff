"""What one patient's page shows: nights, the conversation both ways, doses, facts, and the pause in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, or_, select

from service.domain.figures import Dose
from service.domain.night_summary import AskedQuestion, counts
from service.store.corrections import Correction, corrections_of
from service.store.overview import Read, readings_of
from service.store.rows import as_record, columns
from service.store.session import Tx
from service.store.tables.outbox import OutboxText
from service.store.tables.planning import PatientFact, PatientPause
from service.store.tables.replies import InboundText, Observation, Question
from service.store.tables.summaries import NightSummary, PatientStanding


@dataclass(frozen=True, slots=True)
class PatientNight:
    """One summed-up night. `kept` holds the yes/no answers by kind of question."""

    night: date
    state: str
    severity: float | None
    onset: str | None
    texts: int
    delivered: int
    counted: int
    answered: int
    late: int
    kept: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Standing:
    """The maintained figures as of the last ended night."""

    as_of: date
    figures: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """One text of the conversation, opened: ours with its fate, or the patient's with how it was read.

    `token`: the patient's text by its public name; `meant`: what a person says it means.
    """

    at: datetime
    body: str
    ours: bool
    state: str = ""
    reason: str | None = None
    error_code: int | None = None
    readings: tuple[Read, ...] = ()
    media: int = 0
    token: str = ""
    meant: Correction | None = None


@dataclass(frozen=True, slots=True)
class PauseInForce:
    """A pause that lasts, without an end where `until` is None, and who began it."""

    until: datetime | None
    set_by: str


@dataclass(frozen=True, slots=True)
class KnownFact:
    """One fact, and who set it."""

    code: str
    value: str
    valid_from: date
    valid_to: date | None
    set_by: str


def nights(tx: Tx, patient_id: int, since: date) -> list[PatientNight]:
    """The nights since a date, oldest first; a night without anything due may have no row."""
    mine = and_(NightSummary.patient_id == patient_id, NightSummary.night >= since)
    query = select(*columns(NightSummary, PatientNight)).where(mine).order_by(NightSummary.night)
    return [as_record(PatientNight, row) for row in tx.rows(query)]


def standing(tx: Tx, patient_id: int) -> Standing | None:
    """Where the patient stands; None before the first night has ended."""
    query = select(PatientStanding.as_of, PatientStanding.figures)
    row = tx.row(query.where(PatientStanding.patient_id == patient_id))
    return Standing(row[0], row[1]) if row and row[0] is not None else None


def conversation(
    tx: Tx, patient_id: int, limit: int, until: datetime | None = None
) -> tuple[list[Said], bool]:
    """The last `limit` texts both ways, or up to an instant, oldest first; and whether there are earlier ones."""
    ours, theirs = (some(tx, patient_id, limit + 1, until) for some in (_ours, _theirs))
    both = sorted([*ours, *theirs], key=lambda said: said.at)
    return both[-limit:], len(both) > limit


# When it left; when it is due, or was, for what has not.
_WHEN = func.coalesce(OutboxText.submitted_at, OutboxText.due_at)


def _ours(tx: Tx, patient_id: int, limit: int, until: datetime | None) -> list[Said]:
    mine = [OutboxText.patient_id == patient_id, OutboxText.body.is_not(None)]
    if until is not None:
        mine.append(until >= _WHEN)
    rows = tx.rows(
        select(
            OutboxText.token,
            _WHEN,
            OutboxText.body,
            OutboxText.state,
            OutboxText.reason,
            OutboxText.error_code,
        )
        .where(and_(*mine))
        .order_by(_WHEN.desc())
        .limit(limit)
    )
    return [
        Said(at, tx.keyring.open_(body, "outbox", "body", token), True, state, reason, code)
        for token, at, body, state, reason, code in rows
    ]


def _theirs(tx: Tx, patient_id: int, limit: int, until: datetime | None) -> list[Said]:
    mine = [InboundText.patient_id == patient_id]
    if until is not None:
        mine.append(InboundText.received_at <= until)
    rows = tx.rows(
        select(
            InboundText.id,
            InboundText.token,
            InboundText.received_at,
            InboundText.body,
            InboundText.media,
        )
        .where(and_(*mine))
        .order_by(InboundText.received_at.desc())
        .limit(limit)
    )
    ids = [row[0] for row in rows]
    readings, meant = readings_of(tx, ids), corrections_of(tx, ids)
    return [
        Said(
            at=at,
            body=tx.keyring.open_(body, "inbound", "body", token),
            ours=False,
            readings=tuple(readings.get(inbound_id, ())),
            media=media,
            token=token,
            meant=meant.get(inbound_id),
        )
        for inbound_id, token, at, body, media in rows
    ]


def facts(tx: Tx, patient_id: int) -> list[KnownFact]:
    """Everything known of the patient, the latest first, ended facts too; what was corrected away is not known."""
    mine = and_(
        PatientFact.patient_id == patient_id,
        PatientFact.valid_to.is_(None) | (PatientFact.valid_to > PatientFact.valid_from),
    )
    query = select(*columns(PatientFact, KnownFact)).where(mine)
    ordered = query.order_by(PatientFact.valid_from.desc(), PatientFact.id.desc())
    return [as_record(KnownFact, row) for row in tx.rows(ordered)]


def pause_in_force(tx: Tx, patient_id: int, now: datetime) -> PauseInForce | None:
    """The pause the patient is in, if any."""
    in_force = and_(
        PatientPause.patient_id == patient_id,
        PatientPause.start <= now,
        or_(PatientPause.until.is_(None), PatientPause.until > now),
    )
    row = tx.row(select(PatientPause.until, PatientPause.set_by).where(in_force))
    return PauseInForce(*row) if row else None


def doses(tx: Tx, patient_id: int, since: date, until: date, now: datetime) -> list[Dose]:
    """The dose dates asked about in the nights from `since` to `until`, with what was said of each."""
    said = _said_of_doses(tx, patient_id, since)
    rows = tx.rows(
        select(
            Question.about_date,
            OutboxText.state,
            OutboxText.accepted_at,
            Question.answered_at.is_not(None),
        )
        .join(OutboxText, OutboxText.token == Question.token)
        .where(
            and_(
                Question.patient_id == patient_id,
                Question.night.between(since, until),
                Question.kind == "iron_yn",
                Question.asked_at.is_not(None),
                Question.state != "void",
            )
        )
    )
    found = []
    for on, state, accepted_at, answered in rows:
        asked = AskedQuestion(state, accepted_at, answered, False, False)
        answer, _, barrier = said.get(on, "").partition(":")
        found.append(Dose(on, counts(asked, now), answer or None, barrier or None))
    return found


def _said_of_doses(tx: Tx, patient_id: int, since: date) -> dict[date, str]:
    mine = and_(
        Observation.patient_id == patient_id,
        Observation.kind == "iron_yn",
        Observation.night >= since,
        Observation.replaced.is_(False),
    )
    return {
        row[0]: row[1]
        for row in tx.rows(select(Observation.about_date, Observation.word).where(mine))
    }


def kept(nights: Sequence[PatientNight], kind: str) -> list[str]:
    """The answers to one yes/no question, night by night."""
    return [night.kept[kind] for night in nights if kind in night.kept]
