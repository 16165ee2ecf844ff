"""A change that puts texts into the past says so, and put right in time it costs none; what is new has no past."""

# ruff: noqa: DTZ001 (the clinic's own wall clock)

from datetime import date, datetime
from typing import Any

import pytest

from service.flows.publish_programme import publish
from service.store import circumstances, people
from service.store.people import clinic_by_id
from service.store.records import Patient
from service.store.session import SYSTEM
from tests.world import World

TODAY = date(2026, 11, 23)
# Of a priority that comes before whatever else the night holds.
EVENING = """[programme]
slug = "evening"
title = "One in the evening"
priority = "screen"

[[step]]
key = "ask"
only_if = ["uses_caffeine"]
at = { clock = "21:00" }
cadence = { daily = true }
say = ["MED-03"]
"""
OWN = """[programme]
slug = "own"
title = "An own one"
priority = "safety"

[[step]]
key = "first"
at = { clock = "14:00" }
cadence = { daily = true }
say = ["MED-03"]
"""
SECOND = """
[[step]]
key = "second"
at = { clock = "12:30" }
cadence = { daily = true }
say = ["MED-03"]
"""


def publishes(world: World, source: str) -> None:
    with world.store.transaction(SYSTEM, "an admin") as tx:
        clinic, now = clinic_by_id(tx, world.clinic.id), world.clock.now()
        publish(world.runtime, tx, clinic, source, name="a.toml", at="now", now=now)


def moves(world: World, patient: Patient, **changes: Any) -> None:
    with world.store.transaction(SYSTEM, "a nurse") as tx:
        people.set_patient(tx, patient.id, world.clock.now(), **changes)
    world.live(minutes=2)


def tonight(world: World, patient: Patient) -> dict[str, str | None]:
    """Step and reason of tonight's text of the evening; None: sent."""
    rows = world.rows("outbox", patient_id=patient.id, programme="evening", night=TODAY)
    return {row.step: row.reason for row in rows}


@pytest.fixture
def ada(world: World) -> Patient:
    """A patient of the clinic's zone who is asked at 21:00, on Monday afternoon at 15:00."""
    publishes(world, EVENING)
    patient = world.patient(facts={"uses_caffeine": "yes"}, window="08:00-23:30")
    world.live_to(datetime(2026, 11, 23, 15))
    return patient


def test_a_zone_mistyped_and_put_right_costs_no_text(world: World, ada: Patient) -> None:
    moves(world, ada, zone="Asia/Karachi")
    assert tonight(world, ada)["ask"] == "changed"
    moves(world, ada, zone=ada.zone)
    assert "ask" not in tonight(world, ada)
    world.live_to(datetime(2026, 11, 23, 22))
    assert tonight(world, ada)["ask"] is None
    assert len(world.rows("outbox", patient_id=ada.id, step="ask", night=TODAY)) == 1


def test_a_zone_put_right_at_once_sends_nothing_by_the_wrong_one(
    world: World, ada: Patient
) -> None:
    with world.store.transaction(SYSTEM, "a nurse") as tx:
        people.set_patient(tx, ada.id, world.clock.now(), zone="Europe/London")
    world.live(seconds=50)
    before = len(world.sent(ada))
    with world.store.transaction(SYSTEM, "a nurse") as tx:
        people.set_patient(tx, ada.id, world.clock.now(), zone=ada.zone)
    world.live_to(datetime(2026, 11, 23, 20, 30))
    assert len(world.sent(ada)) == before
    assert "ask" not in tonight(world, ada)


def test_what_was_given_up_stays_so_once_its_night_is_closed(world: World, ada: Patient) -> None:
    moves(world, ada, zone="Asia/Karachi")
    world.live(days=2)
    moves(world, ada, zone=ada.zone)
    world.live(days=1)
    assert tonight(world, ada)["ask"] == "changed"


def test_a_reply_takes_nothing_back(world: World, ada: Patient) -> None:
    moves(world, ada, zone="Asia/Karachi")
    (before,) = world.rows("outbox", patient_id=ada.id, step="ask", night=TODAY)
    world.say(ada, "thanks")
    world.live(minutes=1)
    (after,) = world.rows("outbox", patient_id=ada.id, step="ask", night=TODAY)
    assert after == before


def test_a_version_taken_back_costs_no_text(world: World, ada: Patient) -> None:
    publishes(world, EVENING.replace("21:00", "12:30"))
    world.say(ada, "thanks")
    world.live(minutes=2)
    assert tonight(world, ada)["ask"] == "changed"
    publishes(world, EVENING)
    world.live_to(datetime(2026, 11, 23, 22))
    assert tonight(world, ada)["ask"] is None


def test_what_is_new_has_no_slots_before_it_was_published(world: World, ada: Patient) -> None:
    world.live(minutes=30)
    publishes(world, OWN)
    world.live_to(datetime(2026, 11, 24, 13))
    assert world.rows("outbox", patient_id=ada.id, programme="own", night=TODAY) == []
    publishes(world, OWN + SECOND)
    world.live_to(datetime(2026, 11, 25, 15))
    days = {
        step: [row.on_date.day for row in world.rows("outbox", programme="own", step=step)]
        for step in ("first", "second")
    }
    assert days == {"first": [24, 25], "second": [25]}


def test_a_step_that_was_out_of_force_begins_anew(world: World, ada: Patient) -> None:
    publishes(world, OWN + SECOND)
    world.live_to(datetime(2026, 11, 24, 13))
    publishes(world, OWN)
    world.live_to(datetime(2026, 11, 25, 13))
    publishes(world, OWN + SECOND)
    world.live_to(datetime(2026, 11, 26, 15))
    rows = world.rows("outbox", patient_id=ada.id, programme="own", step="second")
    assert [row.on_date.day for row in rows] == [24, 26]


def test_a_fact_withdrawn_by_mistake_costs_no_text(world: World, ada: Patient) -> None:
    now = world.clock.now()
    with world.store.transaction(SYSTEM, "a nurse") as tx:
        circumstances.end_fact(tx, ada, "uses_caffeine", TODAY, now)
        circumstances.add_fact(tx, ada, "uses_caffeine", "yes", TODAY, now)
    world.live_to(datetime(2026, 11, 23, 22))
    assert tonight(world, ada) == {"ask": None}
