"""transaction(scope, actor): the only commit. It knows on whose behalf it runs, and there is no way around it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Protocol, cast

from sqlalchemy import (
    Connection,
    CursorResult,
    Engine,
    Executable,
    Insert,
    Result,
    Table,
    event,
    insert,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from service.store.fair_lock import FairLock
from service.store.sealed import Keyring
from service.store.tables.base import OfClinic

# As long as SQLite's own busy_timeout; a webhook then answers 5xx and the provider tries again.
PATIENCE_S = 10.0
_SCOPE, _CONFINED = "evenfall_scope", "evenfall_confined"


class Clock(Protocol):
    """What the store needs of a clock."""

    def now(self) -> datetime:
        """The clinic's time."""
        ...

    def wall(self) -> datetime:
        """Real time."""
        ...


@dataclass(frozen=True, slots=True)
class ClinicScope:
    """On behalf of one clinic: no other clinic's row exists for this transaction."""

    clinic_id: int


@dataclass(frozen=True, slots=True)
class System:
    """On behalf of the service itself: every clinic's rows."""


SYSTEM = System()
Scope = ClinicScope | System


class StoreBusyError(Exception):
    """The database could not be had in time; nothing was written."""


class Tx:
    """One open transaction: statements, sealed fields, and what happens after the commit.

    On behalf of a clinic it runs through `session`, which confines each statement; the service itself has
    nothing to confine, so the plain connection serves: the flows live on many small statements.
    """

    def __init__(
        self,
        connection: Connection,
        session: Session | None,
        scope: Scope,
        actor: str,
        keyring: Keyring,
    ) -> None:
        self._connection = connection
        self._session = session
        self._after_commit: list[Callable[[], None]] = []
        self.dialect = connection.dialect.name
        self.scope = scope
        self.actor = actor
        self.keyring = keyring

    def execute(
        self,
        statement: Executable,
        rows: Sequence[Mapping[str, Any]] | None = None,
        **values: Any,
    ) -> Result[Any]:
        """Run a statement within the scope: with `values` for its parameters, or once for each of `rows`.

        PermissionError for a statement on bare tables by a clinic: nothing would confine it.
        """
        parameters = rows if rows is not None else values
        if self._session is None:
            return self._connection.execute(statement, parameters)
        self._session.info[_CONFINED] = False
        result = self._session.execute(statement, parameters)
        if not self._session.info[_CONFINED]:
            raise PermissionError("a statement that is not confined to its clinic")
        return result

    def rows(self, query: Executable, **values: Any) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return cast("list[tuple[Any, ...]]", self.execute(query, **values).all())

    def row(self, query: Executable, **values: Any) -> tuple[Any, ...] | None:
        """The first row of a query, or None."""
        return cast("tuple[Any, ...] | None", self.execute(query, **values).first())

    def changed(self, statement: Executable, **values: Any) -> int:
        """Run an INSERT, UPDATE or DELETE; how many rows it touched."""
        result = self.execute(statement, **values)
        assert isinstance(result, CursorResult)  # noqa: S101 (narrows the type: DML always gives one)
        return result.rowcount

    def insert_new(self, table: Table, rows: Sequence[Mapping[str, Any]], *key: str) -> None:
        """Insert the rows whose `key` columns are not there yet; the others are left as they are."""
        if not rows:
            return
        self._check_clinic(rows)
        self._connection.execute(_insert_new(self.dialect, table, key), rows)

    def upsert(
        self, table: Table, rows: Sequence[Mapping[str, Any]], *key: str, keep: Sequence[str] = ()
    ) -> None:
        """Insert the rows, or replace all but the `key` and `keep` columns of those that are there."""
        if not rows:
            return
        self._check_clinic(rows)
        changed = tuple(name for name in rows[0] if name not in {*key, *keep})
        self._connection.execute(_upsert(self.dialect, table, key, changed), rows)

    def insert_one(self, table: Table, row: Mapping[str, Any]) -> int:
        """Insert one row and return its id."""
        self._check_clinic([row])
        result = self._connection.execute(_insert(table), row)
        assert isinstance(result, CursorResult)  # noqa: S101 (narrows the type: DML always gives one)
        key = result.inserted_primary_key
        return int(key[0]) if key else 0

    def after_commit(self, action: Callable[[], None]) -> None:
        """Run `action` once this transaction is committed, and not otherwise."""
        self._after_commit.append(action)

    def driver_connection(self) -> Any:
        """The database driver's own connection, for what has to be part of this very transaction."""
        return self._connection.connection.driver_connection

    def committed(self) -> None:
        """Run what waited for the commit."""
        for action in self._after_commit:
            action()

    def _check_clinic(self, rows: Sequence[Mapping[str, Any]]) -> None:
        if isinstance(self.scope, ClinicScope):
            own = self.scope.clinic_id
            if any(row.get("clinic_id", own) != own for row in rows):
                raise PermissionError("a row of another clinic")


@cache
def _insert(table: Table) -> Insert:
    return insert(table)


@cache
def _insert_new(dialect: str, table: Table, key: tuple[str, ...]) -> Insert:
    make = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return make(table).on_conflict_do_nothing(index_elements=list(key))


@cache
def _upsert(dialect: str, table: Table, key: tuple[str, ...], changed: tuple[str, ...]) -> Insert:
    statement = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table)
    values = {name: statement.excluded[name] for name in changed}
    return statement.on_conflict_do_update(index_elements=list(key), set_=values)


class Store:
    """The database of one installation, with its keys."""

    def __init__(self, engine: Engine, keyring: Keyring) -> None:
        self.engine = engine
        self.keyring = keyring
        self._one_writer = FairLock() if engine.dialect.name == "sqlite" else None

    @property
    def file(self) -> Path | None:
        """The SQLite file, None on PostgreSQL."""
        url = self.engine.url
        is_file = url.get_backend_name() == "sqlite" and url.database
        return Path(url.database) if is_file and url.database else None

    @property
    def conninfo(self) -> str | None:
        """How PostgreSQL's own library reaches the database, password included; None on SQLite."""
        if self.engine.dialect.name != "postgresql":
            return None
        return self.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)

    @contextmanager
    def transaction(self, scope: Scope, actor: str, *, write: bool = True) -> Iterator[Tx]:
        """Open a transaction for `scope`, done by `actor`; commit at the end, roll back on any exception.

        A reading transaction takes no lock and must not write. StoreBusyError when the database stays locked.
        """
        lock: AbstractContextManager[None] = nullcontext()
        if write and self._one_writer is not None:
            lock = self._one_writer.held(PATIENCE_S)
        try:
            with lock, self.engine.connect() as connection:
                connection = connection.execution_options(evenfall_write=write)
                with connection.begin():
                    tx = Tx(connection, _session(connection, scope), scope, actor, self.keyring)
                    yield tx
        except (TimeoutError, OperationalError) as busy:
            raise StoreBusyError(str(busy)) from busy
        tx.committed()


def _session(connection: Connection, scope: Scope) -> Session | None:
    if isinstance(scope, System):
        return None
    session = Session(connection, autoflush=False, join_transaction_mode="control_fully")
    session.info[_SCOPE] = scope.clinic_id
    return session


@event.listens_for(Session, "do_orm_execute")
def _within_clinic(state: ORMExecuteState) -> None:
    """Confine every statement of a clinic's transaction to that clinic's rows."""
    state.session.info[_CONFINED] = state.is_orm_statement
    clinic_id = state.session.info.get(_SCOPE)
    if clinic_id is None or state.is_insert:
        return
    state.statement = state.statement.options(
        with_loader_criteria(OfClinic, lambda cls: cls.clinic_id == clinic_id, include_aliases=True)
    )


def prepare_sqlite(engine: Engine, *, durable: bool = True) -> None:
    """Make each new SQLite connection durable, and begin each transaction the way its work needs.

    A plain BEGIN that later writes cannot wait for another writer, so a writing transaction begins IMMEDIATE.
    """

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in (
            f"journal_mode={'WAL' if durable else 'MEMORY'}",
            f"synchronous={'FULL' if durable else 'OFF'}",
            "busy_timeout=10000",
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("evenfall_write", True)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
