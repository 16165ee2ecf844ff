"""Texts written to the outbox, with the questions they ask; texts taken back; what became of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select, update

from schedules.own_questions import OWN
from service.domain.delivery import RULES, Kind, State
from service.store import missed
from service.store.records import NewQuestion, NewText
from service.store.rows import table
from service.store.sealed import new_token
from service.store.session import Tx
from service.store.tables.outbox import IS_PLANNED, OutboxText
from service.store.tables.replies import Question

AN_HOUR = timedelta(hours=1)


def add_texts(tx: Tx, texts: Sequence[NewText], now: datetime) -> list[str]:
    """Write texts, or slots decided against; a slot already written stays as it is.

    The tokens of the rows that are new and wait to be sent come back, for the dispatcher.
    """
    if not texts:
        return []
    episodes = missed.episodes_for(tx, {text.clinic_id for text in texts if text.missed}, now)
    rows = [_row(tx, text, episodes, now) for text in texts]
    tx.insert_new(table(OutboxText), rows, "clinic_id", "slot")
    tokens = [row["token"] for row in rows]
    written = {found[0] for found in tx.rows(_WRITTEN, tokens=tokens)}
    questions = [
        _question_row(text, text.question, row["token"])
        for text, row in zip(texts, rows, strict=True)
        if text.question is not None and row["token"] in written
    ]
    tx.insert_new(table(Question), questions, "token")
    return [row["token"] for row in rows if row["token"] in written and row["state"] == "planned"]


def _row(tx: Tx, text: NewText, episodes: Mapping[int, int], now: datetime) -> dict[str, Any]:
    token, seal = new_token(), tx.keyring.seal
    sent = text.reason is None
    question = text.question
    return {
        "token": token,
        "clinic_id": text.clinic_id,
        "patient_id": text.patient_id,
        "inbound_id": text.inbound_id,
        "slot": text.slot,
        "kind": text.kind,
        "lane": RULES[Kind(text.kind)].lane,
        "priority": text.priority,
        "capped": text.capped,
        "programme": text.programme,
        "version": text.version,
        "step": text.step,
        "night": text.night,
        "on_date": text.on_date,
        "anchor": text.anchor,
        "template": text.template,
        "wording": text.wording,
        "asks": question.answer_type if question else text.asks,
        "language": text.language,
        "recipient": seal(text.recipient, "outbox", "recipient", token) if text.recipient else None,
        "sender": text.sender,
        "body": seal(text.body, "outbox", "body", token) if text.body else None,
        "segments": text.segments,
        "state": (State.PLANNED if sent else _ended_as(text.reason)).value,
        "reason": text.reason,
        "detail": text.detail,
        "planned_at": now,
        "due_at": text.due_at,
        "not_after": text.not_after,
        "ended_at": None if sent else now,
        "attempts": 0,
        "episode_id": episodes[text.clinic_id] if text.missed else None,
    }


def _ended_as(reason: str | None) -> State:
    return State.EXPIRED if reason == "expired" else State.SUPPRESSED


def _question_row(text: NewText, question: NewQuestion, token: str) -> dict[str, Any]:
    return {
        "clinic_id": text.clinic_id,
        "token": token,
        "patient_id": text.patient_id,
        "kind": question.kind,
        "answer_type": question.answer_type,
        "state": "waiting",
        "programme": text.programme,
        "version": text.version,
        "step": text.step,
        "template": text.template,
        "about": question.about,
        "about_date": question.about_date,
        "night": question.night,
        "closes_after_s": question.closes_after_s,
        "nudge_after_s": question.nudge_after_s,
        "laters": 0,
        "reasked": False,
        "valid": False,
        "late": False,
        "follow_ups": list(question.follow_ups),
        "behind": question.behind or {},
    }


def cancel_waiting(
    tx: Tx, patient_ids: Sequence[int], reason: str, now: datetime, *, but: Sequence[Kind] = ()
) -> None:
    """Take back every text of these patients that has not begun to leave, but the kinds named."""
    waiting = and_(
        OutboxText.patient_id.in_(patient_ids),
        IS_PLANNED,
        OutboxText.kind.not_in([kind.value for kind in but]),
    )
    tx.execute(
        update(OutboxText)
        .where(waiting)
        .values(state=State.CANCELLED.value, reason=reason, ended_at=now)
    )


def cancel_repeats(tx: Tx, question_token: str, why: str, now: datetime) -> None:
    """Take back a nudge or a repetition of a question that has been answered or put off, as `why` names it."""
    tx.execute(
        _CANCEL_REPEATS,
        nudge=f"nudge:{question_token}",
        later=f"later:{question_token}:1",
        last=f"later:{question_token}:9",
        why=why,
        instant=now,
    )


def end_unsent(tx: Tx, ended: Sequence[tuple[int, State, str]], now: datetime) -> None:
    """End claimed or waiting texts (by row id) that will not be sent, each with its state and reason."""
    if not ended:
        return
    tx.execute(
        _END,
        [
            {"row": row, "now_is": state.value, "why": why, "instant": now}
            for row, state, why in ended
        ],
    )


def set_aside(tx: Tx, rows: Sequence[int], why: str, now: datetime) -> None:
    """End texts (by row id) that nothing can be done with; `why` is a sentence for staff."""
    if rows:
        ended = update(_OUTBOX).where(_OUTBOX.c.id.in_(rows))
        tx.execute(ended.values(state=State.FAILED.value, detail=why, ended_at=now))


def answers_in_hour_before(tx: Tx, patient_id: int, at: datetime) -> int:
    """How many answers a patient was written in the hour up to an instant.

    Cries for help are answered apart; the next question of a questionnaire answers nothing.
    """
    row = tx.row(_ANSWERS, who=patient_id, since=at - AN_HOUR, until=at)
    return int(row[0]) if row else 0


_OUTBOX = table(OutboxText)
_WRITTEN = select(OutboxText.token).where(OutboxText.token.in_(bindparam("tokens", expanding=True)))
_CANCEL_REPEATS = (
    update(OutboxText)
    .where(
        and_(
            IS_PLANNED,
            or_(
                OutboxText.slot == bindparam("nudge"),
                OutboxText.slot.between(bindparam("later"), bindparam("last")),
            ),
        )
    )
    .values(state=State.CANCELLED.value, reason=bindparam("why"), ended_at=bindparam("instant"))
)
_END = (
    update(_OUTBOX)
    .where(_OUTBOX.c.id == bindparam("row"))
    .values(
        state=bindparam("now_is"),
        reason=bindparam("why"),
        ended_at=bindparam("instant"),
        lease_until=None,
    )
)
_ANSWERS = (
    select(func.count())
    .select_from(OutboxText)
    .where(
        and_(
            OutboxText.patient_id == bindparam("who"),
            OutboxText.planned_at > bindparam("since"),
            OutboxText.planned_at <= bindparam("until"),
            OutboxText.kind == Kind.ANSWER.value,
            func.coalesce(OutboxText.asks, "") != OWN,
        )
    )
)
