"""Occurrences: the wall clock shown is the one the patient reads at that instant, also where the clock jumps."""

from datetime import date, datetime, time

import pytest

from schedules.facts import Facts
from schedules.loading import load
from schedules.night import Rhythm
from schedules.occurrences import occurrences
from schedules.recurrence import to_local

SOURCE = """
[programme]
slug = "own"
title = "Own"
priority = "tip"

[[step]]
key = "own"
at = { clock = "CLOCK" }
cadence = { daily = true }
say = ["MED-03"]
"""


@pytest.mark.parametrize(
    ("zone", "clock", "night", "shown"),
    [
        ("America/Halifax", "02:30", date(2027, 3, 13), "2027-03-14T03:30"),  # 02:00 to 03:00 is no time
        ("America/Halifax", "01:30", date(2026, 10, 31), "2026-11-01T01:30"),  # comes twice: the first
        ("Pacific/Apia", "18:00", date(2011, 12, 30), "2011-12-31T18:00"),  # no such day at all
        ("Africa/Cairo", "00:15", date(2027, 4, 29), "2027-04-30T01:15"),  # midnight to 01:00 is no time
        ("Asia/Kathmandu", "18:00", date(2026, 11, 1), "2026-11-01T18:00"),
    ],
)  # fmt: skip
def test_the_local_time_is_that_of_the_instant(
    zone: str, clock: str, night: date, shown: str
) -> None:
    rhythm = Rhythm(zone, time(23), time(7))
    programme = load(SOURCE.replace("CLOCK", clock), "own.toml")
    found = occurrences(programme, rhythm, night, 1, Facts())
    assert [one.local for one in found] == [datetime.fromisoformat(shown)]
    assert [to_local(one.utc, zone) for one in found] == [one.local for one in found]


def test_a_stopped_programme_has_none() -> None:
    source = SOURCE.replace("CLOCK", "18:00").replace('"tip"', '"tip"\nstopped = true')
    rhythm = Rhythm("America/Halifax", time(23), time(7))
    assert occurrences(load(source, "o.toml"), rhythm, date(2026, 11, 1), 3, Facts()) == []
