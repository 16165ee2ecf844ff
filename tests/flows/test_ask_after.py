"""Texts of which nothing was heard for a day are asked about, once a day for three days, then left as they stand."""

from dataclasses import replace

import pytest

from service.clinic_life import settle
from service.gateways.simulated import Fault, SimulatedGateway
from service.store import people
from service.store.people import open_phone
from service.store.session import SYSTEM
from tests.flows.texts import put, row_of
from tests.world import World


def silent(world: World, **fault: object) -> str:
    """A text that the provider took, and of which it says nothing by itself."""
    patient = world.patient()
    number = open_phone(world.store.keyring, patient)
    world.gateway.faults[number] = Fault(silent=True, **fault)  # type: ignore[arg-type]  # a table of cases
    token = put(world, patient, "one", kind="staff")
    world.live(seconds=10)
    assert row_of(world, token).state == "accepted"
    return token


@pytest.mark.parametrize(
    ("fault", "state", "code"),
    [
        ({}, "delivered", None),
        ({"undelivered": 30005}, "undelivered", 30005),
        ({"unconfirmed": True}, "sent", None),
    ],
)
def test_after_a_day_the_provider_is_asked(
    world: World, fault: dict[str, object], state: str, code: int | None
) -> None:
    token = silent(world, **fault)
    world.clock.advance(hours=23)
    settle(world.runtime)
    assert row_of(world, token).state == "accepted"
    world.clock.advance(hours=1)
    settle(world.runtime)
    assert (row_of(world, token).state, row_of(world, token).error_code) == (state, code)


def test_it_is_asked_once_a_day_and_no_more_after_three(world: World) -> None:
    token = silent(world, unconfirmed=True)
    asked = set()
    for _ in range(5 * 24):
        world.clock.advance(hours=1)
        settle(world.runtime)
        asked.add(row_of(world, token).asked_at)
    assert len(asked - {None}) == 2
    assert row_of(world, token).state == "sent"


def test_a_text_the_provider_does_not_know_stays_as_it_stands(world: World) -> None:
    token = silent(world, unconfirmed=True)
    world.clock.advance(hours=24)
    restarted = replace(world.runtime, gateway=SimulatedGateway())
    settle(restarted)
    assert (row_of(world, token).state, row_of(world, token).asked_at) == (
        "accepted",
        world.clock.now(),
    )


def test_an_opt_out_that_is_found_this_way_is_an_opt_out(world: World) -> None:
    token = silent(world, undelivered=21610)
    world.clock.advance(hours=24)
    settle(world.runtime)
    row = row_of(world, token)
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        assert people.patient_by_id(tx, row.patient_id).consent == "stopped"
