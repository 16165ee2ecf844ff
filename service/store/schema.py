"""The schema: upgraded, and compared with the models."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from service.store.tables.metadata import METADATA

HEAD = "head"


def upgrade(engine: Engine, revision: str = HEAD) -> None:
    """Bring the database to a revision, the newest by default."""
    with engine.begin() as connection:
        command.upgrade(_config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the database back to a revision; `base` is empty."""
    with engine.begin() as connection:
        command.downgrade(_config(connection), revision)


def differences(engine: Engine) -> list[str]:
    """How the database differs from the models; empty when they agree."""
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"render_as_batch": True, "include_name": _is_ours}
        )
        return [str(difference) for difference in compare_metadata(context, METADATA)]


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """The tables of the workers' jobs belong to the library that brings them."""
    return kind != "table" or not (name or "").startswith("procrastinate_")


def is_current(engine: Engine) -> bool:
    """Whether the database is at the newest revision."""
    with engine.connect() as connection:
        at = MigrationContext.configure(connection).get_current_revision()
        return at == ScriptDirectory.from_config(_config(connection)).get_current_head()


def is_ahead(engine: Engine) -> bool:
    """Whether a newer version of ours has upgraded the database: migrations only add, so this one may go on."""
    with engine.connect() as connection:
        at = MigrationContext.configure(connection).get_current_revision()
        known = {
            one.revision
            for one in ScriptDirectory.from_config(_config(connection)).walk_revisions()
        }
        return at is not None and at not in known


def new_revision(engine: Engine, message: str) -> None:
    """Write the revision that leads from the database as it is to the models (for developers)."""
    with engine.begin() as connection:
        command.revision(_config(connection), message, autogenerate=True)


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
