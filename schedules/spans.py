"""Which days the entries of a cadence cover, and which of them an earlier entry leaves."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from schedules.cadence_entry import CadenceEntry

WEEK: Final = 7
LAST_DAY: Final = 366 * 150
"""Beyond the longest life: an entry without end covers the days until here."""

Days = tuple[int, int]


class Span(NamedTuple):
    """Days `first` to `last`, both included, counted from the date of fact `origin` (None: day 0)."""

    origin: str | None
    first: int
    last: int


ALWAYS: Final = Span(None, 0, LAST_DAY)


def span_of(entry: CadenceEntry) -> Span:
    """The days an entry speaks for; none if `last` is before `first`."""
    first, last = 0, LAST_DAY
    if entry.for_days is not None:
        first, last = 1, entry.for_days
    if entry.weeks is not None:
        first = max(first, WEEK * (entry.weeks.first - 1))
        if entry.weeks.last is not None:
            last = min(last, WEEK * entry.weeks.last - 1)
    return Span(entry.counted_from, first, last)


def taken_by(entry: CadenceEntry) -> Span:
    """The days that an entry takes from those behind it.

    An order without a limit takes all: its days count from day 0 while its first date is not known.
    """
    limited = entry.weeks is not None or entry.for_days is not None
    return ALWAYS if entry.rhythm is not None and not limited else span_of(entry)


def left_of(span: Span, earlier: Sequence[Span]) -> list[Days]:
    """The days of `span`, first to last, that no span in `earlier` takes."""
    if span.origin is not None and not _without(ALWAYS, earlier):
        return []
    return _without(span, earlier)


def _without(span: Span, earlier: Iterable[Span]) -> list[Days]:
    left = [(span.first, span.last)]
    for taken in earlier:
        if taken.origin == span.origin:
            left = [
                days
                for first, last in left
                for days in (
                    (first, min(last, taken.first - 1)),
                    (max(first, taken.last + 1), last),
                )
                if days[0] <= days[1]
            ]
    return [days for days in left if days[0] <= days[1]]
