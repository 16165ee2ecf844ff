"""Times and states in the words of the pages; and texts from outside made safe to look at."""

import re
import unicodedata
from datetime import date, datetime, timedelta

from schedules.recurrence import to_local
from schedules.slots import REASONS, reason_words
from service.domain.delivery import State
from service.domain.provider_codes import meaning

DAY = timedelta(days=1)
_ZERO_WIDTH_JOINER = "\u200d"  # holds emoji together


def visible(text: str) -> str:
    """A text from outside with its control and direction characters spelled out, so that none can act."""
    return "".join(_shown(sign) for sign in text.replace("\r\n", "\n"))


def _shown(sign: str) -> str:
    if sign in {"\n", _ZERO_WIDTH_JOINER} or unicodedata.category(sign) not in {"Cc", "Cf", "Co"}:
        return sign
    return f"‹U+{ord(sign):04X}›"


def clock(instant: datetime, zone: str) -> str:
    """`07:40` on a zone's clocks."""
    return f"{to_local(instant, zone):%H:%M}"


def local_day(instant: datetime, zone: str) -> date:
    """The date on a zone's calendars."""
    return to_local(instant, zone).date()


def short_day(day: date) -> str:
    """`Sat 21 Nov`."""
    return f"{day:%a} {day.day} {day:%b}"


def named_day(day: date) -> str:
    """`Monday 30 Nov`."""
    return f"{day:%A} {day.day} {day:%b}"


def near_day(day: date, today: date) -> str:
    """`Sat 21 Nov`, and the year where it is not this one."""
    return short_day(day) + (f" {day.year}" if day.year != today.year else "")


def full_day(day: date) -> str:
    """`3 May 1972`."""
    return f"{day.day} {day:%b} {day.year}"


def place(zone: str) -> str:
    """A zone by its town: `Auckland`."""
    return zone.rpartition("/")[2].replace("_", " ")


def long_day(instant: datetime, zone: str) -> str:
    """`Saturday 21 November, 08:02`."""
    local = to_local(instant, zone)
    return f"{local:%A} {local.day} {local:%B}, {local:%H:%M}"


def moment(instant: datetime, now: datetime, zone: str) -> str:
    """An instant as one says it: `07:40 today`, `21:04 yesterday`, `Tue 17 Nov, 21:04`."""
    local, today = to_local(instant, zone), to_local(now, zone).date()
    if local.date() == today:
        return f"{local:%H:%M} today"
    if local.date() == today - DAY:
        return f"{local:%H:%M} yesterday"
    return f"{near_day(local.date(), today)}, {local:%H:%M}"


def ahead(instant: datetime, now: datetime, zone: str) -> str:
    """A coming instant: `now`, `today 20:30`, `tomorrow 08:00`, `Tue 24 Nov, 08:00`."""
    if instant <= now:
        return "now"
    local, today = to_local(instant, zone), to_local(now, zone).date()
    if local.date() == today:
        return f"today {local:%H:%M}"
    if local.date() == today + DAY:
        return f"tomorrow {local:%H:%M}"
    return f"{near_day(local.date(), today)}, {local:%H:%M}"


def age(born: str, today: date) -> int | None:
    """Whole years since a birth date written YYYY-MM-DD."""
    try:
        day = date.fromisoformat(born)
    except ValueError:
        return None
    return today.year - day.year - ((today.month, today.day) < (day.month, day.day))


def span(length: timedelta) -> str:
    """A length of time to the nearest unit that matters: `4 s`, `12 min`, `3 h`, `5 days`."""
    seconds = max(0, round(length.total_seconds()))
    if seconds < 90:
        return f"{seconds} s"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} min"
    return f"{round(seconds / 3600)} h" if length < 2 * DAY else f"{length.days} days"


_ISO_DATE = re.compile(r"\b\d{4}-\d\d-\d\d\b")
_FATES = {
    State.PLANNED: "waiting",
    State.SUBMITTING: "leaving now",
    State.UNKNOWN: "unknown: it may have arrived, so it is not sent again; ask if it matters",
    State.ACCEPTED: "sent, not confirmed",
    State.SENT: "sent, not confirmed",
    State.DELIVERED: "delivered",
}
_UNSENT = {
    "answered": "The question had been answered.",
    "put_off": "The patient asked for the question at another time.",
    "account": "The provider refused our account.",
    "acknowledged": "Somebody had the alert.",
}


def fate(
    state: str,
    reason: str | None,
    error_code: int | None,
    detail: str = "",
    beside: date = date.min,
) -> str:
    """What became of a text, with the provider's code as a sentence; `detail` and `beside` as in `withheld`."""
    known = _FATES.get(State(state))
    if known is not None:
        return known
    if state in {State.UNDELIVERED, State.FAILED}:
        why = meaning(error_code).sentence if error_code else "No reason was given."
        return f"not delivered: {why}"
    why = withheld(reason, detail, beside) if reason else "No reason was noted."
    return f"not sent: {why}"


def withheld(reason: str, detail: str = "", beside: date = date.min) -> str:
    """Why a text was or will be withheld; a date in `detail` has its year where that is not the year of `beside`."""
    if reason in REASONS:
        said = _ISO_DATE.sub(lambda day: near_day(date.fromisoformat(day[0]), beside), detail)
        return reason_words(reason, visible(said).replace("_", " "))
    return _UNSENT.get(reason) or reason.replace("_", " ")
