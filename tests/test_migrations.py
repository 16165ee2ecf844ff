"""The migrations: from empty to the models without a difference and back, on both databases; one head."""

from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from service import boot
from service.config import read_settings
from service.store import schema
from service.store.engine import open_engine
from service.store.sealed import new_keyring
from service.store.session import Store


def test_up_without_a_difference_and_down_to_nothing(empty_database_url: str) -> None:
    engine = open_engine(empty_database_url)
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


def test_wordings_published_before_stay_in_force_from_their_publication(
    empty_database_url: str,
) -> None:
    engine = open_engine(empty_database_url)
    schema.upgrade(engine, "0002")
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO clinic (id, token, slug, name, alias, zone, language, phone, emergency, crisis, poison,"
            " sender, synthetic, content_number, created_at) VALUES (1, 't', 's', 'n', 'a', 'UTC', 'en', '1', '2',"
            " '3', '4', '5', true, 0, '2026-11-01 12:00:00')"
        )
        connection.exec_driver_sql(
            "INSERT INTO text_version (clinic_id, text_id, language, number, body, published_at, published_by)"
            " VALUES (1, 'CAF-01', 'en', 1, 'b', '2026-11-01 12:00:00', 'test')"
        )
    schema.upgrade(engine)
    with engine.connect() as connection:
        query = "SELECT count(*) FROM text_version WHERE effective_at = published_at"
        assert connection.exec_driver_sql(query).scalar_one() == 1
    engine.dispose()


def test_there_is_one_head_and_each_revision_says_what_it_does() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    scripts = ScriptDirectory.from_config(config)
    assert len(scripts.get_heads()) == 1
    assert all((revision.doc or "").strip() for revision in scripts.walk_revisions())


def test_a_version_goes_on_over_the_schema_of_a_newer_one(database_url: str) -> None:
    """While processes are replaced one by one, an older one may have to be started again."""
    store = Store(open_engine(database_url), new_keyring())
    assert not schema.is_ahead(store.engine)
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert schema.is_ahead(store.engine)
    boot.check_database(read_settings({}), store)
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    with pytest.raises(boot.StartError, match="evenfall db upgrade"):
        boot.check_database(read_settings({}), store)
    store.engine.dispose()
