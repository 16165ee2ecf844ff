"""When the clocks of a zone change next, and what the change does to the night. Pure, from the data of zoneinfo."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from schedules.night import DAY, night_of
from schedules.recurrence import to_local, zone_named

LOOK_AHEAD: Final = 400
"""Days: whoever changes clocks at all does so within a year."""
_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class ClockChange:
    """The instant (UTC) from which other clocks hold, and by how much they are put forward (back: negative)."""

    at: datetime
    zone: str
    shift: timedelta

    @property
    def night(self) -> date:
        """The night in which the clocks change."""
        return night_of(self.at, self.zone)

    @property
    def hours(self) -> tuple[datetime, datetime]:
        """From and to, local clock: what comes twice when clocks go back, what is left out when they go forward."""
        after = to_local(self.at, self.zone)
        before = after - self.shift
        return min(before, after), max(before, after)


def next_change(zone: str, after: datetime) -> ClockChange | None:
    """The first change of a zone's clocks after an instant (aware); None where none is known to come.

    Any change of the offset counts, whatever its reason: summer time, Ramadan, a new law.
    """
    start = after.astimezone(UTC).replace(microsecond=0)
    for day in range(LOOK_AHEAD):
        begin, end = start + day * DAY, start + (day + 1) * DAY
        if _offset(begin, zone) != _offset(end, zone):
            return _between(begin, end, zone)
    return None


def _between(begin: datetime, end: datetime, zone: str) -> ClockChange:
    """The change between two instants a day apart, to the second."""
    was = _offset(begin, zone)
    while end - begin > _SECOND:
        middle = begin + (end - begin) // 2
        middle = middle.replace(microsecond=0)
        begin, end = (middle, end) if _offset(middle, zone) == was else (begin, middle)
    return ClockChange(end, zone, _offset(end, zone) - was)


def _offset(instant: datetime, zone: str) -> timedelta:
    return instant.astimezone(zone_named(zone)).utcoffset() or timedelta(0)
