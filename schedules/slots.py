"""What the day plan reads and answers: a patient, what was decided before, and the slots it finds.

Instants are aware and in UTC; `night`, `on` and dates are local calendar dates. A slot is one
patient, one step of one programme, one night; the tuples here leave the patient out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple

from schedules.facts import Facts
from schedules.night import Rhythm
from schedules.programme import Priority
from schedules.question import Ask

REASONS: Final = {
    "not_eligible": "A gate on this programme, step or text rules it out for this patient"
    " (the fact is named).",
    "paused": "The patient's texts are paused (until the date shown).",
    "held": "On hold: blood test due, iron held or tips held, until released by a result,"
    " a date or a person.",
    "not_consented": "There is no consent in force (to any text, or to this topic).",
    "outside_hours": "It would have come outside the patient's hours and could not be moved"
    " far enough.",
    "cap_night": "The night's limit of texts had already been reached (the one that asks for privacy first).",
    "cap_week": "The most texts for this week had already been used or are kept for more"
    " important ones.",
    "cap_programme": "This programme's own limit for the week was reached.",
    "gap": "Another text was less than 90 minutes away and this one could not wait.",
    "question_open": "A question of the same answer type, sent less than 3 hours before,"
    " was still unanswered.",
    "gate_unopened": "The patient did not answer OK within 4 hours to the text that asks for privacy first.",
    "no_text_in_language": "The text does not exist in the patient's language.",
    "too_few_answers": "Fewer than three nights of the week had a score.",
    "expired": "The time in which it is of use passed before it could be sent.",
    "changed": "Its time had passed when a change of the patient or of the programme asked for it.",
    "kill_switch": "A person had switched sending off.",
    "breaker": "Sending had stopped by itself (too many texts, or trouble at the provider).",
}
"""Why a text was withheld: the closed list of clinical section 3, with the sentences pages show."""


def reason_words(reason: str, detail: str) -> str:
    """A reason as people read it, with its detail in place of what the sentence says is named or shown."""
    sentence, _, _ = REASONS[reason].partition(" (")
    return (
        f"{sentence.removesuffix('.')}: {detail}." if detail else f"{sentence.removesuffix('.')}."
    )


@dataclass(frozen=True, slots=True)
class Wording:
    """One text of a step's `say` as this patient would get it.

    `text` is the id in `say`; `sends` the id that goes out (a discreet twin, or `text` itself),
    None where the patient's language has no such text. `gated`: it waits behind GATE-01.
    `only_if` and `not_if` are the text's own gates. `tells_week`: it tells the patient's own week.
    """

    text: str
    sends: str | None
    gated: bool = False
    only_if: tuple[str, ...] = ()
    not_if: tuple[str, ...] = ()
    tells_week: bool = False


@dataclass(frozen=True, slots=True)
class Pause:
    """Texts rest from `start` until before `end` (None: until the patient resumes)."""

    start: datetime
    end: datetime | None = None

    def covers(self, at: datetime) -> bool:
        """Whether the pause is in force at `at`."""
        return self.start <= at and (self.end is None or at < self.end)


@dataclass(frozen=True, slots=True)
class Subject:
    """The patient a plan is made for.

    `key` is any stable opaque name; by it n-per-week steps are turned and shared moments spread. `consent_from` is
    programme day 0, the local date of the first consent; `since` its instant: what was due before
    was never owed, and no more what was due before its step existed, which `begun` says of steps (programme,
    key) that are new. `consented` is the consent of now, `declined` the programmes left by topic stop.
    `spread`: how far beside a moment that many patients share a text may lie, for the sender's sake.
    `weeks_known`: the nights on which the week before has scores enough to be told.
    """

    key: str
    rhythm: Rhythm
    facts: Facts
    consent_from: date | None
    consented: bool
    pauses: tuple[Pause, ...]
    wordings: Mapping[str, Wording]
    since: datetime | None = None
    begun: Mapping[tuple[str, str], datetime] = field(default_factory=dict)
    declined: frozenset[str] = frozenset()
    spread: timedelta = timedelta(0)
    weeks_known: frozenset[date] = frozenset()


class Decided(NamedTuple):
    """A slot that is a row already: planned or sent when `reason` is None, else withheld or ended.

    A tuple, because a plan reads two weeks of them.

    `text` is the id in `say`. `unsolicited`: it counts for the caps (all but dose prompts).
    `gate_text`: GATE-01 went out for it, which counts whatever became of the text behind it.
    `asks` is the answer type of its question, None where it asks nothing.
    """

    programme: str
    step: str
    night: date
    on: date
    at: datetime
    priority: Priority
    text: str | None = None
    unsolicited: bool = True
    gate_text: bool = False
    reason: str | None = None
    asks: str | None = None


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question without an answer, planned for or last sent (nudges count) at `asked_at`."""

    answer_type: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Past:
    """What a plan works around.

    `decided`: every slot decided in the 14 nights before the first night planned, and later.
    `texts_used`: by (programme, step), when each text of `say` last went out; all of the past.
    `sent_at`: instants of unsolicited texts that are no slots (nudges, re-prompts), last 24 h.
    """

    decided: tuple[Decided, ...] = ()
    open_questions: tuple[OpenQuestion, ...] = ()
    texts_used: Mapping[tuple[str, str], Mapping[str, date]] = field(default_factory=dict)
    sent_at: tuple[datetime, ...] = ()


class Planned(NamedTuple):
    """A text that will go out: `due` before it was moved, `at` where it was placed.

    `sends` is the id of the text itself, also where `gated` puts GATE-01 in its place.
    `about_date` is the date the question is about; `cutoff` fills {cutoff}, local clock.
    """

    programme: str
    step: str
    night: date
    on: date
    due: datetime
    at: datetime
    not_after: datetime
    priority: Priority
    text: str
    sends: str
    gated: bool
    ask: Ask | None
    about_date: date
    cutoff: time | None
    unsolicited: bool


class Withheld(NamedTuple):
    """A slot that comes to nothing, decided at `at` for `reason` (a key of REASONS)."""

    programme: str
    step: str
    night: date
    on: date
    due: datetime
    at: datetime
    priority: Priority
    reason: str
    detail: str
