"""The rules that look at how a patient has fared: which hold as of a night, and with which numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from service.domain.figures import Dose, OnsetFigure, Triple, days_covered, due_days
from service.domain.trends import Score, baseline, minutes_from_noon, recent_mean, usual

# All thresholds: clinical.md section 5 (our defaults where it says so).
HIGH_SCORE, HIGH_OF_LAST = 8, (2, 3)
RISE = 2.0
EARLIER_MIN, EARLIER_REPORTS = 120, 3
DAYTIME, DAYTIME_TIMES = "18:00", 2
LOW_COVER_PERCENT, NO_RUN = 50, 3
QUIET_PROMPTS, QUIET_DAYS = 3, 7
HARD_NIGHTS, HARD_BED, HARD_WEEKS = 3, 4, 2


@dataclass(frozen=True, slots=True)
class History:
    """What the rules look at. `first` is the first night, `onsets` the last 28 nights' reports as HH:MM."""

    first: date
    scores: Sequence[Score]
    onset: OnsetFigure | None = None
    onsets: Sequence[str] = ()
    on_dopamine: bool = False
    doses: Sequence[Dose] = ()
    triples: Sequence[Triple] = ()
    hard_nights: Sequence[float] = ()
    unanswered: int = 0
    silent_days: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that holds, with the numbers its sentence needs."""

    rule: str
    numbers: Mapping[str, Any] = field(default_factory=dict)


def standing_findings(history: History, as_of: date) -> list[Finding]:
    """Every rule that holds as of the night `as_of`."""
    rules = (_high, _rise, _augmentation, _adherence, _quiet, _frequent)
    return [finding for rule in rules if (finding := rule(history, as_of))]


def undecided(history: History, as_of: date) -> frozenset[str]:
    """The rules nothing can be said of as of a night: what is open of them stays so, since silence is no recovery."""
    return frozenset() if recent_mean(history.scores, as_of) is not None else frozenset({"M-RISE"})


def _last(scores: Sequence[Score], count: int) -> list[Score]:
    return sorted(scores, key=lambda score: score.night)[-count:]


def _dated(scores: Sequence[Score]) -> dict[str, Any]:
    """The scores with the nights they are of: newer ones may stand beside them on a page."""
    return {
        "scores": _listed([score.value for score in scores]),
        "of_nights": [score.night.isoformat() for score in scores],
    }


def _number(value: float | None) -> str:
    return "not known" if value is None else f"{value:.1f}".removesuffix(".0")


def _listed(values: Sequence[float]) -> str:
    return ", ".join(_number(value) for value in values)


def _high(history: History, _as_of: date) -> Finding | None:
    """M-HIGH: 8 or more on 2 of the last 3 check-ins."""
    times, of = HIGH_OF_LAST
    last = _last(history.scores, of)
    if sum(score.value >= HIGH_SCORE for score in last) < times:
        return None
    return Finding("M-HIGH", {**_dated(last), "usual": _number(usual(history.scores))})


def _rise(history: History, as_of: date) -> Finding | None:
    """M-RISE: the 14-day mean 2 or more above the baseline, at least 4 scores each."""
    before, now = baseline(history.scores, history.first), recent_mean(history.scores, as_of)
    if before is None or now is None or now - before < RISE:
        return None
    numbers = {"mean": _number(now), "baseline": _number(before), "as_of": as_of.isoformat()}
    return Finding("M-RISE", numbers | _dated(_last(history.scores, 3)))


def _augmentation(history: History, _as_of: date) -> Finding | None:
    """M-AUG on a dopamine drug: onset 2 h earlier over 3 reports, or before 18:00 twice in 28 days."""
    onset = history.onset
    if not history.on_dopamine or onset is None:
        return None
    moved = onset.shift_min is not None and onset.shift_min <= -EARLIER_MIN
    early = sum(minutes_from_noon(at) < minutes_from_noon(DAYTIME) for at in history.onsets)
    if not (moved and onset.n >= EARLIER_REPORTS) and early < DAYTIME_TIMES:
        return None
    return Finding("M-AUG", {"median": onset.median, "baseline": _earlier(onset), "early": early})


def _earlier(onset: OnsetFigure) -> str:
    if onset.shift_min is None:
        return ""
    hours, _, minutes = onset.median.partition(":")
    total = (int(hours) * 60 + int(minutes) - onset.shift_min) % (24 * 60)
    return f"{total // 60:02d}:{total % 60:02d}"


def _adherence(history: History, as_of: date) -> Finding | None:
    """M-ADH: the low bound of days covered under 50% over 14 days, or 3 NO in a row."""
    recent = [dose for dose in history.doses if 0 <= (as_of - dose.on).days < 14]
    low = days_covered(recent).low
    run = 0
    for dose in sorted(due_days(recent), key=lambda dose: dose.on, reverse=True):
        if dose.answer != "no":
            break
        run += 1
    few = low.percent is not None and low.percent < LOW_COVER_PERCENT
    if not few and run < NO_RUN:
        return None
    numbers = {"yes": low.count, "due": low.of, "as_of": as_of.isoformat()}
    return Finding("M-ADH", numbers | {"no_run": run if run >= NO_RUN else 0})


def _quiet(history: History, as_of: date) -> Finding | None:
    """M-QUIET: 3 prompts in a row, or 7 days, unanswered."""
    asked = history.unanswered
    if asked < QUIET_PROMPTS and not (asked and history.silent_days >= QUIET_DAYS):
        return None
    return Finding(
        "M-QUIET", {"unanswered": asked, "days": history.silent_days, "as_of": as_of.isoformat()}
    )


def _frequent(history: History, _as_of: date) -> Finding | None:
    """M-FREQ: 3 or more hard nights in 7 and a bed score of 4 or more, two weeks running."""
    nights, beds = history.hard_nights[-HARD_WEEKS:], history.triples[-HARD_WEEKS:]
    if len(nights) < HARD_WEEKS or len(beds) < HARD_WEEKS:
        return None
    if min(nights) < HARD_NIGHTS or min(triple.bed for triple in beds) < HARD_BED:
        return None
    return Finding("M-FREQ", {"nights": _listed(nights), "bed": beds[-1].bed})
