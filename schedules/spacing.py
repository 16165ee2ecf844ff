"""Distances between texts: 90 minutes between any two, 3 hours between two alike questions.

Elapsed time throughout; both distances are our default (clinical section 3).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Literal

from schedules.hours import Placed

GAP: Final = timedelta(minutes=90)
QUESTION_SPACING: Final = timedelta(hours=3)
NUDGE_USEFUL_FOR: Final = timedelta(hours=2)
LATER_WITHOUT_TIME: Final = timedelta(hours=2)
GATE_OPEN_FOR: Final = timedelta(hours=4)

Crowded = Literal["gap", "question_open"]


def clear_place(
    placed: Placed, texts: Sequence[datetime], questions: Sequence[datetime]
) -> datetime | Crowded:
    """An instant that keeps both distances, or what stood in the way.

    It is the one wished for, else the first from `placed.at` on. `texts`: unsolicited texts sent or
    placed; `questions`: unanswered ones of the same answer type.
    """
    if placed.wished != placed.at and _is_clear(placed.wished, texts, questions):
        return placed.wished
    at = placed.at
    while True:
        reason: Crowded = "gap"
        near = [text for text in texts if abs(at - text) < GAP]
        free = max(near) + GAP if near else at
        if free == at:
            reason = "question_open"
            near = [asked for asked in questions if abs(at - asked) < QUESTION_SPACING]
            free = max(near) + QUESTION_SPACING if near else at
        if free == at:
            return at
        if free > placed.latest or free >= placed.not_after:
            return reason
        at = free


def _is_clear(at: datetime, texts: Sequence[datetime], questions: Sequence[datetime]) -> bool:
    return all(abs(at - text) >= GAP for text in texts) and all(
        abs(at - asked) >= QUESTION_SPACING for asked in questions
    )
