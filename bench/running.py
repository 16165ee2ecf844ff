"""The service over a crowd's database, in processes of its own, texting through the endpoint."""

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench.serving import environment, stopped
from service.clock import Clock
from service.runtime import Runtime
from service.store import users
from service.store.sealed import save_keyring
from service.store.session import SYSTEM

TOKEN, PUBLIC_URL = "a token of the bench", "https://clinic.example"
PATIENCE_S = 60.0


def handed_over(runtime: Runtime, folder: Path) -> None:
    """Let processes open this database: its keys are kept, and it has staff, as what texts for real must."""
    save_keyring(runtime.store.keyring, folder / "keys.json")
    with runtime.store.transaction(SYSTEM, "bench") as tx:
        users.invite(tx, 1, "nurse@example.org", ["clinician"], Clock().now())
    runtime.store.engine.dispose()


def texting(folder: Path, port: int, provider: str, **more: str) -> dict[str, str]:
    """The environment of a process that texts through `provider` as fast as it may; `more`: other settings."""
    settings = {
        "GATEWAY": "twilio",
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_MESSAGING_SERVICE_SID": "MG" + "0" * 32,
        "TWILIO_BASE_URL": provider,
        "PUBLIC_URL": PUBLIC_URL,
        "SEND_RATE": "unlimited",
        **more,
    }
    return environment(folder, port) | {f"EVENFALL_{key}": value for key, value in settings.items()}


@contextmanager
def running(*module: str, env: Mapping[str, str], port: int) -> Iterator[float]:
    """`python -m MODULE …` until it answers on `port`; after how many seconds it did. Stopped afterwards."""
    begin = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 (our own)
        [sys.executable, "-m", *module],
        env=dict(env),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    with stopped(process):
        while not _answers(port):
            if process.poll() is not None or time.perf_counter() - begin > PATIENCE_S:
                raise RuntimeError(f"{' '.join(module)} did not come up")
            time.sleep(0.02)
        yield time.perf_counter() - begin


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz") as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
