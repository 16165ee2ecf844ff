"""The clock's twin: it stands still until a test moves it."""

from datetime import UTC, datetime, timedelta

from service.clock import Clock


class StandingClock(Clock):
    """Clinic time and real time are one, and move only when told to."""

    def __init__(self, start: datetime) -> None:
        super().__init__()
        self._now = start.astimezone(UTC)
        self._jumped = timedelta(0)

    def wall(self) -> datetime:
        return self._now

    def steady(self) -> float:
        return (self._now - self._jumped).timestamp()

    def now(self) -> datetime:
        return self._now

    def hold(self, instant: datetime) -> None:
        if instant < self._now:
            raise ValueError("clinic time cannot go back")
        self._now = instant

    def advance(self, **length: float) -> datetime:
        self._now += timedelta(**length)
        return self._now

    def jump(self, **length: float) -> None:
        """Somebody sets the clock: no time passes."""
        self._jumped += timedelta(**length)
        self._now += timedelta(**length)
