"""A patient's rows as the day plan wants them: a subject, and what was decided before."""

from datetime import date, datetime, timedelta
from typing import cast

from schedules.facts import Facts
from schedules.programme import Priority
from schedules.slots import Decided, OpenQuestion, Past, Pause, Subject
from service.domain.delivery import ENDED_UNSENT, Kind
from service.domain.nudges import kept_back
from service.store.content import Content
from service.store.people import rhythm_of
from service.store.records import Decision, PlanningCase

# The day plan looks at texts that are no slots only as far back as a gap can reach.
LATELY = timedelta(hours=24)


def subject_of(case: PlanningCase, content: Content, now: datetime) -> Subject:
    """The patient as the plan sees him at `now`."""
    patient = case.patient
    return Subject(
        key=f"{case.clinic.slug}/{patient.ref}",
        rhythm=rhythm_of(patient),
        facts=Facts(case.facts),
        consent_from=patient.consent_from,
        consented=patient.consent == "active",
        pauses=tuple(Pause(pause.start, pause.until) for pause in case.pauses),
        wordings=content.wordings(patient.language, patient.privacy, now),
        since=patient.consented_at,
        declined=frozenset(patient.left_out),
        spread=content.spread,
    )


def past_of(case: PlanningCase, now: datetime) -> Past:
    """What the plan must work around."""
    slots = [row for row in case.decisions if _is_slot(row)]
    repeats = [
        row.due_at
        for row in case.decisions
        if row.kind == Kind.NUDGE and row.state not in ENDED_UNSENT and row.due_at > now - LATELY
    ]
    rhythm, facts = rhythm_of(case.patient), Facts(case.facts)
    nudges = [
        question.nudge_at
        for question in case.questions
        if question.nudge_at is not None and kept_back(rhythm, facts, question.nudge_at) is None
    ]
    return Past(
        decided=tuple(_decided(row) for row in slots),
        open_questions=tuple(
            OpenQuestion(question.answer_type, question.asked_last_at or now)
            for question in case.questions
        ),
        texts_used=_texts_used(case),
        sent_at=(*repeats, *nudges),
    )


def _is_slot(row: Decision) -> bool:
    """Slots of the plan; the text behind an opened gate is an answer, its gate already stands for it."""
    return (
        row.programme is not None
        and row.kind == Kind.PLANNED
        and row.night is not None
        and row.on_date is not None
    )


def _decided(row: Decision) -> Decided:
    unsent = row.state in ENDED_UNSENT
    gate = row.slot.startswith("gate:")
    return Decided(
        programme=row.programme or "",
        step=row.step or "",
        night=row.night or date.min,
        on=row.on_date or date.min,
        at=row.due_at,
        priority=cast("Priority", row.priority),
        text=row.anchor,
        unsolicited=row.capped,
        gate_text=gate and not unsent,
        reason=row.reason or "expired" if unsent else None,
        asks=row.asks,
    )


def _texts_used(case: PlanningCase) -> dict[tuple[str, str], dict[str, date]]:
    used: dict[tuple[str, str], dict[str, date]] = {}
    for step, texts in case.wordings.items():
        programme, _, key = step.partition("/")
        used[programme, key] = {text: date.fromisoformat(day) for text, day in texts.items()}
    return used
