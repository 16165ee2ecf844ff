"""Your week: told on Sunday evening to who chose it, in the figures of the patient's page, or not and why."""

# ruff: noqa: DTZ001 (the clinic's own wall clock)

from datetime import datetime, timedelta

import pytest

from schedules.slots import Withheld
from service.domain.own_week import CHOSE_WEEK
from service.flows.plan_due.ahead import forecast
from service.store import circumstances
from service.store.records import Patient
from service.store.session import SYSTEM
from tests.world import World

SUNDAY = datetime(2026, 11, 29, 20, 30)
WIDE = "08:00-22:00"


def a_week_of(world: World, patient: Patient, *scores: int) -> None:
    """The first mornings of the first week, each answered, then Sunday evening."""
    for day, score in enumerate(scores):
        world.live_to(datetime(2026, 11, 22, 13) + timedelta(days=day))
        world.say(patient, f"legs {score}")
    world.live_to(SUNDAY)


def week_rows(world: World) -> list[tuple[str | None, str | None]]:
    return [(row.template, row.reason) for row in world.rows("outbox", programme="your_week")]


def facts_of(world: World, patient: Patient) -> str | None:
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        known = circumstances.facts_of(tx, patient.id)
    return known.value(CHOSE_WEEK, world.clock.now().date())


@pytest.mark.parametrize(
    ("known", "template", "said"),
    [
        ({}, "WK-04", "Your legs this week, 6 of 7 nights scored. Average 5.2. Your usual is 4."),
        ({"privacy": "discreet"}, "WK-05", "Your week, 6 of 7 check-ins. Average 5.2."),
        (
            {"language": "es", "window": "08:00-20:30"},
            "WK-04",
            "6 de 7 noches con nota. Media: 5,2. Lo usual: 4.",
        ),
    ],
)
def test_the_week_is_told_in_the_patients_own_figures(
    world: World, known: dict[str, str], template: str, said: str
) -> None:
    patient = world.patient(**{"facts": {CHOSE_WEEK: "yes"}, "window": WIDE} | known)
    a_week_of(world, patient, 3, 4, 8, 4, 4, 7, 4)  # the first is of the night before this week
    assert week_rows(world)[-1] == (template, None)
    told = next(one for one in reversed(world.bodies(patient)) if said in one)
    assert ": 2." in told
    assert ("legs" in told) == (template == "WK-04" and known.get("language") != "es")
    (standing,) = world.rows("patient_standing")
    assert standing.figures["usual"] == 4
    scored = [one for one in standing.figures["last_scores"][-7:] if one is not None]
    assert (len(scored), round(sum(scored) / 6, 1), sum(one >= 7 for one in scored)) == (6, 5.2, 2)


def test_under_three_scores_nothing_is_told_and_why_is_kept(world: World) -> None:
    patient = world.patient(facts={CHOSE_WEEK: "yes"}, window=WIDE)
    a_week_of(world, patient, 3, 9)
    assert week_rows(world)[-1] == (None, "too_few_answers")
    assert not {"WK-04", "WK-05"} & set(world.sent(patient))


def foretold(world: World, patient: Patient) -> list[str | None]:
    """Why the week that comes next is not told, None where it is."""
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        slots = forecast(world.runtime, tx, patient.id, 7)
    weeks = [slot for slot in slots if slot.programme == "your_week"]
    return [slot.reason if isinstance(slot, Withheld) else None for slot in weeks]


def test_whether_the_week_is_told_is_foreseen_from_the_scores_there_are(world: World) -> None:
    patient = world.patient(facts={CHOSE_WEEK: "yes"}, window=WIDE)
    world.live_to(datetime(2026, 11, 26, 13))
    assert foretold(world, patient) == ["too_few_answers"]
    for score, day in ((4, 26), (6, 27)):
        world.live_to(datetime(2026, 11, day, 13))
        world.say(patient, f"legs {score}")
    assert foretold(world, patient) == ["too_few_answers"]
    world.live_to(datetime(2026, 11, 28, 10))  # before that night is summed up at noon
    world.say(patient, "legs 7")
    assert foretold(world, patient) == [None]
    world.live_to(SUNDAY)
    assert week_rows(world)[-1] == ("WK-04", None)
    assert foretold(world, patient) == ["too_few_answers"], "the week after has no score yet"


def test_a_week_too_short_at_its_hour_is_not_told_later_the_same_evening(world: World) -> None:
    patient = world.patient(facts={CHOSE_WEEK: "yes"}, window=WIDE)
    for score, day in ((3, 27), (9, 28)):
        world.live_to(datetime(2026, 11, day, 13))
        world.say(patient, f"legs {score}")
    world.live_to(datetime(2026, 11, 29, 19, 50))
    assert "WK-04" not in world.sent(patient)
    world.say(patient, "legs 5")
    world.live(minutes=1)
    assert week_rows(world)[-1] == (None, "too_few_answers")


def test_who_did_not_choose_it_is_told_nothing(world: World) -> None:
    patient = world.patient(window=WIDE)
    a_week_of(world, patient, 3, 4, 8, 4)
    assert week_rows(world) == []


def test_a_patient_chooses_it_and_leaves_it_again(world: World) -> None:
    patient = world.patient(window=WIDE)
    a_week_of(world, patient, 3, 4, 8, 4)
    world.live_to(datetime(2026, 11, 30, 12))
    world.say(patient, "send my week")
    assert world.sent(patient)[-1] == "SYS-29"
    assert facts_of(world, patient) == "yes"
    world.say(patient, "No week please")
    assert world.sent(patient)[-1] == "SYS-30"
    assert facts_of(world, patient) is None
    world.live_to(SUNDAY + timedelta(days=7))
    assert week_rows(world) == []
