"""`evenfall web` and `evenfall clock`: the service in several processes over one PostgreSQL; see also worker.py."""

import gc
import signal
import threading
from collections.abc import Callable

import structlog
from waitress import create_server

from service.boot import Deployment
from service.dispatch.base import Jobs
from service.entry.pulse import Pulse
from service.entry.serving import THREADS, site_of
from service.entry.ticker import asking, ticking
from service.entry.web import create_app
from service.store.leadership import lead

# How often a standby tries for the clock, and the clock looks whether it still leads.
LOOK_EVERY_S = 1.0

log = structlog.get_logger()


def serve_pages(service: Deployment, ready: Callable[[str], None]) -> None:
    """Serve pages and webhooks until told to stop; `ready` gets the address."""
    gc.freeze()
    host, port = service.address
    server = create_server(
        create_app(site_of(service)), host=host, port=port, threads=THREADS, ident=""
    )
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    ready(f"http://{host}:{port}")
    try:
        server.run()
    finally:
        server.close()


def keep_time(service: Deployment, ready: Callable[[bool], None]) -> None:
    """Ask the workers for what is due until told to stop; of several clocks one does, the others stand by.

    `ready` is told False while another clock leads or the database is away, True once this one leads.
    """
    stopped = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stopped.set())
    while not stopped.is_set():
        ready(False)
        with lead(service.runtime.store, lambda: not stopped.wait(LOOK_EVERY_S)) as leads:
            if leads is not None and service.jobs is not None:
                ready(True)
                _ask_while(leads, service, service.jobs, stopped)


def _ask_while(
    leads: Callable[[], bool], service: Deployment, jobs: Jobs, stopped: threading.Event
) -> None:
    jobs.open()
    wall = service.runtime.clock.wall
    try:
        with ticking(asking(service.runtime, jobs), Pulse(), wall):
            while not stopped.wait(LOOK_EVERY_S):
                if not leads():
                    log.warning("the database ended this clock's lead")
                    return
    finally:
        jobs.close()
