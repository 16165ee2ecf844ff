"""What is looked for every few seconds among all texts ever sent is found by an index."""

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
from tests.world import World


@pytest.mark.parametrize("those", [IS_PLANNED, IS_SUBMITTING, IS_UNKNOWN, IS_UNSETTLED], ids=str)
def test_texts_on_their_way_are_found_by_an_index(world: World, those: ColumnElement[bool]) -> None:
    if world.store.file is None:
        pytest.skip("an empty PostgreSQL table is read whole, index or not")
    query = str(select(OutboxText.id).where(those).compile(dialect=sqlite.dialect()))
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        plan = tx.rows(text(f"EXPLAIN QUERY PLAN {query}"))
    assert [" INDEX ix_outbox_" in step for *_, step in plan] == [True]
