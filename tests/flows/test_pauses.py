"""Pauses and holds, end to end: begun by patient, clinician or a fact; ended; no backlog; out of the denominators."""

# ruff: noqa: DTZ001 (the clinic's own wall clock)

from datetime import UTC, date, datetime, timedelta

import pytest

from schedules.recurrence import to_local, to_utc
from service.domain.figures import days_covered, due_days
from service.store import circumstances, patient_page
from service.store.records import Patient
from service.store.session import SYSTEM
from tests.world import ZONE, World, make_world

FACTS = {"uses_caffeine": "yes", "iron_oral": "daily", "iron_start": "2026-11-01"}
WIDE = "07:00-23:30"


@pytest.fixture
def tom(world: World) -> Patient:
    """A patient with iron and coffee, on the third morning: Monday 23 November, 08:30 at the clinic."""
    patient = world.patient(facts=FACTS, window=WIDE)
    world.live_to(datetime(2026, 11, 23, 8, 30))
    return patient


def ends(world: World, patient: Patient) -> datetime | None:
    """When the pause in force ends, on the patient's own clocks; None without a pause."""
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        pause = patient_page.pause_in_force(tx, patient.id, world.clock.now())
    return to_local(pause.until, patient.zone).replace(tzinfo=None) if pause else None


def left(world: World, patient: Patient, since: datetime) -> list[str]:
    """The steps of planned texts that left since a local instant, in order."""
    rows = world.rows("outbox", patient_id=patient.id, kind="planned")
    begin = to_utc(since, patient.zone)
    return [row.step for row in rows if row.submitted_at and row.submitted_at >= begin]


@pytest.mark.parametrize(
    ("said", "until"),
    [
        ("PAUSE 7", datetime(2026, 11, 30)),
        ("PAUSE", datetime(2026, 11, 30)),
        ("AWAY", datetime(2026, 11, 30)),
        ("away", datetime(2026, 11, 30)),
        ("I'm away", datetime(2026, 11, 30)),
        ("AWAY 3", datetime(2026, 11, 26)),
        ("away for 2 weeks", datetime(2026, 12, 7)),
        ("AWAY until Monday", datetime(2026, 11, 30)),
        ("AWAY until Friday", datetime(2026, 11, 27)),
        ("PAUSE 90", datetime(2027, 2, 21)),
        ("FUERA hasta el viernes", datetime(2026, 11, 27)),
        ("fuera", datetime(2026, 11, 30)),
        ("AWAY until 25 January", datetime(2027, 1, 25)),
        ("AWAY until tuesday 8 december", datetime(2026, 12, 8)),
        ("PAUSE until January", datetime(2027, 1, 1)),
        ("PAUSE until 2027-01-25", datetime(2027, 1, 25)),
        ("ausente hasta el martes 8 de diciembre", datetime(2026, 12, 8)),
        ("pausa hasta enero", datetime(2027, 1, 1)),
    ],
)
def test_a_patient_pauses_until_the_day_the_answer_names(
    world: World, tom: Patient, said: str, until: datetime
) -> None:
    world.say(tom, said)
    assert ends(world, tom) == until
    assert f"{until:%a} {until.day} {until:%b}" in world.bodies(tom)[-1]
    assert world.rows("inbound")[-1].review_state == "none"


@pytest.mark.parametrize(
    "said",
    ["PAUSE 400", "pause for a year", "pausa 91 dias", "away until 1 june", "hasta julio pausa"],
)
def test_a_pause_longer_than_a_text_may_begin_rests_for_90_days_and_a_person_asks(
    world: World, tom: Patient, said: str
) -> None:
    world.say(tom, said)
    assert ends(world, tom) == datetime(2027, 2, 21)
    assert "21 Feb" in world.bodies(tom)[-1]
    assert world.rows("inbound")[-1].review_state == "open"


@pytest.mark.parametrize("said", ["the pain went away", "it wont go away", "away from it all 6"])
def test_news_with_the_word_away_pauses_nothing(world: World, tom: Patient, said: str) -> None:
    world.say(tom, said)
    assert ends(world, tom) is None


@pytest.mark.parametrize(
    "said",
    [
        "PAUSE 0",
        "AWAY until yesterday",
        "PAUSE until 12/8",
        "until 30 feb pause",
        "PAUSE until 8 dec 2025",
    ],
)
def test_a_pause_that_cannot_be_pauses_nothing_asks_for_the_day_and_is_left_to_a_person(
    world: World, tom: Patient, said: str
) -> None:
    asked = len(world.rows("question"))
    world.say(tom, said)
    assert ends(world, tom) is None
    assert world.sent(tom)[-1] == "SYS-31"
    assert "PAUSE until 8 Dec" in world.bodies(tom)[-1]
    assert world.rows("inbound")[-1].review_state == "open"
    # The question that was open stays so, and the day can be told at once.
    assert len(world.rows("question")) == asked
    world.say(tom, "PAUSE until 8 Dec")
    assert ends(world, tom) == datetime(2026, 12, 8)


def test_until_monday_is_the_patients_own_monday(world: World) -> None:
    far = world.patient(zone="Pacific/Auckland", facts=FACTS, window=WIDE)
    # Friday evening at the clinic is Saturday afternoon there.
    world.live_to(datetime(2026, 11, 27, 22))
    world.say(far, "AWAY until Monday")
    assert ends(world, far) == datetime(2026, 11, 30)
    world.live(days=4)
    rows = world.rows("outbox", patient_id=far.id, kind="planned")
    local = [(to_local(row.due_at, far.zone).replace(tzinfo=None), row) for row in rows]
    resting = [row for at, row in local if datetime(2026, 11, 28, 17) < at < datetime(2026, 11, 30)]
    assert {row.reason for row in resting} == {"paused"}
    assert left(world, far, datetime(2026, 11, 30))


def test_a_pause_over_a_clock_change_ends_at_midnight_and_without_a_backlog(
    database_url: str,
) -> None:
    world = make_world(database_url, datetime(2027, 3, 25, 10, tzinfo=UTC))
    berlin = world.patient(zone="Europe/Berlin", facts=FACTS, window=WIDE)
    world.live_to(datetime(2027, 3, 26, 8))
    world.say(berlin, "PAUSE 3")
    assert ends(world, berlin) == datetime(2027, 3, 29)
    world.live_to(datetime(2027, 3, 28, 18, 30))
    resting = left(world, berlin, datetime(2027, 3, 26, 14))
    assert not resting
    world.live(days=1)
    first = left(world, berlin, datetime(2027, 3, 29))
    assert 0 < len(first) <= 4
    assert len(first) == len(set(first))
    world.store.engine.dispose()


@pytest.mark.parametrize("word", ["RESUME", "BACK", "im back", "VOLVER"])
def test_who_is_back_early_gets_todays_texts_and_no_backlog(
    world: World, tom: Patient, word: str
) -> None:
    world.say(tom, "PAUSE 7")
    world.live_to(datetime(2026, 11, 26, 8, 30))
    assert left(world, tom, datetime(2026, 11, 23, 8, 31)) == []
    world.say(tom, word)
    assert ends(world, tom) is None
    world.live(hours=1)
    assert len(left(world, tom, datetime(2026, 11, 26))) <= 1
    world.live(days=1)
    assert "dose" in left(world, tom, datetime(2026, 11, 27))


@pytest.mark.parametrize(("second", "until"), [("PAUSE 2", 26), ("PAUSE 10", 34)])
def test_a_second_pause_stands_in_place_of_the_first(
    world: World, tom: Patient, second: str, until: int
) -> None:
    world.say(tom, "PAUSE 7")
    world.live(days=1)
    world.say(tom, second)
    assert ends(world, tom) == datetime(2026, 11, 1) + timedelta(days=until - 1)


def test_stop_in_a_pause_stops_for_good_and_start_begins_again_at_once(
    world: World, tom: Patient
) -> None:
    world.say(tom, "PAUSE 30")
    world.say(tom, "STOP")
    assert world.reread(tom).consent == "stopped"
    world.live(days=40)
    assert left(world, tom, datetime(2026, 11, 23, 8, 31)) == []
    world.say(tom, "START")
    world.live(days=1)
    assert left(world, tom, datetime(2027, 1, 2))


def test_start_after_a_stop_ends_the_pause_before_it(world: World, tom: Patient) -> None:
    world.say(tom, "PAUSE 30")
    world.say(tom, "STOP")
    world.live(days=1)
    world.say(tom, "START")
    assert ends(world, tom) is None
    world.live(days=1)
    assert left(world, tom, datetime(2026, 11, 24, 8, 31))


def test_a_clinicians_pause_ends_by_itself(world: World, tom: Patient) -> None:
    with world.store.transaction(SYSTEM, "a nurse") as tx:
        until = to_utc(datetime(2026, 11, 26), ZONE)
        circumstances.add_pause(tx, tom, until, world.clock.now())
    world.live_to(datetime(2026, 11, 25, 23, 59))
    assert left(world, tom, datetime(2026, 11, 23, 8, 31)) == []
    world.live(days=1)
    assert "dose" in left(world, tom, datetime(2026, 11, 26))


def test_paused_nights_leave_every_denominator(world: World, tom: Patient) -> None:
    """By hand: asked on the 22nd (silence), the 23rd (yes) and the 27th (silence), paused from the 24th to the 26th.

    The dose of a morning belongs to the night before. Of the six dates
    three are due: one is surely covered, and with silence taken for a yes all three.
    """
    world.say(tom, "iron yes")
    world.say(tom, "PAUSE 4")
    world.live_to(datetime(2026, 11, 28, 6))
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        now = world.clock.now()
        doses = patient_page.doses(tx, tom.id, date(2026, 11, 21), date(2026, 11, 26), now)
    assert sorted(dose.on.day for dose in due_days(doses)) == [22, 23, 27]
    covered = days_covered(doses)
    assert (covered.low.words, covered.high.words) == ("1 of 3", "3 of 3")
    states = {row.night.day: row.state for row in world.rows("night_summary", patient_id=tom.id)}
    assert [states[day] for day in (24, 25)] == ["paused", "paused"]


def pregnant(world: World, tom: Patient) -> None:
    world.say(tom, "I just found out I'm pregnant")


def test_a_pregnancy_holds_tips_at_once_and_iron_goes_on(world: World, tom: Patient) -> None:
    pregnant(world, tom)
    assert [row.rule for row in world.rows("alert", patient_id=tom.id)] == ["M-PREG"]
    world.live_to(datetime(2026, 11, 26, 12))
    tips = [
        row
        for row in world.rows("outbox", patient_id=tom.id, kind="planned")
        if row.priority in {"tip", "cut_off"}
        and row.due_at > to_utc(datetime(2026, 11, 23, 9), ZONE)
    ]
    assert tips
    assert {row.reason for row in tips} == {"held"}
    assert left(world, tom, datetime(2026, 11, 23, 9)).count("dose") >= 3


def test_a_released_hold_lets_tips_go_on_without_a_backlog(world: World, tom: Patient) -> None:
    pregnant(world, tom)
    world.live_to(datetime(2026, 11, 26, 8, 30))
    with world.store.transaction(SYSTEM, "a nurse") as tx:
        today, now = date(2026, 11, 26), world.clock.now()
        circumstances.end_fact(tx, tom, "tip_hold", today, now)
    world.live(hours=1)
    assert len(left(world, tom, datetime(2026, 11, 26, 8, 30))) <= 1
    world.live(days=4)
    since = to_utc(datetime(2026, 11, 26, 12), ZONE)
    reasons = {row.reason for row in world.rows("outbox", patient_id=tom.id) if row.due_at > since}
    assert "held" not in reasons
    assert set(left(world, tom, datetime(2026, 11, 26, 12))) - {"dose", "score", "onset", "week"}


def test_a_blood_test_holds_iron_until_it_was_taken(world: World, tom: Patient) -> None:
    with world.store.transaction(SYSTEM, "a nurse") as tx:
        now = world.clock.now()
        circumstances.add_fact(tx, tom, "next_lab", "2026-11-26", date(2026, 11, 23), now)
    world.live_to(datetime(2026, 11, 29, 12))
    doses = [
        row
        for row in world.rows("outbox", patient_id=tom.id, step="dose", kind="planned")
        if row.on_date is not None and row.on_date >= date(2026, 11, 24)
    ]
    assert [(row.on_date.day, row.reason) for row in doses] == [
        (24, None),
        (25, "held"),
        (26, "held"),
        (27, "held"),
        (28, None),
        (29, None),
    ]
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        known = patient_page.doses(
            tx, tom.id, date(2026, 11, 23), date(2026, 11, 27), world.clock.now()
        )
    assert sorted(dose.on.day for dose in due_days(known)) == [24, 28]
