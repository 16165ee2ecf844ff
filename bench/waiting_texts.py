"""Texts due at an instant, one for each of some patients: what a sender is measured on."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from service.store import outbox
from service.store.records import NewText
from service.store.session import Tx
from service.synthetic.clinic import CLINIC

USEFUL_FOR = timedelta(hours=2)


def one_each(tx: Tx, patients: Iterable[int], batch: str, due_at: datetime) -> list[str]:
    """Write a text for each patient id, of use for two hours; the tokens, in that order. `batch` names them apart."""
    texts = [_text(who, batch, due_at) for who in patients]
    return outbox.add_texts(tx, texts, due_at)


def _text(who: int, batch: str, due_at: datetime) -> NewText:
    return NewText(
        clinic_id=1,
        patient_id=who,
        slot=f"bench:{who}:{batch}",
        kind="planned",
        language="en",
        due_at=due_at,
        not_after=due_at + USEFUL_FOR,
        body="Stop caffeine now: 9 hours before bed.",
        segments=1,
        sender=CLINIC.sender,
        template="CAF-01",
        priority="cut_off",
        night=due_at.date(),
    )
