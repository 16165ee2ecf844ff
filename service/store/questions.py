"""Questions: opened when their text leaves, answered, asked again, closed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, or_, select, update

from service.store.records import Question
from service.store.rows import as_record, columns, table
from service.store.session import Tx
from service.store.tables.replies import Question as QuestionRow

# How long after its close a question can still be answered, late (our default).
LATE_FOR = timedelta(hours=48)


def open_questions(tx: Tx, tokens: Sequence[str], now: datetime) -> None:
    """Open the questions of texts that leave now: a quick answer may come before the provider's own.

    The next occurrence of a kind closes the question of that kind asked before it.
    """
    if not tokens:
        return
    asked = tx.rows(_WAITING, names=list(tokens))
    if not asked:
        return
    tx.execute(
        _NEXT_OCCURRENCE,
        [{"whose": row[1], "of_kind": row[2], "instant": now} for row in asked],
    )
    tx.execute(
        _OPEN,
        [
            {
                "name": token,
                "instant": now,
                "closes": now + timedelta(seconds=closes),
                "nudge": now + timedelta(seconds=nudge) if nudge else None,
            }
            for token, _, _, closes, nudge in asked
        ],
    )


def ask_again(tx: Tx, tokens: Sequence[str], now: datetime) -> None:
    """Note that questions were put once more (a nudge, or after a LATER)."""
    if tokens:
        tx.execute(
            update(QuestionRow).where(QuestionRow.token.in_(tokens)).values(asked_last_at=now)
        )


def void_questions(tx: Tx, tokens: Sequence[str]) -> None:
    """Questions whose text will not reach anybody were never asked."""
    if tokens:
        unanswered = and_(QuestionRow.token.in_(tokens), QuestionRow.state.in_(("waiting", "open")))
        tx.execute(update(QuestionRow).where(unanswered).values(state="void"))


def change_question(tx: Tx, question_id: int, **changes: Any) -> None:
    """Change one question."""
    tx.execute(update(QuestionRow).where(QuestionRow.id == question_id).values(**changes))


def answerable(tx: Tx, patient_id: int, now: datetime) -> list[Question]:
    """The questions a reply may answer, newest first.

    Open ones, closed ones it would be late for, and answered ones whose answer may still be put right.
    """
    rows = tx.rows(_ANSWERABLE, who=patient_id, since=now - LATE_FOR, now=now)
    return [as_record(Question, row) for row in rows]


def questions_to_close(tx: Tx, patient_ids: Sequence[int], now: datetime) -> list[Question]:
    """Open questions of these patients whose time is over."""
    rows = tx.rows(_OVER, ids=list(patient_ids), now=now)
    return [as_record(Question, row) for row in rows]


def forget_nudges(tx: Tx, ids: Sequence[int]) -> None:
    """The nudge of these questions has been decided."""
    if ids:
        tx.execute(update(QuestionRow).where(QuestionRow.id.in_(ids)).values(nudge_at=None))


def close_questions(tx: Tx, ids: Sequence[int]) -> None:
    """Close questions that stayed without an answer."""
    if ids:
        tx.execute(update(QuestionRow).where(QuestionRow.id.in_(ids)).values(state="closed"))


_QUESTION = table(QuestionRow)
_COLUMNS = columns(QuestionRow, Question)
_WAITING = select(
    QuestionRow.token,
    QuestionRow.patient_id,
    QuestionRow.kind,
    QuestionRow.closes_after_s,
    QuestionRow.nudge_after_s,
).where(
    and_(QuestionRow.token.in_(bindparam("names", expanding=True)), QuestionRow.state == "waiting")
)
_NEXT_OCCURRENCE = (
    update(_QUESTION)
    .where(
        and_(
            _QUESTION.c.patient_id == bindparam("whose"),
            _QUESTION.c.kind == bindparam("of_kind"),
            _QUESTION.c.state == "open",
        )
    )
    .values(closes_at=bindparam("instant"), nudge_at=None, later_at=None)
)
_OPEN = (
    update(_QUESTION)
    .where(_QUESTION.c.token == bindparam("name"))
    .values(
        state="open",
        asked_at=bindparam("instant"),
        asked_last_at=bindparam("instant"),
        closes_at=bindparam("closes"),
        nudge_at=bindparam("nudge"),
    )
)
_ANSWERABLE = (
    select(*_COLUMNS)
    .where(
        and_(
            QuestionRow.patient_id == bindparam("who"),
            or_(
                QuestionRow.state == "open",
                and_(QuestionRow.state == "closed", QuestionRow.closes_at > bindparam("since")),
                and_(
                    QuestionRow.state == "answered",
                    QuestionRow.kind != "gate",
                    QuestionRow.closes_at > bindparam("now"),
                ),
            ),
        )
    )
    .order_by(QuestionRow.asked_last_at.desc(), QuestionRow.id.desc())
)
_OVER = (
    select(*_COLUMNS)
    .where(
        and_(
            QuestionRow.patient_id.in_(bindparam("ids", expanding=True)),
            QuestionRow.state == "open",
            QuestionRow.closes_at <= bindparam("now"),
        )
    )
    .order_by(QuestionRow.id)
)
