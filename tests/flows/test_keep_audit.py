"""The audit trail: only ever added to, and whoever changes it all the same is found, by the first bad entry."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from service.flows.keep_audit import heads_file, prove_audit, seal_audit
from service.runtime import Runtime
from service.store import audit
from service.store.session import SYSTEM
from tests.world import World

ENTRIES = 5
TRIGGERS = ("event_update", "event_delete", "link_update", "link_delete")
EDIT = "UPDATE audit_event SET actor = 'x' WHERE id = :row"
INSERT = """
INSERT INTO audit_event (id, clinic_id, actor, action, about, details, at)
SELECT :row, clinic_id, actor, 'late', about, details, at FROM audit_event WHERE id = 1"""


@pytest.fixture
def runtime(world: World, tmp_path: Path) -> Runtime:
    """A service that keeps its heads in a file, with some acts in the trail, each sealed at once."""
    chosen = replace(world.runtime.choices, audit_heads=tmp_path / "heads")
    runtime = replace(world.runtime, choices=chosen)
    seal_audit(runtime)
    for number in range(ENTRIES):
        act(runtime, f"act {number}")
        assert seal_audit(runtime) == 1
    return runtime


def act(runtime: Runtime, action: str) -> None:
    with runtime.store.transaction(SYSTEM, "staff:somebody") as tx:
        now = runtime.clock.now()
        audit.write(tx, 1, action, "about", now, n=1.5, ß="ü")


def with_all_rights(runtime: Runtime, *statements: str, **names: int) -> None:
    """What whoever owns the database can do all the same."""
    url = runtime.store.engine.url
    free = (
        ["SET session_replication_role = replica"]
        if url.get_backend_name() == "postgresql"
        else [f"DROP TRIGGER IF EXISTS audit_{what}" for what in TRIGGERS]
    )
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in [*free, *statements]:
            connection.execute(text(statement), names)
    engine.dispose()


def before_last(runtime: Runtime, back: int) -> tuple[int, int]:
    """The number in the chain and the row of the entry so many before the last."""
    with runtime.store.engine.connect() as connection:
        rows = connection.execute(text("SELECT number, event_id FROM audit_link ORDER BY number"))
        number, row = rows.all()[-1 - back]
        return number, row


def test_an_untouched_trail_is_what_was_written(runtime: Runtime) -> None:
    assert prove_audit(runtime) == []
    assert seal_audit(runtime) == 0


@pytest.mark.parametrize("change", ["UPDATE {} SET clinic_id = 1", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["audit_event", "audit_link"])
def test_the_database_lets_nobody_change_it(runtime: Runtime, table: str, change: str) -> None:
    with runtime.store.engine.connect() as connection:
        with pytest.raises(DBAPIError, match="only ever added to"):
            connection.execute(text(change.format(table)))
        connection.rollback()
    assert prove_audit(runtime) == []


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        ([EDIT], "entry {number} was changed"),
        (
            ["UPDATE audit_event SET details = '{}' WHERE id = :row"],
            "entry {number} was changed",
        ),
        (["DELETE FROM audit_event WHERE id = :row"], "entry {number} was deleted"),
        (
            [
                "DELETE FROM audit_event WHERE id = :row",
                "DELETE FROM audit_link WHERE event_id = :row",
            ],
            "entry {number} is missing",
        ),
        (
            [
                "UPDATE audit_link SET number = 0 WHERE number = :number",
                "UPDATE audit_link SET number = :number WHERE number = :number + 1",
                "UPDATE audit_link SET number = :number + 1 WHERE number = 0",
            ],
            "entry {number} was changed",
        ),
        (
            [
                "DELETE FROM audit_link WHERE number >= :number",
                "DELETE FROM audit_event WHERE id >= :row",
            ],
            "entry {number} is missing, and all behind it",
        ),
    ],
    ids=["edit", "edit of details", "delete", "delete with its place", "reorder", "tail cut"],
)
def test_the_first_bad_entry_is_named(
    runtime: Runtime, statements: Sequence[str], found: str
) -> None:
    number, row = before_last(runtime, 2)
    with_all_rights(runtime, *statements, number=number, row=row)
    (said,) = prove_audit(runtime)
    assert found.format(number=number) in said


def test_a_chain_written_anew_is_found_by_its_heads(runtime: Runtime) -> None:
    number, row = before_last(runtime, 2)
    with_all_rights(runtime, "DELETE FROM audit_link", EDIT, row=row)
    file = runtime.choices.audit_heads
    assert file is not None
    kept = file.read_text()
    assert seal_audit(runtime) == 1
    file.write_text(kept)
    (said,) = prove_audit(runtime)
    assert f"entry {number} was written anew, or one of those up to entry {number}" in said


def test_a_head_cut_short_by_a_crash_is_none(runtime: Runtime) -> None:
    file = heads_file(runtime)
    assert file is not None
    file.write_text(file.read_text()[:-20])
    assert prove_audit(runtime) == []


def test_an_act_committed_after_later_ones_takes_its_place_behind_them(runtime: Runtime) -> None:
    number, row = before_last(runtime, 0)
    for late in (row + 2, row + 1):
        with_all_rights(runtime, INSERT, row=late)
        assert seal_audit(runtime) == 1
    assert before_last(runtime, 0) == (number + 2, row + 1)
    assert prove_audit(runtime) == []


def test_what_is_found_is_kept_for_the_clinic_and_gone_when_it_is_put_right(
    runtime: Runtime, world: World
) -> None:
    _, row = before_last(runtime, 1)
    with_all_rights(runtime, EDIT, row=row)
    prove_audit(runtime)
    with runtime.store.transaction(SYSTEM, "test", write=False) as tx:
        assert "was changed" in audit.fault_of(tx, world.clinic.token)
    with_all_rights(runtime, EDIT.replace("'x'", "'staff:somebody'"), row=row)
    assert prove_audit(runtime) == []
    with runtime.store.transaction(SYSTEM, "test", write=False) as tx:
        assert audit.fault_of(tx, world.clinic.token) == ""
