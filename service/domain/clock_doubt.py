"""Whether this machine's clock can be believed: it is compared with what cannot jump, and with the clocks of others."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from service.domain.counting import counted

MOST: Final = timedelta(seconds=60)
"""How far a clock may be off before nobody's evening is trusted to it (reliability: a clock that jumps)."""
JUMP, DATABASE, PROVIDER = "jump", "database", "provider"
NO_TIME = timedelta(0)


@dataclass(slots=True)
class ClockWatch:
    """What one process has seen of its clock.

    `seen`: the real time (UTC) and the seconds since the machine began, sleep included, when it was last believed.
    `accepted`: by how much a person lets other clocks be ahead. `held`: the clinics whose texts wait for it;
    `for_a_person`: only a person can let them go on.
    """

    seen: tuple[datetime, float] | None = None
    accepted: Mapping[str, timedelta] = field(default_factory=dict)
    held: frozenset[int] = frozenset()
    for_a_person: bool = False

    def look(self, wall: datetime, steady: float, others: Mapping[str, timedelta]) -> str | None:
        """Why the clock cannot be believed, or None; `others` by how much their clocks are ahead of this one."""
        jumped = self._jumped(wall, steady)
        off = {
            source: ahead - self.accepted.get(source, NO_TIME) for source, ahead in others.items()
        }
        doubt = next(
            (_said(source, by) for source, by in {JUMP: jumped, **off}.items() if abs(by) > MOST),
            None,
        )
        if doubt is None:
            self.seen = (wall, steady)
        return doubt

    def is_unlooked_at(self, wall: datetime, steady: float) -> bool:
        """Whether the clock has jumped since it was last looked at: nothing is decided by it before that."""
        return not self.held and abs(self._jumped(wall, steady)) > MOST

    def accept(self, wall: datetime, steady: float, others: Mapping[str, timedelta]) -> None:
        """A person says that the clock is right as it is."""
        self.seen, self.accepted = (wall, steady), dict(others)

    def _jumped(self, wall: datetime, steady: float) -> timedelta:
        if self.seen is None:
            return NO_TIME
        since_wall, since_steady = self.seen
        return (wall - since_wall) - timedelta(seconds=steady - since_steady)


def _said(source: str, by: timedelta) -> str:
    if source == JUMP:
        return f"This machine’s clock jumped {_long(by)} {'forward' if by > NO_TIME else 'back'}."
    whose = {DATABASE: "the database’s", PROVIDER: "the provider’s"}[source]
    return (
        f"This machine’s clock is {_long(by)} {'behind' if by > NO_TIME else 'ahead of'} {whose}."
    )


def _long(length: timedelta) -> str:
    minutes = round(abs(length).total_seconds() / 60)
    if minutes < 120:
        return counted(minutes, "minute")
    return (
        counted(round(minutes / 60), "hour")
        if minutes < 60 * 48
        else counted(minutes // (60 * 24), "day")
    )
