"""Resident memory of the serving demo after ten sign-ins and 200 pages."""

import os
import re
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

from bench.serving import stopped

PORT, SIGN_INS, PAGES, MOST_MB = 8418, 10, 200, 150
ROOT = f"http://127.0.0.1:{PORT}"


def figures() -> Iterator[dict[str, Any]]:
    """Build the demo as a visitor would, use it, and look at its process."""
    process = subprocess.Popen(  # noqa: S603 (our own)
        [sys.executable, "-m", "service.cli", "demo", "--port", str(PORT)],
        stderr=subprocess.PIPE,
    )
    with stopped(process):
        assert process.stderr is not None
        told = b""
        while b"Evenfall is at" not in told:
            told += os.read(process.stderr.fileno(), 65536)
        password = re.search(rb"clinician +(\S+) +(\S+)", told)
        assert password is not None
        for _ in range(SIGN_INS):
            visitor = _signed_in(password[1].decode(), password[2].decode())
            _walk(visitor, PAGES // SIGN_INS)
        time.sleep(2)
        status = Path(f"/proc/{process.pid}/status").read_text()
        used = int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]  # always there
        yield {
            "figure": f"resident MB of the serving demo after {SIGN_INS} sign-ins, {PAGES} pages",
            "value": round(used, 1),
            "limit": MOST_MB,
            "met": used < MOST_MB,
        }


def _signed_in(email: str, password: str) -> urllib.request.OpenerDirector:
    visitor = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    form = visitor.open(f"{ROOT}/sign-in").read().decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form)
    fields = {"email": email, "password": password, "csrf_token": token[1] if token else ""}
    visitor.open(f"{ROOT}/sign-in", urllib.parse.urlencode(fields).encode())
    return visitor


def _walk(visitor: urllib.request.OpenerDirector, pages: int) -> None:
    people = visitor.open(f"{ROOT}/patients").read().decode()
    links = sorted(set(re.findall(r'href="(/patients/[\w-]{22})"', people)))
    assert links, "signed in and on the patients page"
    paths = ["/", "/programmes", *links]
    for number in range(pages - 1):
        visitor.open(ROOT + paths[number % len(paths)]).read()
