"""Nights: which night an instant belongs to, and where bedtime, wake-up and clock times fall in it.

A night is named by a date. Its bedtime is on that date when the clock says 12:00 or later and on
the next date before that; its wake-up is the first wake time after that bedtime; clock times
12:00-23:59 are on the date, 00:00-11:59 on the next. Everything here is naive local wall clock
unless it says UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from schedules.recurrence import to_local, to_utc

NOON: Final = time(12)
DAY: Final = timedelta(days=1)
DEFAULT_WINDOW: Final = (time(8), time(20, 30))
"""Hours for unsolicited texts unless the patient chose others (our default)."""
_WEEKEND: Final = (4, 5)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When one patient sleeps and may be texted.

    The weekend values hold for the nights of Friday and Saturday, `tonight` is a bedtime for one
    night only, by night date. `window` is from-to in wall clock, may cross midnight, or is
    "bedtime": until the patient's bedtime.
    """

    zone: str
    bedtime: time
    wake: time
    bedtime_weekend: time | None = None
    wake_weekend: time | None = None
    window: tuple[time, time] | Literal["bedtime"] = DEFAULT_WINDOW
    tonight: Mapping[date, time] = field(default_factory=dict)


def clock_of_night(night: date, clock: time) -> datetime:
    """The moment in `night` at which the local clock shows `clock`."""
    return datetime.combine(night if clock >= NOON else night + DAY, clock)


def bedtime_of(rhythm: Rhythm, night: date) -> datetime:
    """The bedtime of `night`."""
    return anchors_of(rhythm, night).bedtime


def wake_of(rhythm: Rhythm, night: date) -> datetime:
    """The wake-up of `night`: the first wake time after its bedtime."""
    return anchors_of(rhythm, night).wake


class Anchors(NamedTuple):
    """What the steps of one night hang from (naive local)."""

    night: date
    bedtime: datetime
    wake: datetime


def anchors_of(rhythm: Rhythm, night: date) -> Anchors:
    """The bedtime and the wake-up of `night`."""
    bedtime, wake = rhythm.bedtime, rhythm.wake
    if night.weekday() in _WEEKEND:
        bedtime, wake = rhythm.bedtime_weekend or bedtime, rhythm.wake_weekend or wake
    return _anchors(night, rhythm.tonight.get(night) or bedtime, wake)


@lru_cache(maxsize=4096)
def _anchors(night: date, bedtime: time, wake: time) -> Anchors:
    """Few pairs of clock times make the nights of many patients."""
    asleep = clock_of_night(night, bedtime)
    awake = datetime.combine(asleep.date(), wake)
    return Anchors(night, asleep, awake if awake > asleep else awake + DAY)


def night_of(instant: datetime, zone: str) -> date:
    """The night that hangs from no slot: local noon to local noon around `instant`."""
    local = to_local(instant, zone)
    return local.date() if local.time() >= NOON else local.date() - DAY


def night_ends(rhythm: Rhythm, night: date) -> datetime:
    """The instant (UTC) at which `night` is over: the next local noon."""
    return to_utc(datetime.combine(night + DAY, NOON), rhythm.zone)
