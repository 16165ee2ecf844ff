"""A conversation as it stands when a reply is read, and everything the reply may change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import takewhile
from typing import Any

from schedules.night import Rhythm
from schedules.own_questions import OWN, OwnQuestion
from schedules.programme import Programme
from service.domain.consent import ConsentState
from service.domain.delivery import Kind

EPISODE = "episode"
"""The kind of what LEGS tells: legs that are bad now, which answers no question."""


@dataclass(frozen=True, slots=True)
class Open:
    """A question the reply may answer. `late`: its time is over; `answered`: a second answer
    would put the first one right; `repeats`: it may wait to be asked again.

    `programme`: the version of the programme that asks it, by its `version` number, where there is one.
    `resumed`: of its questionnaire one question was asked again already."""

    id: int
    token: str
    kind: str
    template: str
    night: date
    about_date: date
    closes_at: datetime
    closes_after_s: int
    late: bool
    answered: bool
    reasked: bool
    laters: int
    repeats: bool
    follow_ups: tuple[str, ...]
    behind: Mapping[str, Any]
    programme: Programme | None = None
    version: int | None = None
    step: str | None = None
    resumed: bool = False

    @property
    def own(self) -> OwnQuestion | None:
        """What it asks, where it is a clinic's own question."""
        is_own = self.kind == OWN and self.programme is not None
        return self.programme.question(self.template) if is_own and self.programme else None


@dataclass(frozen=True, slots=True)
class Earlier:
    """The answer the patient gave last, in the reply `inbound_id`."""

    inbound_id: int
    kind: str
    intent: str
    number: float | None
    word: str
    night: date
    about_date: date


@dataclass(frozen=True, slots=True)
class Talk:
    """The conversation as it stands when the reply is read; `questions` newest first, `now` in UTC.

    `by_hand`: a person is in it, so automatic answers rest. `texts_at`: the hour (wall clock) they asked for.
    `earlier`: the answer before this reply, known only where the reply is about it, and `answered_on` the dates about
    which an answer of its kind counts.
    """

    consent: ConsentState
    invited: bool
    paused: bool
    questions: tuple[Open, ...]
    answers_so_far: Mapping[str, int]
    facts: frozenset[str]
    language: str
    rhythm: Rhythm
    provider_confirms: bool
    by_hand: bool
    now: datetime
    texts_at: time | None = None
    earlier: Earlier | None = None
    answered_on: frozenset[date] = frozenset()

    def open_kinds(self) -> list[str]:
        """The kinds the reader should expect, newest first."""
        if self.consent is ConsentState.STOPPED:
            return ["opted_out"]
        if self.invited or self.consent is ConsentState.EXPIRED:
            return ["consent"]
        kinds = _kinds(question for question in self.questions if _waits(question))
        return ((["paused"] if self.paused else []) + kinds) or ["none"]

    def answered_kinds(self) -> list[str]:
        """The kinds a reply that answers nothing open may put right."""
        return _kinds(one for one in self.questions if one.answered and one.kind != OWN)

    def just_answered(self) -> list[str]:
        """Those that a bare second answer may put right: nothing has been asked since that waits or is a clinic's own.

        Anything further back changes only by words that say so.
        """
        since = takewhile(lambda one: one.kind != OWN and not _waits_in_time(one), self.questions)
        return _kinds(one for one in since if one.answered)

    def own_question(self) -> OwnQuestion | None:
        """The clinic's own question that is open, the newest of them."""
        mine = (one.own for one in self.questions if one.kind == OWN and _waits(one))
        return next(mine, None)


def _waits(question: Open) -> bool:
    """Whether a reply may answer it. A clinic's own question is over when it closes: any words might answer it."""
    return not question.answered and not (question.kind == OWN and question.late)


def _waits_in_time(question: Open) -> bool:
    return not question.answered and not question.late


def _kinds(questions: Iterable[Open]) -> list[str]:
    return list(dict.fromkeys(question.kind for question in questions))


@dataclass(frozen=True, slots=True)
class Said:
    """One text to send back; `asks` the kind of question it puts, with what follows that one."""

    template: str
    kind: Kind
    values: Mapping[str, str] = field(default_factory=dict)
    asks: str | None = None
    follow_ups: tuple[str, ...] = ()
    about: Open | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """One answer to write down. `valid`: it came in time."""

    kind: str
    intent: str
    number: float | None
    word: str
    night: date
    about_date: date
    question: Open | None
    late: bool


@dataclass(slots=True)
class Outcome:
    """Everything a reply changes, gathered intent by intent.

    `moved`: the earlier answer as it counts from now on, and the reply (by id) that gave it.
    `alerts`: the rules it raises, and what it said of each. `facts` begin today, `ended_facts` hold no longer.
    `later`: a question put off, and when it comes again, if it does. `part`: what is told so far of an answer.
    `asked_for`: by a command, which is answered more often than a reply.
    """

    bound: list[int | None] = field(default_factory=list)
    given: list[Given] = field(default_factory=list)
    corrected: list[tuple[str, str]] = field(default_factory=list)
    moved: tuple[Given, int] | None = None
    said: list[Said] = field(default_factory=list)
    consent: ConsentState | None = None
    alerts: dict[str, str] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    ended_facts: tuple[str, ...] = ()
    changes: dict[str, Any] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    pause_until: datetime | None = None
    resume: bool = False
    later: tuple[Open, datetime | None] | None = None
    part: tuple[Open, str] | None = None
    opened: Open | None = None
    reasked: Open | None = None
    review: bool = False
    asked_for: bool = False

    @property
    def obeys(self) -> bool:
        """Whether it does what the patient asked for: another bedtime or language, a pause, relief, the menu, later."""
        changed = self.changes or self.left_out or self.pause_until or self.resume or self.later
        return bool(changed or self.asked_for)

    @property
    def answers(self) -> bool:
        """Whether any text goes back."""
        return bool(self.said) or self.opened is not None or self.later is not None
