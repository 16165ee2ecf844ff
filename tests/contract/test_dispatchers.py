"""Every dispatcher: told inside a transaction, it acts after the commit, and not without one."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from service.boot import StartError, deploy_part
from service.config import read_settings
from service.dispatch.base import Dispatcher
from service.dispatch.local import LocalDispatcher
from service.dispatch.procrastinate import JobDispatcher
from service.store.engine import open_engine
from service.store.sealed import new_keyring
from service.store.session import SYSTEM, Store

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
Told = Callable[[], int]


@pytest.fixture(params=["local", pytest.param("jobs", marks=pytest.mark.slow)])
def dispatching(request: pytest.FixtureRequest) -> Iterator[tuple[Store, Dispatcher, Told]]:
    """A store, a dispatcher over it, and how many times it has passed on what it was told."""
    if request.param == "local":
        woken: list[None] = []
        store = Store(open_engine(request.getfixturevalue("sqlite_url")), new_keyring())
        yield store, LocalDispatcher(lambda: woken.append(None)), lambda: len(woken)
    else:
        store = Store(open_engine(request.getfixturevalue("postgres_url")), new_keyring())
        yield store, JobDispatcher(store.conninfo or ""), lambda: len(jobs(store))
    store.engine.dispose()


def jobs(store: Store) -> list[dict[str, object]]:
    query = text(
        "SELECT task_name, args, priority, scheduled_at FROM procrastinate_jobs ORDER BY id"
    )
    with store.engine.connect() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def test_it_acts_after_the_commit(dispatching: tuple[Store, Dispatcher, Told]) -> None:
    store, dispatcher, told = dispatching
    with store.transaction(SYSTEM, "test") as tx:
        dispatcher.submit(tx, ["a", "b"], NOON, 3)
        assert told() == 0
    assert told() == 1


def test_a_transaction_that_fails_sends_nothing(
    dispatching: tuple[Store, Dispatcher, Told],
) -> None:
    store, dispatcher, told = dispatching
    with suppress(ZeroDivisionError), store.transaction(SYSTEM, "test") as tx:
        dispatcher.submit(tx, ["a"], NOON, 3)
        raise ZeroDivisionError
    assert told() == 0


def test_nothing_to_send_is_nothing_to_do(dispatching: tuple[Store, Dispatcher, Told]) -> None:
    store, dispatcher, told = dispatching
    with store.transaction(SYSTEM, "test") as tx:
        dispatcher.submit(tx, [], NOON, 3)
    assert told() == 0


@pytest.mark.slow
def test_a_job_names_rows_and_the_urgent_lane_comes_first(postgres_url: str) -> None:
    store = Store(open_engine(postgres_url), new_keyring())
    dispatcher = JobDispatcher(store.conninfo or "")
    with store.transaction(SYSTEM, "test") as tx:
        dispatcher.submit(tx, ["tip"], NOON + timedelta(hours=1), 3)
        dispatcher.submit(tx, ["crisis"], NOON, 0)
    tip, crisis = jobs(store)
    assert tip["args"] == {"texts": ["tip"]}
    assert tip["scheduled_at"] == NOON + timedelta(hours=1)
    assert crisis["priority"] > tip["priority"]  # type: ignore[operator]
    store.engine.dispose()


@pytest.mark.slow
def test_what_waits_to_be_done_is_not_asked_for_twice(postgres_url: str) -> None:
    store = Store(open_engine(postgres_url), new_keyring())
    dispatcher = JobDispatcher(store.conninfo or "")
    dispatcher.open()
    for shard in (0, 1, 0):
        dispatcher.ask("plan", shard=shard)
    dispatcher.ask("read")
    dispatcher.close()
    assert [(job["task_name"], job["args"]) for job in jobs(store)] == [
        ("plan", {"shard": 0}),
        ("plan", {"shard": 1}),
        ("read", {}),
    ]
    store.engine.dispose()


def test_parts_apart_need_postgresql(sqlite_url: str) -> None:
    store = Store(open_engine(sqlite_url), new_keyring())
    with pytest.raises(StartError, match=r"need PostgreSQL.*evenfall serve"):
        deploy_part(read_settings({}), store)
    store.engine.dispose()
