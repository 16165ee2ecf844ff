"""One evening and the morning after, as a clinic lives them: texts at their minute, a score, a STOP, a cry for help."""

# ruff: noqa: DTZ001 (the clinic's own wall clock)

from datetime import date, datetime, timedelta

from schedules.loading import shipped_sources
from schedules.recurrence import to_local
from schedules.slots import Planned
from service.flows.plan_due.ahead import forecast
from service.flows.publish_programme import publish
from service.store.people import clinic_by_id
from service.store.records import Patient
from service.store.session import SYSTEM
from tests.world import ZONE, World

COFFEE = {"uses_caffeine": "yes"}
CAFFEINE = shipped_sources()["caffeine.toml"]
EVERY_DAY = CAFFEINE.replace(
    """cadence = [
  { times_per_week = 3, weeks = "1-4" },
  { times_per_week = 1 },
]""",
    "cadence = { daily = true }",
)


def publishes(world: World, source: str) -> None:
    now = world.clock.now()
    with world.store.transaction(SYSTEM, "staff:admin") as tx:
        clinic = clinic_by_id(tx, world.clinic.id)
        publish(world.runtime, tx, clinic, source, name="caffeine.toml", at="now", now=now)


def heads_ups(world: World, patient: Patient) -> list[datetime]:
    """The local instants at which the coming warnings about coffee are forecast."""
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        slots = forecast(world.runtime, tx, patient.id, 7)
    planned = [slot for slot in slots if isinstance(slot, Planned)]
    return [to_local(slot.at, ZONE) for slot in planned if slot.step == "heads-up"]


def test_the_coffee_text_comes_at_its_minute(world: World) -> None:
    patient = world.patient(facts=COFFEE)
    publishes(world, EVERY_DAY)
    # Bedtime 23:00, nine and a half hours before.
    world.live_to(datetime(2026, 11, 21, 13, 29, 59))
    assert world.sent(patient) == []
    world.live(seconds=1)
    assert world.sent(patient) in (["CAF-01"], ["CAF-02"])
    assert "2:00 PM" in world.bodies(patient)[0]
    world.live(seconds=5)
    (text,) = world.rows("outbox", patient_id=patient.id, state="delivered")
    assert text.delivered_at - text.due_at == timedelta(seconds=3)


def test_the_next_mornings_answer_is_last_nights_score(world: World) -> None:
    patient = world.patient(facts=COFFEE)
    world.live_to(datetime(2026, 11, 22, 10))
    assert world.sent(patient)[-1] == "SYM-01"
    world.say(patient, "7ish, legs crawling")
    (night,) = world.rows("night_summary", patient_id=patient.id, night=date(2026, 11, 21))
    assert (night.severity, night.state, night.answered) == (7, "answered", 1)
    world.live_to(datetime(2026, 11, 22, 12, 30))
    (standing,) = world.rows("patient_standing", patient_id=patient.id)
    assert standing.as_of == date(2026, 11, 21)


def test_stop_please_is_confirmed_once_and_then_there_is_silence(world: World) -> None:
    patient = world.patient(facts=COFFEE | {"iron_oral": "daily", "iron_start": "2026-11-01"})
    world.live_to(datetime(2026, 11, 22, 10))
    before = world.sent(patient)
    world.say(patient, "stop please")
    assert world.sent(patient) == [*before, "SYS-04"]
    world.live(days=4)
    assert world.sent(patient) == [*before, "SYS-04"]
    assert world.reread(patient).consent == "stopped"
    assert world.rows("outbox", patient_id=patient.id, state="planned") == []


def test_black_stool_like_tar_is_answered_at_once_and_stands_open(world: World) -> None:
    quiet, patient = world.patient(), world.patient(given_name="Ann")
    world.live_to(datetime(2026, 11, 22, 3, 12))
    world.say(patient, "black stool like tar")
    (answer,) = world.rows("outbox", patient_id=patient.id, kind="crisis")
    (heard,) = world.rows("inbound")
    assert (answer.template, answer.state) == ("SYS-10", "delivered")
    assert answer.submitted_at - heard.received_at <= timedelta(minutes=1)
    (alert,) = world.rows("alert", tier="RED")
    assert (alert.rule, alert.patient_id, alert.closed_at) == ("R-BLEED", patient.id, None)
    world.live(days=2)
    assert world.rows("alert", tier="RED")[0].closed_at is None
    assert "SYS-10" not in world.sent(quiet)


def test_a_step_moved_by_an_hour_moves_what_is_forecast_and_sent(world: World) -> None:
    patient = world.patient(facts=COFFEE)
    publishes(world, EVERY_DAY)
    before = heads_ups(world, patient)
    assert {f"{at:%H:%M}" for at in before} == {"13:30"}
    publishes(world, EVERY_DAY.replace('offset = "-9h30m"', 'offset = "-8h30m"'))
    after = heads_ups(world, patient)
    assert {f"{at:%H:%M}" for at in after} == {"14:30"}
    assert [at.date() for at in after] == [at.date() for at in before]
    world.live_to(datetime(2026, 11, 21, 14, 29, 59))
    assert world.sent(patient) == []
    world.live(seconds=1)
    assert len(world.sent(patient)) == 1
