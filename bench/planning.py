"""One patient's day plan, and what a publication does to many: both with every programme a clinic ships."""

import gc
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from bench.crowd import crowd, live
from bench.tick import LIVED_FROM, LIVED_UNTIL, NOW
from schedules.day_plan import plan
from schedules.night import night_of
from schedules.open_hours import night_over
from service.domain.impact import NIGHTS, Impact
from service.flows.plan_due.case import past_of, subject_of
from service.flows.plan_due.preview import Proposal, longest_name, take_in, touched
from service.flows.publish_programme import as_if_published, check, newest_of
from service.runtime import Runtime
from service.store import programme_pages
from service.store.people import clinic_by_id
from service.store.planning import planning_cases
from service.store.session import SYSTEM, Tx

INLINE, MANY, CHUNK = 150, 5_000, 50
MOST_PLAN_US, MOST_INLINE_S, MOST_MANY_S = 300, 2.0, 90.0
ROUNDS = 5
DAY = timedelta(days=1)


def figures() -> Iterator[dict[str, Any]]:
    """The median of a plan, and the time a publication's effect takes to count."""
    with tempfile.TemporaryDirectory() as folder:
        runtime = crowd(Path(folder) / "few.db", INLINE, LIVED_FROM)
        live(runtime, range(1, INLINE + 1), LIVED_UNTIL)
        runtime.clock.hold(NOW)
        gc.freeze()
        yield _met("a day plan, all programmes, us (median)", _plan_us(runtime), MOST_PLAN_US)
        yield _met(f"effect on {INLINE} people, s", _effect_s(runtime), MOST_INLINE_S)
        many = crowd(Path(folder) / "many.db", MANY, NOW)
        yield _met(f"effect on {MANY} people, s", _effect_s(many), MOST_MANY_S)


def _met(figure: str, value: float, limit: float) -> dict[str, Any]:
    return {"figure": figure, "value": round(value, 2), "limit": limit, "met": value <= limit}


def _plan_us(runtime: Runtime) -> float:
    """What a wake-up asks for: each patient's best of a few rounds (noise only adds), and the median of these."""
    with runtime.store.transaction(SYSTEM, "bench", write=False) as tx:
        clinic = clinic_by_id(tx, 1)
        content = runtime.shelf.content(tx, clinic)
        cases = planning_cases(tx, range(1, INLINE + 1), NOW)
    programmes = [programme for _, programme in content.programmes(NOW)]
    best = []
    for case in cases:
        tonight = night_of(NOW, case.patient.zone)
        nights = [tonight - DAY, tonight, tonight + DAY]
        subject, past = subject_of(case, content, NOW), past_of(case, NOW)
        took = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            plan(subject, programmes, past, nights, night_over(subject.rhythm, tonight))
            took.append(time.perf_counter() - start)
        best.append(min(took))
    return median(best) * 1e6


def _effect_s(runtime: Runtime) -> float:
    with runtime.store.transaction(SYSTEM, "bench", write=False) as tx:
        start = time.perf_counter()
        _count(runtime, tx, runtime.clock.now())
        return time.perf_counter() - start


def _count(runtime: Runtime, tx: Tx, now: datetime) -> Impact:
    """What moving one step of the caffeine programme by an hour does, as the page counts it."""
    clinic = clinic_by_id(tx, 1)
    content = runtime.shelf.content(tx, clinic)
    newest = newest_of(content, "caffeine")
    assert newest is not None
    version, programme = newest
    source = version.source.replace('offset = "-2h"', 'offset = "-3h"')
    moved = check(content, source, "caffeine.toml", {}, {"en"})
    after = as_if_published(content, moved, source, {}, "now", clinic.zone, now)
    people = touched(programme_pages.reached(tx, clinic.id), [programme, moved], now)
    proposal = Proposal(clinic, version.number + 1, content, after, now, longest_name(tx, people))
    ids = [one.patient.id for one in people]
    impact = Impact()
    for start in range(0, len(ids), CHUNK):
        take_in(tx, proposal, ids[start : start + CHUNK], NIGHTS, impact)
    return impact
