"""The sender's pipeline: places filled as they appear, nobody held up by a slow request, nothing lost at the end."""

from collections.abc import Iterator

import pytest

from service.flows.send_outbox import Pipeline
from service.gateways.simulated import Fault
from service.store.people import open_phone
from service.store.records import Patient
from tests.flows.texts import put, row_of
from tests.waiting import wait_until
from tests.world import World

PLACES = 4


@pytest.fixture
def pipeline(world: World) -> Iterator[Pipeline]:
    running = Pipeline(PLACES)
    running.start(world.runtime)
    wait_until(running._loop.is_running)
    yield running
    running.stop()


def slow(world: World, patient: Patient, seconds: float) -> None:
    number = open_phone(world.store.keyring, patient)
    world.gateway.faults[number] = Fault(delay_s=seconds)


def states(world: World) -> list[str]:
    return [row.state for row in world.rows("outbox")]


def test_what_is_due_leaves_when_it_is_woken(world: World, pipeline: Pipeline) -> None:
    token = put(world, world.patient(), "one")
    pipeline.wake()
    wait_until(lambda: row_of(world, token).state == "accepted")


def test_more_texts_than_places_all_leave_once(world: World, pipeline: Pipeline) -> None:
    patient = world.patient()
    for number in range(3 * PLACES):
        put(world, patient, f"t{number:02}", kind="staff")
    pipeline.wake()
    wait_until(lambda: set(states(world)) == {"accepted"})
    assert len(world.gateway.ledger) == 3 * PLACES
    assert {row.attempts for row in world.rows("outbox")} == {1}


def test_a_slow_request_holds_nobody_up(world: World, pipeline: Pipeline) -> None:
    late, prompt = world.patient(), world.patient()
    slow(world, late, 0.6)
    waits = put(world, late, "slow", kind="staff")
    others = [put(world, prompt, f"t{number}", kind="staff") for number in range(2 * PLACES)]
    pipeline.wake()
    wait_until(lambda: all(row_of(world, token).state == "accepted" for token in others))
    assert row_of(world, waits).state == "submitting"
    wait_until(lambda: row_of(world, waits).state == "accepted")


def test_stopping_lets_what_is_under_way_finish_and_claims_no_more(world: World) -> None:
    pipeline = Pipeline(PLACES)
    pipeline.start(world.runtime)
    patient = world.patient()
    slow(world, patient, 0.2)
    for number in range(PLACES):
        put(world, patient, f"t{number}", kind="staff")
    wait_until(pipeline._loop.is_running)
    pipeline.wake()
    wait_until(lambda: states(world).count("submitting") == PLACES)
    left_behind = put(world, patient, "later")
    pipeline.stop()
    assert row_of(world, left_behind).state == "planned"
    assert states(world).count("accepted") == PLACES


def test_while_it_rests_nothing_leaves(world: World, pipeline: Pipeline) -> None:
    patient = world.patient()
    slow(world, patient, 0.2)
    first = put(world, patient, "first")
    pipeline.wake()
    wait_until(lambda: row_of(world, first).state == "submitting")
    with pipeline.resting():
        assert row_of(world, first).state == "accepted"
        second = put(world, patient, "second", kind="staff")
        pipeline.wake()
        assert row_of(world, second).state == "planned"
    wait_until(lambda: row_of(world, second).state == "accepted")


def test_an_account_that_is_refused_rests_and_loses_nothing(
    world: World, pipeline: Pipeline
) -> None:
    patient = world.patient()
    world.gateway.faults[open_phone(world.store.keyring, patient)] = Fault(refuse=20003, status=401)
    first = put(world, patient, "first")
    pipeline.wake()
    wait_until(lambda: row_of(world, first).error_code == 20003)
    world.gateway.faults.clear()
    second = put(world, patient, "second")
    pipeline.wake()
    assert states(world) == ["planned", "planned"]
    assert row_of(world, second).attempts == 0
