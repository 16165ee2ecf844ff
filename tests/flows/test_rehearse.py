"""A rehearsal: nobody is in the copy, nothing happens to the original, and the same seed lives the same nights."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from sqlalchemy import LargeBinary, select

from schedules.loading import load as load_programme
from schedules.loading import shipped_sources
from schedules.slots import Planned, Withheld
from service import rehearsal
from service.dispatch.local import LocalDispatcher
from service.flows.plan_due.ahead import forecast
from service.gateways.simulated import SimulatedGateway
from service.rehearsal import nights_from
from service.rehearsal_totals import steps_of, tallies
from service.runtime import Choices, Runtime
from service.store import circumstances, people, wordings
from service.store.clinic_copy import HISTORY, PREFIX, fictitious_number, nameless_copy
from service.store.content import ContentShelf
from service.store.records import Patient
from service.store.sealed import SealError
from service.store.session import SYSTEM, Store
from service.store.tables.metadata import METADATA
from service.store.transcripts import REPLY, Line
from tests.fakes import StandingClock
from tests.flows.texts import put
from tests.world import ZONE, World

NOBODYS = "Zebulon", "Quagmire", "1931-07-19", "+19025552001", "ZQ-77001", "folder 7", "xylophone"
IRON = {"iron_oral": "daily", "iron_start": "2026-11-01", "uses_caffeine": "yes"}


@pytest.fixture
def lived(world: World) -> World:
    """A clinic of four: one with a week of talk behind him, one at another bedtime, one who left, one invited."""
    tom = world.patient(
        given_name="Zebulon", family_name="Quagmire", born="1931-07-19", ref="ZQ-77001", facts=IRON
    )
    world.patient(
        bedtime=time(8, 30), wake_time=time(16), window="17:00-08:00", language="es", facts=IRON
    )
    left = world.patient(privacy="discreet")
    world.live(days=2)
    world.say(tom, "6 xylophone")
    world.say(left, "STOP")
    world.say_from("+19025559999", "xylophone who is this")
    put(world, tom, "staff:xylophone", kind="staff", body="Zebulon, bring the xylophone")
    world.patient(invited=True)
    return world


def rows_in(store: Store) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, sealed columns opened where they can be."""
    found = {}
    with store.transaction(SYSTEM, "test", write=False) as tx:
        for name, table in METADATA.tables.items():
            rows = tx.execute(select(table).order_by(*table.primary_key.columns)).mappings()
            found[name] = [_opened(store, name, dict(row)) for row in rows]
    return found


def _opened(store: Store, table: str, row: dict[str, Any]) -> dict[str, Any]:
    for column in METADATA.tables[table].columns:
        if isinstance(column.type, LargeBinary) and row[column.name] is not None:
            row[column.name] = store.keyring.open_(
                row[column.name], table, column.name, row["token"]
            )
    return row


@contextmanager
def stage(
    world: World, nights: int, seed: int, choices: Choices
) -> Iterator[tuple[Runtime, rehearsal.Nights]]:
    """A copy of the world with a clock and phones of its own, lived through."""
    now = world.clock.now()
    planned = nights_from(now, world.clinic.zone, nights)
    with nameless_copy(world.store, world.clinic.id, now) as copy:
        shelf = ContentShelf(world.runtime.shelf.shipped)
        answers = rehearsal.simulated_patients(copy, shelf.shipped, planned.end, seed)
        phones = SimulatedGateway(answers)
        dispatcher = LocalDispatcher(lambda: None)
        clock, pager = StandingClock(now), world.runtime.pager
        runtime = Runtime(copy, phones, clock, dispatcher, shelf, choices, pager)
        rehearsal.live(runtime, phones, planned, lambda _: None)
        yield runtime, planned


def lines_of(
    world: World, nights: int, seed: int = 1, choices: Choices | None = None
) -> list[Line]:
    with stage(world, nights, seed, choices or world.runtime.choices) as (runtime, planned):
        return rehearsal.read_transcript(runtime.store, planned)


def test_the_copy_holds_nobody_and_the_original_stays_as_it_is(lived: World) -> None:
    before = rows_in(lived.store)
    tokens = {row["token"] for rows in before.values() for row in rows if row.get("token")}
    with nameless_copy(lived.store, lived.clinic.id, lived.clock.now()) as copy:
        assert copy.file is not None
        raw = copy.file.read_bytes()
        inside = rows_in(copy)
        sealed = lived.rows("outbox")[0].body
        assert sealed not in raw
        with pytest.raises(SealError):
            lived.store.keyring.open_(
                _first_sealed_name(copy), "patient", "given_name", inside["patient"][0]["token"]
            )
    words = repr(inside)
    for canary in NOBODYS:
        assert canary in repr(before)
        assert canary.encode() not in raw
        assert canary not in words
    assert not [token for token in tokens if token in words or token.encode() in raw]
    assert {row["ref"] for row in inside["patient"]} == {"P001", "P002", "P003", "P004"}
    assert {row["phone"] for row in inside["patient"]} == {
        fictitious_number(number) for number in range(1, 5)
    }
    assert not inside["inbound"]
    assert not inside["staff_user"]
    assert rows_in(lived.store) == before


def _first_sealed_name(copy: Store) -> bytes:
    with copy.transaction(SYSTEM, "test", write=False) as tx:
        (clinic,) = people.all_clinics(tx)
        return people.all_patients(tx, clinic.id)[0].given_name


def test_another_clinic_and_old_texts_stay_behind(lived: World) -> None:
    now = lived.clock.now()
    with lived.store.transaction(SYSTEM, "test") as tx:
        other = people.NewClinic(
            "south", "South", "South", ZONE, "en", "1", "911", "988", "1", "+19025550141"
        )
        people.add_clinic(tx, other, now)
    with nameless_copy(lived.store, lived.clinic.id, now) as copy:
        inside = rows_in(copy)
        assert [row["slug"] for row in inside["clinic"]] == ["northside"]
        assert len(inside["outbox"]) > 5
        assert len(inside["question"]) == len(lived.rows("question"))
    with nameless_copy(lived.store, lived.clinic.id, now + HISTORY + timedelta(days=1)) as copy:
        assert {row["state"] for row in rows_in(copy)["outbox"]} == {"planned"}


def test_a_copy_is_gone_afterwards_whatever_happened(lived: World) -> None:
    files: list[Path] = []

    def fail() -> None:
        with nameless_copy(lived.store, lived.clinic.id, lived.clock.now()) as copy:
            assert copy.file is not None
            assert copy.file.exists()
            files.append(copy.file)
            raise RuntimeError("in the middle of it")

    with pytest.raises(RuntimeError, match="in the middle"):
        fail()
    assert not files[0].parent.exists()


def test_what_a_crash_left_behind_is_removed_by_the_next_copy(lived: World) -> None:
    ended = subprocess.Popen(["/bin/true"])
    ended.wait()
    ours, theirs = (
        Path(mkdtemp(prefix=f"{PREFIX}{process}-")) for process in (os.getpid(), ended.pid)
    )
    with nameless_copy(lived.store, lived.clinic.id, lived.clock.now()):
        assert ours.exists()
        assert not theirs.exists()
    ours.rmdir()


def test_everybody_is_planned_in_the_copy_as_in_the_clinic(world: World) -> None:
    # Each at another day of his week, none of them in the order of the references.
    patients = []
    for ref in ("ZQ-9", "ZQ-4", "P003", "ZQ-1"):
        patients.append(world.patient(ref=ref, facts=IRON))
        world.live(days=1, hours=3)
    now = world.clock.now()
    with world.store.transaction(SYSTEM, "test") as tx:
        circumstances.add_pause(tx, patients[0], now + timedelta(days=2), now)
    slow = ContentShelf(world.runtime.shelf.shipped, send_rate=0.01)  # spread over minutes
    meant = plans_of(replace(world.runtime, shelf=slow), patients)
    with nameless_copy(world.store, world.clinic.id, now) as copy:
        apart = ContentShelf(world.runtime.shelf.shipped, send_rate=0.01)
        assert plans_of(replace(world.runtime, store=copy, shelf=apart), patients) == meant
    assert min(map(len, meant)) > 10
    weekly = {tuple(one.on for one in plan if one.step == "heads-up") for plan in meant[1:]}
    assert len(weekly) == 3, "not everybody has the same days"


def plans_of(runtime: Runtime, patients: Sequence[Patient]) -> list[list[Planned | Withheld]]:
    """What each of them would be sent in the coming week, and what not."""
    with runtime.store.transaction(SYSTEM, "test", write=False) as tx:
        return [forecast(runtime, tx, one.id, 7) for one in patients]


def test_the_same_seed_lives_the_same_nights_and_another_does_not(lived: World) -> None:
    first = lines_of(lived, 4)
    assert lines_of(lived, 4) == first
    lived.clock.advance(minutes=2)
    assert lines_of(lived, 4) == first
    other = lines_of(lived, 4, seed=2)
    assert [one.body for one in other if one.kind == REPLY] != [
        one.body for one in first if one.kind == REPLY
    ]


def test_a_slow_sender_does_not_hold_up_a_clock_that_travels(lived: World) -> None:
    assert lines_of(lived, 2, choices=Choices(send_rate=0.001)) == lines_of(lived, 2)


def test_everybody_lives_on_from_where_he_stands(lived: World) -> None:
    lines = lines_of(lived, 4)
    said = {ref: [one for one in lines if one.patient == ref] for ref in ("P001", "P002", "P004")}
    assert {one.patient for one in lines} == set(said), "who has left is texted no more"
    first = next(one for one in said["P001"] if one.kind == "staff")
    assert first.body == "(SLP-01, written before the rehearsal)"
    assert [one.body for one in said["P002"] if one.template == "IRN-01"]
    assert "YES" in {(one.body or "").upper()[:3] for one in said["P004"] if one.kind == REPLY}
    for of_one in said.values():
        assert [one.at for one in of_one] == sorted(one.at for one in of_one)
    planned = nights_from(lived.clock.now(), ZONE, 4)
    assert all(one.at <= planned.end for one in lines)


def test_a_clinics_own_wording_changes_no_answer(lived: World) -> None:
    as_shipped = lines_of(lived, 3)
    with lived.store.transaction(SYSTEM, "test") as tx:
        bodies = {("SYM-01", "en"): "Legs? 0 to 10.", ("IRN-01", "en"): "Pill? YES, NO or LATER."}
        now = lived.clock.now()
        wordings.add_wordings(tx, lived.clinic.id, bodies, now, effective_at=now)
    reworded = lines_of(lived, 3)
    assert "Legs? 0 to 10." in {one.body for one in reworded}
    assert [one for one in reworded if one.kind == REPLY] == [
        one for one in as_shipped if one.kind == REPLY
    ]


def test_totals_say_what_the_transcript_says(lived: World) -> None:
    lines = lines_of(lived, 6)
    steps = steps_of(load_programme(source, name) for name, source in shipped_sources().items())
    totals = {one.programme: one for one in tallies(lines, steps)}
    slots = [one for one in lines if one.is_slot]
    assert sum(one.sent for one in totals.values()) == len([one for one in slots if one.body])
    assert totals["iron"].sent >= 6
    for programme, total in totals.items():
        mine = {
            (one.patient, one.step, one.night)
            for one in lines
            if one.programme == programme and (one.is_slot or one.is_gate)
        }
        # What moved from day to day within its week is counted once.
        moves = any(entry.times_per_week for step in steps.values() for entry in step.cadence)
        assert total.wanted <= len(mine) if moves else total.wanted == len(mine)


def test_numbers_set_aside_for_fiction_are_all_different() -> None:
    numbers = [fictitious_number(number) for number in range(1, 100_001)]
    assert len(set(numbers)) == len(numbers)
    assert numbers[0] == "+12005550101"
    assert all(number[5:10] == "55501" for number in numbers[:80_000] if len(number) == 12)
