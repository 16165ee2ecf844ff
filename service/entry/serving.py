"""`evenfall serve`: web, clock and sender in one process, one for each SQLite file."""

import fcntl
import gc
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from waitress import create_server

from service import boot
from service.boot import Deployment, StartError
from service.clinic_life import live_until
from service.entry.pulse import Pulse
from service.entry.ticker import doing, ticking
from service.entry.web import Site, create_app
from service.flows.watch_clock import keeps_time
from service.store.session import Store

# Webhooks that come at once wait for the disk together: so many share one commit at most.
THREADS = 16

log = structlog.get_logger()


def serve(store: Store, deploy: Callable[[], Deployment], ready: Callable[[str], None]) -> None:
    """Serve until told to stop (SIGTERM, Ctrl-C); `ready` gets the address once it can be opened.

    `deploy` is called when it is certain that no other process serves the same file; StartError otherwise.
    """
    with alone(store.file):
        service = deploy()
        # What was imported stays: the collector need not look at it again and again.
        gc.freeze()
        pulse = Pulse()
        # What the clock says now is what it is compared with from here on.
        keeps_time(service.runtime)
        wall = service.runtime.clock.wall
        try:
            with ticking(doing(service.runtime), pulse, wall) as scheduler:
                _serve_pages(service, pulse, scheduler, ready)
        finally:
            service.pipeline.stop()


def _serve_pages(
    service: Deployment,
    pulse: Pulse,
    scheduler: BackgroundScheduler,
    ready: Callable[[str], None],
) -> None:
    host, port = service.address
    travel = _traveller(service, scheduler) if service.is_demo else None
    app = create_app(site_of(service, pulse, travel))
    server = create_server(app, host=host, port=port, threads=THREADS, ident="")
    service.pipeline.start(service.runtime)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    ready(f"http://{host}:{port}")
    try:
        server.run()
    finally:
        log.info("stopping")
        server.close()


def site_of(
    service: Deployment,
    pulse: Pulse | None = None,
    travel: Callable[[datetime], None] | None = None,
) -> Site:
    """What the pages need of the service: how its ticks do, where it has any; `travel` moves the demo's clock."""
    return Site(
        runtime=service.runtime,
        secret_key=service.secret_key,
        public_url=service.public_url,
        loopback=service.loopback,
        auth_tokens=service.auth_tokens,
        account=service.account,
        travel=travel,
        pick_up=service.pick_up,
        pulse=pulse or Pulse(),
    )


def _traveller(service: Deployment, scheduler: BackgroundScheduler) -> Callable[[datetime], None]:
    """How the demo's clock is moved: ticks and sender rest while the time between is lived."""
    one_at_a_time = threading.Lock()

    def travel(target: datetime) -> None:
        runtime = service.runtime
        with one_at_a_time, service.pipeline.resting():
            scheduler.pause()
            try:
                live_until(runtime, target)
                boot.keep_offset(runtime.store, runtime.clock.release())
            finally:
                runtime.clock.release()
                scheduler.resume()

    return travel


@contextmanager
def alone(file: Path | None) -> Iterator[None]:
    """Hold the lock of the SQLite file; a crash frees it. PostgreSQL needs none: rows are locked there."""
    if file is None:
        yield
        return
    path = Path(f"{file}.serving")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise StartError(
                f"Process {lock.read().strip()} serves {file} already; stop it first."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
