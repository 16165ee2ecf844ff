"""Receipts -> rows: what became of texts, their nights summed up again, and numbers that fail."""

from collections.abc import Sequence
from datetime import datetime

import structlog

from service.domain.delivery import NOT_REACHED, State
from service.domain.exchange import Receipt
from service.domain.provider_codes import CodeClass, meaning
from service.runtime import Runtime
from service.store import channels, consent, delivery_history, receipts, staff_phones, standings
from service.store.people import patients_by_id
from service.store.receipts import Told
from service.store.session import SYSTEM, Tx
from service.store.summaries import roll_nights

ACTOR = "receipts"

log = structlog.get_logger()


def take_receipts(runtime: Runtime, heard: Sequence[Receipt]) -> None:
    """Write receipts, in any order and repeated, and what follows from them."""
    now = runtime.clock.now()
    with runtime.store.transaction(SYSTEM, ACTOR) as tx:
        told = receipts.receive(tx, heard)
        nights = {(one.patient_id, one.night) for one in told if one.changed}
        moved = roll_nights(tx, {(who, night) for who, night in nights if who and night}, now)
        standings.restand(tx, list(patients_by_id(tx, moved).values()), now)
        _judge_numbers(tx, told, now)
        _judge_channel(tx, runtime.gateway.name, told, now)
        opted_out = [one.token for one in told if CodeClass.OPT_OUT in _kinds(one)]
        consent.opt_out_by_provider(tx, opted_out, now)
        staff_phones.opt_out_by_provider(tx, opted_out, now)


def _kinds(told: Told) -> set[CodeClass]:
    return {meaning(code).kind for code in told.codes}


def _judge_numbers(tx: Tx, told: Sequence[Told], now: datetime) -> None:
    """A text that arrives speaks for its number, whatever failed beside it."""
    of_nights = [one for one in told if one.changed and one.patient_id and one.night]
    reached = {one.patient_id for one in of_nights if one.state is State.DELIVERED}
    failed = {one.patient_id for one in of_nights if one.state in NOT_REACHED} - reached
    delivery_history.trust_numbers(tx, filter(None, reached), now)
    delivery_history.doubt_numbers(tx, filter(None, failed), now)


def _judge_channel(tx: Tx, name: str, told: Sequence[Told], now: datetime) -> None:
    """Texts that were accepted and then ended for the account's sake stop the channel; one that arrives resumes it."""
    arrived = [one.token for one in told if one.state is State.DELIVERED]
    if channels.prove(tx, name, arrived, now, delivered=True):
        log.info("sending resumed", channel=name)
    too_fast = {one.sender for one in told for code in one.codes if meaning(code).slows}
    channels.rest_senders(tx, too_fast, now)
    for one in told:
        for code in one.codes:
            if meaning(code).kind is not CodeClass.ACCOUNT:
                continue
            why = meaning(code).sentence
            if channels.stop_after_acceptance(tx, name, why, one.submitted_at, now):
                log.error("sending stopped", channel=name, code=code)
