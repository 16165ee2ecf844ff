"""A patient's rows as the day plan wants them: a subject, and what was decided before."""

from datetime import date, datetime

from schedules.facts import Facts
from schedules.own_questions import OWN
from schedules.slots import OpenQuestion, Past, Pause, Subject
from service.domain.nudges import kept_back
from service.domain.own_week import nights_told
from service.store.content import Content
from service.store.people import rhythm_of
from service.store.records import PlanningCase, Question


def subject_of(case: PlanningCase, content: Content, now: datetime) -> Subject:
    """The patient as the plan sees him at `now`."""
    patient = case.patient
    return Subject(
        # Not the reference, which a correction changes and a rehearsal's copy replaces: the days would turn.
        key=str(patient.id),
        rhythm=rhythm_of(patient),
        facts=Facts(case.facts),
        consent_from=patient.consent_from,
        consented=patient.consent == "active",
        pauses=tuple(Pause(pause.start, pause.until) for pause in case.pauses),
        wordings=content.wordings(patient.language, patient.privacy, now, patient.consented_at),
        since=patient.consented_at,
        begun=content.begun(now, patient.consented_at),
        declined=frozenset(patient.left_out),
        spread=content.spread,
        weeks_known=nights_told(case.own_scores),
    )


def past_of(case: PlanningCase, now: datetime) -> Past:
    """What the plan must work around."""
    rhythm = rhythm_of(case.patient)
    nudges = [
        question.nudge_at
        for question in case.questions
        if question.nudge_at is not None
        and kept_back(rhythm, holds_on(case, question), question.nudge_at) is None
    ]
    return Past(
        decided=case.decided,
        open_questions=tuple(
            OpenQuestion(question.answer_type, question.asked_last_at or now)
            for question in case.questions
        ),
        texts_used=_texts_used(case),
        sent_at=(*case.repeats, *nudges),
    )


def holds_on(case: PlanningCase, question: Question) -> Facts:
    """The facts that may hold a question's reminder: a hold on iron is none of a clinic's own questions."""
    return Facts() if question.kind == OWN else Facts(case.facts)


def _texts_used(case: PlanningCase) -> dict[tuple[str, str], dict[str, date]]:
    used: dict[tuple[str, str], dict[str, date]] = {}
    for step, texts in case.wordings.items():
        programme, _, key = step.partition("/")
        used[programme, key] = {text: date.fromisoformat(day) for text, day in texts.items()}
    return used
