"""The dispatcher contract: told inside the transaction that made the rows, it has them sent after its commit."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol


class Transaction(Protocol):
    """What a dispatcher needs of a transaction."""

    def after_commit(self, action: Callable[[], None]) -> None:
        """Run `action` once the transaction is committed, and not otherwise."""
        ...

    def driver_connection(self) -> Any:
        """The database driver's connection, on which the transaction is open."""
        ...


class Dispatcher(Protocol):
    """The only thing that differs between the embedded and the scaled mode."""

    def submit(
        self, tx: Transaction, batch: Sequence[str], not_before: datetime, priority: int
    ) -> None:
        """Have the rows named by `batch` (tokens) sent, not before the instant; duplicates are harmless."""
        ...


class Jobs(Protocol):
    """Work for whichever worker is free; none of it is for one alone, and none of it hurts when done twice."""

    def ask(self, name: str, **arguments: int) -> None:
        """Have some worker do the job of that name, unless the same already waits to be done."""
        ...

    def open(self) -> None:
        """Connect."""
        ...

    def close(self) -> None:
        """Give up the connections."""
        ...
