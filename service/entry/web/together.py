"""What several requests have to write at the same time goes into one transaction: one waits for the disk, for all."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from service.store.session import StoreBusyError

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class _Entry(Generic[T]):
    item: T
    woken: threading.Event = field(default_factory=threading.Event)
    writes: bool = False
    is_written: bool = False
    busy: StoreBusyError | None = None


class Together(Generic[T]):
    """Writes items for many threads, what came during one transaction being written in the next."""

    def __init__(self, write: Callable[[Sequence[T]], object]) -> None:
        self._write = write
        self._guard = threading.Lock()
        self._is_writing = False
        self._waiting: list[_Entry[T]] = []

    def write(self, item: T) -> None:
        """Return once the item is committed; whatever prevents that is raised, as if it had been written alone."""
        mine = _Entry(item)
        with self._guard:
            self._waiting.append(mine)
            mine.writes, self._is_writing = not self._is_writing, True
        if not mine.writes:
            mine.woken.wait()
        if mine.writes:
            self._write_waiting()
        if mine.busy is not None:
            raise mine.busy
        if not mine.is_written:
            # By itself, so that the fault of another's item is not this one's.
            self._write([item])

    def _write_waiting(self) -> None:
        """Write what waits; then the first of those that came meanwhile does the same."""
        with self._guard:
            batch, self._waiting = self._waiting, []
        try:
            _settle(batch, self._write)
        finally:
            with self._guard:
                following = next(iter(self._waiting), None)
                self._is_writing = following is not None
            if following is not None:
                following.writes = True
                following.woken.set()
            for entry in batch:
                entry.woken.set()


def _settle(batch: Sequence[_Entry[T]], write: Callable[[Sequence[T]], object]) -> None:
    try:
        write([entry.item for entry in batch])
    except StoreBusyError as busy:
        for entry in batch:
            entry.busy = busy
    except Exception:  # noqa: BLE001 (whose fault it is, and what, shows when each writes its own)
        return
    else:
        for entry in batch:
            entry.is_written = True
