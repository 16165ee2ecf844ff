"""The slots one patient has in one night, each with its place in their hours or why it has none.

Gates, consent, pauses, holds and hours are decided here, slot by slot; what slots do to each other
(caps, gap, open questions) is decided in `day_plan`. Dates are tested before any zone conversion,
because most steps fall on no date at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from schedules.cadence import WEEK, Course, falls_on, known_days
from schedules.eligible import Eligible
from schedules.facts import Facts, as_date
from schedules.fields import ZERO
from schedules.hours import Placed, Window, place, window_of
from schedules.moment import keep_apart, local_moment, moment_for
from schedules.night import DAY, Anchors, anchors_of
from schedules.programme import Rule
from schedules.recurrence import to_local, to_utc
from schedules.slots import Subject, Wording
from schedules.spread import spread_out

LAB_HOLD_DAYS: Final = (1, 2)
"""Dose dates from this many days before the test until before this many days after it are held."""

Moments = Mapping[Rule, tuple[datetime, int]]
"""Naive local moments by rule, each with its day as an ordinal."""


class Candidate(NamedTuple):
    """A slot before it meets others. `placed` is None exactly where `reason` is set.

    A tuple, because a wake-up makes dozens and a frozen dataclass takes four times as long.
    """

    rule: Rule
    night: date
    on: date
    due: datetime
    placed: Placed | None
    wordings: tuple[Wording, ...] = ()
    reason: str = ""
    detail: str = ""

    @property
    def earliest(self) -> datetime:
        """What others take of the night can only make it later."""
        return min(self.placed.at, self.placed.wished) if self.placed else self.due


@lru_cache(maxsize=8192)
def _moments(of_patient: Eligible, anchors: Anchors) -> Moments:
    """The naive local moments of one night and their days, but for steps whose clock time is a known fact's.

    They are the same for all patients who sleep alike, and most of them fall on no date at all.
    """
    moments = (
        (rule, local_moment(rule.at, anchors, Facts()))
        for rule in of_patient.rules
        if rule not in of_patient.by_fact
    )
    return {rule: (local, local.toordinal()) for rule, local in moments if local is not None}


@dataclass(slots=True)
class Sieve:
    """One patient's rules, with what several nights share.

    `decided`: slots that are rows already. `used`: texts of once-steps gone out.
    """

    subject: Subject
    eligible: Eligible
    course: Course
    used: dict[tuple[str, str], dict[str, date]]
    decided: set[tuple[str, str, date]] = field(default_factory=set)
    evenings: dict[date, tuple[Anchors, Moments]] = field(default_factory=dict)
    windows: dict[date, Window] = field(default_factory=dict)

    def falling(self, rules: Sequence[Rule], night: date) -> list[tuple[Rule, datetime]]:
        """Those of `rules` that fall on their date in `night`, with their naive local moments."""
        anchors, moments = self._evening(night)
        course = self.course
        weeks, day_zero = course.weeks, course.day_zero.toordinal()
        found = []
        for rule in rules:
            local, day = moments.get(rule) or self._by_fact(rule, anchors)
            week, index = divmod(day - day_zero, WEEK)
            if week < 0:
                continue
            # What falls_on begins with, without calling it: most rules are known, and fall on no date at all.
            days = (weeks.get(week) or known_days(course, week)).get(rule)
            if index in days if days is not None else falls_on(rule, course, local.date()):
                found.append((rule, local))
        return found

    def candidate(self, rule: Rule, night: date, local: datetime) -> Candidate | None:
        """The slot of `rule`, which falls on the date of `local`, unless it is decided or no slot."""
        if (rule.programme, rule.key, night) in self.decided:
            return None
        subject, on = self.subject, local.date()
        for gate in rule.only_if:
            if not _first_holding(subject, gate, on):
                return None
        if rule.once and self._ended(rule):
            return None
        if rule.step.apart:
            local = keep_apart(rule.step, subject.facts, local)
        due = to_utc(local, subject.rhythm.zone)
        if subject.since is not None and due < subject.since:
            return None
        if subject.begun and due < subject.begun.get((rule.programme, rule.key), due):
            return None
        return self._judged(rule, night, on, due)

    def preceding(self, night: date, local: datetime) -> list[Rule]:
        """The rules whose slot in `night` the hours could place before `local` (naive)."""
        anchors, moments = self._evening(night)
        found = []
        for rule in self.eligible.rules:
            moment, day = moments.get(rule) or self._by_fact(rule, anchors)
            if day and moment - rule.step.flex.earlier < local:
                found.append(rule)
        return found

    def _by_fact(self, rule: Rule, anchors: Anchors) -> tuple[datetime, int]:
        """The moment of a step whose clock time is a fact's, and its day; day 0 where the fact is missing."""
        subject = self.subject
        local = moment_for(rule.at, anchors, subject.rhythm, subject.facts)
        return (local, local.toordinal()) if local else (datetime.min, 0)  # noqa: DTZ901 (no moment)

    def _evening(self, night: date) -> tuple[Anchors, Moments]:
        evening = self.evenings.get(night)
        if evening is None:
            anchors = anchors_of(self.subject.rhythm, night)
            evening = self.evenings[night] = anchors, _moments(self.eligible, anchors)
        return evening

    def _ended(self, rule: Rule) -> bool:
        return self.used.get((rule.programme, rule.key), {}).keys() >= set(rule.step.say)

    def _judged(self, rule: Rule, night: date, on: date, due: datetime) -> Candidate:
        subject = self.subject
        reason, detail = self._ruled_out(rule, on, due)
        wordings: tuple[Wording, ...] = ()
        if not reason:
            wordings, reason, detail = self._wordings(rule, on)
        placed = None
        if not reason:
            placed = place(due, rule.step.flex, rule.step.useful_for, self._windows(on, due))
            if placed is None:
                reason = "outside_hours"
            elif subject.spread > ZERO:
                seed = f"{subject.key}\n{rule.programme}/{rule.key}\n{night}"
                placed = spread_out(placed, due, rule, subject.facts, subject.spread, seed)
            if placed and subject.pauses and (pause := self.paused(placed.at)):
                placed, reason, detail = None, "paused", pause
        return Candidate(rule, night, on, due, placed, wordings, reason, detail)

    def _ruled_out(self, rule: Rule, on: date, due: datetime) -> tuple[str, str]:
        subject = self.subject
        if not subject.consented:
            return "not_consented", ""
        if rule.programme in subject.declined:
            return "not_consented", "the patient left this topic out"
        against = self.eligible.against[rule]
        if against and (holding := _first_holding(subject, against, on)):
            return "not_eligible", holding
        if subject.pauses and (pause := self.paused(due)):
            return "paused", pause
        hold = _hold(subject, rule, on)
        return ("held", hold) if hold else ("", "")

    def paused(self, at: datetime) -> str:
        """The detail of the pause in force at `at`; empty if there is none."""
        for pause in self.subject.pauses:
            if pause.covers(at):
                zone = self.subject.rhythm.zone
                return f"until {to_local(pause.end, zone).date()}" if pause.end else "until resumed"
        return ""

    def _wordings(self, rule: Rule, on: date) -> tuple[tuple[Wording, ...], str, str]:
        """The texts the patient may receive on `on`; where there is none, reason and detail."""
        subject = self.subject
        gone = self.used.get((rule.programme, rule.key), {}) if rule.once else {}
        against: list[str] = []
        unsent: list[str] = []
        receivable: list[Wording] = []
        for text in rule.step.say:
            if text in gone:
                continue
            wording = subject.wordings.get(text) or Wording(text, sends=None)
            gated = wording.only_if or wording.not_if
            if gated and (detail := _rules_out(subject, wording, on)):
                against.append(detail)
            elif wording.sends is None:
                unsent.append(text)
            else:
                receivable.append(wording)
        if receivable:
            return tuple(receivable), "", ""
        if unsent:
            return (), "no_text_in_language", ", ".join(unsent)
        return (), "not_eligible", "; ".join(against)

    def _windows(self, on: date, due: datetime) -> Sequence[Window]:
        """The hours around `due`: today's alone where they contain it."""
        today = self._window(on)
        if today[0] <= due < today[1]:
            return (today,)
        return (self._window(on - DAY), today, self._window(on + DAY))

    def _window(self, day: date) -> Window:
        if day not in self.windows:
            self.windows[day] = window_of(self.subject.rhythm, day)
        return self.windows[day]


def _first_holding(subject: Subject, items: tuple[str, ...], on: date) -> str:
    """The first of `items` that holds on `on`; empty if none does."""
    for item in items:
        if subject.facts.holds(item, on):
            return item
    return ""


def _rules_out(subject: Subject, wording: Wording, on: date) -> str:
    """What keeps a text from the patient on `on` by the text's own gates; empty if nothing does."""
    if wording.only_if and not _first_holding(subject, wording.only_if, on):
        return f"{wording.text} needs {' or '.join(wording.only_if)}"
    if wording.not_if and (fact := _first_holding(subject, wording.not_if, on)):
        return f"{wording.text}: {fact}"
    return ""


def _hold(subject: Subject, rule: Rule, on: date) -> str:
    """What holds the slot of `on`: the code of a hold, or the blood test with its date."""
    facts = subject.facts
    if not facts.recorded:
        return ""
    if rule.priority in ("tip", "cut_off") and facts.value("tip_hold", on) is not None:
        return "tip_hold"
    if not rule.dose:
        return ""
    if facts.holds("iron_hold", on):
        return "iron_hold"
    test = facts.value("next_lab", on)
    if test is None or facts.holds("lab_done", on):
        return ""
    before, after = LAB_HOLD_DAYS
    day = as_date(test)
    held = day - timedelta(days=before) <= on < day + timedelta(days=after)
    return f"blood test {day}" if held else ""
