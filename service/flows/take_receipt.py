"""Receipts -> rows: what became of texts, their nights summed up again, and numbers that fail."""

from collections.abc import Sequence
from datetime import date, datetime

from service.domain.delivery import State
from service.domain.exchange import Receipt
from service.domain.provider_codes import CodeClass, meaning
from service.runtime import Runtime
from service.store import consent, delivery_history, receipts, standings
from service.store.delivery_history import NOT_REACHED
from service.store.people import patients_by_id
from service.store.session import SYSTEM, Tx
from service.store.summaries import roll_nights

ACTOR = "receipts"


def take_receipts(runtime: Runtime, told: Sequence[Receipt]) -> None:
    """Write receipts, in any order and repeated, and what follows from them."""
    now = runtime.clock.now()
    with runtime.store.transaction(SYSTEM, ACTOR) as tx:
        changed = receipts.receive(tx, told)
        moved = roll_nights(tx, {(patient_id, night) for patient_id, night, _ in changed}, now)
        standings.restand(tx, list(patients_by_id(tx, moved).values()), now)
        _judge_numbers(tx, changed, now)
        consent.opt_out_by_provider(tx, [one.token for one in told if _opts_out(one)], now)


def _opts_out(receipt: Receipt) -> bool:
    code = receipt.error_code or 0
    return receipt.state in NOT_REACHED and meaning(code).kind is CodeClass.OPT_OUT


def _judge_numbers(tx: Tx, changed: Sequence[tuple[int, date, str]], now: datetime) -> None:
    """A text that arrives speaks for its number, whatever failed beside it."""
    reached = {who for who, _, state in changed if state == State.DELIVERED}
    failed = {who for who, _, state in changed if state in NOT_REACHED} - reached
    delivery_history.trust_numbers(tx, reached, now)
    delivery_history.doubt_numbers(tx, failed, now)
