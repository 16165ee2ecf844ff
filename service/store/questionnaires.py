"""A patient's answers to the clinic's own questionnaires, as they were asked, newest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import and_, bindparam, select

from schedules.own_questions import OWN
from service.domain.own_texts import kept_words
from service.store.content import Content
from service.store.session import Tx
from service.store.tables.outbox import OutboxText
from service.store.tables.replies import InboundText, Observation, Question

# As many questions of one patient as a page shows: some questionnaires whole.
MOST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class AskedAndSaid:
    """One question as it was sent, and what is kept of its answer; `said` are the patient's own words, if free."""

    asked_at: datetime
    question: str
    state: str
    answer: str = ""
    said: str = ""


def questionnaires_of(
    tx: Tx, content: Content, patient_id: int
) -> Mapping[str, Sequence[Sequence[AskedAndSaid]]]:
    """The last times each questionnaire was begun, by its programme's title; within one, in the order asked."""
    rows = tx.rows(_ASKED, who=patient_id)
    begun: dict[str, list[list[AskedAndSaid]]] = {}
    for (slug, version, _), run in groupby(rows, key=lambda row: (row[0], row[1], row[2])):
        programme = content.version(slug, version)
        lines = []
        for _, _, _, text_id, token, body, asked_at, state, word, number, heard, reply in run:
            one = programme.question(text_id) if programme else None
            answered = word is not None and one is not None
            free = answered and one is not None and one.type == "text"
            lines.append(
                AskedAndSaid(
                    asked_at=asked_at,
                    question=tx.keyring.open_(body, "outbox", "body", token),
                    state=state,
                    answer=kept_words(one, word, number) if one and answered else "",
                    said=tx.keyring.open_(heard, "inbound", "body", reply) if free else "",
                )
            )
        # The newest run comes first, its questions in the order asked.
        begun.setdefault(programme.title if programme else slug, []).append(lines[::-1])
    return begun


_ANSWER = and_(Observation.question_id == Question.id, Observation.replaced.is_(False))
_ASKED = (
    select(
        Question.programme,
        Question.version,
        Question.about_date,
        Question.template,
        Question.token,
        OutboxText.body,
        Question.asked_at,
        Question.state,
        Observation.word,
        Observation.number,
        InboundText.body,
        InboundText.token,
    )
    .join(OutboxText, OutboxText.token == Question.token)
    .outerjoin(Observation, _ANSWER)
    .outerjoin(InboundText, InboundText.id == Observation.inbound_id)
    .where(
        and_(
            Question.patient_id == bindparam("who"),
            Question.kind == OWN,
            Question.asked_at.is_not(None),
            Question.state != "void",
        )
    )
    .order_by(Question.about_date.desc(), Question.programme, Question.version, Question.id.desc())
    .limit(MOST_SHOWN)
)
