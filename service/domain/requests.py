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


def bedtime(value: str) -> tuple[time, str]:
    """The bedtime of a `HH:MM`, `HH:MM@tonight` or `HH:MM@weekend` value, and for when: "" for every night."""
    clock, _, when = value.partition("@")
    return time.fromisoformat(clock), when


def pause_until(value: str, zone: str, now: datetime) -> tuple[datetime, date]:
    """When a pause of `Nd`, `until:mon`, `until:15` or empty value ends: the instant, and its local date."""
    day = pause_ends_on(value, to_local(now, zone).date())
    return to_utc(datetime.combine(day, time(0)), zone), day


def pause_ends_on(value: str, today: date) -> date:
    """The local date on whose morning a pause asked for today ends."""
    named = value.removeprefix("until:")
    if named == value:
        return today + timedelta(days=min(_days(value), LONGEST_PAUSE_DAYS))
    if named in WEEKDAYS:
        return next_weekday(named, today)
    day = today + timedelta(days=1)
    while day.day != int(named):
        day += timedelta(days=1)
    return day


def is_long_pause(value: str) -> bool:
    """Whether a pause was asked for that is longer than a text may begin."""
    return not value.startswith("until:") and _days(value) > LONGEST_PAUSE_DAYS


def _days(value: str) -> int:
    return int(value.removesuffix("d") or PAUSE_WITHOUT_LENGTH_DAYS)


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
