"""What a patient asks of the service in a word: status, relief, the menu, another bedtime, fewer texts."""

# ruff: noqa: DTZ001 (the clinic's own wall clock)

from datetime import date, datetime, time

import pytest

from schedules.recurrence import to_local
from service.store import circumstances
from service.store.session import SYSTEM
from tests.flows.test_take_reply import asked_last_night
from tests.world import World


def test_what_a_patient_may_ask_for_at_any_hour(world: World) -> None:
    patient = asked_last_night(world)
    for body in ("STATUS", "MENU", "LEGS"):
        world.say(patient, body)
    assert world.sent(patient)[-3:] == ["SYS-24", "SYS-26", "LEG-01"]
    (episode,) = world.rows("observation", kind="episode")
    assert episode.night == date(2026, 11, 21)
    # Neither answers the check-in that is open.
    assert world.rows("question", kind="symptom_0_10")[0].state == "open"
    world.say(patient, "bed 00:30 on weekends")
    assert world.reread(patient).bedtime_weekend == time(0, 30)
    world.say(patient, "pause 3 days")
    world.say(patient, "STATUS")
    assert world.sent(patient)[-1] == "SYS-25"
    assert {row.review_state for row in world.rows("inbound")} == {"none"}


@pytest.mark.parametrize("body", ["zoloft", "i started taking zoloft", "empece a tomar sertralina"])
def test_a_new_medicine_is_passed_on_and_said_so(world: World, body: str) -> None:
    patient = world.patient()
    world.say(patient, body)
    assert world.sent(patient) == ["SYS-09"]
    assert [alert.rule for alert in world.rows("alert")] == ["M-TRIG"]
    assert world.rows("inbound")[0].review_state == "open"


def test_fewer_halves_the_weeks_texts_and_more_brings_them_back(world: World) -> None:
    facts = {"uses_caffeine": "yes", "exercise_cleared": "yes", "drinks": "fri"}
    patient = world.patient(facts=facts)
    world.live_to(datetime(2026, 11, 28, 12))
    first = len([row for row in world.rows("outbox", kind="planned") if row.submitted_at])
    world.say(patient, "FEWER")
    assert world.sent(patient)[-1] == "SYS-27"
    world.live_to(datetime(2026, 12, 5, 12))
    second = len([row for row in world.rows("outbox", kind="planned") if row.submitted_at]) - first
    assert second <= 6 < first
    world.say(patient, "MORE")
    assert world.sent(patient)[-1] == "SYS-28"
    world.live_to(datetime(2026, 12, 12, 12))
    third = len([row for row in world.rows("outbox", kind="planned") if row.submitted_at])
    assert third - first - second > 6


def test_an_hour_asked_for_moves_the_texts_tied_to_no_bedtime(world: World) -> None:
    patient = world.patient(facts={"exercise_cleared": "yes"})
    world.say(patient, "text me at 6:15pm please")
    assert world.sent(patient)[-1] == "SYS-21"
    assert world.rows("inbound")[0].review_state == "none"
    world.live_to(datetime(2026, 12, 6, 12))
    walks = [row for row in world.rows("outbox", template="EXE-01") if row.submitted_at]
    assert walks
    assert {to_local(row.due_at, patient.zone).time() for row in walks} == {time(18, 15)}
    world.say(patient, "TIME 23:00")
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        known = circumstances.facts_of(tx, patient.id)
    assert known.value("texts_at", date(2026, 12, 6)) == "20:20"
    assert "8:20" in world.bodies(patient)[-1]
