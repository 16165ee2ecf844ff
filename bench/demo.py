"""How long the demo takes to live its 90 nights, on this machine, at this moment."""

import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

MOST_S = 30


def figures() -> Iterator[dict[str, Any]]:
    """The whole command, from its start to the last night."""
    begin = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "service.cli", "demo", "--no-serve"],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    took = time.perf_counter() - begin
    yield {
        "figure": "demo of 60 patients and 90 nights, s",
        "value": round(took, 1),
        "limit": MOST_S,
        "met": took < MOST_S,
    }
