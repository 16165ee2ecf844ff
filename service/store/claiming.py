"""Claiming: texts that may leave now are marked so, with their guards read, before any request is made."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, or_, select, update

from service.domain.delivery import Kind, State
from service.domain.exchange import Text
from service.domain.guards import Candidate, Verdict, judge
from service.store.outbox import end_unsent
from service.store.people import open_phone, patients_by_id, rhythm_of, wake
from service.store.questions import ask_again, open_questions, void_questions
from service.store.records import Patient
from service.store.rows import table
from service.store.session import Tx
from service.store.tables.outbox import OutboxText, Sender
from service.store.tables.planning import PatientPause
from service.store.tables.replies import InboundText

# Covers the request's deadline of 10 s and recording, with margin.
LEASE = timedelta(seconds=60)
# Lanes 0 and 1 may overdraw a sender by this many segments; the others wait until it is paid back.
OVERDRAFT = 10
URGENT_LANES = (0, 1)
# How far ahead of its rate a sender may be claimed: one claim's worth, so that an urgent text waits behind no one.
AHEAD = timedelta(milliseconds=100)

_COLUMNS = (
    OutboxText.id,
    OutboxText.token,
    OutboxText.patient_id,
    OutboxText.slot,
    OutboxText.kind,
    OutboxText.lane,
    OutboxText.night,
    OutboxText.recipient,
    OutboxText.sender,
    OutboxText.body,
    OutboxText.segments,
    OutboxText.due_at,
    OutboxText.not_after,
    OutboxText.asks,
    OutboxText.programme,
)


@dataclass(frozen=True, slots=True)
class _Waiting:
    id: int
    token: str
    patient_id: int | None
    slot: str
    kind: str
    lane: int
    night: Any
    recipient: bytes | None
    sender: str
    body: bytes
    segments: int
    due_at: datetime
    not_after: datetime
    asks: str | None
    programme: str | None


def claim(tx: Tx, places: int, now: datetime, wall: datetime, rate: float | None) -> list[Text]:
    """Up to `places` due texts, in lane order, marked `submitting` under a lease; those not allowed are ended.

    `rate` is segments a second for each sender, None without limit.
    """
    waiting = [_Waiting(*row) for row in tx.rows(_DUE, now=now, most=places)]
    if not waiting:
        return []
    patients = patients_by_id(tx, {text.patient_id for text in waiting if text.patient_id})
    paused = _paused(tx, list(patients), now)
    unread = _unread(tx, patients.values())
    leaving, ended = [], []
    for text in waiting:
        patient = patients.get(text.patient_id or 0)
        verdict = judge(_candidate(text, patient, paused, unread), now)
        if verdict is Verdict.GO:
            leaving.append(text)
        elif verdict is not Verdict.WAIT:
            ended.append((text.id, verdict.state, verdict.reason))
    end_unsent(tx, ended, now)
    gone = {row for row, _, _ in ended}
    wake(tx, [text.patient_id for text in waiting if text.id in gone and text.patient_id], now)
    void_questions(tx, [text.token for text in waiting if text.id in gone and text.asks])
    leaving = _within_rate(tx, leaving, now, rate)
    _mark(tx, leaving, now, wall)
    open_questions(tx, [text.token for text in leaving if text.asks], now)
    ask_again(tx, [text.slot.split(":")[1] for text in leaving if text.kind == Kind.NUDGE], now)
    return [_text(tx, text, patients.get(text.patient_id or 0), now) for text in leaving]


def _paused(tx: Tx, ids: Sequence[int], now: datetime) -> set[int]:
    return {row[0] for row in tx.rows(_PAUSED, ids=list(ids), now=now)}


def _unread(tx: Tx, patients: Iterable[Patient]) -> set[str]:
    """Numbers with a stored reply that nobody has read yet: what it says may be STOP."""
    numbers = sorted({patient.phone_index for patient in patients})
    return {row[0] for row in tx.rows(_UNREAD, numbers=numbers)}


def _candidate(
    text: _Waiting, patient: Patient | None, paused: set[int], unread: set[str]
) -> Candidate:
    return Candidate(
        kind=text.kind,
        not_after=text.not_after,
        consent=patient.consent if patient else None,
        rhythm=rhythm_of(patient) if patient else None,
        paused=patient is not None and patient.id in paused,
        unread=patient is not None and patient.phone_index in unread,
    )


def _within_rate(
    tx: Tx, texts: list[_Waiting], now: datetime, rate: float | None
) -> list[_Waiting]:
    """Those whose sender has a slot now, taken in lane order; the others stay planned."""
    if rate is None or not texts:
        return texts
    numbers = {text.sender for text in texts}
    locked = select(Sender.number, Sender.next_free_at).where(Sender.number.in_(numbers))
    free = {row[0]: row[1] for row in tx.rows(locked.with_for_update())}
    taken = []
    for text in texts:
        at = max(free.get(text.sender, now), now)
        allowed = timedelta(seconds=OVERDRAFT / rate) if text.lane in URGENT_LANES else AHEAD
        if at - now <= allowed:
            taken.append(text)
            free[text.sender] = at + timedelta(seconds=text.segments / rate)
    for number, instant in free.items():
        tx.execute(update(Sender).where(Sender.number == number).values(next_free_at=instant))
    return taken


def _mark(tx: Tx, texts: Sequence[_Waiting], now: datetime, wall: datetime) -> None:
    if texts:
        ids = [text.id for text in texts]
        tx.execute(_SUBMITTING, ids=ids, instant=now, lease=wall + LEASE)


def _text(tx: Tx, text: _Waiting, patient: Patient | None, now: datetime) -> Text:
    keyring = tx.keyring
    if patient is not None:
        to = open_phone(keyring, patient)
    else:
        to = keyring.open_(text.recipient or b"\0", "outbox", "recipient", text.token)
    body = keyring.open_(text.body, "outbox", "body", text.token)
    return Text(text.token, to, text.sender, body, text.not_after, now)


_DUE = (
    select(*_COLUMNS)
    .where(and_(OutboxText.state == "planned", OutboxText.due_at <= bindparam("now")))
    .order_by(OutboxText.lane, OutboxText.due_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_PAUSED = select(PatientPause.patient_id).where(
    and_(
        PatientPause.patient_id.in_(bindparam("ids", expanding=True)),
        PatientPause.start <= bindparam("now"),
        or_(PatientPause.until.is_(None), PatientPause.until > bindparam("now")),
    )
)
_UNREAD = select(InboundText.sender_index).where(
    and_(
        InboundText.read_at.is_(None),
        InboundText.sender_index.in_(bindparam("numbers", expanding=True)),
    )
)
_OUTBOX = table(OutboxText)
_SUBMITTING = (
    update(_OUTBOX)
    .where(and_(_OUTBOX.c.id.in_(bindparam("ids", expanding=True)), _OUTBOX.c.state == "planned"))
    .values(
        state=State.SUBMITTING.value,
        submitted_at=bindparam("instant"),
        lease_until=bindparam("lease"),
        attempts=_OUTBOX.c.attempts + 1,
    )
)
