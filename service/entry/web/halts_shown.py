"""A halt in words, for the line on every page while it stands."""

from datetime import datetime

from service.domain.delivery import Cause
from service.entry.web import words
from service.store import halts
from service.store.halts import Halt
from service.store.programme_pages import STAFF, authors
from service.store.session import Tx


def halt_lines(tx: Tx, clinic_id: int, now: datetime, zone: str) -> tuple[tuple[str, str], ...]:
    """Of each halt in force what has stopped, and what follows from it; times by the clinic's clock."""
    standing = halts.standing(tx, clinic_id)
    names = authors(tx, [halt.begun_by for halt in standing])
    return tuple(_line(halt, names, now, zone) for halt in standing)


def _line(halt: Halt, names: dict[str, str], now: datetime, zone: str) -> tuple[str, str]:
    since = words.moment(halt.begun_at, now, zone)
    why = words.visible(halt.why)
    if halt.cause == Cause.BREAKER:
        return (
            f"Sending stopped by itself at {since}.",
            f"{why} Texts that nobody asked for wait, and end unsent when their time is over; answers still go.",
        )
    if halt.cause == Cause.CLOCK:
        follows = (
            "Answers to danger, STOP and HELP still go; the others once the clock agrees again, or a clinic admin"
            " says under System that it is right."
        )
        return f"Texts have waited since {since}, by a clock that is in doubt.", f"{why} {follows}"
    who = names.get(halt.begun_by, "a colleague" if halt.begun_by.startswith(STAFF) else "")
    by = f"by {words.visible(who)}" if who else "from the command line"
    still = (
        "Nothing leaves at all, not even answers to danger, STOP and HELP."
        if halt.everything
        else "Texts wait, and end unsent when their time is over; answers to danger, STOP and HELP still go."
    )
    return f"Sending was switched off at {since} {by}: “{why}”.", still
