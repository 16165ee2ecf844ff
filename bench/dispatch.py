"""Texts a second from a due row to a recorded answer, every state durable, on both databases, beside the peers.

One process; the endpoint has no latency and calls nobody back, so what is measured is our own bookkeeping. The peers
send the same texts: the bare loop over the same SDK, a Celery task for each, an APScheduler job for each.
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

from sqlalchemy import select, update

from bench.crowd import crowd
from bench.peers import bare_loop, celery_tasks, job_each
from bench.peers.endpoint import endpoint
from bench.postgres import databases
from bench.waiting_texts import one_each
from service.flows.send_outbox import Pipeline
from service.gateways.twilio import Account, TwilioGateway
from service.runtime import Runtime
from service.store.session import SYSTEM
from service.store.tables.outbox import IS_PLANNED, IS_SUBMITTING, OutboxText

TEXTS, IN_FLIGHT, ROUNDS = 2_000, 200, 5
# A job store is so much slower that fewer tell as much.
JOBS = 500
LEAST_OF_THE_BARE_LOOP, LEAST_OF_CELERY = 0.5, 4.5
# Noon in Halifax: the hours let everything go.
NOON = datetime(2026, 11, 19, 16, 0, tzinfo=UTC)


def figures() -> Iterator[dict[str, Any]]:
    """The medians of all in turn, and the ratios of ours to each."""
    rates: dict[str, list[float]] = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        databases(folder, "dispatch") as (url,),
        endpoint() as address,
        celery_tasks.workers(folder, address) as queueing,
    ):
        wheres = {"SQLite": Path(folder) / "dispatch.db", "PostgreSQL": url}
        clinics = {name: sending(where, TEXTS, address) for name, where in wheres.items()}
        gc.freeze()
        for round_ in range(ROUNDS):
            now = {name: TEXTS / seconds(runtime, round_) for name, runtime in clinics.items()}
            now["bare loop"] = TEXTS / bare_loop.seconds(address, TEXTS, IN_FLIGHT)
            now["Celery"] = celery_tasks.texts_a_second(queueing, address, TEXTS)
            now["APScheduler"] = job_each.texts_a_second(
                Path(folder) / f"{round_}.db", address, JOBS
            )
            for name, rate in now.items():
                rates.setdefault(name, []).append(rate)
    # The first round opens files and fills caches, as a running service has.
    typical = {name: median(of_name[1:]) for name, of_name in rates.items()}
    for database in wheres:
        yield _against(database, "bare loop", typical, LEAST_OF_THE_BARE_LOOP)
        yield _against(database, "Celery", typical, LEAST_OF_CELERY)
        yield _against(database, "APScheduler", typical, None)


def _against(
    database: str, peer: str, typical: dict[str, float], limit: float | None
) -> dict[str, Any]:
    ratio = typical[database] / typical[peer]
    return {
        "figure": f"dispatch on {database}, {IN_FLIGHT} in flight, against {peer}",
        "ratio": round(ratio, 3),
        "limit": limit,
        "met": limit is None or ratio >= limit,
        "texts_a_second": round(typical[database]),
        "peer_texts_a_second": round(typical[peer]),
    }


def sending(where: Path | str, patients: int, address: str) -> Runtime:
    """A clinic that texts through the endpoint at `address`."""
    runtime = crowd(where, patients, NOON)
    account = Account(
        "AC" + "0" * 32, "token", "MG" + "0" * 32, address, "https://clinic.example/s/"
    )
    return replace(runtime, gateway=TwilioGateway(account, IN_FLIGHT))


def seconds(runtime: Runtime, round_: int) -> float:
    """One text for each of `TEXTS` patients, due now; how long until each has the provider's name."""
    # Days apart: neither a gap nor a cap of the round before holds anything up.
    now = NOON + timedelta(days=2 * round_)
    runtime.clock.hold(now)
    with runtime.store.transaction(SYSTEM, "bench") as tx:
        # Nobody's alarm: only what is written here leaves.
        tx.execute(update(OutboxText).where(IS_PLANNED).values(state="cancelled"))
        one_each(tx, range(1, TEXTS + 1), str(round_), now)
    pipeline = Pipeline(IN_FLIGHT)
    begin = time.perf_counter()
    pipeline.start(runtime)
    while unsent(runtime):
        time.sleep(0.03)
    took = time.perf_counter() - begin
    pipeline.stop()
    return took


def unsent(runtime: Runtime) -> bool:
    """Whether a text has no answer yet, found with the least that can be asked: the asking takes its time too."""
    with runtime.store.transaction(SYSTEM, "bench", write=False) as tx:
        return any(
            tx.row(select(OutboxText.id).where(under_way).limit(1))
            for under_way in (IS_PLANNED, IS_SUBMITTING)
        )
