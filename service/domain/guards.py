"""The last look before a text leaves: which guards its kind has, and what they say now."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from schedules.limits import PER_NIGHT
from schedules.night import Rhythm
from schedules.open_hours import in_window
from schedules.spacing import GAP
from service.domain.breakers import PER_PATIENT
from service.domain.by_hand import is_heard_lately
from service.domain.delivery import OWED, RULES, Cause, Consent, Kind, State

# A text is submitted some time after it is due, the next one perhaps at once: so much of the gap may be missing.
GAP_TOLERANCE = timedelta(minutes=10)


class Verdict(Enum):
    """Go, wait, or an end with its state and reason (a code of the closed list of reasons)."""

    GO = (State.SUBMITTING, "")
    WAIT = (State.PLANNED, "")
    WAIT_FOR_GAP = (State.PLANNED, "gap")
    EXPIRED = (State.EXPIRED, "expired")
    SWITCHED_OFF = (State.SUPPRESSED, Cause.KILL_SWITCH.value)
    BROKEN_OFF = (State.SUPPRESSED, Cause.BREAKER.value)
    NOT_CONSENTED = (State.SUPPRESSED, "not_consented")
    PAUSED = (State.SUPPRESSED, "paused")
    OUTSIDE_HOURS = (State.SUPPRESSED, "outside_hours")
    NIGHT_FULL = (State.SUPPRESSED, "cap_night")
    CROWDED = (State.SUPPRESSED, "gap")

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
    """A due text and what its patient's rows say at this moment; no patient for a stranger's number.

    `last_sent` is when the patient was last sent a text that nobody asked for, `sent_tonight` how many of
    this text's night count for the caps; both stand as the plan left them unless texts were held up.
    `halted`: the cause (delivery.Cause) for which the clinic's texts of this kind do not leave, None where they do.
    `broken_off`: too many texts left for the patient, and no person has let them go on; `sent_in_a_day` counts them.
    `heard_at`: when he last wrote, looked up for what a person writes.
    """

    kind: str
    not_after: datetime
    consent: str | None
    rhythm: Rhythm | None
    paused: bool
    unread: bool
    capped: bool = False
    last_sent: datetime | None = None
    sent_tonight: int = 0
    halted: str | None = None
    broken_off: bool = False
    sent_in_a_day: int = 0
    heard_at: datetime | None = None


def judge(text: Candidate, now: datetime) -> Verdict:
    """What becomes of a due text at `now` (UTC), by the guards of its kind."""
    rules = RULES[Kind(text.kind)]
    if text.halted == Cause.CLOCK:
        return Verdict.WAIT
    if now > text.not_after:
        return _RAN_OUT.get(text.halted or "", Verdict.EXPIRED)
    if text.halted:
        return Verdict.WAIT
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
    if rules.hours and not (in_window(text.rhythm, now) or _expected(text, now)):
        return Verdict.OUTSIDE_HOURS
    if text.kind not in OWED and (text.broken_off or text.sent_in_a_day >= PER_PATIENT):
        return Verdict.BROKEN_OFF
    if rules.unsolicited:
        return _spaced(text, text.rhythm, now)
    return Verdict.GO


def _expected(text: Candidate, now: datetime) -> bool:
    """Whether a person answers somebody who has just written; the text may have waited a moment to leave."""
    return text.kind == Kind.STAFF and is_heard_lately(text.heard_at, now - GAP_TOLERANCE)


_RAN_OUT = {
    Cause.KILL_SWITCH.value: Verdict.SWITCHED_OFF,
    Cause.BREAKER.value: Verdict.BROKEN_OFF,
}


def clear_from(last_sent: datetime) -> datetime:
    """The instant from which the next unsolicited text may leave."""
    return last_sent + GAP


def _spaced(text: Candidate, rhythm: Rhythm, now: datetime) -> Verdict:
    """By the caps and the gap; a text that was held up makes the next one wait, if that is still of use then."""
    if text.capped and text.sent_tonight >= PER_NIGHT:
        return Verdict.NIGHT_FULL
    if text.last_sent is None or now >= clear_from(text.last_sent) - GAP_TOLERANCE:
        return Verdict.GO
    later = clear_from(text.last_sent)
    useful = later <= text.not_after and in_window(rhythm, later)
    return Verdict.WAIT_FOR_GAP if useful else Verdict.CROWDED


def _consents(needed: Consent) -> frozenset[str]:
    return frozenset({"invited"}) if needed is Consent.INVITED else frozenset({"active"})
