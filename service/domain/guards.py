"""The last look before a text leaves: which guards its kind has, and what they say now."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from schedules.night import Rhythm
from schedules.open_hours import in_window
from service.domain.delivery import RULES, Consent, Kind, State


class Verdict(Enum):
    """Go, wait, or an end with its state and reason (a code of the closed list of reasons)."""

    GO = (State.SUBMITTING, "")
    WAIT = (State.PLANNED, "")
    EXPIRED = (State.EXPIRED, "expired")
    NOT_CONSENTED = (State.SUPPRESSED, "not_consented")
    PAUSED = (State.SUPPRESSED, "paused")
    OUTSIDE_HOURS = (State.SUPPRESSED, "outside_hours")

    @property
    def state(self) -> State:
        """The state of a text so judged."""
        return self.value[0]

    @property
    def reason(self) -> str:
        """Why, as the code of the closed list."""
        return self.value[1]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A due text and what its patient's rows say at this moment; no patient for a stranger's number."""

    kind: str
    not_after: datetime
    consent: str | None
    rhythm: Rhythm | None
    paused: bool
    unread: bool


def judge(text: Candidate, now: datetime) -> Verdict:
    """What becomes of a due text at `now` (UTC), by the guards of its kind."""
    rules = RULES[Kind(text.kind)]
    if now > text.not_after:
        return Verdict.EXPIRED
    if text.rhythm is None:
        return Verdict.GO
    if rules.consent is not Consent.NONE:
        # A stored reply that nobody has read yet may say STOP.
        if text.unread:
            return Verdict.WAIT
        if text.consent not in _consents(rules.consent):
            return Verdict.NOT_CONSENTED
    if rules.pause and text.paused:
        return Verdict.PAUSED
    if rules.hours and not in_window(text.rhythm, now):
        return Verdict.OUTSIDE_HOURS
    return Verdict.GO


def _consents(needed: Consent) -> frozenset[str]:
    return frozenset({"invited"}) if needed is Consent.INVITED else frozenset({"active"})
