"""An independent oracle: cronsim agrees with our wall-clock cadences over 20 years in 35 zones."""

from datetime import UTC, date, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim

from schedules.facts import Facts
from schedules.night import Rhythm
from schedules.occurrences import occurrences
from schedules.recurrence import to_local
from tests.unit.schedules_patient import DAY, NEW_YORK, programme

MONDAY = date(2007, 1, 1)
NIGHTS = 20 * 365 + 4

# The cadence as a file has it, and as cron says it; day 0 is a Monday.
CADENCES = {
    "gap hours": ("02:30", "{ daily = true }", "30 2 * * *"),
    "midnight": ("00:15", "{ daily = true }", "15 0 * * *"),
    "late": ("23:45", '{ weekdays = ["sat", "fri"] }', "45 23 * * 5,6"),
    "weekdays": ("17:00", '{ weekdays = ["mon", "thu"] }', "0 17 * * 1,4"),
    "weekend": ("01:30", '{ weekdays = ["sun"] }', "30 1 * * 0"),
    "three a week": ("09:00", "{ times_per_week = 3 }", "0 9 * * 1,3,5"),
    "five a week": ("02:15", "{ times_per_week = 5 }", "15 2 * * 1,2,3,5,6"),
    "day of month": ("17:00", "{ monthly = { day = 15 } }", "0 17 15 * *"),
    "last of month": ("00:00", "{ monthly = { day = 31 } }", "0 0 L * *"),
    "nth weekday": ("12:00", '{ monthly = { nth = [1, 3], weekday = "wed" } }', "0 12 * * 3#1,3#3"),
    "day 0's weekday": (
        "17:00",
        '{ monthly = { nth = 1, weekday = "enrolment" } }',
        "0 17 * * 1#1",
    ),
}
STEPS = programme(
    *(
        f'key = "s{number}"\nat = {{ clock = "{clock}" }}\ncadence = {cadence}'
        for number, (clock, cadence, _) in enumerate(CADENCES.values())
    )
)

ZONES = {
    "north": ("America/New_York", "America/St_Johns", "Europe/London", "Europe/Berlin", "Asia/Jerusalem"),
    "south": ("Australia/Sydney", "Pacific/Auckland", "America/Santiago", "America/Asuncion"),
    "no change": ("UTC", "Asia/Tokyo", "Africa/Lagos", "America/Phoenix", "Pacific/Kiritimati"),
    "half-hour": ("Asia/Kolkata", "Australia/Adelaide", "Australia/Lord_Howe", "Asia/Tehran"),
    "45 minutes": ("Asia/Kathmandu", "Pacific/Chatham", "Australia/Eucla"),
    "midnight": ("Africa/Cairo", "Asia/Beirut", "Asia/Amman", "America/Havana", "America/Sao_Paulo"),
    "other rules": (
        *("Europe/Istanbul", "Europe/Moscow", "Africa/Casablanca", "America/Caracas", "Asia/Almaty"),
        *("America/Nuuk", "America/Mexico_City", "Asia/Pyongyang", "Asia/Gaza"),
    ),
}  # fmt: skip


def ours(zone: str) -> dict[str, list[datetime]]:
    """Every instant of 20 years, by step."""
    rhythm = Rhythm(zone, NEW_YORK.bedtime, NEW_YORK.wake)
    found: dict[str, list[datetime]] = {step.key: [] for step in STEPS.steps}
    for each in occurrences(STEPS, rhythm, MONDAY, NIGHTS, Facts()):
        found[each.step].append(each.utc)
    return found


def theirs(zone: str, cron: str) -> list[datetime]:
    noon = datetime(2007, 1, 1, 12, tzinfo=ZoneInfo(zone))
    moments = CronSim(cron, noon - timedelta(minutes=1))
    return [at.astimezone(UTC) for at in takewhile(lambda at: at < noon + NIGHTS * DAY, moments)]


@pytest.mark.slow
@pytest.mark.parametrize("zone", [zone for family in ZONES.values() for zone in family])
def test_cronsim_agrees_over_20_years(zone: str) -> None:
    """Both go once a day, first in an overlap; in a gap cron takes its end, we go on by its length."""
    found = ours(zone)
    for step, (clock, _, cron) in zip(STEPS.steps, CADENCES.values(), strict=True):
        for own, other in zip(found[step.key], theirs(zone, cron), strict=True):
            if f"{to_local(own, zone):%H:%M}" == clock:
                assert own == other, cron
            else:
                assert timedelta(0) <= own - other < timedelta(hours=1), cron
