"""The clock: lists of system ticks on APScheduler. It knows no patients; the next tick heals a missed one."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from service.clinic_life import hear, look_after_all, settle
from service.dispatch.base import Jobs
from service.entry.jobs import SHARDS
from service.entry.pulse import Pulse
from service.flows.keep_audit import prove_audit, seal_audit
from service.flows.page_staff import is_needed, page_staff
from service.flows.reconcile import reconcile
from service.flows.take_reply import read_all
from service.runtime import Runtime
from service.store import alarm_clocks, replies
from service.store.session import SYSTEM

ACTOR = "clock"
# A tick late by less than this still runs; APScheduler's own default of 1 s would skip runs silently.
GRACE_S = 300
GUARD_S = 1.0


@dataclass(frozen=True, slots=True)
class Tick:
    """One recurring call."""

    name: str
    every_s: float
    call: Callable[[], object]


def doing(runtime: Runtime) -> list[Tick]:
    """All ticks of the service in one process: it does what there is to do."""
    return [
        Tick("plan", 2, lambda: look_after_all(runtime)),
        Tick("hear", 1, lambda: hear(runtime)),
        Tick("read", 0.5, lambda: read_all(runtime)),
        Tick("page", 2, lambda: page_staff(runtime)),
        Tick("reconcile", 60, lambda: reconcile(runtime)),
        Tick("settle", 600, lambda: settle(runtime)),
        *_keeping_audit(runtime),
    ]


def asking(runtime: Runtime, jobs: Jobs) -> list[Tick]:
    """All ticks of a clock that is alone in its process: it asks the workers for what there is to do."""
    return [
        Tick("plan", 2, lambda: _ask_for_plans(runtime, jobs)),
        Tick("read", 0.5, lambda: _ask_for_reading(runtime, jobs)),
        Tick("page", 2, lambda: _ask_for_paging(runtime, jobs)),
        Tick("reconcile", 60, lambda: jobs.ask("reconcile")),
        Tick("settle", 600, lambda: jobs.ask("settle")),
        # Not the workers': one process writes the heads, to one file.
        *_keeping_audit(runtime),
    ]


def _keeping_audit(runtime: Runtime) -> list[Tick]:
    return [
        Tick("seal", 10, lambda: seal_audit(runtime)),
        Tick("prove", 3600, lambda: prove_audit(runtime)),
    ]


def _ask_for_plans(runtime: Runtime, jobs: Jobs) -> None:
    with runtime.store.transaction(SYSTEM, ACTOR, write=False) as tx:
        due = alarm_clocks.ahead(tx).wake <= runtime.clock.now()
    for shard in range(SHARDS) if due else ():
        jobs.ask("plan", shard=shard)


def _ask_for_reading(runtime: Runtime, jobs: Jobs) -> None:
    with runtime.store.transaction(SYSTEM, ACTOR, write=False) as tx:
        waiting = replies.unread_replies(tx, 1)
    if waiting:
        jobs.ask("read")


def _ask_for_paging(runtime: Runtime, jobs: Jobs) -> None:
    if is_needed(runtime):
        jobs.ask("page")


@contextmanager
def ticking(
    ticks: Sequence[Tick], pulse: Pulse, wall: Callable[[], datetime]
) -> Iterator[BackgroundScheduler]:
    """The scheduler at work until the block ends: jobs in memory only, one run of each tick at a time.

    How each tick does is felt by `pulse`, by the real time that `wall` tells.
    """
    scheduler = BackgroundScheduler(
        timezone=UTC, executors={"default": ThreadPoolExecutor(len(ticks))}
    )
    for tick in ticks:
        scheduler.add_job(
            pulse.feel,
            "interval",
            args=[tick.name, tick.every_s, tick.call, wall],
            seconds=tick.every_s,
            id=tick.name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=GRACE_S,
        )
    stopped = threading.Event()
    guard = threading.Thread(target=_catch_up, args=[scheduler, wall, stopped], name="ticker guard")
    scheduler.start()
    guard.start()
    try:
        yield scheduler
    finally:
        stopped.set()
        guard.join()
        scheduler.shutdown(wait=True)


def _catch_up(
    scheduler: BackgroundScheduler, wall: Callable[[], datetime], stopped: threading.Event
) -> None:
    """APScheduler goes by the wall clock: where that is set back by an hour, no tick would run for an hour."""
    before = wall()
    while not stopped.wait(GUARD_S):
        now = wall()
        if now < before:
            for job in scheduler.get_jobs():
                job.modify(next_run_time=now)
        before = now
