"""The hour a patient asked for, in place of the clock times that wait for nothing else."""

# ruff: noqa: DTZ001 (naive local wall clock)

from datetime import date, datetime, time, timedelta

import pytest

from schedules.day_plan import plan
from schedules.facts import Fact, Facts
from schedules.hours import nearest_inside
from schedules.loading import shipped
from schedules.night import Rhythm, night_of
from schedules.recurrence import to_local
from schedules.slots import Past
from tests.unit.schedules_patient import (
    DAY,
    MONDAY,
    NEW_YORK,
    facts,
    live,
    nights,
    patient,
    planned,
    programme,
)

NIGHT_WORKER = (time(19), time(3))
LATE_HOURS = (time(8), time(23, 30))
WEEKLY = (
    'at = { clock = "18:00" }\ncadence = { weekdays = ["sun"] }\nflex = "3h"\nuseful_for = "4h"'
)


@pytest.mark.parametrize(
    ("window", "asked", "comes"),
    [
        ((time(8), time(20, 30)), "18:45", "18:45"),
        ((time(8), time(20, 30)), "08:00", "08:00"),
        ((time(8), time(20, 30)), "20:20", "20:20"),
        ((time(8), time(20, 30)), "20:25", "20:20"),
        ((time(8), time(20, 30)), "22:00", "20:20"),
        ((time(8), time(20, 30)), "01:00", "20:20"),
        ((time(8), time(20, 30)), "06:30", "08:00"),
        (NIGHT_WORKER, "01:15", "01:15"),
        (NIGHT_WORKER, "05:00", "02:50"),
        (NIGHT_WORKER, "16:00", "19:00"),
        ("bedtime", "22:15", "22:15"),
        ("bedtime", "23:30", "22:50"),
        ("bedtime", "05:00", "08:00"),
    ],
)
def test_an_hour_outside_the_patients_own_becomes_the_nearest_inside(
    window: tuple[time, time], asked: str, comes: str
) -> None:
    rhythm = Rhythm("America/New_York", time(23), time(7), window=window)
    wished = datetime.combine(MONDAY, time.fromisoformat(asked))
    assert nearest_inside(rhythm, wished) == datetime.combine(MONDAY, time.fromisoformat(comes))


@pytest.mark.parametrize(
    ("step", "head", "moves"),
    [
        ('at = { clock = "11:00" }', 'priority = "tip"', True),
        (
            'at = { clock = "11:00" }\nask = { kind = "relax_yn", about = "week" }',
            'priority = "check_in"',
            True,
        ),
        ('at = { clock = "11:00" }', 'priority = "safety"', False),
        ('at = { clock = "11:00" }', 'priority = "lab"', False),
        ('at = { clock = "11:00" }', 'priority = "cut_off"', False),
        (
            'at = { clock = "11:00" }\nask = { kind = "symptom_0_10", about = "night" }',
            'priority = "check_in"',
            False,
        ),
        ('at = { clock = "11:00" }\ncutoff = "-9h"', 'priority = "tip"', False),
        ('at = { anchor = "bedtime", offset = "-12h" }', 'priority = "tip"', False),
        ('at = { anchor = "wake", offset = "4h" }', 'priority = "tip"', False),
        ('at = { fact = "surgery", days = -7, clock = "11:00" }', 'priority = "tip"', False),
        ('at = { fact = "iron_time" }\ncadence = { daily = true }', 'priority = "tip"', False),
    ],
)
def test_only_a_plain_clock_time_that_waits_for_nothing_gives_way(
    step: str, head: str, moves: bool
) -> None:
    own = programme(step, head=head)
    known = facts(texts_at="15:00", surgery="2026-06-16", iron_time="11:00")
    slots = planned(plan(patient([own], facts=known), [own], Past(), nights(MONDAY + 7 * DAY, 2)))
    assert {to_local(slot.due, "America/New_York").hour for slot in slots} == {15 if moves else 11}


def test_a_step_that_another_follows_keeps_its_time() -> None:
    own = programme(
        'key = "first"\nat = { clock = "13:00" }', 'at = { clock = "17:00" }\nfollows = "first"'
    )
    one = patient([own], facts=facts(texts_at="15:00"))
    found = planned(plan(one, [own], Past(), [MONDAY + DAY]))
    assert {to_local(slot.due, "America/New_York").hour for slot in found} == {13, 17}


@pytest.mark.parametrize("hour", ["09:15", "18:45"])
def test_it_keeps_the_wall_clock_when_clocks_change(hour: str) -> None:
    tip = programme('at = { clock = "17:00" }')
    rhythm = Rhythm("America/Halifax", time(23), time(7))
    begin = date(2026, 10, 30)
    one = patient([tip], rhythm=rhythm, facts=facts(begin, texts_at=hour), consent_from=begin - DAY)
    slots = planned(plan(one, [tip], Past(), nights(begin, 3)))
    assert len(slots) > 1
    assert {f"{to_local(slot.at, rhythm.zone):%H:%M}" for slot in slots} == {hour}


@pytest.mark.parametrize(
    ("before", "after"), [(None, "09:00"), ("09:00", "19:00"), ("19:00", None)]
)
@pytest.mark.parametrize("edited", ["2026-06-21 08:30", "2026-06-21 14:00", "2026-06-22 10:00"])
def test_a_weekly_text_is_never_sent_twice_on_its_day_while_the_hour_changes(
    before: str | None, after: str | None, edited: str
) -> None:
    own = programme(WEEKLY)
    edit = datetime.fromisoformat(edited + "-04:00")
    day = edit.date()
    known = [Fact("texts_at", before, MONDAY, day)] if before else []
    then = known + ([Fact("texts_at", after, day)] if after else [])
    worlds = [patient([own], facts=Facts(rows)) for rows in (known, then)]
    start = datetime.fromisoformat("2026-06-08 12:00-04:00")
    rows = live(start, start + timedelta(days=21), lambda now: (worlds[now >= edit], [own]), [edit])
    days = [row.sent.on for row in rows if row.sent]
    assert days == sorted(set(days))
    assert {date(2026, 6, 14), date(2026, 6, 28)} <= set(days)


def test_the_shipped_programmes_follow_but_for_iron_labs_and_sleep() -> None:
    moved = {
        f"{rule.programme}/{rule.key}"
        for each in shipped()
        for rule in each.rules
        if rule.at is not rule.step.at
    }
    assert moved == {
        "augmentation/screen",
        "comorbid_care/care",
        "compression/asked",
        "education/learn",
        "iron_diet/food",
        "medicines/aisle",
        "medicines/new-medicine",
        "movement/walk",
        "relaxation/asked",
        "sleep_hygiene/bedtime",
        "weekly_scale/week",
        "your_week/told",
    }


def test_who_asked_for_no_hour_is_planned_as_before() -> None:
    first = night_of(datetime.fromisoformat("2026-06-14T12:00:00-04:00"), NEW_YORK.zone)
    (scale,) = [
        slot
        for slot in planned(plan(patient(shipped()), shipped(), Past(), [first]))
        if slot.programme == "weekly_scale"
    ]
    assert to_local(scale.due, NEW_YORK.zone) == datetime(2026, 6, 14, 18)
