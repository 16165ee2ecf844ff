"""How the ticks of this process did: when each ran last, how late it began and how long it took. Real time, UTC."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class Beat:
    """The last run of one tick. `late`: by how much the time since the run before exceeded what it should be."""

    began_at: datetime
    late: timedelta
    took: timedelta


@dataclass(frozen=True, slots=True)
class Pulse:
    """The last beat of each tick by its name; empty in a process without ticks."""

    beats: dict[str, Beat] = field(default_factory=dict)

    def feel(
        self, name: str, every_s: float, call: Callable[[], object], wall: Callable[[], datetime]
    ) -> None:
        """Run a tick and note how it did, also where it fails."""
        began, before = wall(), self.beats.get(name)
        due = before.began_at + timedelta(seconds=every_s) if before else began
        try:
            call()
        finally:
            self.beats[name] = Beat(began, max(NO_TIME, began - due), wall() - began)
