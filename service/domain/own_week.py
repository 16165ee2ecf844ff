"""A patient's own week in figures, and how they are written in the text that tells it back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from message_templates.formats import NOT_KNOWN_YET, short_number
from service.domain.figures import Share, hard_of_scored, symptom_mean
from service.domain.trends import Score

DAY = timedelta(days=1)
CHOSE_WEEK: Final = "wants_week"
"""The fact of who chose the text."""


@dataclass(frozen=True, slots=True)
class OwnScores:
    """The scores of a patient's last nights, and the score that is usual for them (None: not known yet)."""

    scores: tuple[Score, ...]
    usual: float | None


NO_SCORES: Final = OwnScores((), None)


@dataclass(frozen=True, slots=True)
class OwnWeek:
    """7 nights of one patient: the mean of the scores, the patient's own usual, hard of scored nights."""

    mean: float
    usual: float | None
    hard: Share


def own_week(own: OwnScores, as_of: date) -> OwnWeek | None:
    """The 7 nights ending with `as_of`; None under 3 scores, where there is no mean to tell."""
    mean = symptom_mean(own.scores, as_of)
    return None if mean is None else OwnWeek(mean, own.usual, hard_of_scored(own.scores, as_of))


def nights_told(own: OwnScores) -> frozenset[date]:
    """The nights on which the week that ended the night before can be told, with these scores and none more."""
    near = {score.night + n * DAY for score in own.scores for n in range(1, 8)}
    return frozenset(night for night in near if own_week(own, night - DAY) is not None)


def week_values(week: OwnWeek, language: str) -> Mapping[str, str]:
    """What fills {mean}, {usual}, {nights} and {hard}. KeyError: language unknown."""
    usual = NOT_KNOWN_YET[language] if week.usual is None else short_number(week.usual, language)
    return {
        "mean": short_number(week.mean, language),
        "usual": usual,
        "nights": str(week.hard.of),
        "hard": str(week.hard.count),
    }


SHORTEST = OwnWeek(4, 5, Share(1, 5, 7))
LONGEST = OwnWeek(4.4, None, Share(1, 5, 7))
"""Weeks whose figures take the least and the most room there is."""
