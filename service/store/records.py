"""What leaves the store instead of rows: frozen records with plain values."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, NamedTuple

from schedules.facts import Fact
from schedules.slots import Decided
from service.domain.own_week import NO_SCORES, OwnScores


@dataclass(frozen=True, slots=True)
class Clinic:
    """One clinic, as its texts and pages need it."""

    id: int
    token: str
    slug: str
    name: str
    alias: str
    zone: str
    language: str
    phone: str
    emergency: str
    crisis: str
    poison: str
    sender: str
    synthetic: bool
    content_number: int


@dataclass(frozen=True, slots=True)
class Patient:
    """One patient; names, birth date and number stay sealed until someone opens them (store/people.py)."""

    id: int
    token: str
    clinic_id: int
    ref: str
    given_name: bytes
    family_name: bytes
    born: bytes
    phone: bytes
    phone_index: str
    zone: str
    language: str
    privacy: str
    bedtime: time
    wake_time: time
    bedtime_weekend: time | None
    wake_weekend: time | None
    tonight_night: date | None
    tonight_bedtime: time | None
    window: str
    left_out: list[str]
    consent: str
    consented_at: datetime | None
    consent_from: date | None
    consent_night: date | None
    enrolled_at: datetime
    by_hand_until: datetime | None = None


class Sleep(NamedTuple):
    """When a patient sleeps and may be texted: the columns a rhythm is made of. Those who sleep alike are equal."""

    zone: str
    bedtime: time
    wake_time: time
    bedtime_weekend: time | None
    wake_weekend: time | None
    tonight_night: date | None
    tonight_bedtime: time | None
    window: str


@dataclass(frozen=True, slots=True)
class Person:
    """What identifies a patient, opened."""

    given_name: str
    family_name: str
    born: str
    phone: str


@dataclass(frozen=True, slots=True)
class Pause:
    """A time without planned texts."""

    start: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Question:
    """One question put to a patient (see the table of the same name)."""

    id: int
    token: str
    clinic_id: int
    patient_id: int
    kind: str
    answer_type: str
    state: str
    programme: str | None
    version: int | None
    step: str | None
    template: str
    about: str
    about_date: date
    night: date
    closes_after_s: int
    nudge_after_s: int | None
    asked_at: datetime | None
    asked_last_at: datetime | None
    closes_at: datetime | None
    nudge_at: datetime | None
    later_at: datetime | None
    laters: int
    reasked: bool
    answered_at: datetime | None
    valid: bool
    late: bool
    follow_ups: list[str]
    behind: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PlanningCase:
    """All that planning one patient needs, read at one moment.

    `decided`: the slots of the plan that are rows. `repeats`: when nudges of the last day go or went.
    `own_scores`: read only of who chose to be told their week.
    """

    patient: Patient
    clinic: Clinic
    next_wake_at: datetime
    next_slot_at: datetime
    open_night: date | None
    wordings: dict[str, dict[str, str]]
    facts: tuple[Fact, ...]
    pauses: tuple[Pause, ...]
    decided: tuple[Decided, ...]
    repeats: tuple[datetime, ...]
    questions: tuple[Question, ...]
    own_scores: OwnScores = NO_SCORES


@dataclass(frozen=True, slots=True)
class NewText:
    """A text to write, or a slot to write as decided against (`reason` set, nothing to send).

    `asks` is the answer type a slot decided against would have asked for; `question` what a text asks.
    `missed`: it expired because the service came too late, not because it was planned into its own past.
    """

    clinic_id: int
    patient_id: int | None
    slot: str
    kind: str
    language: str
    due_at: datetime
    not_after: datetime
    priority: str = ""
    capped: bool = False
    body: str | None = None
    segments: int = 0
    recipient: str | None = None
    sender: str = ""
    inbound_id: int | None = None
    programme: str | None = None
    version: int | None = None
    step: str | None = None
    night: date | None = None
    on_date: date | None = None
    anchor: str | None = None
    template: str | None = None
    wording: int | None = None
    reason: str | None = None
    detail: str | None = None
    asks: str | None = None
    question: "NewQuestion | None" = None
    missed: bool = False


@dataclass(frozen=True, slots=True)
class NewQuestion:
    """The question a text asks."""

    kind: str
    answer_type: str
    about: str
    about_date: date
    night: date
    closes_after_s: int
    nudge_after_s: int | None = None
    follow_ups: tuple[str, ...] = ()
    behind: dict[str, Any] | None = None
