"""One patient, some nights, all programmes -> every slot as Planned or Withheld(reason). Pure.

Slots decided before are fixed. The others take their places night by night in order of priority,
then whose programme was served longest ago, then instant, programme and step; each must respect the caps, the
gap to every other text and the spacing of questions of one answer type. What one night gets is the past of the
next, every question counting as delivered and unanswered. Nudges, LATER and opened gates are not planned here.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final

from schedules.cadence import Course
from schedules.candidates import Candidate, Sieve
from schedules.eligible import eligible
from schedules.hours import Placed
from schedules.limits import (
    PER_NIGHT,
    Tally,
    last_heard,
    nights_left,
    overdue,
    places_left,
    tips_left,
    turn,
    week_allows,
    week_could_bind,
)
from schedules.outcomes import planned, withheld
from schedules.programme import Priority, Programme, Rule
from schedules.recurrence import to_local
from schedules.slots import Decided, Past, Planned, Subject, Withheld, Wording
from schedules.spacing import clear_place

MOVES_ON: Final = frozenset({"cap_night", "cap_week", "cap_programme", "gap"})
"""What makes an n-per-week slot move on. The gap too: whether a slot meets a full night or the texts
that filled it depends on when one looks, and must not decide about the week's texts."""
CLOCK_CHANGE: Final = timedelta(hours=2)
"""No clock change moves two moments further apart or together than this."""


def plan(
    subject: Subject,
    programmes: Sequence[Programme],
    past: Past,
    nights: Sequence[date],
    until: datetime | None = None,
) -> list[Planned | Withheld]:
    """Every undecided slot of `nights` (ascending), in the order of its instant.

    Whoever needs only the slots before an instant names it in `until`: the last night is left out
    if none of its slots can come before.

    A patient who never consented has no day 0 and so no slots. Slots of `nights` that are overdue
    are planned at their instant like any other: the caller, who knows the time, lets them expire.
    """
    if subject.consent_from is None or not nights:
        return []
    planner = _planner(subject, subject.consent_from, programmes, past, nights[-1])
    found = [slot for night in nights[:-1] for slot in planner.night(night)]
    if until is None or planner.reaches(nights[-1], until):
        found += planner.night(nights[-1])
    return sorted(found, key=lambda slot: (slot.at, slot.programme, slot.step))


def _planner(
    subject: Subject, day_zero: date, programmes: Sequence[Programme], past: Past, last: date
) -> "_Planner":
    rules = tuple(programme.planned for programme in programmes)
    of_patient = eligible(rules, subject.facts.recorded)
    course = Course(day_zero, subject.facts, subject.key, of_patient.rules)
    used = {step: dict(texts) for step, texts in past.texts_used.items()}
    planner = _Planner(
        sieve=Sieve(subject, of_patient, course, used),
        tally=Tally(day_zero, subject.facts.holds("fewer_texts", last), served=last_heard(used)),
        texts=list(past.sent_at),
        questions=[(q.answer_type, q.asked_at) for q in past.open_questions],
        sent=set(),
        sent_on=set(),
        slots=defaultdict(dict),
    )
    for row in past.decided:
        planner.recall(row)
    return planner


@dataclass(slots=True)
class _Planner:
    """What has been decided so far, and the slots of each night looked at."""

    sieve: Sieve
    tally: Tally
    texts: list[datetime]
    questions: list[tuple[str, datetime]]
    sent: set[tuple[str, str, date]]
    sent_on: set[tuple[str, str, date]]
    slots: defaultdict[date, dict[Rule, Candidate | None]]
    to_come: dict[tuple[Priority, date], int] = field(default_factory=dict)

    def recall(self, row: Decided) -> None:
        """Take a row as the fact it is."""
        slot = (row.programme, row.step, row.night)
        self.sieve.decided.add(slot)
        if row.reason is None:
            self.tally.hear(row.programme, row.on)
            self.sent.add(slot)
            self.sent_on.add((row.programme, row.step, row.on))
        elif row.reason in MOVES_ON:
            self.sieve.course.cap(row.programme, row.step, row.on)
        if row.reason is None or row.gate_text:
            self.texts.append(row.at)
            if row.unsolicited:
                self.tally.add(row.programme, row.night, row.priority, asks=row.asks is not None)
        if row.gate_text:
            self.tally.gates.add(row.night)

    def night(self, night: date) -> list[Planned | Withheld]:
        """Decide every open slot of `night`."""
        order = partial(turn, self.tally)
        waiting = sorted(self._slots(self.sieve.eligible.rules, night), key=order)
        out: list[Planned | Withheld] = []
        while waiting:
            candidate = waiting.pop(0)
            rule, leader = candidate.rule, candidate.rule.leader
            if leader and (rule.programme, leader.key, night) not in self.sent:
                continue
            if self._sent_on(candidate):
                # Another night's slot of this step went out on the same date since this one was looked at.
                continue
            if candidate.placed is None:
                out.append(withheld(candidate, candidate.due, candidate.reason, candidate.detail))
            else:
                out.append(decided := self._decide(candidate, candidate.placed, waiting))
                if isinstance(decided, Planned):
                    # Whose programme was served just now goes behind the others.
                    waiting.sort(key=order)
            self.slots[night][rule] = None
        return out

    def reaches(self, night: date, until: datetime) -> bool:
        """Whether an open slot of `night` may come before `until`."""
        local = to_local(until, self.sieve.subject.rhythm.zone) + CLOCK_CHANGE
        rules = self.sieve.preceding(night, local)
        return any(slot.earliest < until for slot in self._slots(rules, night))

    def _slots(self, rules: Sequence[Rule], night: date) -> list[Candidate]:
        """The open slots of `rules` in `night`, looked at once."""
        tonight = self.slots[night]
        fresh = [rule for rule in rules if rule not in tonight]
        if fresh:
            tonight.update(dict.fromkeys(fresh))
            for rule, local in self.sieve.falling(fresh, night):
                slot = self.sieve.candidate(rule, night, local)
                tonight[rule] = None if slot is None or self._sent_on(slot) else slot
        return [slot for rule in rules if (slot := tonight[rule])]

    def _sent_on(self, candidate: Candidate) -> bool:
        # Never twice on one date, even if an edit moved it into another night: a doubled prompt can be a doubled dose.
        return (candidate.rule.programme, candidate.rule.key, candidate.on) in self.sent_on

    def _decide(
        self, candidate: Candidate, placed: Placed, waiting: Sequence[Candidate]
    ) -> Planned | Withheld:
        rule = candidate.rule
        wording = self._least_used(candidate)
        if wording.tells_week and candidate.night not in self.sieve.subject.weeks_known:
            return withheld(candidate, placed.at, "too_few_answers")
        if full := self._capped(candidate, wording, waiting):
            self._free_day(candidate)
            return withheld(candidate, placed.at, *full)
        alike = [at for kind, at in self.questions if kind == rule.asks]
        at = clear_place(placed, self.texts, alike)
        if isinstance(at, str):
            if at in MOVES_ON:
                self._free_day(candidate)
            return withheld(candidate, placed.at, at)
        if pause := self.sieve.paused(at):
            return withheld(candidate, placed.at, "paused", pause)
        self._take(candidate, wording, at)
        return planned(self.sieve.subject, candidate, placed, wording, at)

    def _least_used(self, candidate: Candidate) -> Wording:
        """The receivable text that was sent longest ago, unused ones first, in `say` order."""
        used = self.sieve.used.get((candidate.rule.programme, candidate.rule.key), {})
        return min(candidate.wordings, key=lambda wording: used.get(wording.text, date.min))

    def _capped(
        self, candidate: Candidate, wording: Wording, waiting: Sequence[Candidate]
    ) -> tuple[str, str] | None:
        rule, night = candidate.rule, candidate.night
        if wording.gated and night in self.tally.gates:
            return "cap_night", "one a night asks for privacy first"
        if rule.dose:
            return None
        if self.tally.nights[night] >= PER_NIGHT:
            return "cap_night", ""
        if places_left(self.tally, night) <= 0:
            return "cap_week", ""
        if week_could_bind(self.tally, night) and not self._week_allows(candidate, waiting):
            return "cap_week", ""
        if tips_left(self.tally, rule, night) <= 0:
            return "cap_programme", ""
        return None

    def _week_allows(self, candidate: Candidate, waiting: Sequence[Candidate]) -> bool:
        rule, night = candidate.rule, candidate.night
        tonight = Counter(other.rule.priority for other in waiting if self._may_come(other))
        later_nights = nights_left(self.tally, night)

        def allowed(later: Callable[[Priority, Sequence[date], int], int]) -> bool:
            def awaited(priority: Priority, most: int) -> int:
                now = tonight.get(priority, 0)
                return most if now >= most else now + later(priority, later_nights, most - now)

            return week_allows(self.tally, rule, night, awaited, owed=owed)

        owed = self._owed(candidate, later_nights)
        # Dates alone bound what may come; only where that leaves no place are the slots looked at.
        return allowed(self._later_at_most) or allowed(self._later)

    def _later_at_most(self, priority: Priority, later_nights: Sequence[date], most: int) -> int:
        """No less than `_later`, by the dates alone."""
        rules = self.sieve.eligible.by_priority.get(priority, ())
        found = 0
        for night in later_nights if rules else ():
            falling = self.to_come.get((priority, night))
            if falling is None:
                falling = self.to_come[priority, night] = len(self.sieve.falling(rules, night))
            found += falling
            if found >= most:
                return most
        return found

    def _later(self, priority: Priority, later_nights: Sequence[date], most: int) -> int:
        """How many slots of `priority` may come in `later_nights`, counted up to `most`."""
        return self._to_come(self.sieve.eligible.by_priority.get(priority, ()), later_nights, most)

    def _owed(self, candidate: Candidate, later_nights: Sequence[date]) -> bool:
        """Whether a place must be left to another programme of the priority, which is overdue and may come."""
        rule, night = candidate.rule, candidate.night
        if overdue(self.tally, rule, night):
            return False
        alike = self.sieve.eligible.by_priority[rule.priority]
        starving = [other for other in alike if overdue(self.tally, other, night)]
        return self._to_come(starving, later_nights, 1) > 0

    def _to_come(self, rules: Sequence[Rule], nights: Sequence[date], most: int) -> int:
        found = 0
        for night in nights if rules else ():
            found += sum(map(self._may_come, self._slots(rules, night)))
            if found >= most:
                return most
        return found

    def _may_come(self, candidate: Candidate) -> bool:
        """Whether an open slot may still take one of the week's places."""
        rule, night = candidate.rule, candidate.night
        if candidate.placed is None or rule.dose:
            return False
        if rule.leader is None or (rule.programme, rule.leader.key, night) in self.sent:
            return True
        return any(leader.placed for leader in self._slots((rule.leader,), night))

    def _free_day(self, candidate: Candidate) -> None:
        """Let an n-per-week slot that met a cap or the gap move to the next free day of its week."""
        rule = candidate.rule
        if rule.weekly:
            self.sieve.course.cap(rule.programme, rule.key, candidate.on)
            self.to_come.clear()
            self._look_again(rule, candidate.night)

    def _look_again(self, rule: Rule, night: date) -> None:
        """Forget the later slots of `rule`, and of steps that keep away from it."""
        for day, slots in self.slots.items():
            if day > night:
                for other in list(slots):
                    named = rule.key in (other.key, other.step.not_with)
                    if named and other.programme == rule.programme:
                        del slots[other]

    def _take(self, candidate: Candidate, wording: Wording, at: datetime) -> None:
        """Let later slots see that this one goes out."""
        rule, night = candidate.rule, candidate.night
        step = (rule.programme, rule.key)
        self.tally.hear(rule.programme, candidate.on)
        self.sent.add((*step, night))
        self.sent_on.add((*step, candidate.on))
        self.texts.append(at)
        if rule.asks is not None:
            self.questions.append((rule.asks, at))
        if not rule.dose:
            self.tally.add(rule.programme, night, rule.priority, asks=rule.asks is not None)
        if wording.gated:
            self.tally.gates.add(night)
        self.sieve.used.setdefault(step, {})[wording.text] = candidate.on
        if rule.once:
            self._look_again(rule, night)
