"""One clock at a time on PostgreSQL: whoever holds the database's advisory lock leads, the others stand by."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from service.store.session import Store

# Any number that nobody else uses in this database.
LOCK = 7_206_149_135_112


@contextmanager
def lead(store: Store, wait: Callable[[], bool]) -> Iterator[Callable[[], bool] | None]:
    """Stand by until the lock is ours, then yield what tells whether it still is; None where `wait` gave up.

    `wait` is called between two tries and says whether to go on trying. The lock belongs to one connection and
    ends with it, so a leader that dies is followed by the next who asks.
    """
    connection = _led(store)
    while connection is None and wait():
        connection = _led(store)
    if connection is None:
        yield None
        return
    try:
        yield lambda: _is_held(connection)
    finally:
        # The pool would hand the connection on with its lock.
        connection.invalidate()
        connection.close()


def _led(store: Store) -> Connection | None:
    """A connection that holds the lock; None where another one does, or the database is away."""
    try:
        connection = store.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": LOCK}):
            return connection
    except DBAPIError:
        return None
    connection.close()
    return None


def _is_held(connection: Connection) -> bool:
    """The lock lives as long as its connection does."""
    try:
        return bool(connection.scalar(text("SELECT true")))
    except DBAPIError:
        return False
