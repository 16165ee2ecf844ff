"""Dispatch to workers elsewhere: jobs in PostgreSQL, written in the transaction that made the rows.

A job only says "look here": the rows decide what is planned and sent, so one that comes twice, late or not at all
does no harm. It holds row names, never a number, a name or a text.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from procrastinate import App, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued

from service.dispatch.base import Transaction

SEND = "send"
CONNECTIONS = 2
# So long a connection is waited for while the database is away; the tick after it asks again.
PATIENCE_S = 5.0


class JobDispatcher:
    """Writes jobs; `conninfo` is how PostgreSQL's own library reaches the database."""

    def __init__(self, conninfo: str) -> None:
        connector = SyncPsycopgConnector(
            conninfo=conninfo, min_size=1, max_size=CONNECTIONS, timeout=PATIENCE_S
        )
        self._app = App(connector=connector)

    def submit(
        self, tx: Transaction, batch: Sequence[str], not_before: datetime, priority: int
    ) -> None:
        """Have some worker look for the texts of `batch`, the more urgent lanes (lower `priority`) first."""
        if batch:
            job = self._app.configure_task(
                SEND,
                connection=tx.driver_connection(),
                schedule_at=not_before,
                priority=-priority,
            )
            job.defer(texts=list(batch))

    def ask(self, name: str, **arguments: int) -> None:
        """Have some worker do the job of that name, unless the same already waits to be done."""
        lock = " ".join([name, *(f"{key}={value}" for key, value in arguments.items())])
        with suppress(AlreadyEnqueued):
            self._app.configure_task(name, queueing_lock=lock).defer(**arguments)

    def open(self) -> None:
        """Connect, for `ask`; `submit` uses the connection of its transaction."""
        self._app.open()

    def close(self) -> None:
        """Give up the connections."""
        self._app.close()
