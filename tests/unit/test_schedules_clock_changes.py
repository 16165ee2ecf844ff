"""The next change of a zone's clocks: when it is, in which night, and which hour comes twice or not at all."""

from datetime import UTC, date, datetime, timedelta

import pytest

from schedules.clock_changes import next_change

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("zone", "after", "at", "shift", "night", "hours"),
    [
        ("America/Halifax", NOW, "2026-11-01T05:00", -HOUR, "2026-10-31", ("01:00", "02:00")),
        (
            "America/Halifax",
            datetime(2026, 11, 1, 5, tzinfo=UTC),
            "2027-03-14T06:00",
            HOUR,
            "2027-03-13",
            ("02:00", "03:00"),
        ),
        ("Europe/Berlin", NOW, "2026-10-25T01:00", -HOUR, "2026-10-24", ("02:00", "03:00")),
        (
            "Australia/Lord_Howe",
            NOW,
            "2026-10-03T15:30",
            HOUR / 2,
            "2026-10-03",
            ("02:00", "02:30"),
        ),
        ("Asia/Beirut", NOW, "2026-10-24T21:00", -HOUR, "2026-10-24", ("23:00", "00:00")),
        ("America/Santiago", NOW, "2026-09-06T04:00", HOUR, "2026-09-05", ("00:00", "01:00")),
    ],
)
def test_the_next_change_of_a_zone(
    zone: str, after: datetime, at: str, shift: timedelta, night: str, hours: tuple[str, str]
) -> None:
    change = next_change(zone, after)
    assert change is not None
    assert change.at == datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert (change.shift, change.night) == (shift, date.fromisoformat(night))
    assert tuple(f"{one:%H:%M}" for one in change.hours) == hours


@pytest.mark.parametrize("zone", ["America/Phoenix", "Asia/Kolkata", "UTC"])
def test_a_zone_whose_clocks_never_change(zone: str) -> None:
    assert next_change(zone, NOW) is None


def test_an_instant_just_before_and_the_instant_itself() -> None:
    change = datetime(2026, 11, 1, 5, tzinfo=UTC)
    before = next_change("America/Halifax", change - timedelta(microseconds=1))
    assert before is not None
    assert before.at == change
    after = next_change("America/Halifax", change)
    assert after is not None
    assert after.at > change
