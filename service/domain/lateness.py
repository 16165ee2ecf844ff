"""How late texts left and how long the provider took, counted: promise R1 is 95 % within 10 s and 99 % within 30 s."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

# The promise: so large a share of the texts that were due left within so long.
PROMISED = ((timedelta(seconds=10), 95), (timedelta(seconds=30), 99))
BOUNDS = (
    (timedelta(seconds=10), "within 10 s"),
    (timedelta(seconds=30), "10 to 30 s"),
    (timedelta(minutes=2), "30 s to 2 min"),
    (timedelta(minutes=10), "2 to 10 min"),
    (timedelta.max, "later"),
)


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle and the 95th of a hundred, and how many were counted."""

    median: timedelta
    most: timedelta
    count: int


def histogram(late: Sequence[timedelta]) -> list[tuple[str, int]]:
    """How many texts left within each bound, in the order of the bounds, those of none too."""
    found = Counter(next(said for bound, said in BOUNDS if one <= bound) for one in late)
    return [(said, found[said]) for _, said in BOUNDS]


def share_within(late: Sequence[timedelta], bound: timedelta) -> float | None:
    """How many of a hundred left within a bound, cut to a tenth so that a broken promise never reads as kept."""
    if not late:
        return None
    return sum(one <= bound for one in late) * 1000 // len(late) / 10


def spread(times: Sequence[timedelta]) -> Spread | None:
    """The middle and the 95th of a hundred by nearest rank; None of nothing."""
    if not times:
        return None
    ordered = sorted(times)
    rank = -(-95 * len(ordered) // 100) - 1
    return Spread(ordered[(len(ordered) - 1) // 2], ordered[rank], len(ordered))
