"""The inbox: replies that wait for a person, the longest wait first; one of them with what it may be about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, select, update

from service.store.overview import Reply, opened_replies
from service.store.people import patients_by_id, patients_by_number
from service.store.records import Patient, Question
from service.store.replies import StoredReply, open_reply
from service.store.rows import as_record, columns
from service.store.session import Tx
from service.store.tables.outbox import OutboxText
from service.store.tables.people import User
from service.store.tables.replies import IS_OPEN, InboundText, Observation
from service.store.tables.replies import Question as QuestionRow

PAGE = 25
# Further back than the longest question stays open, and than a weekend without anybody at the inbox.
LOOK_BACK = timedelta(days=7)
MOST_QUESTIONS = 6


@dataclass(frozen=True, slots=True)
class Line:
    """One reply that waits, and the colleague (as an actor) it was handed to."""

    reply: Reply
    handed_to: str | None


@dataclass(frozen=True, slots=True)
class InboxPage:
    """One page. `following`: the reply (by token) the next page begins behind; None on the last."""

    lines: Sequence[Line]
    following: str | None


@dataclass(frozen=True, slots=True)
class Opened:
    """One reply, whether it waits or not, with the number it came from."""

    stored: StoredReply
    reply: Reply
    sender: str
    review_state: str
    handed_to: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question a reply may be about: how it was put, and what counts as its answer now (intent and value)."""

    question: Question
    body: str
    answer: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Colleague:
    """A member of staff, by name; `actor` as rows name him."""

    actor: str
    name: str


def count_handed(tx: Tx, clinic_id: int, handed_to: str) -> int:
    """How many replies that wait were handed to somebody."""
    mine = and_(IS_OPEN, InboundText.clinic_id == clinic_id)
    waiting = and_(mine, InboundText.handed_to == handed_to)
    row = tx.row(select(func.count()).select_from(InboundText).where(waiting))
    return int(row[0]) if row else 0


def page(tx: Tx, clinic_id: int, handed_to: str | None, behind: str | None) -> InboxPage:
    """One page of what waits, behind a reply; of all, or of what was handed to somebody."""
    waiting = and_(IS_OPEN, InboundText.clinic_id == clinic_id)
    if handed_to is not None:
        waiting = and_(waiting, InboundText.handed_to == handed_to)
    last = tx.row(select(InboundText.id).where(InboundText.token == behind)) if behind else None
    if last is not None:
        waiting = and_(waiting, InboundText.id > last[0])
    query = select(InboundText.id, InboundText.handed_to).where(waiting)
    rows = tx.rows(query.order_by(InboundText.id).limit(PAGE + 1))
    opened = opened_replies(tx, [row[0] for row in rows[:PAGE]])
    lines = [Line(opened[reply_id], handed_to) for reply_id, handed_to in rows[:PAGE]]
    return InboxPage(lines, lines[-1].reply.token if len(rows) > PAGE else None)


def beside(tx: Tx, clinic_id: int, reply_id: int) -> tuple[str | None, str | None]:
    """The replies (by token) that wait before and behind one, the longest wait first."""
    waiting = and_(IS_OPEN, InboundText.clinic_id == clinic_id)
    query = select(InboundText.token).limit(1)
    before = query.where(and_(waiting, InboundText.id < reply_id)).order_by(InboundText.id.desc())
    behind = query.where(and_(waiting, InboundText.id > reply_id)).order_by(InboundText.id)
    found = [tx.row(one) for one in (before, behind)]
    first, second = (row[0] if row else None for row in found)
    return first, second


def one(tx: Tx, token: str, *, lock: bool = False) -> Opened | None:
    """A reply by its public name, if the scope holds it; `lock` keeps it from others until the commit."""
    names = (*columns(InboundText, StoredReply), InboundText.review_state, InboundText.handed_to)
    query = select(*names).where(InboundText.token == token)
    row = tx.row(query.with_for_update() if lock else query)
    if row is None:
        return None
    stored = as_record(StoredReply, row[:-2])
    sender, _ = open_reply(tx.keyring, stored)
    return Opened(stored, opened_replies(tx, [stored.id])[stored.id], sender, *row[-2:])


def whose(tx: Tx, stored: StoredReply) -> list[Patient]:
    """Whose reply it is: the patient's, everybody's who shares the number, or nobody's."""
    if stored.patient_id is not None:
        return list(patients_by_id(tx, [stored.patient_id]).values())
    return sharing(tx, stored)


def sharing(tx: Tx, stored: StoredReply) -> list[Patient]:
    """Everybody who has the number it came from."""
    return patients_by_number(tx, stored.clinic_id, stored.sender_index)


def asked_before(tx: Tx, patient_id: int, at: datetime, kinds: Sequence[str]) -> list[Asked]:
    """The questions of these kinds that a patient had been asked when he wrote, the newest first."""
    mine = and_(
        QuestionRow.patient_id == patient_id,
        QuestionRow.kind.in_(kinds),
        QuestionRow.state != "void",
        QuestionRow.asked_at <= at,
        QuestionRow.asked_at > at - LOOK_BACK,
    )
    query = (
        select(OutboxText.body, *columns(QuestionRow, Question))
        .join(OutboxText, OutboxText.token == QuestionRow.token)
        .where(mine)
        .order_by(QuestionRow.asked_at.desc(), QuestionRow.id.desc())
        .limit(MOST_QUESTIONS)
    )
    rows = tx.rows(query)
    said = _answers(tx, [row[1] for row in rows])
    found = [(row[0], as_record(Question, row[1:])) for row in rows]
    opened = tx.keyring.open_
    return [
        Asked(q, opened(body, "outbox", "body", q.token) if body else "", said.get(q.id))
        for body, q in found
    ]


def _answers(tx: Tx, question_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    counting = and_(Observation.question_id.in_(question_ids), Observation.replaced.is_(False))
    query = select(Observation.question_id, Observation.intent, Observation.word).where(counting)
    return {row[0]: (row[1], row[2]) for row in tx.rows(query.order_by(Observation.id))}


def colleagues(tx: Tx, clinic_id: int, roles: frozenset[str]) -> list[Colleague]:
    """The active members of a clinic who hold one of `roles`, by name."""
    query = select(User.token, User.name, User.roles).where(
        User.clinic_id == clinic_id, User.active, User.name != ""
    )
    rows = tx.rows(query.order_by(User.name, User.id))
    return [Colleague(f"staff:{token}", name) for token, name, held in rows if roles & {*held}]


def close(tx: Tx, token: str) -> bool:
    """Note that a person has dealt with a reply; False where it did not wait for one."""
    waiting = and_(InboundText.token == token, InboundText.review_state == "open")
    return tx.changed(update(InboundText).where(waiting).values(review_state="done")) > 0


def put_back(tx: Tx, token: str) -> bool:
    """Let a reply wait for a person (again); False where it does already."""
    settled = and_(InboundText.token == token, InboundText.review_state != "open")
    return tx.changed(update(InboundText).where(settled).values(review_state="open")) > 0


def hand_over(tx: Tx, token: str, actor: str | None) -> bool:
    """Ask a colleague to look at a reply, or nobody in particular; False where the scope holds none."""
    mine = update(InboundText).where(InboundText.token == token)
    return tx.changed(mine.values(handed_to=actor)) > 0
