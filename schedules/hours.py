"""The patient's hours for unsolicited texts, and how a text moves into them by its flex.

All rules are our defaults (clinical section 3, Hours and flex). Instants are UTC; the edges of a
window are wall-clock times converted by the rule of `recurrence`; flex is elapsed time.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple

from schedules.fields import ZERO, Flex
from schedules.night import DAY, Rhythm, bedtime_of, wake_of
from schedules.recurrence import to_local, to_utc

MOVED_MARGIN: Final = timedelta(minutes=10)
"""A moved text keeps this distance from the end of the window, so that it still leaves inside it."""
_BEDTIME_WINDOW_OPENS: Final = time(8)

Window = tuple[datetime, datetime]


class Placed(NamedTuple):
    """Where a text came to lie in `hours`: `at`, or later up to `latest` if it must yield to another.

    `wished` is taken before `at` where nothing stands in the way.
    """

    at: datetime
    latest: datetime
    not_after: datetime
    hours: Window
    wished: datetime


def window_of(rhythm: Rhythm, day: date) -> Window:
    """The hours that open on local date `day`: from, to (UTC; empty when to <= from).

    "bedtime" opens at 08:00, or when the patient wakes up if that is later, so that somebody who
    goes to bed in the morning is not texted while asleep.
    """
    if rhythm.window == "bedtime":
        opens = max(datetime.combine(day, _BEDTIME_WINDOW_OPENS), wake_of(rhythm, day - DAY))
        closes = bedtime_of(rhythm, day)
    else:
        start, end = rhythm.window
        opens = datetime.combine(day, start)
        closes = datetime.combine(day if end > start else day + DAY, end)
    return to_utc(opens, rhythm.zone), to_utc(closes, rhythm.zone)


def nearest_inside(rhythm: Rhythm, local: datetime) -> datetime:
    """`local` (naive), or on its date the nearest clock time that leaves a moved text inside the hours.

    Nearest round the clock: 01:00 becomes the end of a day's hours rather than their beginning.
    """
    opens, closes = (to_local(edge, rhythm.zone) for edge in window_of(rhythm, local.date()))
    last = closes - MOVED_MARGIN - opens
    since = (local - opens) % DAY
    if last < ZERO or since <= last:
        return local
    edge = closes - MOVED_MARGIN if since - last <= DAY - since else opens
    return datetime.combine(local.date(), edge.time())


def place(
    due: datetime, flex: Flex, useful_for: timedelta, windows: Sequence[Window]
) -> Placed | None:
    """Move `due` as little as needed into one of `windows`; None if its flex is not enough.

    A text whose own instant lies in a window is not moved. `not_after` is the earlier of
    `due` + `useful_for` and the end of the window.
    """
    moves: list[tuple[timedelta, datetime, Window]] = []
    for opens, closes in windows:
        if opens <= due < closes:
            return _placed(due, due, flex, useful_for, (opens, closes))
        last = closes - MOVED_MARGIN
        if last < opens:
            continue
        if closes <= due and due - last <= flex.earlier:
            moves.append((due - last, last, (opens, closes)))
        if due < opens and opens - due <= flex.later and opens < due + useful_for:
            moves.append((opens - due, opens, (opens, closes)))
    if not moves:
        return None
    _, at, hours = min(moves)
    return _placed(due, at, flex, useful_for, hours)


def _placed(
    due: datetime, at: datetime, flex: Flex, useful_for: timedelta, hours: Window
) -> Placed:
    closes = hours[1]
    latest = min(due + flex.later, closes - MOVED_MARGIN)
    return Placed(at, latest, min(due + useful_for, closes), hours, wished=at)
