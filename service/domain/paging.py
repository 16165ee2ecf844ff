"""Paging staff for a RED alert nobody has taken yet: whom, when, how often, and in which words. Pure."""

import hmac
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256


class Channel(StrEnum):
    """How a page travels."""

    TEXT = "text"
    EMAIL = "email"
    WEBHOOK = "webhook"


class Line(StrEnum):
    """Who is paged when: the first line at once, the second when the first does not answer, then the operator."""

    FIRST = "first"
    SECOND = "second"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody to page, by an opaque name."""

    token: str
    channel: Channel
    line: Line


@dataclass(frozen=True, slots=True)
class Hook:
    """An address that takes signed notices."""

    url: str
    secret: str


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder: so long after the alert opened these lines are paged."""

    after: timedelta
    lines: frozenset[Line]


_ORDER = (Line.FIRST, Line.SECOND, Line.OPERATOR)
OPERATOR = Contact("operator", Channel.WEBHOOK, Line.OPERATOR)
_STAFF = frozenset({Line.FIRST, Line.SECOND})


def _minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


# The numbers are ours, but for one of clinical.md section 6: a RED alert is taken within 15 minutes in staffed hours.
# - at once: the first line.
# - 5 min: the first line again. Long enough to unlock a phone and sign in, so that a page seen is not repeated.
# - 10 min: everybody. It leaves the second line 5 of the 15 minutes.
# - 25 min: everybody, and the operator: the 15 minutes are over, so something is wrong with the paging itself.
# - then everybody every 15 min: often enough to wake somebody, seldom enough that nobody mutes it.
# - 4 h: the operator once more, and nobody after that: what 18 pages did not do, more will not. The banner stays.
REPEAT, ENDS = _minutes(15), _minutes(240)
_FIRST_REPEAT = _minutes(40)
LADDER = (
    Rung(_minutes(0), frozenset({Line.FIRST})),
    Rung(_minutes(5), frozenset({Line.FIRST})),
    Rung(_minutes(10), _STAFF),
    Rung(_minutes(25), _STAFF | {Line.OPERATOR}),
    *(
        Rung(_FIRST_REPEAT + REPEAT * n, _STAFF)
        for n in range((ENDS - _FIRST_REPEAT) // REPEAT + 1)
    ),
    Rung(ENDS, frozenset({Line.OPERATOR})),
)

# From so many on, a wait is told in hours.
_MANY_MINUTES = 120
# A page that does not get through is tried again after so long; by the last wait the next rung's page is on its way.
WAITS = tuple(timedelta(seconds=s) for s in (10, 20, 40, 80, 160, 240, 240))


def due(
    age: timedelta, contacts: Sequence[Contact], paged: Collection[tuple[str, int]]
) -> list[tuple[Contact, int]]:
    """Whom to page now for an alert of that age, each with the step of the ladder it is for.

    `paged`: the contacts (by token) and steps that have been. After an outage only the latest step of each is made
    up for, not every one that was missed.
    """
    first = min((contact.line for contact in contacts), key=_ORDER.index, default=Line.FIRST)
    found = []
    for contact in contacts:
        # Where nobody stands in the first line, the next one takes its place.
        line = Line.FIRST if contact.line is first else contact.line
        step = max(
            (at for at, rung in enumerate(LADDER) if rung.after <= age and line in rung.lines),
            default=None,
        )
        if step is not None and (contact.token, step) not in paged:
            found.append((contact, step))
    return found


def wait_after(attempts: int) -> timedelta | None:
    """How long to wait after so many attempts in vain; None: no more of this page."""
    return WAITS[attempts - 1] if attempts <= len(WAITS) else None


@dataclass(frozen=True, slots=True)
class Notice:
    """What a page says: never a patient's name, number or words. `opened_at` None: a test, nothing is wrong."""

    clinic: str
    alert: str
    opened_at: datetime | None
    url: str


def text_of(notice: Notice, now: datetime) -> str:
    """The page as a text, of one segment with the longest clinic's alias."""
    if notice.opened_at is None:
        return f"{notice.clinic}: a test page. Nothing is wrong."
    return f"{notice.clinic}: {_waits(notice.opened_at, now)} Sign in: {notice.url}"


def mail_of(notice: Notice, now: datetime) -> tuple[str, str]:
    """The page as an e-mail: subject and body."""
    if notice.opened_at is None:
        return f"{notice.clinic}: test page", "This is a test page. Nothing is wrong.\n"
    waits = _waits(notice.opened_at, now)
    return f"{notice.clinic}: {waits.rstrip('.')}", (
        f"{waits}\n\nSign in and press “I have it”, and the pages stop:\n{notice.url}\n"
    )


def json_of(notice: Notice, now: datetime) -> bytes:
    """The page as the body of a POST."""
    opened = notice.opened_at
    told = {
        "event": "test" if opened is None else "red_alert",
        "clinic": notice.clinic,
        "alert": notice.alert,
        "opened_at": opened.isoformat() if opened else None,
        "minutes": _whole_minutes(opened, now) if opened else 0,
        "url": notice.url,
    }
    return json.dumps(told, ensure_ascii=False).encode()


def signature(secret: str, body: bytes, at: datetime) -> str:
    """The header that proves who posted `body`: `t=<Unix time>,v1=<HMAC-SHA256 of "time.body", in hex>`.

    The time is signed too, so that a notice overheard cannot be sent again later.
    """
    stamp = str(int(at.timestamp()))
    signed = hmac.new(secret.encode(), stamp.encode() + b"." + body, sha256).hexdigest()
    return f"t={stamp},v1={signed}"


def _waits(opened_at: datetime, now: datetime) -> str:
    minutes = _whole_minutes(opened_at, now)
    length = f"{minutes} min" if minutes < _MANY_MINUTES else f"{minutes // 60} h"
    return f"a RED alert waits, {length}."


def _whole_minutes(opened_at: datetime, now: datetime) -> int:
    return max(0, int((now - opened_at).total_seconds() // 60))
