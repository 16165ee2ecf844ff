"""The migrations: from empty to the models without a difference and back, on both databases; one head."""

from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from service.store import schema
from service.store.engine import open_engine


def test_up_without_a_difference_and_down_to_nothing(database_url: str) -> None:
    engine = open_engine(database_url)
    assert not schema.is_current(engine)
    schema.upgrade(engine)
    assert schema.is_current(engine)
    assert schema.differences(engine) == []
    schema.upgrade(engine)
    schema.downgrade(engine, "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    schema.upgrade(engine)
    assert schema.differences(engine) == []
    engine.dispose()


def test_there_is_one_head_and_each_revision_says_what_it_does() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    scripts = ScriptDirectory.from_config(config)
    assert len(scripts.get_heads()) == 1
    assert all((revision.doc or "").strip() for revision in scripts.walk_revisions())
