"""One tick with 100 due among 1,000 and among 20,000 enrolled: a tick costs what is due, not what is enrolled."""

import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from bench.crowd import crowd, make_due
from service.clinic_life import look_after_patients

DUE, FEW, MANY, ROUNDS = 100, 1_000, 20_000, 9
MOST_RATIO, MOST_MS_A_PATIENT = 1.2, 1.0
# 13:31 in Halifax: the caffeine heads-up of somebody who goes to bed at 23:00 has just become due.
NOW = datetime(2026, 11, 20, 17, 31, tzinfo=UTC)


def figures() -> Iterator[dict[str, Any]]:
    """The medians of both, their ratio, and the cost of one due patient."""
    with tempfile.TemporaryDirectory() as folder:
        few = crowd(Path(folder) / "few.db", FEW, NOW)
        many = crowd(Path(folder) / "many.db", MANY, NOW)
        took: dict[str, list[float]] = {"few": [], "many": []}
        for step in range(ROUNDS):
            # In turn, so that a slower moment of the machine falls on both.
            for name, runtime in (("few", few), ("many", many)):
                now = NOW + timedelta(seconds=step)
                runtime.clock.hold(now)
                make_due(runtime, DUE, now)
                start = time.perf_counter()
                look_after_patients(runtime)
                took[name].append(time.perf_counter() - start)
        # The first round writes each patient's overdue slots; the others find what a usual tick finds.
        ratio = median(took["many"][1:]) / median(took["few"][1:])
        a_patient = median(took["many"][1:]) / DUE * 1000
        yield {
            "figure": f"tick, {DUE} due, {MANY} enrolled against {FEW}",
            "ratio": round(ratio, 3),
            "limit": MOST_RATIO,
            "met": ratio < MOST_RATIO,
        }
        yield {
            "figure": "a due patient, ms",
            "value": round(a_patient, 3),
            "limit": MOST_MS_A_PATIENT,
            "met": a_patient <= MOST_MS_A_PATIENT,
            "first_round_with_texts_ms": round(took["many"][0] / DUE * 1000, 3),
        }
