"""Robust pieces behind the rules and charts: baseline, usual range, onset on a night's own axis, spread."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean, median

BASELINE_DAYS, RECENT_DAYS = 7, 14
ENOUGH = 4
# The usual range drawn in charts: the median and one point either side (our default).
USUAL_SPREAD = 1
NOON_MIN, DAY_MIN = 12 * 60, 24 * 60


@dataclass(frozen=True, slots=True)
class Score:
    """One severity, 0 to 10, of one night."""

    night: date
    value: float


def baseline(scores: Sequence[Score], first: date) -> float | None:
    """The mean of the first 7 days from `first`; None under 4 scores."""
    return _mean_between(scores, first, first + timedelta(days=BASELINE_DAYS - 1))


def recent_mean(scores: Sequence[Score], as_of: date) -> float | None:
    """The mean of the 14 days ending with `as_of`; None under 4 scores."""
    return _mean_between(scores, as_of - timedelta(days=RECENT_DAYS - 1), as_of)


def _mean_between(scores: Sequence[Score], start: date, end: date) -> float | None:
    values = [score.value for score in scores if start <= score.night <= end]
    return fmean(values) if len(values) >= ENOUGH else None


def usual(scores: Sequence[Score]) -> float | None:
    """The patient's own median of all scores but the last three; None under 4."""
    values = [score.value for score in sorted(scores, key=lambda score: score.night)[:-3]]
    return median(values) if len(values) >= ENOUGH else None


def minutes_from_noon(clock: str) -> int:
    """`HH:MM` on an axis from noon to noon, so that 00:30 comes after 23:00."""
    hours, _, minutes = clock.partition(":")
    return (int(hours) * 60 + int(minutes) - NOON_MIN) % DAY_MIN


def clock_from_noon(minutes: float) -> str:
    """The `HH:MM` at so many minutes after noon."""
    total = (round(minutes) + NOON_MIN) % DAY_MIN
    return f"{total // 60:02d}:{total % 60:02d}"


def circular_spread(minutes: Sequence[float]) -> float | None:
    """Standard deviation in minutes of clock times on a circle of 24 h; None under two."""
    if len(minutes) < 2:
        return None
    angles = [minute / DAY_MIN * math.tau for minute in minutes]
    length = math.hypot(fmean(map(math.cos, angles)), fmean(map(math.sin, angles)))
    if length >= 1:
        return 0.0
    return math.sqrt(-2 * math.log(length)) * DAY_MIN / math.tau
