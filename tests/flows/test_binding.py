"""Which of several questions a reply answers: the newest; an answer given before stands until it is put right."""

# ruff: noqa: DTZ001 (the clinic's own wall clock)

from datetime import date, datetime
from typing import Any

import pytest

from service.store.records import Patient
from tests.flows.test_questionnaires import kept, published
from tests.flows.test_take_reply import asked_last_night
from tests.world import World

MONDAY = date(2026, 11, 23)
IRON = {"iron_oral": "daily", "iron_start": "2026-11-20"}


def scores(world: World) -> list[tuple[float, bool]]:
    return [(row.number, row.replaced) for row in world.rows("observation", kind="symptom_0_10")]


def asked_the_week(world: World, **known: Any) -> Patient:
    """A patient who told last night's score, and was asked for the week's three numbers in the evening."""
    patient = world.patient(**known)
    world.live_to(datetime(2026, 11, 22, 10))
    world.say(patient, "3")
    world.live_to(datetime(2026, 11, 22, 21))
    assert world.sent(patient)[-1] == "WK-01"
    return patient


def test_an_unclear_number_belongs_to_the_question_asked_last(world: World) -> None:
    published(world, ("every_n_days = 14", 'weekdays = ["mon"]'))
    patient = world.patient(window="08:00-22:00")
    world.live_to(datetime(2026, 11, 23, 10))
    world.say(patient, "6")
    world.live_to(datetime(2026, 11, 23, 18, 10))
    assert world.sent(patient)[-1] == "EVE-01"
    before = scores(world)
    world.say(patient, "3 or 4")
    assert (scores(world), kept(world)) == (before, [])
    assert world.sent(patient)[-1] == "SYS-07"
    world.say(patient, "4")
    assert [word for _, word, _ in kept(world)] == ["4"]


@pytest.mark.parametrize(
    "told", [("5", "2", "4"), ("5 2", "4"), ("5", "2 and 4"), ("c 4", "a 5", "b 2"), ("5", "5 2 4")]
)
def test_the_weeks_numbers_may_come_one_by_one(world: World, told: tuple[str, ...]) -> None:
    patient = asked_the_week(world)
    for body in told[:-1]:
        world.say(patient, body)
    assert world.sent(patient).count("SYS-33") == 1
    assert ("missing: 1" if told[0] == "5 2" else "missing: 2") in world.bodies(patient)[-1]
    assert world.sent(patient)[-1] == "SYS-33"
    world.say(patient, told[-1])
    (week,) = world.rows("observation", kind="weekly_3")
    assert week.word == "5,2,4"
    assert world.sent(patient)[-1] == "WK-02"
    assert scores(world) == [(3, False)]
    assert {row.review_state for row in world.rows("inbound")} == {"none"}


def test_too_many_numbers_for_the_week_are_left_to_a_person(world: World) -> None:
    patient = asked_the_week(world)
    for body in ("5 2", "1 4", "1 4"):
        world.say(patient, body)
    assert world.rows("observation", kind="weekly_3") == []
    assert [row.review_state for row in world.rows("inbound")][-2:] == ["open", "open"]
    assert scores(world) == [(3, False)]


@pytest.mark.parametrize("body", ["I meant 4", "sorry, meant 4 not 3", "my legs were a 4"])
def test_an_answer_is_put_right_by_who_says_so(world: World, body: str) -> None:
    patient = asked_the_week(world)
    world.say(patient, body)
    assert scores(world) == [(3, True), (4, False)]


def test_a_number_does_not_answer_anew_what_was_asked_before_the_iron(world: World) -> None:
    patient = asked_last_night(world)
    world.say(patient, "3")
    world.fact(patient, "iron_oral", "daily")
    world.fact(patient, "iron_start", "2026-11-20")
    world.live_to(datetime(2026, 11, 23, 8, 10))
    assert world.sent(patient)[-1] == "IRN-01"
    world.say(patient, "5")
    assert scores(world) == [(3, False)]


def iron_after_the_week(world: World) -> Patient:
    """Sunday's count of nights is open when Monday's iron is asked about."""
    patient = asked_the_week(world, facts=IRON)
    world.say(patient, "5 2 4")
    assert world.sent(patient)[-1] == "WK-02"
    world.live_to(datetime(2026, 11, 23, 8, 10))
    assert world.sent(patient)[-1] == "IRN-01"
    return patient


def later(world: World) -> list[tuple[str, str, str | None]]:
    rows = [row for row in world.rows("outbox") if row.slot.startswith("later:")]
    return [(row.template, row.state, row.reason) for row in rows]


def test_later_puts_off_the_question_asked_last(world: World) -> None:
    patient = iron_after_the_week(world)
    world.say(patient, "later")
    assert later(world) == [("IRN-01", "planned", None)]
    world.live_to(datetime(2026, 11, 23, 13))
    assert world.sent(patient).count("WK-02") == 1
    assert world.rows("outbox", kind="nudge", night=MONDAY) == []


def test_later_twice_asks_once_and_says_why_the_first_was_taken_back(world: World) -> None:
    patient = iron_after_the_week(world)
    world.say(patient, "later")
    world.say(patient, "later 7pm")
    assert later(world) == [
        ("IRN-01", "cancelled", "put_off"),
        ("IRN-01", "planned", None),
    ]
    world.live_to(datetime(2026, 11, 23, 19, 30))
    asked = [row for row in world.rows("outbox", template="IRN-01") if row.submitted_at]
    assert len([row for row in asked if row.slot.startswith("later:")]) == 1


def test_a_later_for_when_it_cannot_be_asked_keeps_it_open_without_a_nudge(world: World) -> None:
    patient = iron_after_the_week(world)
    world.say(patient, "later at 11pm")
    world.live_to(datetime(2026, 11, 23, 21))
    assert later(world) == []
    assert world.rows("outbox", kind="nudge", night=MONDAY) == []
    question = world.rows("question", kind="iron_yn")[-1]
    assert question.state == "open"
