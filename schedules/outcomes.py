"""A slot's candidate, once decided, as the Planned or Withheld that the plan returns."""

from datetime import date, datetime, time

from schedules.candidates import Candidate
from schedules.facts import as_date
from schedules.hours import Placed
from schedules.night import bedtime_of
from schedules.programme import Rule
from schedules.slots import Planned, Subject, Withheld, Wording


def planned(
    subject: Subject, candidate: Candidate, placed: Placed, wording: Wording, at: datetime
) -> Planned:
    """`candidate` as a text that goes out at `at` with `wording`."""
    rule = candidate.rule
    return Planned(
        programme=rule.programme,
        step=rule.key,
        night=candidate.night,
        on=candidate.on,
        due=candidate.due,
        at=at,
        not_after=placed.not_after,
        priority=rule.priority,
        text=wording.text,
        sends=wording.sends or wording.text,
        gated=wording.gated,
        ask=rule.step.ask,
        about_date=_about_date(subject, candidate),
        cutoff=_cutoff(subject, rule, candidate.night),
        unsolicited=not rule.dose,
    )


def withheld(candidate: Candidate, at: datetime, reason: str, detail: str = "") -> Withheld:
    """`candidate` as a slot that comes to nothing."""
    return Withheld(
        programme=candidate.rule.programme,
        step=candidate.rule.key,
        night=candidate.night,
        on=candidate.on,
        due=candidate.due,
        at=at,
        priority=candidate.rule.priority,
        reason=reason,
        detail=detail,
    )


def _about_date(subject: Subject, candidate: Candidate) -> date:
    """The date a question is about: its night, the test's date, or the slot's own date."""
    ask, at = candidate.rule.step.ask, candidate.rule.step.at
    if ask is None or ask.about not in ("night", "test"):
        return candidate.on
    if ask.about == "night":
        return candidate.night
    test = subject.facts.value(at.fact, candidate.on) if at.fact else None
    return as_date(test) if test else candidate.on


def _cutoff(subject: Subject, rule: Rule, night: date) -> time | None:
    """The clock time that fills {cutoff}."""
    if rule.step.cutoff is None:
        return None
    return (bedtime_of(subject.rhythm, night) + rule.step.cutoff).time()
