"""Texts a second from a due row to a recorded answer, every state durable, beside the bare loop over the same SDK.

One process; the endpoint has no latency and calls nobody back, so what is measured is our own bookkeeping.
"""

import gc
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import func, select, update

from bench.crowd import crowd
from bench.peers import bare_loop
from bench.peers.endpoint import endpoint
from service.flows.send_outbox import Pipeline
from service.gateways.twilio import Account, TwilioGateway
from service.runtime import Runtime
from service.store import outbox
from service.store.records import NewText
from service.store.session import SYSTEM
from service.store.tables.outbox import IS_PLANNED, OutboxText
from service.synthetic.clinic import CLINIC

TEXTS, IN_FLIGHT, ROUNDS = 2_000, 200, 5
LEAST_OF_THE_BARE_LOOP = 0.5
# Noon in Halifax: the hours let everything go.
NOON = datetime(2026, 11, 19, 16, 0, tzinfo=UTC)


def figures() -> Iterator[dict[str, Any]]:
    """The medians of both, in turn, and their ratio."""
    with tempfile.TemporaryDirectory() as folder, endpoint() as address:
        runtime = _clinic(Path(folder) / "dispatch.db", address)
        gc.freeze()
        ours, bare = [], []
        for round_ in range(ROUNDS):
            bare.append(TEXTS / bare_loop.seconds(address, TEXTS, IN_FLIGHT))
            ours.append(TEXTS / _seconds(runtime, round_))
    # The first round opens files and fills caches, as a running service has.
    rate, peer = median(ours[1:]), median(bare[1:])
    yield {
        "figure": f"dispatch on SQLite against a bare loop, {IN_FLIGHT} in flight",
        "ratio": round(rate / peer, 3),
        "limit": LEAST_OF_THE_BARE_LOOP,
        "met": rate / peer >= LEAST_OF_THE_BARE_LOOP,
        "texts_a_second": round(rate),
        "bare_loop_texts_a_second": round(peer),
    }


def _clinic(file: Path, address: str) -> Runtime:
    runtime = crowd(file, TEXTS, NOON)
    account = Account(
        "AC" + "0" * 32, "token", "MG" + "0" * 32, address, "https://clinic.example/s/"
    )
    return replace(runtime, gateway=TwilioGateway(account, IN_FLIGHT))


def _seconds(runtime: Runtime, round_: int) -> float:
    """One text for everybody, due now; how long until each has the provider's name."""
    # Days apart: neither a gap nor a cap of the round before holds anything up.
    now = NOON + timedelta(days=2 * round_)
    runtime.clock.hold(now)
    with runtime.store.transaction(SYSTEM, "bench") as tx:
        # Nobody's alarm: only what is written here leaves.
        tx.execute(update(OutboxText).where(IS_PLANNED).values(state="cancelled"))
        outbox.add_texts(tx, [_text(who, round_, now) for who in range(1, TEXTS + 1)], now)
    pipeline = Pipeline(IN_FLIGHT)
    begin = time.perf_counter()
    pipeline.start(runtime)
    while _unsent(runtime):
        time.sleep(0.01)
    took = time.perf_counter() - begin
    pipeline.stop()
    return took


def _text(who: int, round_: int, now: datetime) -> NewText:
    return NewText(
        clinic_id=1,
        patient_id=who,
        slot=f"bench:{who}:{round_}",
        kind="planned",
        language="en",
        due_at=now,
        not_after=now + timedelta(hours=2),
        body="Stop caffeine now: 9 hours before bed.",
        segments=1,
        sender=CLINIC.sender,
        template="CAF-01",
        priority="cut_off",
        night=now.date(),
    )


def _unsent(runtime: Runtime) -> int:
    with runtime.store.transaction(SYSTEM, "bench", write=False) as tx:
        unsent = OutboxText.state.in_(("planned", "submitting"))
        row = tx.row(select(func.count()).select_from(OutboxText).where(unsent))
    return int(row[0]) if row else 0
