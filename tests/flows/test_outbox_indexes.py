"""What is looked for every few seconds among all texts ever sent is found by an index."""

from collections.abc import Iterator

import pytest
from sqlalchemy import ColumnElement, select, text
from sqlalchemy.dialects import sqlite

from service.store.session import SYSTEM
from service.store.tables.outbox import (
    IS_PLANNED,
    IS_SUBMITTING,
    IS_UNKNOWN,
    IS_UNSETTLED,
    OutboxText,
)
from tests.world import World, make_world


@pytest.fixture
def world(sqlite_clinic_url: str) -> Iterator[World]:
    """A clinic on SQLite: an empty PostgreSQL table is read whole, index or not."""
    made = make_world(sqlite_clinic_url)
    yield made
    made.store.engine.dispose()


@pytest.mark.parametrize("those", [IS_PLANNED, IS_SUBMITTING, IS_UNKNOWN, IS_UNSETTLED], ids=str)
def test_texts_on_their_way_are_found_by_an_index(world: World, those: ColumnElement[bool]) -> None:
    query = str(select(OutboxText.id).where(those).compile(dialect=sqlite.dialect()))
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        plan = tx.rows(text(f"EXPLAIN QUERY PLAN {query}"))
    assert [" INDEX ix_outbox_" in step for *_, step in plan] == [True]
