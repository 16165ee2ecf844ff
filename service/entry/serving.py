"""`evenfall serve`: web, clock and sender in one process, one for each SQLite file."""

import fcntl
import os
import secrets
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
from service.boot import Embedded, StartError
from service.clinic_life import live_until
from service.config import Settings
from service.entry.ticker import make_scheduler
from service.entry.web import Site, create_app
from service.store.session import Store

THREADS = 8

log = structlog.get_logger()


def serve(settings: Settings, ready: Callable[[str], None]) -> None:
    """Serve until told to stop (SIGTERM, Ctrl-C); `ready` gets the address once it can be opened.

    StartError when another process serves the same file, or when the fence of boot forbids to start.
    """
    store = boot.open_store(settings)
    boot.check_fence(settings, store)
    with _alone(store):
        service = boot.embedded(settings, store)
        scheduler = make_scheduler(service)
        host, port = settings.bind_address()
        app = create_app(_site(settings, store, service, scheduler))
        server = create_server(app, host=host, port=port, threads=THREADS, ident="")
        service.pipeline.start(service.runtime)
        scheduler.start()
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        ready(f"http://{host}:{port}")
        try:
            server.run()
        finally:
            log.info("stopping")
            scheduler.shutdown(wait=True)
            service.pipeline.stop()
            server.close()


def _site(
    settings: Settings, store: Store, service: Embedded, scheduler: BackgroundScheduler
) -> Site:
    tokens = (settings.twilio_auth_token, settings.twilio_auth_token_old)
    return Site(
        runtime=service.runtime,
        secret_key=settings.secret_key.get_secret_value() or secrets.token_hex(32),
        public_url=settings.public_url,
        loopback=settings.is_loopback(),
        auth_tokens=tuple(filter(None, (token.get_secret_value() for token in tokens))),
        travel=_traveller(service, scheduler) if boot.is_demo(settings, store) else None,
    )


def _traveller(service: Embedded, scheduler: BackgroundScheduler) -> Callable[[datetime], None]:
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
def _alone(store: Store) -> Iterator[None]:
    """Hold the lock of the SQLite file; a crash frees it. PostgreSQL needs none: rows are locked there."""
    if store.file is None:
        yield
        return
    path = Path(f"{store.file}.serving")
    with path.open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise StartError(
                f"Process {lock.read().strip()} serves {store.file} already; stop it first."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
