"""One tick with 100 due among 1,000 and among 20,000 enrolled: a tick costs what is due, not what is enrolled.

The due have lived three days, so what is past is written; about a third of them have a text to write.
"""

import gc
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import func, select

from bench.crowd import crowd, live, make_due
from service.clinic_life import look_after_patients
from service.runtime import Runtime
from service.store.session import SYSTEM
from service.store.tables.outbox import IS_PLANNED

DUE, FEW, MANY, ROUNDS = 100, 1_000, 20_000, 9
MOST_RATIO, MOST_MS_A_PATIENT = 1.2, 1.0
# 13:31 in Halifax on a Thursday: the caffeine heads-up of somebody who goes to bed at 23:00 has just become due,
# and nobody's drinking day takes its place.
NOW = datetime(2026, 11, 19, 17, 31, tzinfo=UTC)
LIVED_FROM, LIVED_UNTIL = NOW - timedelta(days=3), NOW - timedelta(minutes=31)


def figures() -> Iterator[dict[str, Any]]:
    """The medians of both, their ratio, and the cost of one due patient."""
    with tempfile.TemporaryDirectory() as folder:
        clinics = [_clinic(Path(folder), enrolled) for enrolled in (FEW, MANY)]
        # As `serve` does: what was built stays, and the collector need not look at it again.
        gc.freeze()
        # In turn, so that a slower moment of the machine falls on both.
        ticks = [[tick(runtime, step) for runtime in clinics] for step in range(ROUNDS)]
        # The first round reads the clinic's content and warms the caches, as a running service has.
        few, many = (median(took) for took in zip(*ticks[1:], strict=True))
        yield {
            "figure": f"tick, {DUE} due, {MANY} enrolled against {FEW}",
            "ratio": round(many / few, 3),
            "limit": MOST_RATIO,
            "met": many / few < MOST_RATIO,
        }
        yield {
            "figure": "a due patient, ms",
            "value": round(many / DUE * 1000, 3),
            "limit": MOST_MS_A_PATIENT,
            "met": many / DUE * 1000 <= MOST_MS_A_PATIENT,
            "texts_a_due_patient": round(_waiting(clinics[1]) / (DUE * ROUNDS), 2),
        }


def _clinic(folder: Path, enrolled: int) -> Runtime:
    runtime = crowd(folder / f"{enrolled}.db", enrolled, LIVED_FROM)
    live(runtime, range(1, DUE * ROUNDS + 1), LIVED_UNTIL)
    return runtime


def tick(runtime: Runtime, step: int) -> float:
    """One tick with a hundred patients due that no tick has measured before, in seconds."""
    now = NOW + timedelta(seconds=step)
    runtime.clock.hold(now)
    make_due(runtime, range(step * DUE + 1, (step + 1) * DUE + 1), now)
    start = time.perf_counter()
    look_after_patients(runtime)
    return time.perf_counter() - start


def _waiting(runtime: Runtime) -> int:
    with runtime.store.transaction(SYSTEM, "bench", write=False) as tx:
        row = tx.row(select(func.count()).where(IS_PLANNED))
    return row[0] if row else 0
