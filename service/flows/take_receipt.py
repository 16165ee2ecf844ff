"""Receipts -> rows: what became of texts, their nights summed up again, and numbers that fail."""

from collections.abc import Sequence
from datetime import date, datetime

from service.domain.delivery import State
from service.domain.exchange import Receipt
from service.domain.provider_codes import CodeClass, meaning
from service.runtime import Runtime
from service.store import alerts, consent, delivery_history, receipts, standings
from service.store.people import patients_by_id
from service.store.session import SYSTEM, Tx
from service.store.summaries import roll_nights

ACTOR = "receipts"
# Failed deliveries in a row after which the number is in doubt (rule M-WHO).
FAILED_IN_A_ROW = 3
_NOT_REACHED = frozenset({State.UNDELIVERED, State.FAILED})


def take_receipts(runtime: Runtime, told: Sequence[Receipt]) -> None:
    """Write receipts, in any order and repeated, and what follows from them."""
    now = runtime.clock.now()
    with runtime.store.transaction(SYSTEM, ACTOR) as tx:
        changed = receipts.receive(tx, told)
        moved = roll_nights(tx, {(patient_id, night) for patient_id, night, _ in changed}, now)
        standings.restand(tx, list(patients_by_id(tx, moved).values()), now)
        _doubt_numbers(tx, changed, now)
        consent.opt_out_by_provider(tx, [one.token for one in told if _opts_out(one)], now)


def _opts_out(receipt: Receipt) -> bool:
    code = receipt.error_code or 0
    return receipt.state in _NOT_REACHED and meaning(code).kind is CodeClass.OPT_OUT


def _doubt_numbers(tx: Tx, changed: Sequence[tuple[int, date, str]], now: datetime) -> None:
    """Open M-WHO where the last three texts failed; close it where one arrives again."""
    reached = {who for who, _, state in changed if state == State.DELIVERED}
    failed = {who for who, _, state in changed if state in _NOT_REACHED} - reached
    doubted = alerts.open_rules(tx, sorted(reached))
    for patient_id in reached & {who for who, rules in doubted.items() if "M-WHO" in rules}:
        alerts.close_undelivered(tx, patient_id, now)
    for patient in patients_by_id(tx, failed).values():
        fates = delivery_history.last_fates(tx, patient.id, FAILED_IN_A_ROW)
        if len(fates) == FAILED_IN_A_ROW and all(state in _NOT_REACHED for state, _ in fates):
            evidence = {"failed": FAILED_IN_A_ROW, "because": fates[0][1] or ""}
            alerts.open_alert(tx, patient.clinic_id, patient.id, "M-WHO", evidence, now)
            standings.rank_patients(tx, [patient.id])
