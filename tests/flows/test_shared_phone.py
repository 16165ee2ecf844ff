"""Two patients on one number: asked once who wrote, named by their first name, never guessed."""

# ruff: noqa: DTZ001 (the clinic's own wall clock)

from datetime import datetime

import pytest

from service.flows.stop_texts import stop_texts
from service.store import people
from service.store.records import Patient
from service.store.session import SYSTEM
from tests.world import World

PHONE = "+19025553333"


def two(world: World, *, invited: bool) -> tuple[Patient, Patient]:
    """Ann and Bea, on one phone."""
    known = {"phone": PHONE, "invited": invited}
    pair = (world.patient(given_name="Ann", **known), world.patient(given_name="Bea", **known))
    world.live(seconds=5)
    return pair


def states(world: World, *who: Patient) -> list[str]:
    return [world.reread(one).consent for one in who]


@pytest.mark.parametrize("body", ["YES", "both", "yes both of us"])
def test_who_joins_is_asked_for_by_name_once_and_nobody_is_guessed(world: World, body: str) -> None:
    ann, bea = two(world, invited=True)
    world.say_from(PHONE, body)
    world.say_from(PHONE, body)
    assert states(world, ann, bea) == ["invited", "invited"]
    assert world.sent().count("SYS-34") == 1
    assert {row.review_state for row in world.rows("inbound")} == {"open"}
    [asked] = [one for one in world.bodies(ann) if "More than one" in one]
    assert not {"Ann", "Bea", "legs", "sleep"} & set(asked.split())


@pytest.mark.parametrize("body", ["yes Ann", "Ann YES", "ann: yes", "Yes, Ann!"])
def test_a_first_name_and_yes_is_that_persons_consent(world: World, body: str) -> None:
    ann, bea = two(world, invited=True)
    world.say_from(PHONE, body)
    assert states(world, ann, bea) == ["active", "invited"]
    assert world.sent(ann)[-1] == "SYS-02"
    (reply,) = world.rows("inbound")
    assert (reply.patient_id, reply.review_state) == (ann.id, "none")
    world.say_from(PHONE, "Bea yes")
    assert states(world, ann, bea) == ["active", "active"]


def test_of_two_with_one_name_nobody_is_named(world: World) -> None:
    known = {"phone": PHONE, "invited": True, "given_name": "Ann"}
    pair = (world.patient(**known), world.patient(**known))
    world.live(seconds=5)
    world.say_from(PHONE, "Ann yes")
    assert states(world, *pair) == ["invited", "invited"]


def test_an_answer_with_a_name_is_that_persons(world: World) -> None:
    _, bea = two(world, invited=False)
    world.live_to(datetime(2026, 11, 22, 12))
    world.say_from(PHONE, "Bea 4")
    (told,) = world.rows("observation", kind="symptom_0_10")
    assert (told.patient_id, told.number) == (bea.id, 4)


def test_help_is_answered_once(world: World) -> None:
    two(world, invited=False)
    world.say_from(PHONE, "HELP")
    assert world.sent().count("SYS-03") == 1
    assert "SYS-34" not in world.sent()


def test_start_brings_back_both_who_had_stopped_by_text(world: World) -> None:
    ann, bea = two(world, invited=False)
    world.say_from(PHONE, "STOP")
    assert states(world, ann, bea) == ["stopped", "stopped"]
    world.say_from(PHONE, "START")
    assert states(world, ann, bea) == ["active", "active"]
    assert world.sent().count("SYS-06") == 1


def test_who_told_the_clinic_to_stop_is_not_brought_back_by_the_other(world: World) -> None:
    ann, bea = two(world, invited=False)
    with world.store.transaction(SYSTEM, "staff:nurse") as tx:
        found = people.patient_to_change(tx, bea.token)
        stop_texts(tx, found, "phone", "", world.clock.now())
    world.say_from(PHONE, "STOP")
    world.say_from(PHONE, "START")
    assert states(world, ann, bea) == ["active", "stopped"]


@pytest.mark.parametrize("body", ["stop bea", "quit ann thanks", "STOP WHITFIELD"])
def test_a_stop_signed_by_either_counts_for_both(world: World, body: str) -> None:
    ann, bea = two(world, invited=False)
    world.say_from(PHONE, body)
    assert states(world, ann, bea) == ["stopped", "stopped"]


def test_a_stop_with_the_name_of_neither_stops_nobody(world: World) -> None:
    ann, bea = two(world, invited=False)
    world.say_from(PHONE, "stop tom")
    assert states(world, ann, bea) == ["active", "active"]
