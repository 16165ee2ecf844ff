"""One patient-night summed up: its state, its denominators, and what a late receipt does to them."""

from datetime import UTC, datetime, timedelta

import pytest

from service.domain.night_summary import (
    Answer,
    AskedQuestion,
    NightState,
    SlotFate,
    counts,
    summarise,
)

NOW = datetime(2026, 11, 22, 16, tzinfo=UTC)
EARLIER = NOW - timedelta(hours=2)
YESTERDAY = NOW - timedelta(hours=24)


def slot(state: str, reason: str | None = None, asks: bool = True) -> SlotFate:
    return SlotFate(state, reason, asks, EARLIER)


def asked(
    state: str, at: datetime | None = EARLIER, *, answered: bool = False, late: bool = False
) -> AskedQuestion:
    return AskedQuestion(state, at, answered, answered and not late, late)


@pytest.mark.parametrize(
    ("question", "counted"),
    [
        (asked("delivered"), True),
        (asked("accepted", answered=True), True),
        (asked("sent"), False),
        (asked("sent", YESTERDAY), True),
        (asked("accepted", YESTERDAY), True),
        (asked("sent", YESTERDAY + timedelta(seconds=1)), False),
        (asked("undelivered", YESTERDAY), False),
        (asked("failed", YESTERDAY), False),
        (asked("unknown", YESTERDAY), False),
        (asked("sent", None), False),
    ],
)
def test_which_questions_count(question: AskedQuestion, counted: bool) -> None:
    assert counts(question, NOW) is counted


@pytest.mark.parametrize(
    ("slots", "questions", "state"),
    [
        ([slot("delivered")], [asked("delivered", answered=True)], NightState.ANSWERED),
        ([slot("delivered")], [asked("delivered", answered=True, late=True)], NightState.ANSWERED),
        ([slot("delivered")], [asked("delivered")], NightState.NO_ANSWER),
        ([slot("sent")], [asked("sent")], NightState.NO_ANSWER),
        ([slot("undelivered")], [asked("undelivered")], NightState.NOT_DELIVERED),
        ([slot("failed")], [], NightState.NOT_DELIVERED),
        ([slot("unknown")], [asked("unknown")], NightState.NOT_DELIVERED),
        ([slot("suppressed", "paused")], [], NightState.PAUSED),
        ([slot("suppressed", "cap_night")], [], NightState.NOT_SENT),
        ([slot("expired", "expired")], [], NightState.NOT_SENT),
        ([slot("delivered", asks=False)], [], NightState.NONE_DUE),
        ([slot("suppressed", "gap", asks=False)], [], NightState.NONE_DUE),
        ([], [], NightState.NONE_DUE),
    ],
)
def test_the_states_of_the_strip(
    slots: list[SlotFate], questions: list[AskedQuestion], state: NightState
) -> None:
    assert summarise(slots, questions, [], NOW).state is state


def test_a_nights_figures() -> None:
    summary = summarise(
        [slot("delivered"), slot("sent"), slot("suppressed", "gap"), slot("failed")],
        [asked("delivered", answered=True), asked("sent", answered=True, late=True), asked("sent")],
        [
            Answer("symptom_0_10", 3, "3"),
            Answer("symptom_0_10", 7, "7"),
            Answer("onset_time", None, "21:30"),
            Answer("iron_yn", None, "yes"),
        ],
        NOW,
    )
    assert (summary.texts, summary.handed, summary.delivered) == (4, 2, 1)
    assert (summary.counted, summary.answered, summary.late) == (2, 1, 1)
    assert (summary.severity, summary.onset) == (7, "21:30")  # the newest of a kind counts
    assert summary.kept == {"iron_yn": "yes"}
