"""The clock: one list of system ticks on APScheduler. It knows no patients; the next tick heals a missed one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from service.boot import Deployment
from service.clinic_life import hear, look_after_patients, settle
from service.entry.pulse import Pulse
from service.flows.reconcile import reconcile
from service.flows.take_reply import read_replies
from service.runtime import Runtime

# A tick late by less than this still runs; APScheduler's own default of 1 s would skip runs silently.
GRACE_S = 300


@dataclass(frozen=True, slots=True)
class Tick:
    """One recurring call."""

    name: str
    every_s: float
    call: Callable[[], object]


def ticks(service: Deployment) -> list[Tick]:
    """All ticks of the embedded service."""
    runtime = service.runtime
    return [
        Tick("plan", 2, lambda: look_after_all(runtime)),
        Tick("pump", 1, service.pipeline.wake),
        Tick("hear", 1, lambda: hear(runtime)),
        Tick("read", 1, lambda: read_replies(runtime)),
        Tick("reconcile", 60, lambda: reconcile(runtime)),
        Tick("settle", 600, lambda: settle(runtime)),
    ]


def look_after_all(runtime: Runtime) -> None:
    """Chunk after chunk until nobody waits: what is due in one minute must not take turns of two seconds."""
    while look_after_patients(runtime):
        pass


def make_scheduler(service: Deployment, pulse: Pulse) -> BackgroundScheduler:
    """The scheduler, not yet started: jobs in memory only, real time in UTC, one run of each at a time.

    How each tick does is felt by `pulse`.
    """
    scheduler = BackgroundScheduler(
        timezone=UTC, executors={"default": ThreadPoolExecutor(len(ticks(service)))}
    )
    for tick in ticks(service):
        scheduler.add_job(
            pulse.feel,
            "interval",
            args=[tick.name, tick.every_s, tick.call, service.runtime.clock.wall],
            seconds=tick.every_s,
            id=tick.name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=GRACE_S,
        )
    return scheduler
