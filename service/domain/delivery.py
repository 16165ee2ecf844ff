"""A text's kinds, guards, lanes and states, and which receipt may change which state."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Kind(StrEnum):
    """Why a text is sent; decides its guards and its lane."""

    CRISIS = "crisis"
    STOP_CONFIRM = "stop_confirm"
    HELP = "help"
    ANSWER = "answer"
    INVITE = "invite"
    STAFF = "staff"
    PLANNED = "planned"
    NUDGE = "nudge"
    TEST = "test"
    PAGE = "page"


class Consent(StrEnum):
    """What a kind asks of the patient's consent at the moment of sending."""

    NONE = "none"
    INVITED = "invited"
    ACTIVE = "active"


@dataclass(frozen=True, slots=True)
class Rules:
    """The guards of one kind. `useful_for` is its default; a planned text brings its step's own."""

    lane: int
    consent: Consent
    pause: bool
    hours: bool
    unsolicited: bool
    useful_for: timedelta


_MINUTES_10 = timedelta(minutes=10)
_A_DAY = timedelta(hours=24)

# The table of kinds. "unsolicited" texts count towards the caps and the gap of schedules/limits.py.
RULES: dict[Kind, Rules] = {
    Kind.CRISIS: Rules(
        0, Consent.NONE, pause=False, hours=False, unsolicited=False, useful_for=_MINUTES_10
    ),
    Kind.STOP_CONFIRM: Rules(
        1, Consent.NONE, pause=False, hours=False, unsolicited=False, useful_for=_MINUTES_10
    ),
    Kind.HELP: Rules(
        1, Consent.NONE, pause=False, hours=False, unsolicited=False, useful_for=_MINUTES_10
    ),
    Kind.ANSWER: Rules(
        1,
        Consent.ACTIVE,
        pause=False,
        hours=False,
        unsolicited=False,
        useful_for=timedelta(minutes=30),
    ),
    Kind.INVITE: Rules(
        2, Consent.INVITED, pause=False, hours=True, unsolicited=False, useful_for=_A_DAY
    ),
    Kind.STAFF: Rules(
        2, Consent.ACTIVE, pause=False, hours=True, unsolicited=False, useful_for=_A_DAY
    ),
    Kind.PLANNED: Rules(
        3, Consent.ACTIVE, pause=True, hours=True, unsolicited=True, useful_for=timedelta(hours=2)
    ),
    Kind.NUDGE: Rules(
        3, Consent.ACTIVE, pause=True, hours=True, unsolicited=True, useful_for=timedelta(hours=2)
    ),
    # To a member of staff's own number, never to a patient's: a wording tried out, or the code that proves the number.
    Kind.TEST: Rules(
        2, Consent.NONE, pause=False, hours=False, unsolicited=False, useful_for=_MINUTES_10
    ),
    # To whoever is on call, never to a patient's number: a RED alert waits.
    Kind.PAGE: Rules(
        0, Consent.NONE, pause=False, hours=False, unsolicited=False, useful_for=_MINUTES_10
    ),
}

# What is owed whatever happens: an answer to danger, to STOP and to HELP (reliability: the promise to those who write),
# and the page that calls a person to the first of them.
OWED = frozenset({Kind.CRISIS, Kind.STOP_CONFIRM, Kind.HELP, Kind.PAGE})
TO_STAFF = frozenset({Kind.TEST, Kind.PAGE})
UNSOLICITED = frozenset(kind for kind, rules in RULES.items() if rules.unsolicited)


class Cause(StrEnum):
    """Why a clinic's texts do not leave: a person's switch and a clock in doubt hold all but what is owed, a breaker
    what nobody asked for.

    The first two are also the reason, of the closed list, that a text ends with whose time passes meanwhile; by a
    clock in doubt no time passes.
    """

    KILL_SWITCH = "kill_switch"
    BREAKER = "breaker"
    CLOCK = "clock"


# At most this many answers to one number in an hour (two machines must not talk to each other).
ANSWERS_AN_HOUR = 3
# What was done at the patient's own word is confirmed more often: silence would have him ask again (our default).
CONFIRMED_AN_HOUR = 8


class State(StrEnum):
    """Where a text is in its life."""

    PLANNED = "planned"
    SUBMITTING = "submitting"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


ENDED_UNSENT = frozenset({State.SUPPRESSED, State.EXPIRED, State.CANCELLED})
NOT_REACHED = frozenset({State.UNDELIVERED, State.FAILED})
HANDED_OVER = frozenset({State.ACCEPTED, State.SENT, State.DELIVERED, State.UNDELIVERED})

# How far along a text is. A receipt may only move it forward; a late lower one is history, nothing more.
# `delivered` stands above `undelivered`: some carriers correct themselves.
RANK: dict[State, int] = {
    State.PLANNED: 0,
    State.SUBMITTING: 1,
    State.UNKNOWN: 2,
    State.ACCEPTED: 3,
    State.SENT: 4,
    State.UNDELIVERED: 5,
    State.FAILED: 5,
    State.DELIVERED: 6,
}

# The provider's words for a state (Message.Status of its API), and what each means for us.
PROVIDER_STATES: dict[str, State] = {
    "accepted": State.ACCEPTED,
    "scheduled": State.ACCEPTED,
    "queued": State.ACCEPTED,
    "sending": State.ACCEPTED,
    "sent": State.SENT,
    "delivered": State.DELIVERED,
    "read": State.DELIVERED,
    "undelivered": State.UNDELIVERED,
    "partially_delivered": State.UNDELIVERED,
    "failed": State.FAILED,
    "canceled": State.FAILED,
}


def after_receipt(state: State, told: State) -> State:
    """The state after a receipt: any order, repeated, early or late. Texts that ended unsent stay ended."""
    if state in ENDED_UNSENT:
        return state
    return told if RANK[told] > RANK[state] else state
