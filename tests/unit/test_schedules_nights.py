"""Nights, the conversion of wall clock to instants, and moments in a night."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim
from hypothesis import given
from hypothesis import strategies as st

from schedules.facts import Facts
from schedules.moment import keep_apart, local_moment
from schedules.night import Rhythm, anchors_of, bedtime_of, night_ends, night_of, wake_of
from schedules.recurrence import to_local, to_utc, zone_named
from tests.unit.schedules_patient import MONDAY, NEW_YORK, facts, programme

ZONES = ("America/New_York", "Australia/Lord_Howe", "Pacific/Chatham", "America/Santiago")

DST = [
    ("America/New_York", "2026-03-08T02:30", "2026-03-08T07:30", "gap: 03:30 EDT"),
    ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30", "overlap: the first, EDT"),
    ("America/New_York", "2026-11-01T02:00", "2026-11-01T07:00", "after the overlap"),
    ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:45", "half-hour gap: 02:45"),
    ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45", "half-hour overlap"),
    ("Pacific/Chatham", "2026-09-27T02:50", "2026-09-26T14:05", "gap at 02:45: 03:50"),
    ("Pacific/Chatham", "2026-04-05T03:00", "2026-04-04T13:15", "overlap: the first"),
    ("America/Santiago", "2026-09-06T00:30", "2026-09-06T04:30", "midnight gap: 01:30"),
    ("America/Santiago", "2026-09-05T23:59", "2026-09-06T03:59", "the minute before it"),
    ("Asia/Beirut", "2026-03-29T00:00", "2026-03-28T22:00", "midnight gap: 01:00"),
    ("Asia/Beirut", "2026-10-24T23:30", "2026-10-24T20:30", "overlap before midnight"),
    ("UTC", "2026-03-08T02:30", "2026-03-08T02:30", "no change"),
]


@pytest.mark.parametrize(("zone", "local", "instant", "why"), DST)
def test_gap_goes_forward_and_overlap_takes_the_first(
    zone: str, local: str, instant: str, why: str
) -> None:
    expected = datetime.fromisoformat(instant).replace(tzinfo=UTC)
    assert to_utc(datetime.fromisoformat(local), zone) == expected, why


@given(st.sampled_from(ZONES), st.integers(0, 4 * 365 * 24 * 60))
def test_a_local_time_that_exists_comes_back(zone: str, minute: int) -> None:
    local = datetime.fromisoformat("2024-01-01") + timedelta(minutes=minute)
    back = to_local(to_utc(local, zone), zone)
    there = local.replace(tzinfo=ZoneInfo(zone))
    existed = there.astimezone(UTC).astimezone(there.tzinfo).replace(tzinfo=None) == local
    assert back == local or (not existed and local < back <= local + timedelta(hours=1))


@pytest.mark.parametrize("zone", ZONES)
def test_cronsim_agrees_on_every_fixed_daily_time(zone: str) -> None:
    """It is once a day too, first in an overlap; in a gap it takes the gap's end, not its length."""
    for clock in (time(0, 30), time(2, 30), time(9)):
        first = datetime(2026, 1, 1, tzinfo=ZoneInfo(zone))
        sim = CronSim(f"{clock.minute} {clock.hour} * * *", first)
        for day in (date(2026, 1, 1) + timedelta(days=n) for n in range(364)):
            local = datetime.combine(day, clock)
            ours, theirs = to_utc(local, zone), next(sim).astimezone(UTC)
            if to_local(ours, zone) == local:
                assert ours == theirs
            else:
                assert theirs <= ours < theirs + timedelta(hours=1)


def test_an_unknown_zone_is_named() -> None:
    with pytest.raises(ValueError, match="no time zone 'Mars/Olympus'"):
        zone_named("Mars/Olympus")


RHYTHMS = [
    # bedtime, wake, bedtime and wake-up of the night of 2026-06-01
    (time(23), time(7), "2026-06-01T23:00", "2026-06-02T07:00"),
    (time(0, 30), time(7), "2026-06-02T00:30", "2026-06-02T07:00"),
    (time(8, 30), time(16), "2026-06-02T08:30", "2026-06-02T16:00"),
    (time(12), time(20), "2026-06-01T12:00", "2026-06-01T20:00"),
    (time(11, 59), time(11), "2026-06-02T11:59", "2026-06-03T11:00"),
]


@pytest.mark.parametrize(("bedtime", "wake", "bed_at", "wake_at"), RHYTHMS)
def test_bedtime_and_wake_up_of_a_night(
    bedtime: time, wake: time, bed_at: str, wake_at: str
) -> None:
    rhythm = Rhythm("UTC", bedtime, wake)
    assert bedtime_of(rhythm, MONDAY) == datetime.fromisoformat(bed_at)
    assert wake_of(rhythm, MONDAY) == datetime.fromisoformat(wake_at)


def test_weekend_and_one_night_bedtimes() -> None:
    friday = date(2026, 6, 5)
    rhythm = Rhythm(
        "UTC",
        time(23),
        time(7),
        bedtime_weekend=time(1),
        wake_weekend=time(9),
        tonight={MONDAY: time(21)},
    )
    assert bedtime_of(rhythm, friday) == datetime.fromisoformat("2026-06-06T01")
    assert wake_of(rhythm, friday) == datetime.fromisoformat("2026-06-06T09")
    assert bedtime_of(rhythm, date(2026, 6, 7)) == datetime.fromisoformat("2026-06-07T23")
    assert bedtime_of(rhythm, MONDAY) == datetime.fromisoformat("2026-06-01T21")


def test_a_night_runs_from_noon_to_noon() -> None:
    zone = NEW_YORK.zone
    assert night_of(datetime(2026, 6, 2, 6, 30, tzinfo=UTC), zone) == date(2026, 6, 1)
    assert night_of(datetime(2026, 6, 2, 15, 59, tzinfo=UTC), zone) == date(2026, 6, 1)
    assert night_of(datetime(2026, 6, 2, 16, tzinfo=UTC), zone) == date(2026, 6, 2)
    assert night_ends(NEW_YORK, MONDAY) == datetime(2026, 6, 2, 16, tzinfo=UTC)


AT = [
    ('{ anchor = "bedtime", offset = "-9h30m" }', "2026-06-01T13:30"),
    ('{ anchor = "wake", offset = "1h" }', "2026-06-02T08:00"),
    ('{ clock = "17:00" }', "2026-06-01T17:00"),
    ('{ clock = "11:59" }', "2026-06-02T11:59"),
    ('{ fact = "iron_time", otherwise = { anchor = "wake" } }', "2026-06-01T21:15"),
    ('{ fact = "thyroid_pill" }', "2026-06-02T06:00"),
    ('{ fact = "calcium", otherwise = { clock = "12:00" } }', "2026-06-01T12:00"),
    ('{ fact = "next_lab", days = -1, clock = "18:00" }', "2026-06-01T18:00"),
]


@pytest.mark.parametrize(("at", "expected"), AT)
def test_the_moment_of_a_step(at: str, expected: str) -> None:
    known = facts(iron_time="21:15", thyroid_pill="06:00", calcium="", next_lab="2026-06-02")
    cadence = "" if "next_lab" in at else "cadence = { daily = true }\n"
    step = programme(f"at = {at}\n{cadence}").steps[0]
    moment = local_moment(step.at, anchors_of(NEW_YORK, MONDAY), known)
    assert moment == datetime.fromisoformat(expected)


def test_a_time_that_is_not_known_gives_no_moment() -> None:
    step = programme('at = { fact = "iron_time" }\ncadence = { daily = true }').steps[0]
    assert local_moment(step.at, anchors_of(NEW_YORK, MONDAY), Facts()) is None


APART = [
    ("07:30", "06:00", None, "10:00"),
    ("07:30", "06:00", "09:00", "11:00"),
    ("07:30", "11:00", None, "15:00"),
    ("07:30", None, "09:30", "07:30"),
    ("07:30", None, "09:00", "11:00"),
    ("01:00", "23:00", None, "03:00"),
]


@pytest.mark.parametrize(("dose", "pill", "calcium", "expected"), APART)
def test_iron_keeps_apart_from_pill_and_calcium(
    dose: str, pill: str | None, calcium: str | None, expected: str
) -> None:
    step = programme(
        f'at = {{ clock = "{dose}" }}\napart = {{ thyroid_pill = "4h", calcium = "2h" }}'
    ).steps[0]
    known = {"thyroid_pill": pill, "calcium": calcium}
    moment = datetime.combine(MONDAY, time.fromisoformat(dose))
    moved = keep_apart(step, facts(**{k: v for k, v in known.items() if v}), moment)
    assert moved == datetime.combine(MONDAY, time.fromisoformat(expected))
