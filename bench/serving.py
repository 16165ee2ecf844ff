"""A synthetic clinic in a folder, and a process that serves it, stopped afterwards."""

import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from service import boot
from service.config import read_settings
from service.entry.web.passwords import hash_password
from service.flows.open_clinic import open_clinic
from service.store import schema, users
from service.store.session import SYSTEM
from service.synthetic.clinic import CLINIC

EMAIL, PASSWORD = "nurse@northside.example", "correct horse battery"


def environment(folder: Path, port: int) -> dict[str, str]:
    """The environment of a process that serves `folder`."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith("EVENFALL_")
    }
    return inherited | {
        "EVENFALL_DATABASE_URL": f"sqlite:///{folder / 'evenfall.db'}",
        "EVENFALL_KEYS_FILE": str(folder / "keys.json"),
        "EVENFALL_BIND": f"127.0.0.1:{port}",
        "EVENFALL_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "EVENFALL_SECRET_KEY": secrets.token_hex(16),
    }


def prepared(folder: Path) -> None:
    """A clinic without patients, and one member of staff."""
    settings = read_settings(environment(folder, 8417))
    store = boot.open_store(settings, make_keys=True)
    schema.upgrade(store.engine)
    runtime = boot.quiet_runtime(settings, store)
    now = datetime.now(UTC)
    with store.transaction(SYSTEM, "bench") as tx:
        clinic = open_clinic(runtime, tx, CLINIC, now)
        users.add_user(tx, clinic.id, EMAIL, "Nurse", ["clinician"], hash_password(PASSWORD), now)
    store.engine.dispose()


@contextmanager
def stopped(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    """End the process whatever happens."""
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)
