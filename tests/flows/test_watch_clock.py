"""A clock that jumps plans and sends nothing until it agrees again or a person says that it is right."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from service.clinic_life import look_after_all
from service.domain.clock_doubt import ClockWatch
from service.domain.delivery import Cause
from service.flows.send_outbox import claim, expire
from service.flows.watch_clock import keeps_time
from service.runtime import Runtime
from service.store import halts
from service.store.session import SYSTEM
from tests.flows.texts import put, row_of
from tests.world import World, make_world

PLACES = 10


@pytest.fixture
def world(sqlite_clinic_url: str) -> Iterator[World]:
    """A clinic whose database has no clock of its own: the standing one is compared with nobody's."""
    made = make_world(sqlite_clinic_url)
    yield made
    made.store.engine.dispose()


def restarted(world: World) -> Runtime:
    """The same service in a new process."""
    return replace(world.runtime, watch=ClockWatch())


def say_it_is_right(world: World) -> bool:
    with world.store.transaction(SYSTEM, "staff:somebody") as tx:
        return halts.end(tx, world.clinic.id, Cause.CLOCK, world.clock.now())


def test_nothing_is_planned_or_sent_by_a_clock_that_jumped(world: World) -> None:
    patient = world.patient(facts={"uses_caffeine": "yes"})
    later = put(world, patient, "later", due_at=world.clock.now() + timedelta(hours=1))
    assert keeps_time(world.runtime)
    world.clock.jump(hours=12)
    look_after_all(world.runtime)
    assert world.sent(patient) == []
    assert claim(world.runtime, PLACES) == []
    expire(world.runtime)
    # By a wrong clock no time passes: what is still of use by the right one is not given up.
    assert row_of(world, later).state == "planned"
    assert [row.slot for row in world.rows("outbox")] == ["later"]


def test_nothing_leaves_or_runs_out_before_the_jump_has_been_looked_at(world: World) -> None:
    patient = world.patient()
    assert keeps_time(world.runtime)
    waits = put(world, patient, "waits", not_after=world.clock.now() + timedelta(hours=1))
    early = put(world, patient, "early", due_at=world.clock.now() + timedelta(hours=1))
    world.clock.jump(hours=2)
    assert claim(world.runtime, PLACES) == []
    expire(world.runtime)
    assert row_of(world, waits).state == row_of(world, early).state == "planned"
    world.clock.jump(hours=-2)
    assert [text.token for text in claim(world.runtime, PLACES)] == [waits]


def test_danger_is_answered_all_the_while(world: World) -> None:
    patient = world.patient()
    assert keeps_time(world.runtime)
    world.clock.jump(hours=-3)
    assert not keeps_time(world.runtime)
    world.say(patient, "I have chest pain")
    assert world.sent(patient) == ["SYS-10"]


def test_set_right_it_goes_on_by_itself(world: World) -> None:
    patient = world.patient()
    assert keeps_time(world.runtime)
    world.clock.jump(hours=-3)
    assert not keeps_time(world.runtime)
    world.clock.jump(hours=3)
    put(world, patient, "one")
    assert keeps_time(world.runtime)
    assert len(claim(world.runtime, PLACES)) == 1


def test_a_sleep_is_no_jump(world: World) -> None:
    assert keeps_time(world.runtime)
    world.clock.advance(days=3)
    assert keeps_time(world.runtime)


def test_a_person_says_that_it_is_right(world: World) -> None:
    assert keeps_time(world.runtime)
    world.clock.jump(hours=3)
    assert not keeps_time(world.runtime)
    assert say_it_is_right(world)
    assert keeps_time(world.runtime)
    world.clock.advance(seconds=2)
    assert keeps_time(world.runtime)


def test_a_process_that_begins_meanwhile_leaves_it_to_a_person(world: World) -> None:
    assert keeps_time(world.runtime)
    world.clock.jump(hours=3)
    assert not keeps_time(world.runtime)
    second = restarted(world)
    assert not keeps_time(second)
    world.clock.advance(seconds=2)
    assert not keeps_time(second)
    assert say_it_is_right(world)
    assert keeps_time(second)


@pytest.mark.slow
def test_the_databases_clock_is_asked(postgres_clinic_url: str) -> None:
    world = make_world(postgres_clinic_url)
    assert not keeps_time(world.runtime)
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        (halt,) = halts.standing(tx, world.clinic.id)
    assert "the database’s" in halt.why
    assert say_it_is_right(world)
    assert keeps_time(world.runtime)
    world.store.engine.dispose()
