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


@pytest.mark.parametrize("body", ["zoloft", "I started Zoloft", "sertralina"])
def test_a_medicine_named_in_place_of_a_score_is_passed_on_and_the_score_still_asked(
    world: World, body: str
) -> None:
    patient = asked_last_night(world)
    world.say(patient, body)
    assert world.sent(patient)[-1] == "SYS-09"
    assert [alert.rule for alert in world.rows("alert")] == ["M-TRIG"]
    assert world.rows("question", kind="symptom_0_10")[0].state == "open"


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
    world.say(patient, "STATUS")
    assert "near 8:20 PM" in world.bodies(patient)[-1]


@pytest.mark.parametrize(
    ("asked_at", "hour", "told", "comes"),
    [
        # Past, but the weekly question is of use for four hours: it comes now.
        (time(19), "18:00", "6:00 PM", (time(19), None)),
        # Too long past: it says why it is not sent.
        (time(19), "13:00", "1:00 PM", (None, "changed")),
        (time(13), "15:00", "3:00 PM", (time(15), None)),
        # Today's has gone out already: no second one.
        (time(20, 30), "21:00", "8:20 PM", (time(20), None)),
    ],
)
def test_an_hour_that_is_past_today_spends_no_text_without_a_word(
    world: World, asked_at: time, hour: str, told: str, comes: tuple[time | None, str | None]
) -> None:
    patient = world.patient()
    world.say(patient, "TIME 20:00")
    sunday = datetime(2026, 11, 29)
    world.live_to(datetime.combine(sunday, asked_at))
    world.say(patient, f"TIME {hour}")
    assert any(f"near {told} from now on" in body for body in world.bodies(patient))
    world.live_to(datetime(2026, 11, 30, 12))
    (week,) = [
        row
        for row in world.rows("outbox", step="week", patient_id=patient.id)
        if to_local(row.due_at, patient.zone).date() == sunday.date()
    ]
    left = to_local(week.submitted_at, patient.zone).time() if week.submitted_at else None
    assert (left.replace(second=0) if left else None, week.reason) == comes


@pytest.mark.parametrize(
    ("body", "week", "weekend", "answered"),
    [
        ("BED 22:30 weekdays", time(22, 30), time(23), "SYS-39"),
        ("bed 00:30 weekend", time(23), time(0, 30), "SYS-38"),
        ("bed 22:00 always", time(22), None, "SYS-40"),
        ("CAMA 22:30 entre semana", time(22, 30), time(23), "SYS-39"),
        ("acostarme 23:30 fines de semana", time(23), time(23, 30), "SYS-38"),
        ("BED 22:30", time(22, 30), None, "SYS-18"),
    ],
)
def test_a_bedtime_counts_for_the_nights_it_was_said_for(
    world: World, body: str, week: time, weekend: time | None, answered: str
) -> None:
    patient = world.patient()
    world.say(patient, body)
    known = world.reread(patient)
    assert (known.bedtime, known.bedtime_weekend) == (week, weekend)
    assert world.sent(patient)[-1] == answered


def test_weekdays_leave_a_bedtime_of_the_weekend_and_always_ends_it(world: World) -> None:
    patient = world.patient(bedtime_weekend=time(1))
    world.say(patient, "BED 22:30 weekdays")
    assert world.reread(patient).bedtime_weekend == time(1)
    world.say(patient, "BED 22:30 always")
    assert world.reread(patient).bedtime_weekend is None


def test_a_bedtime_for_tonight_is_said_to_be_for_tonight(world: World) -> None:
    patient = world.patient()
    world.say(patient, "BED 22:30 tonight")
    assert world.reread(patient).bedtime == time(23)
    assert world.bodies(patient)[-1] == "OK, bed at 10:30 PM for tonight only."
