"""Waiting for threads of the product: until something is so, and not a moment longer."""

import time
from collections.abc import Callable


def wait_until(is_so: Callable[[], bool], patience_s: float = 20.0) -> None:
    """Return once `is_so()`; AssertionError when it does not become so in time."""
    deadline = time.monotonic() + patience_s
    while not is_so():
        assert time.monotonic() < deadline, "it did not become so in time"
        time.sleep(0.005)
