"""An answer that counts, written with what it does to its question; whoever gave it its meaning."""

from datetime import datetime

from service.domain.talk import Given
from service.store import outbox, questions, replies
from service.store.replies import NewObservation, StoredReply
from service.store.session import Tx


def add_answer(tx: Tx, reply: StoredReply, patient_id: int, given: Given, now: datetime) -> int:
    """Write an answer and close its question, which is not asked again; the observation's id."""
    question = given.question
    observation = NewObservation(
        kind=given.kind,
        intent=given.intent,
        night=given.night,
        about_date=given.about_date,
        number=given.number,
        word=given.word,
        late=given.late,
        question_id=question.id if question else None,
    )
    written = replies.add_observation(tx, reply, patient_id, observation, now)
    if question is not None:
        questions.change_question(
            tx,
            question.id,
            state="answered",
            answered_at=now,
            valid=not given.late,
            late=given.late,
            nudge_at=None,
            later_at=None,
        )
        if question.repeats:
            outbox.cancel_repeats(tx, question.token, "answered", now)
    return written
