"""What became of texts: outcomes of requests, and receipts in any order."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, case, or_, select, update

from service.domain.delivery import State, after_receipt
from service.domain.exchange import Accepted, Outcome, Receipt, SendError
from service.domain.provider_codes import CodeClass, meaning
from service.store.people import open_phone, patients_by_id
from service.store.questions import void_questions
from service.store.rows import table
from service.store.session import Tx
from service.store.tables.outbox import IS_SUBMITTING, IS_UNKNOWN, OutboxText, ReceiptEvent
from service.store.tables.people import Patient

MOST_ATTEMPTS = 3
# A refused text waits a little before it is tried again; the pipeline's own back-off paces the rest.
TRY_AGAIN_AFTER = timedelta(seconds=2)
_NOT_REACHED = frozenset({State.UNDELIVERED, State.FAILED})
_STAMPS = {State.SENT: "sent_at", State.DELIVERED: "delivered_at"}


def record(tx: Tx, outcomes: Sequence[Outcome], now: datetime) -> set[int]:
    """Write what the provider answered. A receipt that came before its answer is not undone.

    What comes back are the patients whose text was refused for good.
    """
    accepted = [
        {"name": one.token, "sid": one.provider_sid, "instant": now}
        for one in outcomes
        if isinstance(one, Accepted)
    ]
    if accepted:
        tx.execute(_ACCEPTED, accepted)
    refused = [_refused(tx, one, now) for one in outcomes if isinstance(one, SendError)]
    return {patient_id for patient_id in refused if patient_id is not None}


def _refused(tx: Tx, error: SendError, now: datetime) -> int | None:
    """Write a refusal; the patient of a text that has failed for good."""
    ours = and_(OutboxText.token == error.token, OutboxText.state == State.SUBMITTING)
    values: dict[str, Any] = {"error_code": error.code, "detail": error.reason[:200]}
    row = tx.row(
        select(OutboxText.attempts, OutboxText.not_after, OutboxText.patient_id).where(ours)
    )
    if row is None:
        return None
    if error.kind is CodeClass.UNKNOWN:
        values |= {"state": State.UNKNOWN.value}
    elif error.kind in {CodeClass.TRANSIENT, CodeClass.ACCOUNT} and _may_try_again(error, row, now):
        values |= {
            "state": State.PLANNED.value,
            "lease_until": None,
            "due_at": now + TRY_AGAIN_AFTER,
        }
    else:
        values |= {"state": State.FAILED.value, "lease_until": None, "ended_at": now}
        void_questions(tx, [error.token])
    tx.execute(update(OutboxText).where(ours).values(**values))
    return int(row[2]) if values["state"] == State.FAILED and row[2] is not None else None


def _may_try_again(error: SendError, row: tuple[Any, ...], now: datetime) -> bool:
    attempts, not_after, _ = row
    enough = error.kind is CodeClass.TRANSIENT and attempts >= MOST_ATTEMPTS
    return not enough and now + TRY_AGAIN_AFTER < not_after


def receive(tx: Tx, receipts: Sequence[Receipt]) -> list[tuple[int, Any, str]]:
    """Write receipts in any order, repeated or late; a text only ever moves forward.

    What comes back are (patient id, night, state) of the texts whose state changed, for their summaries.
    """
    known = _texts_of(tx, receipts)
    told: list[dict[str, Any]] = []
    fates: dict[int, _Fate] = {}
    for receipt in receipts:
        text = known.get(receipt.token) or known.get(receipt.provider_sid)
        if text is None or (text.sid and receipt.provider_sid not in {"", text.sid}):
            continue
        told.append(
            {
                "outbox_id": text.id,
                "state": receipt.state.value,
                "error_code": receipt.error_code,
                "at": receipt.at,
            }
        )
        fate = fates.setdefault(text.id, _Fate(text, State(text.state)))
        fate.hear(receipt)
    tx.insert_new(table(ReceiptEvent), told, "id")
    changed = [fate for fate in fates.values() if fate.state != fate.text.state]
    if changed:
        tx.execute(_TELL, [fate.row() for fate in changed])
    void_questions(tx, [fate.text.token for fate in changed if fate.state in _NOT_REACHED])
    return [
        (fate.text.patient_id, fate.text.night, fate.state.value)
        for fate in changed
        if fate.text.patient_id is not None and fate.text.night is not None
    ]


@dataclass(frozen=True, slots=True)
class _TextRow:
    id: int
    token: str
    state: str
    sid: str | None
    patient_id: int | None
    night: Any
    accepted_at: datetime | None
    sent_at: datetime | None
    delivered_at: datetime | None
    ended_at: datetime | None
    error_code: int | None
    detail: str | None


@dataclass(slots=True)
class _Fate:
    """A text and what its receipts make of it, taken one after the other."""

    text: _TextRow
    state: State
    changes: dict[str, Any] = field(default_factory=dict)

    def hear(self, receipt: Receipt) -> None:
        after = after_receipt(self.state, receipt.state)
        if after is self.state:
            return
        self.state = after
        if self.text.sid is None:
            self.changes |= {"provider_sid": receipt.provider_sid, "accepted_at": receipt.at}
        if after in _STAMPS:
            self.changes[_STAMPS[after]] = receipt.at
        if after in _NOT_REACHED:
            sentence = meaning(receipt.error_code or 0).sentence
            self.changes |= {"error_code": receipt.error_code, "detail": sentence}
            self.changes["ended_at"] = receipt.at

    def row(self) -> dict[str, Any]:
        text = self.text
        kept = {name: getattr(text, name) for name in _TOLD_COLUMNS if name != "provider_sid"}
        values = {**kept, "provider_sid": text.sid, **self.changes}
        return {"row": text.id, "now_is": self.state.value} | {
            f"to_{name}": values[name] for name in _TOLD_COLUMNS
        }


_TOLD_COLUMNS = (
    "provider_sid",
    "accepted_at",
    "sent_at",
    "delivered_at",
    "ended_at",
    "error_code",
    "detail",
)


def _texts_of(tx: Tx, receipts: Sequence[Receipt]) -> dict[str, _TextRow]:
    """The texts meant, by our token and by the provider's name for them."""
    tokens = sorted({receipt.token for receipt in receipts})
    sids = sorted({receipt.provider_sid for receipt in receipts if receipt.provider_sid})
    found: dict[str, _TextRow] = {}
    for row in tx.rows(_TEXTS, tokens=tokens, sids=sids):
        text = _TextRow(*row)
        found[text.token] = text
        if text.sid is not None:
            found[text.sid] = text
    return found


def stale_leases(tx: Tx, wall: datetime) -> int:
    """Texts whose lease ran out may or may not have left: they become `unknown`, never `planned` again."""
    stale = and_(IS_SUBMITTING, OutboxText.lease_until < wall)
    return tx.changed(
        update(OutboxText).where(stale).values(state=State.UNKNOWN.value, lease_until=wall)
    )


def awaiting_receipts(tx: Tx) -> list[tuple[str, str, datetime]]:
    """Texts accepted whose fate is not known: token, provider id, when they were accepted."""
    waiting = and_(
        OutboxText.state.in_((State.ACCEPTED.value, State.SENT.value)),
        OutboxText.provider_sid.is_not(None),
    )
    query = select(OutboxText.token, OutboxText.provider_sid, OutboxText.accepted_at)
    return [(row[0], row[1], row[2]) for row in tx.rows(query.where(waiting))]


@dataclass(frozen=True, slots=True)
class Uncertain:
    """A text that may or may not have left us; `known_sids` are the provider's names of that number's others."""

    token: str
    to: str
    body: str
    submitted_at: datetime
    known_sids: frozenset[str]


def uncertain_texts(tx: Tx, since: datetime, until: datetime) -> list[Uncertain]:
    """Texts in doubt that were submitted between two instants."""
    doubtful = and_(
        IS_UNKNOWN,
        OutboxText.submitted_at >= since,
        OutboxText.submitted_at <= until,
        OutboxText.patient_id.is_not(None),
    )
    rows = tx.rows(
        select(
            OutboxText.token, OutboxText.patient_id, OutboxText.body, OutboxText.submitted_at
        ).where(doubtful)
    )
    patients = patients_by_id(tx, {row[1] for row in rows})
    return [
        Uncertain(
            token=token,
            to=open_phone(tx.keyring, patients[patient_id]),
            body=tx.keyring.open_(body, "outbox", "body", token),
            submitted_at=submitted_at,
            known_sids=_sids(tx, patients[patient_id].phone_index, since),
        )
        for token, patient_id, body, submitted_at in rows
    ]


def _sids(tx: Tx, phone_index: str, since: datetime) -> frozenset[str]:
    same_phone = select(Patient.id).where(Patient.phone_index == phone_index)
    named = and_(OutboxText.patient_id.in_(same_phone), OutboxText.submitted_at >= since)
    query = select(OutboxText.provider_sid).where(named)
    return frozenset(row[0] for row in tx.rows(query) if row[0])


_OUTBOX = table(OutboxText)
_IN_DOUBT = or_(_OUTBOX.c.state == "submitting", _OUTBOX.c.state == "unknown")
_ACCEPTED = (
    update(_OUTBOX)
    .where(and_(_OUTBOX.c.token == bindparam("name"), _OUTBOX.c.accepted_at.is_(None)))
    .values(
        accepted_at=bindparam("instant"),
        provider_sid=bindparam("sid"),
        state=case((_IN_DOUBT, State.ACCEPTED.value), else_=_OUTBOX.c.state),
        lease_until=None,
    )
)
_TEXTS = select(
    OutboxText.id,
    OutboxText.token,
    OutboxText.state,
    OutboxText.provider_sid,
    OutboxText.patient_id,
    OutboxText.night,
    OutboxText.accepted_at,
    OutboxText.sent_at,
    OutboxText.delivered_at,
    OutboxText.ended_at,
    OutboxText.error_code,
    OutboxText.detail,
).where(
    or_(
        OutboxText.token.in_(bindparam("tokens", expanding=True)),
        OutboxText.provider_sid.in_(bindparam("sids", expanding=True)),
    )
)
_TELL = (
    update(_OUTBOX)
    .where(_OUTBOX.c.id == bindparam("row"))
    .values(
        state=bindparam("now_is"),
        lease_until=None,
        **{name: bindparam(f"to_{name}") for name in _TOLD_COLUMNS},
    )
)
