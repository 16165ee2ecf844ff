"""Dispatch in this process: wake the send pipeline once the rows are committed."""

from collections.abc import Callable, Sequence
from datetime import datetime

from service.dispatch.base import Transaction


class LocalDispatcher:
    """Calls `wake` after the commit; the pipeline then claims whatever is due."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake

    def submit(
        self, tx: Transaction, batch: Sequence[str], not_before: datetime, priority: int
    ) -> None:
        """Wake the pipeline; the batch itself is in the database, which the claim reads."""
        del not_before, priority
        if batch:
            tx.after_commit(self._wake)
