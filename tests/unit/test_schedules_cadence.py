"""On which dates steps fall, and the occurrences of whole programmes."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.cadence import Course, falls_on, rotation, spread_days
from schedules.facts import Facts
from schedules.night import Rhythm
from schedules.occurrences import occurrences
from tests.unit.schedules_patient import DAY, MONDAY, NEW_YORK, facts, of_clinic, programme


def days_of(
    cadence: str, until: int, known: Facts | None = None, start: date = MONDAY
) -> list[int]:
    rule = programme(f'at = {{ clock = "17:00" }}\ncadence = {cadence}').rules[0]
    course = Course(start, known or Facts())
    return [n for n in range(until) if falls_on(rule, course, start + n * DAY)]


CADENCES = [
    ("{ daily = true }", 4, [0, 1, 2, 3]),
    ("{ daily = true, weeks = '2' }", 30, [7, 8, 9, 10, 11, 12, 13]),
    ("{ every_n_days = 3 }", 10, [0, 3, 6, 9]),
    ('{ weekdays = ["mon", "thu"] }', 10, [0, 3, 7]),
    ('{ weekdays = "drinks" }', 14, [4, 5, 11, 12]),
    ("{ times_per_week = 1 }", 15, [0, 7, 14]),
    ("{ times_per_week = 2 }", 14, [0, 3, 7, 10]),
    ("{ times_per_week = 3 }", 7, [0, 2, 4]),
    ("{ times_per_week = 5 }", 7, [0, 1, 2, 4, 5]),
    ("{ times_per_week = 7 }", 7, [0, 1, 2, 3, 4, 5, 6]),
    ("[{ times_per_week = 3, weeks = '1-1' }, { times_per_week = 1 }]", 15, [0, 2, 4, 7, 14]),
    ("{ times_per_week = 2, weeks = '3-' }", 28, [14, 17, 21, 24]),
    ("{ monthly = { day = 1 } }", 62, [0, 30, 61]),
    ("{ monthly = { day = 31 } }", 92, [29, 60, 91]),
    ("{ monthly = { nth = 1, weekday = 'wed' } }", 40, [2, 30]),
    ("{ monthly = { nth = [1, 3], weekday = 'wed' } }", 50, [2, 16, 30, 44]),
    ("{ monthly = { nth = 1, weekday = 'enrolment' } }", 70, [0, 35, 63]),
    ("{ daily = true, from = 'medicine_change', for_days = 2 }", 20, [4, 5]),
    ("{ daily = true, from = 'surgery' }", 5, []),
    ("{ every_n_days = 2, from = 'medicine_change' }", 8, [3, 5, 7]),
    ("{ rhythm = 'iron_oral', from = 'iron_start' }", 8, [2, 4, 6]),
    ("{ rhythm = 'iron_oral' }", 5, [0, 2, 4]),
    ("{ rhythm = 'iron_oral', from = 'surgery' }", 5, [0, 2, 4]),
    (
        "[{ daily = true, weeks = '1' }, { times_per_week = 3 }]",
        12,
        [0, 1, 2, 3, 4, 5, 6, 7, 9, 11],
    ),
]


@pytest.mark.parametrize(("cadence", "until", "expected"), CADENCES)
def test_the_days_of_a_cadence(cadence: str, until: int, expected: list[int]) -> None:
    known = facts(
        drinks="fri,sat",
        medicine_change="2026-06-04",
        iron_oral="alternate",
        iron_start="2026-06-03",
    )
    assert days_of(cadence, until, known) == expected


def test_the_last_day_of_a_shorter_month() -> None:
    days = days_of("{ monthly = { day = 31 } }", 60, start=date(2028, 2, 1))
    assert days == [28, 59]


def test_a_date_of_a_fact_gives_one_slot_for_each_value() -> None:
    rule = programme('at = { fact = "next_lab", days = -7, clock = "12:00" }').rules[0]
    course = Course(MONDAY, facts(next_lab="2026-06-20"))
    hits = [n for n in range(40) if falls_on(rule, course, MONDAY + n * DAY)]
    assert hits == [12]


@given(st.integers(1, 7), st.integers(0, 6))
def test_n_per_week_is_n_days_whatever_the_rotation(times: int, turned: int) -> None:
    assert len(spread_days(times, turned)) == times


def test_the_rotation_is_the_same_in_every_process() -> None:
    assert rotation(None, "check_in", "score") == 0
    assert rotation("patient-1", "check_in", "score") == 5
    assert len({rotation(str(n), "check_in", "score") for n in range(60)}) == 7


@given(st.text(min_size=1, max_size=8), st.integers(1, 8))
def test_onset_never_meets_the_score_and_never_starves(key: str, week: int) -> None:
    (check_in,) = of_clinic("check_in")
    score, onset, twice = check_in.rules
    course = Course(MONDAY, Facts(), key)
    days = [MONDAY + (7 * week + n) * DAY for n in range(7)]
    scored = {day for day in days if falls_on(score, course, day)}
    for rule, times in ((onset, 1), (twice, 2)):
        asked = {day for day in days if falls_on(rule, course, day)}
        assert len(asked) == times
        assert not asked & scored


CAPPED = [
    ({0}, [1, 3]),
    ({3}, [0, 4]),
    ({0, 1}, [2, 3]),
    ({0, 3}, [1, 4]),
    ({0, 1, 2}, [3, 4]),
    ({6}, [0, 3]),
]


@pytest.mark.parametrize(("capped", "kept"), CAPPED)
def test_a_capped_slot_moves_to_the_next_free_day(capped: set[int], kept: list[int]) -> None:
    rule = programme('at = { clock = "17:00" }\ncadence = { times_per_week = 2 }').rules[0]
    withheld = {("own", "s0"): {MONDAY + n * DAY for n in capped}}
    course = Course(MONDAY, Facts(), capped=withheld)
    days = [n for n in range(7) if falls_on(rule, course, MONDAY + n * DAY)]
    assert [n for n in days if n not in capped] == kept
    assert falls_on(rule, course, MONDAY + 7 * DAY)


def locals_of(
    slug: str, step: str, nights: int, known: Facts, rhythm: Rhythm = NEW_YORK
) -> list[str]:
    (each,) = of_clinic(slug)
    found = occurrences(each, rhythm, MONDAY, nights, known)
    return [f"{o.night:%d} {o.local:%dT%H:%M}" for o in found if o.step == step]


OCCURRENCES = [
    ("caffeine", "heads-up", 7, ["01 01T13:30", "03 03T13:30", "05 05T13:30"]),
    ("check_in", "score", 3, ["01 02T08:00", "02 03T08:00", "03 04T08:00"]),
    ("check_in", "onset", 14, ["08 09T08:00"]),
    ("check_in", "onset-dopamine", 14, ["08 09T08:00", "10 11T08:00"]),
    ("alcohol", "heads-up", 7, ["05 05T18:00", "06 06T18:00"]),
    ("alcohol", "kept", 7, ["05 06T12:00", "06 07T12:00"]),
    ("iron", "dose", 6, ["02 03T10:00", "04 05T10:00", "06 07T10:00"]),
    ("education", "learn", 40, ["12 13T11:00", "19 20T11:00"]),
    ("comorbid_care", "care", 30, ["03 03T12:00", "17 17T12:00"]),
    ("medicines", "surgery", 30, ["13 13T17:00"]),
    ("labs", "eve", 30, ["18 18T18:00"]),
    ("weekly_scale", "week", 14, ["07 07T18:00", "14 14T18:00"]),
]


@pytest.mark.parametrize(("slug", "step", "nights", "expected"), OCCURRENCES)
def test_occurrences(slug: str, step: str, nights: int, expected: list[str]) -> None:
    known = facts(
        drinks="fri,sat",
        iron_oral="alternate",
        iron_start="2026-06-01",
        thyroid_pill="06:00",
        surgery="2026-06-20",
        next_lab="2026-06-19",
    )
    assert locals_of(slug, step, nights, known) == expected


def test_a_night_workers_heads_up_is_on_the_evening_before_his_bedtime() -> None:
    worker = Rhythm("America/New_York", bedtime=time(8, 30), wake=time(16))
    found = locals_of("caffeine", "heads-up", 3, Facts(), worker)
    assert found == ["01 01T23:00", "03 03T23:00"]
    found = locals_of("caffeine", "heads-up-pregnancy", 3, Facts(), worker)
    assert found == ["01 01T20:00", "03 03T20:00"]
    found = locals_of("check_in", "score", 2, Facts(), worker)
    assert found == ["01 02T17:00", "02 03T17:00"]


def test_occurrences_keep_the_wall_clock_over_a_change_of_clocks() -> None:
    (each,) = of_clinic("weekly_scale")
    found = occurrences(each, NEW_YORK, date(2026, 10, 25), 8, Facts())
    assert [o.utc.hour for o in found] == [22, 23]
    assert found[1].utc - found[0].utc == timedelta(days=7, hours=1)
