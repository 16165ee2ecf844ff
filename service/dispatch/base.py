"""The dispatcher contract: told inside the transaction that made the rows, it has them sent after its commit."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol


class CommitHooks(Protocol):
    """What a dispatcher needs of a transaction."""

    def after_commit(self, action: Callable[[], None]) -> None:
        """Run `action` once the transaction is committed, and not otherwise."""
        ...


class Dispatcher(Protocol):
    """The only thing that differs between the embedded and the scaled mode."""

    def submit(
        self, tx: CommitHooks, batch: Sequence[str], not_before: datetime, priority: int
    ) -> None:
        """Have the rows named by `batch` (tokens) sent, not before the instant; duplicates are harmless."""
        ...
