"""What a patient asks for in a reply, worked out: until when to pause, when to ask again, which bedtime."""

from datetime import date, datetime, time, timedelta

from schedules.facts import WEEKDAYS
from schedules.night import Rhythm
from schedules.open_hours import in_window
from schedules.recurrence import to_local, to_utc

# LATER without a time, PAUSE without a length (our defaults; the reader adds nothing).
LATER_WITHOUT_TIME = timedelta(hours=2)
PAUSE_WITHOUT_LENGTH_DAYS = 7
# Two re-prompts for one question at most (our default).
MOST_LATERS = 2
# A weekday named as the day to ask again means that day at this hour.
ASK_AGAIN_CLOCK = time(18)
# So long a word by text may silence everything (our default); more, which may be a slip, is for a person to arrange.
LONGEST_PAUSE_DAYS = 90
# Longer lengths are all alike; the calendar ends.
_DAYS_AHEAD = 3650


def bedtime(value: str) -> tuple[time, str]:
    """The bedtime of a `HH:MM` value and for which nights it is: `HH:MM@tonight`, `@weekend`, `@weekdays` or `@always`.

    "": the usual one.
    """
    clock, _, when = value.partition("@")
    return time.fromisoformat(clock), when


def pause_until(value: str, zone: str, now: datetime) -> tuple[datetime, date]:
    """When a pause asked for now ends: the instant, and its local date, at most 90 days away."""
    today = to_local(now, zone).date()
    day = min(pause_ends_on(value, today), today + timedelta(days=LONGEST_PAUSE_DAYS))
    return to_utc(datetime.combine(day, time(0)), zone), day


def pause_ends_on(value: str, today: date) -> date:
    """The local date that a pause asked for today is to end on, however far or long gone.

    `value`: `Nd`, empty, or `until:` with a weekday (`mon`), a day of a month (`15`), a date of any year (`01-25`) or
    of one (`2027-01-25`). Never today, but for a date with its year.
    """
    named = value.removeprefix("until:")
    if named == value:
        return today + timedelta(days=_days(value))
    if named in WEEKDAYS:
        return next_weekday(named, today)
    if named.count("-") > 1:
        return date.fromisoformat(named)
    day = today + timedelta(days=1)
    while not f"{day:%m-%d}".endswith(f"{named:0>2}"):
        day += timedelta(days=1)
    return day


def is_long_pause(value: str, today: date) -> bool:
    """Whether a pause was asked for on a local date that is longer than a text may begin."""
    return pause_ends_on(value, today) > today + timedelta(days=LONGEST_PAUSE_DAYS)


def _days(value: str) -> int:
    return min(int(value.removesuffix("d") or PAUSE_WITHOUT_LENGTH_DAYS), _DAYS_AHEAD)


def next_weekday(named: str, today: date) -> date:
    """The next date of a weekday (`mon`), never today."""
    return today + timedelta(days=(WEEKDAYS.index(named) - today.weekday()) % 7 or 7)


def ask_again_at(
    value: str, rhythm: Rhythm, closes_at: datetime | None, now: datetime
) -> datetime | None:
    """The instant to ask again for a LATER of `HH:MM`, a weekday or empty value; None where that cannot be.

    It must lie inside the patient's window and before the question closes (`closes_at` None: it moves along).
    """
    local = to_local(now, rhythm.zone)
    if not value:
        again = now + LATER_WITHOUT_TIME
    elif value in WEEKDAYS:
        day = next_weekday(value, local.date())
        again = to_utc(datetime.combine(day, ASK_AGAIN_CLOCK), rhythm.zone)
    else:
        named = datetime.combine(local.date(), time.fromisoformat(value))
        if named <= local:
            named += timedelta(days=1)
        again = to_utc(named, rhythm.zone)
    in_time = closes_at is None or again < closes_at
    return again if in_time and in_window(rhythm, again) else None
