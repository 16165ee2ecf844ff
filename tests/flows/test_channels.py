"""A channel that is refused as a whole stops, loses nothing, and begins again by one text tried or by a person."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from service.domain.delivery import State
from service.domain.exchange import Accepted, Receipt, SendError
from service.domain.provider_codes import CodeClass, meaning
from service.flows.send_outbox import claim, record, send_due
from service.flows.take_receipt import take_receipts
from service.gateways.simulated import Fault
from service.store import channels
from service.store.channels import SENDER_REST, Stop
from service.store.people import open_phone
from service.store.session import SYSTEM
from tests.flows.texts import put, row_of
from tests.world import World

CHANNEL = "simulated"
EVERYTHING = 200


def stop_of(world: World) -> Stop | None:
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        return channels.stop_of(tx, CHANNEL)


def resume(world: World) -> None:
    with world.store.transaction(SYSTEM, "test") as tx:
        assert channels.resume(tx, CHANNEL, world.clock.now())


def accepted(world: World, slot: str = "one") -> str:
    token = put(world, world.patient(), slot)
    assert claim(world.runtime, EVERYTHING)
    record(world.runtime, [Accepted(token, f"SM-{slot}")])
    return token


def tell(world: World, token: str, state: State, code: int | None = None) -> None:
    take_receipts(world.runtime, [Receipt(token, "", state, code, world.clock.now())])


def refused(world: World, count: int = 1) -> list[str]:
    """So many texts at once, all refused for the account's sake."""
    tokens = [put(world, world.patient(), f"t{number}") for number in range(count)]
    assert len(claim(world.runtime, EVERYTHING)) == count
    said = meaning(20003).sentence
    record(world.runtime, [SendError(token, CodeClass.ACCOUNT, 20003, said) for token in tokens])
    return tokens


def test_a_refused_account_stops_everything_and_fails_nothing(world: World) -> None:
    tokens = refused(world, 3)
    stop = stop_of(world)
    assert stop is not None
    assert stop.reason == "The provider refused our account’s credentials."
    assert stop.since == world.clock.now()
    later = put(world, world.patient(), "later")
    world.clock.advance(seconds=29)
    assert claim(world.runtime, EVERYTHING) == []
    rows = [row_of(world, token) for token in (*tokens, later)]
    assert {(row.state, row.attempts) for row in rows} == {("planned", 0)}


def test_one_text_is_tried_at_growing_intervals(world: World) -> None:
    refused(world, 3)
    stopped, tried = world.clock.now(), []
    while world.clock.now() < stopped + timedelta(minutes=50):
        world.clock.advance(seconds=10)
        for text in claim(world.runtime, EVERYTHING):
            tried.append((world.clock.now() - stopped).total_seconds())
            error = SendError(text.token, CodeClass.ACCOUNT, 20003, "No.")
            record(world.runtime, [error])
    assert tried == [30, 90, 210, 450, 930, 1530, 2130, 2730]
    assert {row.state for row in world.rows("outbox")} == {"planned"}


def test_a_text_that_is_taken_opens_the_channel(world: World) -> None:
    refused(world, 3)
    world.clock.advance(seconds=30)
    asyncio.run(send_due(world.runtime))
    assert stop_of(world) is None
    asyncio.run(send_due(world.runtime))
    assert [row.state for row in world.rows("outbox")] == ["accepted"] * 3
    assert len(world.gateway.ledger) == 3


def test_a_text_that_was_under_way_before_proves_nothing(world: World) -> None:
    slow = put(world, world.patient(), "slow")
    claim(world.runtime, EVERYTHING)
    refused(world)
    record(world.runtime, [Accepted(slow, "SM-slow")])
    assert stop_of(world) is not None


def test_texts_whose_time_passes_meanwhile_expire(world: World) -> None:
    (token,) = refused(world)
    world.clock.advance(seconds=31)
    claim(world.runtime, EVERYTHING)
    record(world.runtime, [SendError(token, CodeClass.ACCOUNT, 20003, "No.")])
    waiting = put(
        world, world.patient(), "short", not_after=world.clock.now() + timedelta(seconds=5)
    )
    world.clock.advance(seconds=6)
    assert claim(world.runtime, EVERYTHING) == []
    assert (row_of(world, waiting).state, row_of(world, token).state) == ("expired", "planned")


def test_another_process_does_not_try_as_well(world: World) -> None:
    refused(world, 3)
    world.clock.advance(seconds=30)
    assert len(claim(world.runtime, EVERYTHING)) == 1
    assert claim(world.runtime, EVERYTHING) == []


def test_another_channel_is_not_stopped(world: World) -> None:
    refused(world)
    other = replace(world.runtime, gateway=Elsewhere())
    world.clock.advance(seconds=3)
    assert len(claim(other, EVERYTHING)) == 1


class Elsewhere:
    """Another gateway; nothing is sent by it here."""

    name = "elsewhere"


@pytest.mark.parametrize("code", [30002, 30007, 30034, 63038])
def test_trouble_told_after_acceptance_stops_the_channel_until_a_text_arrives(
    world: World, code: int
) -> None:
    token = accepted(world)
    world.clock.advance(seconds=1)
    tell(world, token, State.UNDELIVERED, code)
    stop = stop_of(world)
    assert stop is not None
    assert (stop.reason, stop.until_delivered) == (meaning(code).sentence, True)
    assert (row_of(world, token).state, row_of(world, token).attempts) == ("undelivered", 1)
    tried = put(world, world.patient(), "tried")
    put(world, world.patient(), "waits")
    world.clock.advance(seconds=30)
    (text,) = claim(world.runtime, EVERYTHING)
    assert text.token == tried
    record(world.runtime, [Accepted(tried, "SM-tried")])
    assert stop_of(world) is not None
    tell(world, tried, State.SENT)
    assert stop_of(world) is not None
    tell(world, tried, State.DELIVERED)
    assert stop_of(world) is None
    assert len(claim(world.runtime, EVERYTHING)) == 1


def test_what_is_told_late_of_texts_from_before_a_person_resumed_stops_nothing(
    world: World,
) -> None:
    early, late = accepted(world, "early"), accepted(world, "late")
    world.clock.advance(seconds=1)
    tell(world, early, State.FAILED, 30034)
    world.clock.advance(seconds=1)
    resume(world)
    tell(world, late, State.FAILED, 30034)
    assert stop_of(world) is None
    world.clock.advance(seconds=1)
    tell(world, accepted(world, "new"), State.FAILED, 30034)
    assert stop_of(world) is not None


def test_a_code_that_is_only_mentioned_stops_nothing(world: World) -> None:
    tell(world, accepted(world), State.SENT, 30034)
    assert stop_of(world) is None


def test_a_travelling_clock_tries_and_goes_on(world: World) -> None:
    patient = world.patient()
    number = open_phone(world.store.keyring, patient)
    world.gateway.faults[number] = Fault(refuse=20003, status=401)
    token = put(world, patient, "one")
    world.live(minutes=20)
    assert row_of(world, token).state == "planned"
    world.gateway.faults.clear()
    world.live(minutes=20)
    assert row_of(world, token).state == "delivered"
    assert stop_of(world) is None


@pytest.mark.parametrize("code", [30001, 30022, 63018])
def test_a_sender_told_to_be_too_fast_rests_but_for_urgent_texts(world: World, code: int) -> None:
    token = accepted(world)
    tell(world, token, State.FAILED, code)
    assert row_of(world, token).state == "failed"
    put(world, world.patient(), "tip")
    put(world, world.patient(), "crisis", kind="crisis")
    assert [text.body for text in claim(world.runtime, EVERYTHING)] == ["Body of crisis"]
    world.clock.advance(seconds=SENDER_REST.total_seconds())
    assert [text.body for text in claim(world.runtime, EVERYTHING)] == ["Body of tip"]


def test_a_full_queue_at_the_provider_rests_its_sender_and_no_other(world: World) -> None:
    token = put(world, world.patient(), "one")
    claim(world.runtime, EVERYTHING)
    record(world.runtime, [SendError(token, CodeClass.TRANSIENT, 21611, "Full.")])
    put(world, world.patient(), "other", sender="+19025550141")
    world.clock.advance(seconds=3)
    # One place is enough: those that rest do not stand in the way.
    assert [text.body for text in claim(world.runtime, 1)] == ["Body of other"]
