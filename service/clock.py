"""The two clocks: the clinic's time, which may travel forward, and real time. Nothing else reads system time."""

import threading
import time
from datetime import UTC, datetime, timedelta

# Goes on while the machine sleeps; CLOCK_MONOTONIC stands still then, and a sleep would look like a jump.
_SINCE_BOOT = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def steady_seconds() -> float:
    """Seconds since the machine began, sleep included: what nobody can set."""
    return time.clock_gettime(_SINCE_BOOT)


class Clock:
    """`now()` is the clinic's time, `wall()` real time; both are aware datetimes in UTC.

    Travel is an offset between the two, forward only. While the driver of a travel holds the clock, clinic
    time stands still between its steps, so that everything that happens at one step happens at one instant.
    """

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self._lock = threading.Lock()
        self._offset = offset
        self._held: datetime | None = None

    def wall(self) -> datetime:
        """Real time: for leases, sessions, deadlines and the scheduler."""
        return datetime.now(UTC)

    def steady(self) -> float:
        """As `steady_seconds`: for comparing what passed with what the wall clock says."""
        return steady_seconds()

    def now(self) -> datetime:
        """The clinic's time: for planning, guards, questions and figures."""
        with self._lock:
            return self._held if self._held is not None else self.wall() + self._offset

    @property
    def offset(self) -> timedelta:
        """How far clinic time is from real time."""
        with self._lock:
            return self._offset

    def hold(self, instant: datetime) -> None:
        """Stop clinic time at `instant`; ValueError when that lies before an earlier stop."""
        with self._lock:
            if self._held is not None and instant < self._held:
                raise ValueError(f"clinic time cannot go back from {self._held} to {instant}")
            self._held = instant

    def release(self) -> timedelta:
        """Let clinic time run on from where it is held, and return its new offset from real time."""
        with self._lock:
            if self._held is not None:
                self._offset = self._held - self.wall()
                self._held = None
            return self._offset

    def rejoin(self) -> None:
        """Make clinic time real time again: a history built up to the present ends here."""
        with self._lock:
            self._held, self._offset = None, timedelta(0)
