"""The engine for a database URL, set up the way this store needs it."""

from pathlib import Path

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url

from service.store.session import prepare_sqlite

# Beyond the five connections that are kept: sixteen requests, the ticks and the sender may each want one at once.
BESIDE = 20


def open_engine(url: str, *, durable: bool = True) -> Engine:
    """An engine on SQLite or PostgreSQL. `durable=False` only for a history being built that can be built again."""
    if url.startswith("postgres://"):
        url = "postgresql://" + url.removeprefix("postgres://")
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed, hide_parameters=True, max_overflow=BESIDE)
        prepare_sqlite(engine, durable=durable)
        return engine
    # Bound values are names and texts: they must not stand in exceptions and logs.
    return create_engine(parsed, hide_parameters=True, pool_pre_ping=True, max_overflow=BESIDE)
