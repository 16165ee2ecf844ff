"""Two workers over one PostgreSQL against one: a provider that takes half a second, 200 texts in flight for each."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bench.dispatch import unsent
from bench.peak import clinic
from bench.peers.endpoint import endpoint
from bench.postgres import databases
from bench.running import free_port, texting
from bench.serving import stopped
from bench.waiting_texts import one_each
from service.runtime import Runtime
from service.store.session import SYSTEM
from service.store.tables.outbox import OutboxText

LATENCY_S, TEXTS, LEAST_RATIO = 0.5, 6_000, 1.7
TOMORROW = timedelta(hours=20)


def figures() -> Iterator[dict[str, Any]]:
    """Each sends to patients of its own: no gap holds anything up."""
    with (
        tempfile.TemporaryDirectory() as name,
        databases(name, "workers") as (url,),
        endpoint(LATENCY_S) as address,
    ):
        folder = Path(name)
        runtime = clinic(folder, 2 * TEXTS, TOMORROW, url)
        env = texting(folder, free_port(), address) | {"EVENFALL_DATABASE_URL": url}
        one = _texts_a_second(runtime, env, folder, 1, range(1, TEXTS + 1))
        two = _texts_a_second(runtime, env, folder, 2, range(TEXTS + 1, 2 * TEXTS + 1))
        runtime.store.engine.dispose()
    yield {
        "figure": f"two workers against one, {LATENCY_S} s a text, 200 in flight each",
        "ratio": round(two / one, 3),
        "limit": LEAST_RATIO,
        "met": two / one >= LEAST_RATIO,
        "two_texts_a_second": round(two),
        "one_texts_a_second": round(one),
    }


def _texts_a_second(
    runtime: Runtime, env: dict[str, str], folder: Path, workers: int, patients: Sequence[int]
) -> float:
    """From the first request to the last answer."""
    with ExitStack() as stack:
        for number in range(workers):
            stack.enter_context(_worker(env, folder / f"{workers}-{number}.log"))
        now = runtime.clock.now()
        with runtime.store.transaction(SYSTEM, "bench") as tx:
            tokens = one_each(tx, patients, f"of {workers}", now)
        while unsent(runtime):
            time.sleep(0.2)
    ends = select(func.min(OutboxText.submitted_at), func.max(OutboxText.accepted_at))
    with runtime.store.transaction(SYSTEM, "bench", write=False) as tx:
        first, last = tx.rows(ends.where(OutboxText.due_at == now))[0]
    return len(tokens) / float((last - first).total_seconds())


@contextmanager
def _worker(env: dict[str, str], log: Path) -> Iterator[None]:
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "service.cli", "worker"], env=env, stderr=out
        )
        with stopped(process):
            while "Working." not in log.read_text():
                time.sleep(0.05)
            yield
