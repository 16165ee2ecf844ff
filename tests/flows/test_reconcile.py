"""Reconciling: an uncertain text is looked for at the provider, taken up if found, and never sent again."""

import pytest

from service.domain.exchange import Text
from service.flows.reconcile import reconcile
from service.flows.send_outbox import claim
from service.gateways.simulated import Fault
from service.store.claiming import LEASE
from service.store.people import open_phone
from service.store.records import Patient
from service.store.uncertain import LOOKED_FOR
from tests.flows.texts import put, row_of
from tests.world import World


def goes_astray(world: World, patient: Patient, fault: Fault, slot: str = "one") -> str:
    """A text whose answer never reaches us."""
    world.gateway.faults[open_phone(world.store.keyring, patient)] = fault
    token = put(world, patient, slot, kind="staff", body="The same words")
    world.live()
    assert row_of(world, token).state == "unknown"
    return token


def test_a_text_the_provider_knows_is_accepted(world: World) -> None:
    token = goes_astray(world, world.patient(), Fault(unknown=True))
    assert reconcile(world.runtime) == 0  # the provider's list lags: not before a minute
    world.clock.advance(seconds=61)
    assert reconcile(world.runtime) == 1
    row = row_of(world, token)
    assert (row.state, row.provider_sid) == ("accepted", world.gateway.ledger[0][1])
    assert reconcile(world.runtime) == 0
    assert len(world.gateway.ledger) == 1


def test_a_text_the_provider_does_not_know_stays_unknown_and_is_not_sent_again(
    world: World,
) -> None:
    token = goes_astray(world, world.patient(), Fault(lost=True))
    world.gateway.ledger.clear()
    for _ in range(8):
        world.clock.advance(minutes=1)
        assert reconcile(world.runtime) == 0
        world.live()
    row = row_of(world, token)
    assert (row.state, row.attempts) == ("unknown", 1)
    assert world.gateway.ledger == []


def test_a_lease_that_ran_out_makes_a_text_uncertain_never_planned(world: World) -> None:
    token = put(world, world.patient(), "one")
    assert isinstance(claim(world.runtime, 10)[0], Text)
    reconcile(world.runtime)
    assert row_of(world, token).state == "submitting"
    world.clock.advance(seconds=61)
    reconcile(world.runtime)
    assert row_of(world, token).state == "unknown"


def test_a_text_left_by_a_crash_is_looked_for_however_long_nobody_ran(world: World) -> None:
    patient = world.patient()
    token = put(world, patient, "one", kind="staff")
    (text,) = claim(world.runtime, 10)
    world.gateway.ledger.append((text, "SM-unheard"))
    world.clock.advance(hours=3)
    assert reconcile(world.runtime) == 1
    assert row_of(world, token).state == "accepted"


def test_a_text_to_a_number_that_is_no_patients_is_looked_for_too(world: World) -> None:
    stranger = "+19025559876"
    world.gateway.faults[stranger] = Fault(unknown=True)
    token = put(world, None, "to a stranger", kind="crisis", recipient=stranger)
    world.live()
    assert row_of(world, token).state == "unknown"
    world.clock.advance(seconds=61)
    assert reconcile(world.runtime) == 1
    assert row_of(world, token).state == "accepted"


@pytest.mark.parametrize("asked_again", [1, 2])
def test_two_people_with_one_phone_and_the_same_words(world: World, asked_again: int) -> None:
    one, two = (world.patient(phone="+19025553333") for _ in range(2))
    heard = put(world, one, "one", body="The same words")
    world.live()
    lost = goes_astray(world, two, Fault(lost=True), "two")
    # The provider has one such text, and it is the first's.
    del world.gateway.ledger[1:]
    world.clock.advance(seconds=61)
    for _ in range(asked_again):
        assert reconcile(world.runtime) == 0
    assert row_of(world, lost).state == "unknown"
    assert row_of(world, heard).provider_sid == world.gateway.ledger[0][1]


def test_each_uncertain_text_takes_up_one_of_the_providers(world: World) -> None:
    patient = world.patient()
    tokens = [goes_astray(world, patient, Fault(unknown=True), f"t{n}") for n in range(3)]
    world.clock.advance(seconds=61)
    assert reconcile(world.runtime) == 3
    assert len({row_of(world, token).provider_sid for token in tokens}) == 3


def test_what_was_looked_for_five_minutes_is_left_to_a_person(world: World) -> None:
    token = goes_astray(world, world.patient(), Fault(unknown=True))
    world.clock.advance(seconds=LEASE.total_seconds() + LOOKED_FOR.total_seconds())
    assert reconcile(world.runtime) == 0
    assert row_of(world, token).state == "unknown"
