"""One patient-night summed up from its texts, questions and answers: the five states of the heat strip."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from service.domain.delivery import HANDED_OVER, State

# Without a receipt and without an error a text counts after this long: some carriers give no receipts.
CONFIRMED_AFTER = timedelta(hours=24)


class NightState(StrEnum):
    """What became of a night; NONE_DUE when nothing was to be answered."""

    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    NOT_DELIVERED = "not_delivered"
    NOT_SENT = "not_sent"
    PAUSED = "paused"
    NONE_DUE = "none_due"


@dataclass(frozen=True, slots=True)
class SlotFate:
    """One slot of the night: its state, why if it was not sent, and whether it asks something."""

    state: str
    reason: str | None
    asks: bool
    accepted_at: datetime | None


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """One question of the night (gates left out), with its text's state and when that was accepted."""

    text_state: str
    accepted_at: datetime | None
    answered: bool
    valid: bool
    late: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer that counts: its kind of question, as number and as word."""

    kind: str
    number: float | None
    word: str


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of one patient-night."""

    state: NightState
    severity: float | None
    onset: str | None
    texts: int
    handed: int
    delivered: int
    counted: int
    answered: int
    late: int
    kept: Mapping[str, str]


def counts(question: AskedQuestion, now: datetime) -> bool:
    """Whether a question belongs in a denominator: delivered, answered, or sent for 24 h without an error."""
    if question.answered or question.text_state == State.DELIVERED:
        return True
    unconfirmed = question.text_state in {State.ACCEPTED, State.SENT}
    return bool(
        unconfirmed
        and question.accepted_at is not None
        and now - question.accepted_at >= CONFIRMED_AFTER
    )


def summarise(
    slots: Sequence[SlotFate],
    questions: Sequence[AskedQuestion],
    answers: Sequence[Answer],
    now: datetime,
) -> Summary:
    """Sum up a night as of `now` (UTC); called again whenever something of the night changes."""
    words = {answer.kind: answer.word for answer in answers}
    numbers = {answer.kind: answer.number for answer in answers}
    return Summary(
        state=_state(slots, questions, now),
        severity=numbers.get("symptom_0_10"),
        onset=words.get("onset_time"),
        texts=len(slots),
        handed=sum(slot.state in HANDED_OVER for slot in slots),
        delivered=sum(slot.state == State.DELIVERED for slot in slots),
        counted=sum(counts(question, now) for question in questions),
        answered=sum(question.valid for question in questions),
        late=sum(question.late for question in questions),
        kept={kind: word for kind, word in words.items() if kind.endswith("_yn")},
    )


def _state(
    slots: Sequence[SlotFate], questions: Sequence[AskedQuestion], now: datetime
) -> NightState:
    if any(question.answered for question in questions):
        return NightState.ANSWERED
    if any(
        counts(question, now) or question.text_state in {State.ACCEPTED, State.SENT}
        for question in questions
    ):
        return NightState.NO_ANSWER
    asking = [slot for slot in slots if slot.asks]
    if any(slot.state in {State.UNDELIVERED, State.FAILED, State.UNKNOWN} for slot in asking):
        return NightState.NOT_DELIVERED
    if any(slot.reason == "paused" for slot in slots):
        return NightState.PAUSED
    if any(slot.state in {State.SUPPRESSED, State.EXPIRED, State.CANCELLED} for slot in asking):
        return NightState.NOT_SENT
    return NightState.NONE_DUE
