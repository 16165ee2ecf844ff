"""What size costs: a step moved for 100,000, five thousand due at once, and a tick among a million."""

import gc
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Connection, event, func, select

from bench.crowd import crowd, live, make_due
from bench.multitude import multiply
from bench.postgres import databases
from bench.tick import DUE, NOW, tick
from schedules.slots import Planned
from service.clinic_life import look_after_patients
from service.flows.plan_due.ahead import forecast
from service.flows.publish_programme import newest_of, publish
from service.runtime import Runtime
from service.store.people import clinic_by_id
from service.store.rows import table
from service.store.session import SYSTEM
from service.store.tables.planning import PatientCursor, PlanChange

HUNDRED_THOUSAND, EVERY = 100_000, 500
MOST_MOVING_S, MOST_LATE_S = 20.0, 5.0
MANY_DUE, MOST_TICK_S, MOST_WRITE_MS = 5_000, 3.0, 50.0
FEW, MILLION, ROUNDS, MOST_RATIO = 1_000, 1_000_000, 7, 1.2


def figures() -> Iterator[dict[str, Any]]:
    """Each in its own database."""
    with tempfile.TemporaryDirectory() as folder:
        yield from _moving(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        yield from _many_due(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        yield _a_million("SQLite", [Path(folder) / name for name in ("few.db", "many.db")])
    with tempfile.TemporaryDirectory() as folder, databases(folder, "few", "many") as (few, many):
        yield _a_million("PostgreSQL", [few, many])


def _met(figure: str, value: float, limit: float, **more: Any) -> dict[str, Any]:
    return {
        "figure": figure,
        "value": round(value, 2),
        "limit": limit,
        "met": value <= limit,
        **more,
    }


def _moving(folder: Path) -> Iterator[dict[str, Any]]:
    """A step of a programme that everybody has is moved while texts are due every second."""
    runtime = crowd(folder / "moving.db", 1, NOW)
    multiply(runtime, HUNDRED_THOUSAND)
    with runtime.store.transaction(SYSTEM, "bench") as tx:
        # One patient in five hundred is due in the first minute of it.
        for second in range(60):
            mine = PatientCursor.patient_id % (EVERY * 60) == EVERY * second
            at = NOW + timedelta(seconds=second)
            cursor = table(PatientCursor)
            tx.execute(cursor.update().where(mine).values(next_wake_at=at, next_slot_at=at))
    _publish(runtime)
    start, late = time.perf_counter(), 0.0
    moved: float | None = None
    while moved is None:
        passed = time.perf_counter() - start
        runtime.clock.hold(NOW + timedelta(seconds=passed))
        late = max(late, _waiting_s(runtime))
        look_after_patients(runtime)
        if not _changes(runtime):
            moved = time.perf_counter() - start
    yield _met(f"a step moved for {HUNDRED_THOUSAND}, alarms right, s", moved, MOST_MOVING_S)
    yield _met("the latest who was due meanwhile, s", late, MOST_LATE_S)
    yield _met("alarms that would ring late, of 300 looked at", _too_late(runtime, 300), 0)


def _publish(runtime: Runtime) -> None:
    with runtime.store.transaction(SYSTEM, "bench") as tx:
        clinic = clinic_by_id(tx, 1)
        newest = newest_of(runtime.shelf.content(tx, clinic), "caffeine")
        assert newest is not None
        source = newest[0].source.replace('offset = "-2h"', 'offset = "-3h"')
        publish(runtime, tx, clinic, source, name="caffeine.toml", at="now", now=NOW)


def _changes(runtime: Runtime) -> int:
    with runtime.store.transaction(SYSTEM, "bench", write=False) as tx:
        row = tx.row(select(func.count()).select_from(PlanChange))
    return row[0] if row else 0


def _waiting_s(runtime: Runtime) -> float:
    """For how long the longest waiting of those due has waited."""
    with runtime.store.transaction(SYSTEM, "bench", write=False) as tx:
        row = tx.row(select(func.min(PatientCursor.next_wake_at)))
    return (runtime.clock.now() - row[0]).total_seconds() if row else 0.0


def _too_late(runtime: Runtime, looked_at: int) -> int:
    """How many of those looked at have a text before their alarm."""
    with runtime.store.transaction(SYSTEM, "bench", write=False) as tx:
        query = select(PatientCursor.patient_id, PatientCursor.next_slot_at)
        step = HUNDRED_THOUSAND // looked_at
        some = tx.rows(query.where(PatientCursor.patient_id % step == 1))
        late = 0
        for who, alarm in some:
            slots = forecast(runtime, tx, who, 2)
            late += any(isinstance(slot, Planned) and slot.at < alarm for slot in slots)
    return late


def _many_due(folder: Path) -> Iterator[dict[str, Any]]:
    """Five thousand wake-ups at once, with what they write."""
    runtime = crowd(folder / "due.db", MANY_DUE, NOW - timedelta(days=1))
    live(runtime, range(1, MANY_DUE + 1), NOW - timedelta(minutes=31))
    runtime.clock.hold(NOW)
    make_due(runtime, range(1, MANY_DUE + 1), NOW)
    gc.freeze()
    with _writing(runtime) as writes:
        start = time.perf_counter()
        while look_after_patients(runtime):
            pass
        took = time.perf_counter() - start
    yield _met(f"a tick with {MANY_DUE} due, s", took, MOST_TICK_S)
    yield _met("its longest writing transaction, ms", max(writes) * 1000, MOST_WRITE_MS)


@contextmanager
def _writing(runtime: Runtime) -> Iterator[list[float]]:
    """How long each writing transaction held the database, in seconds."""
    lengths: list[float] = []
    began: dict[int, float] = {}

    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("evenfall_write", True):
            began[id(connection)] = time.perf_counter()

    def commit(connection: Connection) -> None:
        if id(connection) in began:
            lengths.append(time.perf_counter() - began.pop(id(connection)))

    engine = runtime.store.engine
    event.listen(engine, "begin", begin)
    # After our own listener, and so after the file is synced.
    event.listen(engine, "commit", commit)
    yield lengths
    event.remove(engine, "begin", begin)
    event.remove(engine, "commit", commit)


def _a_million(database: str, wheres: Sequence[Path | str]) -> dict[str, Any]:
    """The same hundred due among a thousand and among a million."""
    few, many = (crowd(where, DUE * ROUNDS, NOW) for where in wheres)
    multiply(few, FEW - DUE * ROUNDS)
    multiply(many, MILLION - DUE * ROUNDS)
    gc.freeze()
    ticks = [[tick(runtime, step) for runtime in (few, many)] for step in range(ROUNDS)]
    of_few, of_many = (median(took) for took in zip(*ticks[1:], strict=True))
    return {
        "figure": f"tick, {DUE} due, {MILLION} enrolled against {FEW}, {database}",
        "ratio": round(of_many / of_few, 3),
        "limit": MOST_RATIO,
        "met": of_many / of_few < MOST_RATIO,
    }
