"""A first-come, first-served lock: SQLite has one writer, and its own waiting has no queue."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class FairLock:
    """Hands itself to whoever has waited longest."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._taken = False
        self._queue: deque[threading.Event] = deque()

    @contextmanager
    def held(self, patience_s: float) -> Iterator[None]:
        """Hold the lock; TimeoutError when it does not come within `patience_s` seconds."""
        self._acquire(patience_s)
        try:
            yield
        finally:
            self._release()

    def _acquire(self, patience_s: float) -> None:
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            turn = threading.Event()
            self._queue.append(turn)
        if turn.wait(patience_s):
            return
        with self._guard:
            if turn in self._queue:
                self._queue.remove(turn)
                raise TimeoutError("the database stayed busy")
        # The lock was handed over between the end of the wait and the guard: it is ours.

    def _release(self) -> None:
        with self._guard:
            if self._queue:
                self._queue.popleft().set()
            else:
                self._taken = False
