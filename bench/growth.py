"""Dispatch with ten million past texts in the table against none: what has been sent costs nothing."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Integer, String, cast, func, literal, select

from bench.dispatch import TEXTS, seconds, sending
from bench.multitude import insert_copies, multiply
from bench.peers.endpoint import endpoint
from service.runtime import Runtime
from service.store.rows import table
from service.store.session import SYSTEM
from service.store.tables.outbox import OutboxText

PAST, CHUNK, PATIENTS, ROUNDS = 10_000_000, 500_000, 100_000, 7
LEAST_RATIO = 0.9


def figures() -> Iterator[dict[str, Any]]:
    """Both in turn; a database of about six gigabytes is made and removed."""
    with tempfile.TemporaryDirectory() as name, endpoint() as address:
        clinics = [sending(Path(name) / f"{kind}.db", TEXTS, address) for kind in ("new", "old")]
        multiply(clinics[1], PATIENTS - TEXTS)
        # One round writes the text that all past ones are copied from.
        for runtime in clinics:
            seconds(runtime, 0)
        _remember(clinics[1])
        rounds = [[seconds(runtime, 1 + n) for runtime in clinics] for n in range(ROUNDS)]
        new, old = (TEXTS / median(took) for took in zip(*rounds[1:], strict=True))
        yield {
            "figure": f"dispatch with {PAST} past texts against none, SQLite",
            "ratio": round(old / new, 3),
            "limit": LEAST_RATIO,
            "met": old / new >= LEAST_RATIO,
            "texts_a_second": round(old),
            "without_past_a_second": round(new),
            "gigabytes": round((Path(name) / "old.db").stat().st_size / 1e9, 1),
        }


def _remember(runtime: Runtime) -> None:
    """Accepted texts, as many for each patient, each on a night of its own."""
    outbox = table(OutboxText)
    for start in range(0, PAST, CHUNK):
        count = select(literal(start).label("n")).cte("count", recursive=True)
        count = count.union_all(select(count.c.n + 1).where(count.c.n < start + CHUNK - 1))
        number = cast(count.c.n, String)
        each = PAST // PATIENTS
        own = {
            "token": literal("past-") + number,
            "slot": literal("past:") + number,
            "provider_sid": literal("SMpast") + number,
            "patient_id": 1 + cast(count.c.n / each, Integer),
            "night": func.date(
                "2026-11-01", literal("-") + cast(count.c.n % each, String) + " days"
            ),
        }
        model = select(func.min(outbox.c.id)).where(outbox.c.state == "accepted").scalar_subquery()
        with runtime.store.transaction(SYSTEM, "bench") as tx:
            insert_copies(
                tx,
                outbox,
                own,
                select(count, outbox).select_from(count.join(outbox, outbox.c.id == model)),
            )
