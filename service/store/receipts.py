"""What the provider tells of texts, in any order: a text only ever moves forward, and every word is kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, or_, select, update

from service.domain.delivery import NOT_REACHED, State, after_receipt
from service.domain.exchange import Receipt
from service.domain.provider_codes import meaning
from service.store.questions import void_questions
from service.store.rows import table
from service.store.session import Tx
from service.store.tables.outbox import OutboxText, ReceiptEvent

_STAMPS = {State.SENT: "sent_at", State.DELIVERED: "delivered_at"}


@dataclass(frozen=True, slots=True)
class Told:
    """What receipts made of one text: its state now, whether that is new, and the codes it was said to end with."""

    token: str
    patient_id: int | None
    night: date | None
    sender: str
    submitted_at: datetime | None
    state: State
    changed: bool
    codes: tuple[int, ...]


def receive(tx: Tx, receipts: Sequence[Receipt]) -> list[Told]:
    """Write receipts in any order, repeated or late; those of no text of ours are left out."""
    known = _texts_of(tx, receipts)
    history: list[dict[str, Any]] = []
    fates: dict[int, _Fate] = {}
    for receipt in receipts:
        text = known.get(receipt.token) or known.get(receipt.provider_sid)
        if text is None or _is_anothers(receipt, text, known):
            continue
        if receipt.provider_sid:
            known.setdefault(receipt.provider_sid, text)
        history.append(
            {
                "outbox_id": text.id,
                "state": receipt.state.value,
                "error_code": receipt.error_code,
                "at": receipt.at,
            }
        )
        fates.setdefault(text.id, _Fate(text, State(text.state))).hear(receipt)
    tx.insert_new(table(ReceiptEvent), history, "id")
    changed = [fate for fate in fates.values() if fate.has_changed]
    if changed:
        tx.execute(_TELL, [fate.row() for fate in changed])
    void_questions(tx, [fate.text.token for fate in changed if fate.state in NOT_REACHED])
    return [fate.told() for fate in fates.values()]


def _is_anothers(receipt: Receipt, text: "_TextRow", known: dict[str, "_TextRow"]) -> bool:
    """Whether a receipt gives a text a name that is not its own: neither of the two can be believed then."""
    if not receipt.provider_sid:
        return False
    holder = known.get(receipt.provider_sid)
    return text.sid not in {None, receipt.provider_sid} or holder not in {None, text}


@dataclass(frozen=True, slots=True)
class _TextRow:
    id: int
    token: str
    state: str
    sid: str | None
    patient_id: int | None
    night: date | None
    sender: str
    submitted_at: datetime | None
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
    codes: list[int] = field(default_factory=list)

    @property
    def has_changed(self) -> bool:
        return self.state != self.text.state

    def hear(self, receipt: Receipt) -> None:
        if receipt.error_code is not None and receipt.state in NOT_REACHED:
            self.codes.append(receipt.error_code)
        after = after_receipt(self.state, receipt.state)
        if after is self.state:
            return
        self.state = after
        if self.text.sid is None:
            name = receipt.provider_sid or None
            self.changes |= {"provider_sid": name, "accepted_at": receipt.at}
        if after in _STAMPS:
            self.changes[_STAMPS[after]] = receipt.at
        if after in NOT_REACHED:
            sentence = meaning(receipt.error_code or 0).sentence
            self.changes |= {"error_code": receipt.error_code, "detail": sentence}
            self.changes["ended_at"] = receipt.at

    def told(self) -> Told:
        text = self.text
        return Told(
            token=text.token,
            patient_id=text.patient_id,
            night=text.night,
            sender=text.sender,
            submitted_at=text.submitted_at,
            state=self.state,
            changed=self.has_changed,
            codes=tuple(self.codes),
        )

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


# Locked, in one order: two receipts of one text at once must not read the same state and write the lower one last.
_TEXTS = (
    select(
        OutboxText.id,
        OutboxText.token,
        OutboxText.state,
        OutboxText.provider_sid,
        OutboxText.patient_id,
        OutboxText.night,
        OutboxText.sender,
        OutboxText.submitted_at,
        OutboxText.accepted_at,
        OutboxText.sent_at,
        OutboxText.delivered_at,
        OutboxText.ended_at,
        OutboxText.error_code,
        OutboxText.detail,
    )
    .where(
        or_(
            OutboxText.token.in_(bindparam("tokens", expanding=True)),
            OutboxText.provider_sid.in_(bindparam("sids", expanding=True)),
        )
    )
    .order_by(OutboxText.id)
    .with_for_update()
)
_OUTBOX = table(OutboxText)
_TELL = (
    update(_OUTBOX)
    .where(_OUTBOX.c.id == bindparam("row"))
    .values(
        state=bindparam("now_is"),
        lease_until=None,
        **{name: bindparam(f"to_{name}") for name in _TOLD_COLUMNS},
    )
)
