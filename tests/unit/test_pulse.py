"""The pulse of the ticks: when each ran, how late it began and how long it took, also where it failed."""

from datetime import UTC, datetime, timedelta

import pytest

from service.entry.pulse import Beat, Pulse
from tests.fakes import StandingClock

START = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_a_beat_is_late_by_what_exceeds_its_interval() -> None:
    clock, pulse = StandingClock(START), Pulse()
    beats = []
    for wait, took in ((0, 0.5), (2, 0), (5, 1), (1, 0)):
        clock.advance(seconds=wait)
        pulse.feel("plan", 2, lambda took=took: clock.advance(seconds=took), clock.wall)
        beats.append(pulse.beats["plan"])
    assert [beat.late.total_seconds() for beat in beats] == [0, 0.5, 3, 0]
    assert [beat.took.total_seconds() for beat in beats] == [0.5, 0, 1, 0]


def test_a_tick_that_fails_is_felt_and_still_fails() -> None:
    clock, pulse = StandingClock(START), Pulse()

    def fail() -> None:
        raise RuntimeError("no database")

    with pytest.raises(RuntimeError, match="no database"):
        pulse.feel("read", 1, fail, clock.wall)
    assert pulse.beats == {"read": Beat(START, timedelta(0), timedelta(0))}
