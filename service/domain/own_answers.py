"""An answer to a clinic's own question: kept, and followed by the question its answer leads to. Pure."""

from datetime import datetime, timedelta

from schedules.own_questions import OWN, question_after
from schedules.recurrence import to_local, to_utc
from service.domain.consent import ConsentState
from service.domain.delivery import Kind
from service.domain.reading import Intent
from service.domain.requests import ASK_AGAIN_CLOCK
from service.domain.talk import Given, Open, Outcome, Said, Talk


def take_own_answer(talk: Talk, intent: Intent, question: Open | None, outcome: Outcome) -> None:
    """Write the answer down under its question, and ask the next one or thank at the end."""
    if question is None or question.own is None or question.programme is None:
        outcome.review = True
        return
    word = intent.value
    outcome.given.append(
        Given(
            kind=question.template,
            intent=intent.name,
            number=float(word) if question.own.type == "number" else None,
            word=word,
            night=question.night,
            about_date=question.about_date,
            question=question,
            late=question.late,
        )
    )
    if talk.consent is not ConsentState.ACTIVE:
        return
    following = question_after(question.programme.questions, question.own, word)
    if following is None:
        outcome.said.append(Said("SYS-17", Kind.ANSWER))
    else:
        outcome.said.append(Said(following.id, Kind.ANSWER, asks=OWN, about=question))


def resumes_after(question: Open, zone: str, now: datetime) -> timedelta | None:
    """How long after `now` the question that follows `question` is asked once more, if unanswered: next evening.

    None where one of the questionnaire was asked again already, or it would be closed by then.
    """
    if question.resumed:
        return None
    tomorrow = to_local(now, zone).date() + timedelta(days=1)
    ahead = to_utc(datetime.combine(tomorrow, ASK_AGAIN_CLOCK), zone) - now
    return ahead if ahead < timedelta(seconds=question.closes_after_s) else None
