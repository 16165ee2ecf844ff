"""`evenfall worker`: plans, reads and sends what it is asked for; start as many as there is work for."""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import structlog
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Status

from service.boot import Deployment
from service.clinic_life import hear
from service.entry.jobs import JOBS
from service.flows.watch_clock import keeps_time
from service.runtime import Runtime
from service.store.session import SYSTEM, StoreBusyError

# So many jobs at once: planning is work for one core, the rest waits for the database.
THREADS = 4
# What runs beside the jobs and must not wait for them: phones that answer, a look at the clock.
BESIDE = 2
# A worker that gave no sign of life for so long is taken for dead, and its jobs are done by others.
HEARTBEAT_S, DEAD_AFTER_S = 5.0, 20.0
# A stop takes 10 s at most: a request has as long, from the moment at which nothing more is claimed; a job in hand
# gets less, and what is still under way then is recorded in the rest.
STOP_S, PATIENCE_S = 10.0, 8.0
HEAR_EVERY_S, LOOK_EVERY_S = 1.0, 2.0
# A database that went away: noticed within so long, and so long no connection is waited for.
AGAIN_AFTER_S, CONNECT_S = 1.0, 5.0

log = structlog.get_logger()


def work(service: Deployment, ready: Callable[[], None]) -> None:
    """Work until told to stop: jobs in hand are finished, requests under way recorded.

    `ready` is called when it begins, and again after the database was away.
    """
    service.pipeline.start(service.runtime)
    try:
        asyncio.run(_work(service, ready))
    finally:
        service.pipeline.stop(STOP_S - PATIENCE_S)
        if service.jobs is not None:
            service.jobs.close()


async def _work(service: Deployment, ready: Callable[[], None]) -> None:
    # asyncio's own pool is as small as the machine and would starve the jobs.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS + BESIDE))
    told_to_stop = _stop_on_signals(service)
    while not told_to_stop.is_set():
        try:
            await _do_jobs(service, told_to_stop, ready)
        except (ConnectorException, StoreBusyError):
            # Listener, heartbeat and pool each come back in their own time, or never: all begin anew.
            log.warning("the database is away")
            await asyncio.sleep(AGAIN_AFTER_S)
    log.info("worker told to stop")


def _reach(runtime: Runtime) -> None:
    """StoreBusyError while the database gives no connection."""
    with runtime.store.transaction(SYSTEM, "worker", write=False):
        pass


async def _do_jobs(
    service: Deployment, told_to_stop: asyncio.Event, ready: Callable[[], None]
) -> None:
    """Do jobs until told to stop; ConnectorException or StoreBusyError when the database goes away."""
    runtime = service.runtime
    # The job library's own pool tries ever less often, and would come back long after the database.
    await asyncio.to_thread(_reach, runtime)
    connector = PsycopgConnector(
        conninfo=runtime.store.conninfo or "", max_size=THREADS + 2, timeout=CONNECT_S
    )
    app = App(connector=connector)
    _register(app, service)
    async with app.open_async():
        works: list[Coroutine[Any, Any, object]] = [
            _take_jobs(app),
            _take_over(app),
            # Simulated phones answer in the process that texted them; a real provider speaks by webhook.
            _every(HEAR_EVERY_S, hear, runtime),
            # Whoever sends looks at its own clock, also while nothing is planned.
            _every(LOOK_EVERY_S, keeps_time, runtime),
            told_to_stop.wait(),
        ]
        tasks = [asyncio.create_task(each) for each in works]
        ready()
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended


async def _take_jobs(app: App) -> None:
    await app.run_worker_async(
        concurrency=THREADS,
        delete_jobs="successful",
        fetch_job_polling_interval=AGAIN_AFTER_S,
        update_heartbeat_interval=HEARTBEAT_S,
        stalled_worker_timeout=DEAD_AFTER_S,
        shutdown_graceful_timeout=PATIENCE_S,
        install_signal_handlers=False,
    )


def _stop_on_signals(service: Deployment) -> asyncio.Event:
    """SIGTERM and Ctrl-C end the claims at once, not only after the jobs in hand; the event is set then."""
    told_to_stop = asyncio.Event()

    def stop() -> None:
        service.pipeline.cease()
        told_to_stop.set()

    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, stop)
    return told_to_stop


def _register(app: App, service: Deployment) -> None:
    def send(texts: list[str]) -> None:
        # Whatever is due is claimed, these among it: who claims first sends.
        del texts
        service.pipeline.wake()

    app.task(name="send")(send)
    for name, job in JOBS.items():
        app.task(name=name)(partial(job, service.runtime))


async def _take_over(app: App) -> None:
    """The jobs of workers that died are done again; one that waits to be done anyway is dropped."""
    while True:
        await asyncio.sleep(HEARTBEAT_S)
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER_S):
            log.warning("job of a dead worker", job=job.task_name)
            try:
                await app.job_manager.retry_job(job)
            except UniqueViolation:
                await app.job_manager.finish_job(job, Status.ABORTED, delete_job=True)


async def _every(seconds: float, work: Callable[[Runtime], object], runtime: Runtime) -> None:
    """As a tick of the clock: what fails is logged and tried again; StoreBusyError when the database is away."""
    while True:
        try:
            await asyncio.to_thread(work, runtime)
        except StoreBusyError:
            raise
        except Exception:
            log.exception("tick failed")
        await asyncio.sleep(seconds)
