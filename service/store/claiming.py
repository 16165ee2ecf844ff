"""Claiming: texts that may leave now are marked so, with their guards read, before any request is made."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy import Executable, and_, bindparam, select, update

from schedules.recurrence import zone_named
from service.domain.by_hand import RESTS_FOR
from service.domain.delivery import OWED, RULES, TO_STAFF, Kind, State
from service.domain.exchange import Text
from service.domain.guards import Candidate, Verdict, clear_from, judge
from service.store import breakers, channels
from service.store.channels import Door
from service.store.circumstances import rest_answers
from service.store.due_texts import DUE, TOO_LATE, URGENT_LANES, Waiting, waiting_text
from service.store.missed import add_missed
from service.store.outbox import end_unsent, set_aside
from service.store.people import open_phone, rhythm_of, wake
from service.store.questions import ask_again, open_questions, void_questions
from service.store.replies import last_heard
from service.store.rows import table
from service.store.sealed import SealError
from service.store.sent_lately import SentLately, sent_lately
from service.store.session import Tx
from service.store.tables.outbox import OutboxText, Sender

# Covers the request's deadline of 10 s and recording, with margin.
LEASE = timedelta(seconds=60)
# Lanes 0 and 1 may overdraw a sender by this many segments; the others wait until it is paid back.
OVERDRAFT = 10
NEVER = date.max
# How far ahead of its rate a sender may be claimed: one claim's worth, so that an urgent text waits behind no one.
AHEAD = timedelta(milliseconds=100)
EXPIRED_AT_ONCE = 200
UNREADABLE = (
    "What is stored of this text or its patient cannot be read; nothing was sent."
    " Tell whoever runs the service."
)

log = structlog.get_logger()


def claim(
    tx: Tx, channel: str, places: int, now: datetime, wall: datetime, rate: float | None
) -> tuple[list[Text], int]:
    """Up to `places` due texts, in lane order, marked `submitting` under a lease; those not allowed are ended.

    And how many were ended: where none leaves but some were, others may have waited behind them. `rate` is
    segments a second for each sender, None without limit. While the channel is stopped one text is tried at a
    time, and otherwise none.
    """
    door = channels.door(tx, channel, now)
    if door is Door.SHUT:
        expire(tx, now)
        return [], 0
    leaving, opened, ended = _allowed(tx, DUE, places, now)
    if door is Door.AJAR:
        leaving = leaving[:1]
    leaving = breakers.within_the_hour(tx, _within_rate(tx, leaving, now, rate), now)
    if door is Door.AJAR and leaving and not channels.begin_probe(tx, channel, now):
        return [], 0
    _mark(tx, leaving, now, wall)
    open_questions(tx, [text.token for text in leaving if text.asks], now)
    ask_again(tx, [text.slot.split(":")[1] for text in leaving if text.kind == Kind.NUDGE], now)
    # A person's text leaves: automatic answers to its patient rest from now on.
    by_hand = [text.patient_id for text in leaving if text.kind == Kind.STAFF and text.patient_id]
    rest_answers(tx, by_hand, now + RESTS_FOR)
    return [opened[text.id] for text in leaving], ended


def expire(tx: Tx, now: datetime) -> None:
    """End texts whose time has passed, for when none may leave."""
    _allowed(tx, TOO_LATE, EXPIRED_AT_ONCE, now)


def _allowed(
    tx: Tx, query: Executable, most: int, now: datetime
) -> tuple[list[Waiting], dict[int, Text], int]:
    """Those of the texts a query finds that may leave; those that may not are ended, with what follows from it.

    And all of them as they would leave, by row id, and how many were ended.
    """
    found = [waiting_text(row) for row in tx.rows(query, now=now, most=most)]
    opened = _opened(tx, found, now)
    set_aside(tx, [text.id for text in found if text.id not in opened], UNREADABLE, now)
    waiting = [text for text in found if text.id in opened]
    unreadable = len(found) - len(waiting)
    if not waiting:
        return [], {}, unreadable
    leaving, ended = _judged(tx, waiting, now)
    end_unsent(tx, ended, now)
    add_missed(tx, _missed(waiting, ended), now)
    gone = {row for row, _, _ in ended}
    wake(tx, [text.patient_id for text in waiting if text.id in gone and text.patient_id], now)
    void_questions(tx, [text.token for text in waiting if text.id in gone and text.asks])
    return leaving, opened, len(ended) + unreadable


def _opened(tx: Tx, found: Sequence[Waiting], now: datetime) -> dict[int, Text]:
    """The texts of which all that sending needs can be read, by row id: one that cannot must hold up no other."""
    opened: dict[int, Text] = {}
    for text in found:
        try:
            if text.patient is not None:
                zone_named(text.patient.zone)
            opened[text.id] = _text(tx, text, now)
        except (SealError, ValueError):
            log.exception("text set aside", text=text.token)
    return opened


def _judged(
    tx: Tx, waiting: Sequence[Waiting], now: datetime
) -> tuple[list[Waiting], list[tuple[int, State, str]]]:
    """Those that may leave, and those that end unsent with state and reason; the others wait."""
    spaced = [text for text in waiting if RULES[Kind(text.kind)].unsolicited]
    ids = {text.patient_id for text in spaced if text.patient_id}
    lately = sent_lately(tx, ids, min((text.night for text in spaced if text.night), default=NEVER))
    counted = {text.patient_id for text in waiting if text.patient_id and text.kind not in OWED}
    of_a_day = Counter(breakers.texts_of_a_day(tx, counted, now))
    by_hand = {text.patient_id for text in waiting if text.patient_id and text.kind == Kind.STAFF}
    heard = last_heard(tx, by_hand)
    leaving, ended, held_up, too_many = [], [], [], []
    for text in waiting:
        sent = lately.setdefault(text.patient_id or 0, SentLately())
        verdict = judge(_candidate(text, sent, of_a_day, heard), now)
        if verdict is Verdict.GO:
            leaving.append(text)
            of_a_day[text.patient_id or 0] += text.kind not in OWED
            if RULES[Kind(text.kind)].unsolicited:
                sent.add(text.night, now, capped=text.capped)
        elif verdict is Verdict.WAIT_FOR_GAP and sent.last is not None:
            held_up.append({"row": text.id, "later": clear_from(sent.last)})
        elif verdict is not Verdict.WAIT:
            ended.append((text.id, verdict.state, verdict.reason))
            if verdict is Verdict.BROKEN_OFF and not (text.halted or text.broken_off):
                too_many.append(text)
    breakers.break_off(tx, too_many, now)
    if held_up:
        tx.execute(_LATER, held_up)
    return leaving, ended


def _missed(
    waiting: Sequence[Waiting], ended: Sequence[tuple[int, State, str]]
) -> list[tuple[int, int]]:
    """The patients' texts (clinic, row id) that could have left in time and did not, for want of a sender.

    One that its patient's own other texts held up until it was of no use is nobody's fault.
    """
    expired = {row for row, state, _ in ended if state is State.EXPIRED}
    return [
        (text.clinic_id, text.id)
        for text in waiting
        if text.id in expired and text.due_at <= text.not_after and text.kind not in TO_STAFF
    ]


def _candidate(
    text: Waiting,
    lately: SentLately,
    of_a_day: Mapping[int, int],
    heard: Mapping[int, datetime],
) -> Candidate:
    patient, whose = text.patient, text.patient_id or 0
    return Candidate(
        kind=text.kind,
        not_after=text.not_after,
        consent=patient.consent if patient else None,
        rhythm=rhythm_of(patient) if patient else None,
        paused=text.paused,
        unread=text.unread,
        capped=text.capped,
        last_sent=lately.last,
        sent_tonight=lately.capped.get(text.night, 0) if text.night else 0,
        halted=text.halted,
        broken_off=text.broken_off,
        sent_in_a_day=of_a_day[whose],
        heard_at=heard.get(whose),
    )


def _within_rate(tx: Tx, texts: list[Waiting], now: datetime, rate: float | None) -> list[Waiting]:
    """Those whose sender has a slot now, taken in lane order; the others stay planned."""
    if rate is None or not texts:
        return texts
    numbers = {text.sender for text in texts}
    locked = select(Sender.number, Sender.next_free_at).where(Sender.number.in_(numbers))
    free = {row[0]: row[1] for row in tx.rows(locked.with_for_update())}
    taken = []
    for text in texts:
        at = max(free.get(text.sender, now), now)
        allowed = timedelta(seconds=OVERDRAFT / rate) if text.lane in URGENT_LANES else AHEAD
        if at - now <= allowed:
            taken.append(text)
            free[text.sender] = at + timedelta(seconds=text.segments / rate)
    for number, instant in free.items():
        tx.execute(update(Sender).where(Sender.number == number).values(next_free_at=instant))
    return taken


def _mark(tx: Tx, texts: Sequence[Waiting], now: datetime, wall: datetime) -> None:
    if texts:
        ids = [text.id for text in texts]
        tx.execute(_SUBMITTING, ids=ids, instant=now, lease=wall + LEASE)


def _text(tx: Tx, text: Waiting, now: datetime) -> Text:
    keyring = tx.keyring
    if text.patient is not None:
        to = open_phone(keyring, text.patient)
    else:
        to = keyring.open_(text.recipient or b"\0", "outbox", "recipient", text.token)
    body = keyring.open_(text.body, "outbox", "body", text.token)
    return Text(text.token, to, text.sender, body, text.not_after, now)


_OUTBOX = table(OutboxText)
_LATER = (
    update(_OUTBOX)
    .where(_OUTBOX.c.id == bindparam("row"), _OUTBOX.c.state == "planned")
    .values(due_at=bindparam("later"))
)
_SUBMITTING = (
    update(_OUTBOX)
    .where(and_(_OUTBOX.c.id.in_(bindparam("ids", expanding=True)), _OUTBOX.c.state == "planned"))
    .values(
        state=State.SUBMITTING.value,
        submitted_at=bindparam("instant"),
        lease_until=bindparam("lease"),
        attempts=_OUTBOX.c.attempts + 1,
    )
)
