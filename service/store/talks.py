"""The conversation with a patient as it stands, read from rows: what a reply is read and answered in."""

from datetime import datetime

from schedules.facts import TEXTS_AT, as_time
from schedules.recurrence import to_local
from service.domain.by_hand import rests_until
from service.domain.consent import ConsentState, invitation_open
from service.domain.talk import Open, Talk
from service.store import circumstances, consent, people, questions, replies
from service.store.content import Content
from service.store.records import Patient, Question
from service.store.session import Tx


def talk_with(
    tx: Tx,
    patient: Patient,
    now: datetime,
    provider_confirms: bool,
    content: Content | None = None,
) -> Talk:
    """What the reply of `patient` is read and answered in; `content` tells what the clinic's own questions ask."""
    asked = tuple(
        open_question(question, now, content)
        for question in questions.answerable(tx, patient.id, now)
    )
    state = ConsentState(patient.consent)
    invited_at = None
    if state is ConsentState.INVITED:
        last = consent.last_change(tx, patient.id)
        invited_at = last.at if last else None
    rhythm = people.rhythm_of(patient)
    on = to_local(now, patient.zone).date()
    facts = circumstances.facts_of(tx, patient.id)
    in_force = frozenset(fact.code for fact in facts if facts.value(fact.code, on) is not None)
    hour = facts.value(TEXTS_AT, on)
    return Talk(
        consent=state,
        invited=invitation_open(state, invited_at, now),
        paused=circumstances.is_paused(tx, patient.id, now),
        questions=asked,
        answers_so_far=replies.answers_so_far(tx, patient.id),
        facts=in_force,
        language=patient.language,
        rhythm=rhythm,
        provider_confirms=provider_confirms,
        by_hand=rests_until(patient.by_hand_until, now) is not None,
        now=now,
        texts_at=as_time(hour) if hour else None,
    )


def open_question(question: Question, now: datetime, content: Content | None = None) -> Open:
    """A question as a reply of `now` finds it."""
    closes_at = question.closes_at or now
    return Open(
        id=question.id,
        token=question.token,
        kind=question.kind,
        template=question.template,
        night=question.night,
        about_date=question.about_date,
        closes_at=closes_at,
        closes_after_s=question.closes_after_s,
        late=question.state == "closed" or closes_at <= now,
        answered=question.state == "answered",
        reasked=question.reasked,
        laters=question.laters,
        repeats=question.nudge_after_s is not None or question.laters > 0,
        follow_ups=tuple(question.follow_ups),
        behind=question.behind,
        programme=content.version(question.programme, question.version) if content else None,
        version=question.version,
        step=question.step,
        resumed=_resumed(question),
    )


def _resumed(question: Question) -> bool:
    """Whether it, or one before it in its questionnaire, was put once more already."""
    put_again = question.nudge_after_s is not None and question.nudge_at is None
    return put_again or bool(question.behind.get("resumed"))
