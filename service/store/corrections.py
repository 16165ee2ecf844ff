"""Meanings that people gave to replies: written over what was read, with what they changed, and undone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select, update

from service.domain.talk import EPISODE, Earlier, Given
from service.store.answers import add_answer
from service.store.questions import change_question
from service.store.replies import StoredReply
from service.store.rows import as_record, columns, table
from service.store.sealed import new_token
from service.store.session import Tx
from service.store.summaries import PatientNight
from service.store.tables.inbox import Correction as CorrectionRow
from service.store.tables.replies import InboundText, Observation, Question


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person said a reply means; no kind where it answers nothing. `before`: the rows it changed."""

    id: int
    token: str
    patient_id: int
    inbound_id: int
    question_id: int | None
    kind: str | None
    intent: str | None
    word: str | None
    before: dict[str, Any]
    set_by: str
    at: datetime


def corrections_of(tx: Tx, inbound_ids: Collection[int]) -> dict[int, Correction]:
    """What people said of replies (by id) and still say."""
    standing = and_(CorrectionRow.inbound_id.in_(inbound_ids), CorrectionRow.undone_at.is_(None))
    query = select(*columns(CorrectionRow, Correction)).where(standing).order_by(CorrectionRow.id)
    found = [as_record(Correction, row) for row in tx.rows(query)]
    return {one.inbound_id: one for one in found}


def last_answer(tx: Tx, patient_id: int, since: datetime) -> Earlier | None:
    """The answer that a patient gave last, if it came after `since`; LEGS in between answers nothing."""
    counts = and_(Observation.replaced.is_(False), Observation.kind != EPISODE)
    mine = and_(Observation.patient_id == patient_id, counts)
    query = select(*columns(Observation, Earlier)).where(and_(mine, Observation.at > since))
    row = tx.row(query.order_by(Observation.id.desc()).limit(1))
    return as_record(Earlier, row) if row else None


def answered_on(tx: Tx, patient_id: int, kind: str, since: date) -> frozenset[date]:
    """The dates from `since` on about which an answer of a kind counts."""
    same = and_(Observation.patient_id == patient_id, Observation.kind == kind)
    counting = and_(same, Observation.about_date >= since, Observation.replaced.is_(False))
    return frozenset(row[0] for row in tx.rows(select(Observation.about_date).where(counting)))


def correct(
    tx: Tx, reply: StoredReply, patient_id: int, given: Given | None, now: datetime
) -> set[PatientNight]:
    """Let a reply mean `given`, or no answer at all (None), from now on; the nights it changes.

    What it was read to say of that kind of question (of every kind, where it means nothing) no longer counts.
    """
    own = and_(Observation.inbound_id == reply.id, Observation.replaced.is_(False))
    taken = _counting(tx, and_(own, Observation.kind == given.kind) if given else own)
    same = _same_answer(tx, patient_id, given) if given else []
    asked = {one.question_id for one in (*taken, *same) if one.question_id}
    if given and given.question:
        asked.add(given.question.id)
    before = {
        "shown": sorted({one.id for one in (*taken, *same)}),
        "questions": _states(tx, asked),
        "night": given.night.isoformat() if given else None,
    }
    _show(tx, [one.id for one in taken], counts=False)
    for question_id in {one.question_id for one in taken if one.question_id}:
        # Whether its time is over the next tick decides.
        change_question(tx, question_id, state="open", answered_at=None, valid=False, late=False)
    before["nobodys"] = reply.patient_id is None
    attribute(tx, reply.id, patient_id)
    before["given"] = add_answer(tx, reply, patient_id, given, now) if given else None
    _write(tx, reply, patient_id, given, before, now)
    nights = {(patient_id, one.night) for one in taken}
    return nights | ({(patient_id, given.night)} if given else set())


def undo(tx: Tx, one: Correction, now: datetime) -> set[PatientNight] | None:
    """Put back what a correction changed; the nights, or None where something newer has taken its place."""
    given = one.before["given"]
    mine = _counting(tx, Observation.id == given) if given else []
    if given and not any(not row.replaced for row in mine):
        return None
    ours = update(CorrectionRow).where(
        CorrectionRow.id == one.id, CorrectionRow.undone_at.is_(None)
    )
    if not tx.changed(ours.values(undone_at=now, undone_by=tx.actor)):
        return None
    if one.before["nobodys"]:
        attribute(tx, one.inbound_id, None)
    _show(tx, [row.id for row in mine], counts=False)
    _show(tx, one.before["shown"], counts=True)
    for question_id, state, answered_at, valid, late in one.before["questions"]:
        at = datetime.fromisoformat(answered_at) if answered_at else None
        change_question(tx, question_id, state=state, answered_at=at, valid=valid, late=late)
    shown = _counting(tx, Observation.id.in_(one.before["shown"]))
    return {(one.patient_id, row.night) for row in (*mine, *shown)}


@dataclass(frozen=True, slots=True)
class _Answer:
    id: int
    night: date
    question_id: int | None
    replaced: bool


def _counting(tx: Tx, which: ColumnElement[bool]) -> list[_Answer]:
    return [
        as_record(_Answer, row)
        for row in tx.rows(select(*columns(Observation, _Answer)).where(which))
    ]


def _same_answer(tx: Tx, patient_id: int, given: Given) -> list[_Answer]:
    """The answer that counts now for what `given` is about."""
    return _counting(
        tx,
        and_(
            Observation.patient_id == patient_id,
            Observation.kind == given.kind,
            Observation.about_date == given.about_date,
            Observation.replaced.is_(False),
        ),
    )


def _states(tx: Tx, ids: Collection[int]) -> list[list[Any]]:
    """Questions as they stand, in what JSON can hold."""
    names = (Question.id, Question.state, Question.answered_at, Question.valid, Question.late)
    rows = tx.rows(select(*names).where(Question.id.in_(ids)).order_by(Question.id))
    return [[row[0], row[1], row[2].isoformat() if row[2] else None, *row[3:]] for row in rows]


def attribute(tx: Tx, inbound_id: int, patient_id: int | None) -> None:
    """Of people who share a phone, the one whose reply it is; None where nobody knows."""
    mine = update(InboundText).where(InboundText.id == inbound_id)
    tx.execute(mine.values(patient_id=patient_id))


def _show(tx: Tx, ids: Sequence[int], *, counts: bool) -> None:
    if ids:
        tx.execute(update(Observation).where(Observation.id.in_(ids)).values(replaced=not counts))


def _write(
    tx: Tx,
    reply: StoredReply,
    patient_id: int,
    given: Given | None,
    before: dict[str, Any],
    now: datetime,
) -> None:
    row = {
        "clinic_id": reply.clinic_id,
        "token": new_token(),
        "patient_id": patient_id,
        "inbound_id": reply.id,
        "question_id": given.question.id if given and given.question else None,
        "kind": given.kind if given else None,
        "intent": given.intent if given else None,
        "word": given.word if given else None,
        "before": before,
        "set_by": tx.actor,
        "at": now,
    }
    tx.insert_one(table(CorrectionRow), row)
