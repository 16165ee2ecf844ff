"""Whether a patient may be texted at an instant, and when next; and when a night is over for good."""

from datetime import date, datetime, timedelta
from typing import Final

from schedules.hours import window_of
from schedules.night import DAY, Rhythm, night_ends, wake_of
from schedules.recurrence import to_local, to_utc

MORNING: Final = timedelta(hours=5)
"""A night's questions come in the hours after its wake-up (the latest anchor is wake + 5 h)."""


def in_window(rhythm: Rhythm, instant: datetime) -> bool:
    """Whether `instant` lies in the patient's hours, without any grace."""
    day = to_local(instant, rhythm.zone).date()
    windows = (window_of(rhythm, day), window_of(rhythm, day - DAY))
    return any(opens <= instant < closes for opens, closes in windows)


def next_open(rhythm: Rhythm, instant: datetime) -> datetime:
    """`instant` itself inside the patient's hours, else the next opening of them (UTC)."""
    if in_window(rhythm, instant):
        return instant
    day = to_local(instant, rhythm.zone).date()
    ahead = (window_of(rhythm, day + DAY * n) for n in range(-1, 9))
    openings = [opens for opens, closes in ahead if opens > instant and closes > opens]
    return min(openings, default=instant + DAY)


def night_over(rhythm: Rhythm, night: date) -> datetime:
    """The instant (UTC) at which `night` can be summed up: noon, or 5 h after waking where that is later."""
    return max(night_ends(rhythm, night), to_utc(wake_of(rhythm, night) + MORNING, rhythm.zone))
