"""What Today shows of one clinic: who needs a person and why, what came in, what leaves, how sending does."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select

from service.domain.alerts import rank_of
from service.domain.delivery import State
from service.store.alerts import OpenAlert, open_alerts
from service.store.people import patients_by_id
from service.store.records import Patient
from service.store.session import Tx
from service.store.tables.outbox import IS_UNKNOWN, OutboxText
from service.store.tables.people import Patient as PatientRow
from service.store.tables.planning import PatientCursor
from service.store.tables.replies import IS_OPEN, InboundText, Question, ReadIntent
from service.store.tables.summaries import IS_NOBODYS, Alert, PatientStanding


@dataclass(frozen=True, slots=True)
class Read:
    """One thing a reply was read to say; `kind` is the question it answered, None for an unasked one."""

    intent: str
    value: str
    kind: str | None


@dataclass(frozen=True, slots=True)
class Reply:
    """One text that came in, opened. `for_staff`: a person should still look at it."""

    id: int
    token: str
    patient_id: int | None
    body: str
    received_at: datetime
    for_staff: bool
    readings: tuple[Read, ...] = ()


@dataclass(frozen=True, slots=True)
class Need:
    """One row of Today: a patient (None: a stranger's number), the reasons, most severe first, and what they wrote."""

    patient: Patient | None
    alerts: tuple[OpenAlert, ...]
    figures: Mapping[str, Any]
    quote: Reply | None

    @property
    def tier(self) -> str:
        """The most severe tier among the reasons."""
        return self.alerts[0].tier


@dataclass(frozen=True, slots=True)
class Badge:
    """What every page's frame shows: how many need a person, how many RED alerts nobody has taken and since when,
    and how many replies wait."""

    people: int
    red: int
    red_since: datetime | None
    waiting: int


@dataclass(frozen=True, slots=True)
class Sending:
    """How sending does: texts waiting beyond their time, texts whose fate is unknown and that nobody has put
    away, today's by state."""

    late: int
    oldest_due: datetime | None
    unknown: int
    today: Mapping[str, int]


def badge(tx: Tx, clinic_id: int) -> Badge:
    """The numbers of the frame."""
    mine = and_(Alert.clinic_id == clinic_id, Alert.closed_at.is_(None), Alert.tier != "INFO")
    rows = tx.rows(select(Alert.patient_id, Alert.opened_at, IS_NOBODYS).where(mine))
    strangers = sum(patient_id is None for patient_id, _, _ in rows)
    patients = {patient_id for patient_id, _, _ in rows if patient_id is not None}
    red = [opened_at for _, opened_at, is_nobodys in rows if is_nobodys]
    waiting = count_waiting(tx, clinic_id)
    return Badge(len(patients) + strangers, len(red), min(red, default=None), waiting)


def count_waiting(tx: Tx, clinic_id: int) -> int:
    """How many replies a person should look at."""
    mine = and_(IS_OPEN, InboundText.clinic_id == clinic_id)
    row = tx.row(select(func.count()).select_from(InboundText).where(mine))
    return int(row[0]) if row else 0


def needs(tx: Tx, clinic_id: int, limit: int) -> tuple[list[Need], int]:
    """Who needs a person, most urgent first, at most `limit` rows; and how many there are altogether."""
    groups = sorted(_grouped(open_alerts(tx, clinic_id)), key=_urgency)
    shown = groups[:limit]
    ids = [group[0].patient_id for group in shown if group[0].patient_id is not None]
    patients = patients_by_id(tx, ids)
    figures = figures_of(tx, ids)
    behind = {alert.inbound_id for group in shown for alert in group if alert.inbound_id}
    quotes = opened_replies(tx, behind | set(_last_ids(tx, ids)))
    last = {reply.patient_id: reply for reply in quotes.values()}
    found = []
    for group in shown:
        whose = group[0].patient_id
        cited = next((quotes[one.inbound_id] for one in group if one.inbound_id in quotes), None)
        if whose is None:
            found.append(Need(None, group, {}, cited))
        else:
            quote = cited or last.get(whose)
            found.append(Need(patients[whose], group, figures.get(whose, {}), quote))
    return found, len(groups)


def _grouped(alerts: Sequence[OpenAlert]) -> list[tuple[OpenAlert, ...]]:
    groups: dict[object, list[OpenAlert]] = {}
    for alert in alerts:
        groups.setdefault(alert.patient_id or alert.token, []).append(alert)
    return [tuple(sorted(group, key=_rank)) for group in groups.values()]


def _rank(alert: OpenAlert) -> int:
    return rank_of(alert.rule, alert.evidence)


def _urgency(group: tuple[OpenAlert, ...]) -> tuple[Any, ...]:
    # Among equals whoever has more reasons, then whoever has waited longest.
    return (_rank(group[0]), -len(group), group[0].opened_at)


def figures_of(tx: Tx, patient_ids: Collection[int]) -> dict[int, Mapping[str, Any]]:
    """The maintained figures of patients, by id."""
    query = select(PatientStanding.patient_id, PatientStanding.figures)
    rows = tx.rows(query.where(PatientStanding.patient_id.in_(patient_ids)))
    return {row[0]: row[1] for row in rows}


def alert_named(tx: Tx, token: str) -> tuple[str, int | None] | None:
    """The rule and the patient of an alert, open or closed, if the scope holds it."""
    row = tx.row(select(Alert.rule, Alert.patient_id).where(Alert.token == token))
    return (row[0], row[1]) if row else None


def consents(tx: Tx, clinic_id: int) -> Counter[str]:
    """How many patients stand in each state of consent."""
    query = select(PatientRow.consent, func.count()).where(PatientRow.clinic_id == clinic_id)
    return Counter({row[0]: row[1] for row in tx.rows(query.group_by(PatientRow.consent))})


def active_without_need(tx: Tx, clinic_id: int) -> int:
    """How many consented patients have no open alert that asks for a person."""
    needing = select(Alert.patient_id).where(
        and_(Alert.closed_at.is_(None), Alert.tier != "INFO", Alert.patient_id.is_not(None))
    )
    calm = and_(
        PatientRow.clinic_id == clinic_id,
        PatientRow.consent == "active",
        PatientRow.id.not_in(needing),
    )
    row = tx.row(select(func.count()).select_from(PatientRow).where(calm))
    return int(row[0]) if row else 0


def replies_since(
    tx: Tx, clinic_id: int, since: datetime, limit: int
) -> tuple[list[Reply], int, int]:
    """The newest replies since an instant, at most `limit`; how many there are, and from how many people."""
    # By each patient's own index: a clinic's replies of years are not looked at.
    known = select(PatientRow.id).where(PatientRow.clinic_id == clinic_id)
    recent = and_(
        InboundText.received_at >= since,
        or_(InboundText.patient_id.in_(known), InboundText.patient_id.is_(None)),
    )
    rows = tx.rows(select(InboundText.id, InboundText.sender_index).where(recent))
    newest = sorted((row[0] for row in rows), reverse=True)[:limit]
    opened = opened_replies(tx, newest)
    senders = len({row[1] for row in rows})
    return [opened[reply_id] for reply_id in newest], len(rows), senders


def replies_waiting(tx: Tx, clinic_id: int, limit: int) -> list[Reply]:
    """Replies that a person should look at, the newest first, at most `limit`."""
    mine = and_(IS_OPEN, InboundText.clinic_id == clinic_id)
    rows = tx.rows(select(InboundText.id).where(mine).order_by(InboundText.id.desc()).limit(limit))
    opened = opened_replies(tx, [row[0] for row in rows])
    return [opened[row[0]] for row in rows]


def sending(tx: Tx, clinic_id: int, now: datetime, since: datetime) -> Sending:
    """How sending does now, and what became of the texts written since an instant: sent, or expired unsent."""
    mine = OutboxText.clinic_id == clinic_id
    waiting = and_(mine, OutboxText.state == State.PLANNED, OutboxText.due_at <= now)
    late = tx.row(select(func.count(), func.min(OutboxText.due_at)).where(waiting))
    lost = and_(mine, IS_UNKNOWN, OutboxText.seen_at.is_(None))
    unknown = tx.row(select(func.count()).select_from(OutboxText).where(lost))
    written = and_(
        PatientRow.clinic_id == clinic_id,
        OutboxText.planned_at >= since,
        or_(OutboxText.submitted_at.is_not(None), OutboxText.reason == "expired"),
    )
    states = tx.rows(
        select(OutboxText.state, func.count())
        .select_from(PatientRow)
        .join(OutboxText, OutboxText.patient_id == PatientRow.id)
        .where(written)
        .group_by(OutboxText.state)
    )
    return Sending(
        late=late[0] if late else 0,
        oldest_due=late[1] if late else None,
        unknown=unknown[0] if unknown else 0,
        today={row[0]: row[1] for row in states},
    )


def wakes_until(tx: Tx, clinic_id: int, until: datetime) -> list[datetime]:
    """When the consented patients of a clinic are looked at next, up to an instant."""
    soon = and_(
        PatientCursor.clinic_id == clinic_id,
        PatientCursor.next_wake_at < until,
        PatientRow.consent == "active",
    )
    query = select(PatientCursor.next_wake_at).join(
        PatientRow, PatientRow.id == PatientCursor.patient_id
    )
    return [row[0] for row in tx.rows(query.where(soon))]


def _last_ids(tx: Tx, patient_ids: Sequence[int]) -> list[int]:
    query = select(func.max(InboundText.id)).where(InboundText.patient_id.in_(patient_ids))
    return [row[0] for row in tx.rows(query.group_by(InboundText.patient_id))]


def opened_replies(tx: Tx, ids: Collection[int]) -> dict[int, Reply]:
    """Replies by id, with how each was read."""
    readings = readings_of(tx, ids)
    rows = tx.rows(
        select(
            InboundText.id,
            InboundText.token,
            InboundText.patient_id,
            InboundText.body,
            InboundText.received_at,
            InboundText.review_state,
        ).where(InboundText.id.in_(ids))
    )
    return {
        reply_id: Reply(
            id=reply_id,
            token=token,
            patient_id=patient_id,
            body=tx.keyring.open_(body, "inbound", "body", token),
            received_at=received_at,
            for_staff=review == "open",
            readings=tuple(readings.get(reply_id, ())),
        )
        for reply_id, token, patient_id, body, received_at, review in rows
    }


def readings_of(tx: Tx, inbound_ids: Collection[int]) -> dict[int, list[Read]]:
    """How replies (by id) were read, in the order of what they say."""
    rows = tx.rows(
        select(ReadIntent.inbound_id, ReadIntent.intent, ReadIntent.value, Question.kind)
        .outerjoin(Question, Question.id == ReadIntent.question_id)
        .where(ReadIntent.inbound_id.in_(inbound_ids))
        .order_by(ReadIntent.inbound_id, ReadIntent.position)
    )
    found: dict[int, list[Read]] = {}
    for inbound_id, intent, value, kind in rows:
        found.setdefault(inbound_id, []).append(Read(intent, value, kind))
    return found
