"""Answers in a reply: written down for their night, thanked for, corrected."""

from datetime import date, timedelta

from schedules.facts import WEEKDAYS
from schedules.night import night_of
from schedules.recurrence import to_local
from service.domain.consent import ConsentState
from service.domain.delivery import Kind
from service.domain.other_night import move_answer, points_at_night
from service.domain.reading import Intent
from service.domain.talk import Given, Open, Outcome, Said, Talk

# Acknowledged so often for each kind of question, then silence (clinical.md, which text answers what).
ACKNOWLEDGED_TIMES = 3
# From this score on the thanks carry a small thing to try (our default).
ROUGH_NIGHT = 7


def take_answer(talk: Talk, intent: Intent, question: Open | None, outcome: Outcome) -> None:
    """Write an answer down for the night or date it is about, and thank for it."""
    word, _, day = intent.value.partition("@")
    kind = intent.kind or (question.kind if question else None)
    if kind is None:
        outcome.review = True
        return
    night = question.night if question else night_of(talk.now, talk.rhythm.zone)
    about = question.about_date if question else night
    back = _days_back(day, about)
    given = Given(
        kind=kind,
        intent=intent.name,
        number=_number(intent),
        word=word,
        night=night - back,
        about_date=about - back,
        question=question if not back else None,
        late=bool(back) or (question.late if question else False),
    )
    outcome.given.append(given)
    if kind == "lab_yn" and word == "yes":
        outcome.facts["lab_done"] = to_local(talk.now, talk.rhythm.zone).date().isoformat()
    if kind == "med_change_yn" and word.startswith("yes"):
        _medicine_changed(talk, outcome)
    if not back and talk.consent is ConsentState.ACTIVE:
        _thank(talk, given, outcome)


def _number(intent: Intent) -> float | None:
    return float(intent.value) if intent.name in {"symptom_score", "nights_count"} else None


def _days_back(day: str, about: date) -> timedelta:
    """How far before the question's own day an answer marked `@prev` or `@mon` reaches."""
    if not day or day == "tonight":
        return timedelta(0)
    if day == "prev":
        return timedelta(days=1)
    if day in WEEKDAYS:
        return timedelta(days=(about.weekday() - WEEKDAYS.index(day)) % 7)
    return timedelta(0)


def _thank(talk: Talk, given: Given, outcome: Outcome) -> None:
    if given.kind == "symptom_0_10" and (given.number or 0) >= ROUGH_NIGHT:
        outcome.said.append(Said("SYM-03", Kind.ANSWER, {"n": f"{given.number:.0f}"}))
    elif talk.answers_so_far.get(given.kind, 0) < ACKNOWLEDGED_TIMES:
        outcome.said.append(Said("SYS-17", Kind.ANSWER))


def _medicine_changed(talk: Talk, outcome: Outcome) -> None:
    outcome.facts["medicine_change"] = to_local(talk.now, talk.rhythm.zone).date().isoformat()


def change_medicine(talk: Talk, intent: Intent, question: Open | None, outcome: Outcome) -> None:
    """Note the date of a medicine change and say it is passed on; iron stopped by a clinician holds its prompts."""
    _medicine_changed(talk, outcome)
    outcome.review = True
    outcome.said.append(Said("SYS-09", Kind.ANSWER))
    if intent.value == "stopped" and question is not None and question.kind == "iron_yn":
        outcome.facts["iron_hold"] = ""


def correct_answer(talk: Talk, intent: Intent, _question: Open | None, outcome: Outcome) -> None:
    """Put an earlier answer, or the night it was for, right."""
    name, _, value = intent.value.partition(":")
    if points_at_night(intent):
        move_answer(talk, value, outcome)
        return
    outcome.corrected.append((name, value))
    outcome.said.append(Said("SYS-17", Kind.ANSWER))
