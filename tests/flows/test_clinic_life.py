"""Lived time: forward only, from event to event, nothing jumped over."""

from datetime import datetime, timedelta

import pytest

from service.clinic_life import live_until
from service.domain.exchange import Inbound
from service.flows.take_reply import store_replies
from service.store.people import open_phone
from tests.flows.texts import put, row_of
from tests.world import World


def test_time_goes_forward_only(world: World) -> None:
    with pytest.raises(ValueError, match="cannot go back"):
        world.clock.hold(world.clock.now() - timedelta(seconds=1))


def test_it_stops_at_every_event_and_ends_where_it_was_sent(world: World) -> None:
    now = world.clock.now()
    patient = world.patient()
    dues = [now + timedelta(minutes=minutes) for minutes in (1, 17, 59)]
    tokens = [put(world, patient, f"t{at:%M%S}", kind="staff", due_at=at) for at in dues]
    stops: list[datetime] = []
    live_until(world.runtime, now + timedelta(hours=1), progress=stops.append)
    assert [row_of(world, token).submitted_at for token in tokens] == dues
    assert set(dues) <= set(stops)
    assert stops == sorted(stops)
    assert world.clock.now() == now + timedelta(hours=1)
    arrivals = [row_of(world, token).delivered_at for token in tokens]
    assert arrivals == [due + timedelta(seconds=3) for due in dues]


def test_one_long_way_is_the_same_as_many_short_ones(world: World) -> None:
    patient = world.patient(facts={"iron_oral": "daily", "iron_start": "2026-11-01"})
    for _ in range(50):
        world.live(hours=1)
    short = [(row.slot, row.submitted_at) for row in world.rows("outbox", patient_id=patient.id)]
    assert all(at is None or at.second == 0 for _, at in short)
    same = {row.slot: row.due_at for row in world.rows("outbox", patient_id=patient.id)}
    assert {slot: at for slot, at in short if at is not None}.items() <= same.items()


def test_coarser_steps_take_what_has_become_due_at_the_next_stop(world: World) -> None:
    token = put(world, world.patient(), "one", due_at=world.clock.now() + timedelta(minutes=1))
    live_until(world.runtime, world.clock.now() + timedelta(minutes=30), step=timedelta(minutes=10))
    row = row_of(world, token)
    assert row.submitted_at - row.due_at == timedelta(minutes=9)


def test_a_text_held_back_by_an_unread_reply_does_not_stop_the_clock(world: World) -> None:
    patient = world.patient()
    number = open_phone(world.store.keyring, patient)
    now = world.clock.now()
    store_replies(world.runtime, [Inbound("SM1", number, world.clinic.sender, "hm", now)])
    token = put(world, patient, "one")
    live_until(world.runtime, now + timedelta(seconds=3))
    assert world.clock.now() == now + timedelta(seconds=3)
    assert row_of(world, token).state == "planned"
