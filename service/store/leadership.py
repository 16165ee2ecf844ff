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
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        leads = _try(connection)
        while not leads and wait():
            leads = _try(connection)
        try:
            yield (lambda: _is_held(connection)) if leads else None
        finally:
            # The pool would hand the connection on with its lock.
            connection.invalidate()


def _try(connection: Connection) -> bool:
    return bool(connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": LOCK}))


def _is_held(connection: Connection) -> bool:
    """The lock lives as long as its connection does."""
    try:
        return bool(connection.scalar(text("SELECT true")))
    except DBAPIError:
        return False
