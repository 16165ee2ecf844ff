"""Cold start of `evenfall serve` to the first page, against importing the same packages."""

import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from bench.serving import environment, prepared, stopped

ROUNDS, MOST_RATIO = 5, 2.5
PAGE = "http://127.0.0.1:8417/sign-in"
PACKAGES = (
    "alembic, aiohttp, apscheduler.schedulers.background, argon2, click, cryptography.fernet, flask,"
    " flask_security, flask_wtf, phonenumbers, pydantic, pydantic_settings, secure, sqlalchemy,"
    " sqlalchemy.orm, structlog, tomlkit, twilio.rest, waitress"
)


def figures() -> Iterator[dict[str, Any]]:
    """Both times in turn, and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        prepared(Path(folder))
        starts, imports = [], []
        for _ in range(ROUNDS):
            imports.append(_import())
            starts.append(_start(Path(folder)))
    ratio = median(starts) / median(imports)
    yield {
        "figure": "cold start to the first page against importing its packages",
        "ratio": round(ratio, 2),
        "limit": MOST_RATIO,
        "met": ratio <= MOST_RATIO,
        "start_s": round(median(starts), 2),
        "import_s": round(median(imports), 2),
    }


def _import() -> float:
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", f"import {PACKAGES}"], check=True)  # noqa: S603 (our own)
    return time.perf_counter() - begin


def _start(folder: Path) -> float:
    begin = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "service.cli", "serve"],
        env=environment(folder, 8417),
        stderr=subprocess.DEVNULL,
    )
    with stopped(process):
        while time.perf_counter() - begin < 60:
            try:
                with urllib.request.urlopen(PAGE) as page:
                    page.read()
                    return time.perf_counter() - begin
            except OSError:
                time.sleep(0.01)
    raise TimeoutError("the service did not come up")
