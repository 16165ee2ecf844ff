"""Every number on a screen, by its definition in clinical.md section 6. Nothing else computes one."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import fmean, median

from service.domain.trends import (
    BASELINE_DAYS,
    NOON_MIN,
    RECENT_DAYS,
    Score,
    baseline,
    circular_spread,
    clock_from_noon,
    minutes_from_noon,
    recent_mean,
)

WINDOW_DAYS = 28
# Under this denominator a share is shown as n of N, without a percentage.
ENOUGH_FOR_PERCENT = 5
ADHERENCE_LINE = 80
HARD_NIGHT = 7
STAFFED_RED_MIN = 15


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `of` in a window of `days`."""

    count: int
    of: int
    days: int = WINDOW_DAYS

    @property
    def percent(self) -> int | None:
        """Rounded; None where the denominator is too small to speak of percent."""
        return round(100 * self.count / self.of) if self.of >= ENOUGH_FOR_PERCENT else None

    @property
    def words(self) -> str:
        """As people say it."""
        return f"{self.count} of {self.of}"


@dataclass(frozen=True, slots=True)
class Dose:
    """One plan dose date after consent. `counts`: its question counts; `held`: paused, held or lab hold."""

    on: date
    counts: bool
    answer: str | None
    barrier: str | None = None
    held: bool = False


@dataclass(frozen=True, slots=True)
class Covered:
    """Reported days covered: between `low` (silence taken as missed) and `high` of `due` days."""

    low: Share
    high: Share


@dataclass(frozen=True, slots=True)
class Triple:
    """One weekly answer: legs in bed, at rest by day, poor sleep; each 0 to 10, never summed."""

    week: date
    bed: int
    rest: int
    sleep: int


@dataclass(frozen=True, slots=True)
class OnsetFigure:
    """Median hour of onset over the window with its n, and minutes earlier (negative) or later than at first."""

    median: str
    n: int
    shift_min: int | None


def is_active(consented: bool, paused: bool, texts_14_days: int) -> bool:
    """Active: consented, not stopped or paused, in 14 d at least one text delivered, answered, or sent unconfirmed."""
    return consented and not paused and texts_14_days >= 1


def delivery_rate(delivered: int, handed_over: int) -> Share:
    """Delivery rate: delivered of handed to carrier; what is sent and not confirmed is shown beside it."""
    return Share(delivered, handed_over)


def response_rate(answered_in_time: int, counted: int) -> Share:
    """Response rate: questions validly answered before they close, of questions that count."""
    return Share(answered_in_time, counted)


def reply_delay_min(delays: Collection[timedelta]) -> float | None:
    """Reply delay: median minutes, answered questions only."""
    return median(delay.total_seconds() / 60 for delay in delays) if delays else None


def understood(replies: int, reasked_or_staffed: int) -> Share:
    """Understood: replies needing neither re-ask nor staff, of replies to questions."""
    return Share(replies - reasked_or_staffed, replies)


def due_days(doses: Iterable[Dose]) -> list[Dose]:
    """Due days D: plan dose dates minus paused, held, lab hold, not_due, and dates whose question does not count."""
    return [
        dose
        for dose in doses
        if not dose.held and dose.answer != "not_due" and (dose.counts or dose.answer)
    ]


def reported_adherence(doses: Iterable[Dose]) -> Share:
    """Reported adherence: yes of (yes + no + partial); ignores silence."""
    answers = Counter(dose.answer for dose in due_days(doses) if dose.answer)
    return Share(answers["yes"], answers["yes"] + answers["no"] + answers["partial"])


def days_covered(doses: Iterable[Dose]) -> Covered:
    """Reported days covered: low = yes of D (silence = missed), high = (D - no - partial) of D."""
    due = due_days(doses)
    answers = Counter(dose.answer for dose in due)
    high = len(due) - answers["no"] - answers["partial"]
    return Covered(Share(answers["yes"], len(due)), Share(high, len(due)))


def supplied_days(fills: Iterable[tuple[date, int]]) -> set[date]:
    """Distinct days with supply from refills (date, days' supply), overlaps shifted forward."""
    days: set[date] = set()
    free = date.min
    for filled, supply in sorted(fills):
        start = max(filled, free)
        days |= {start + timedelta(days=day) for day in range(supply)}
        free = start + timedelta(days=supply)
    return days


def pdc(fills: Iterable[tuple[date, int]], start: date, end: date) -> Share:
    """PDC: distinct days with supply of the days in the window; only with refill dates, never from texts."""
    days = {day for day in supplied_days(fills) if start <= day <= end}
    length = (end - start).days + 1
    return Share(len(days), length, length)


def mpr(fills: Iterable[tuple[date, int]], start: date, end: date) -> float:
    """MPR: total days' supply over days; can exceed 1. Not derivable from texts either."""
    supply = sum(days for filled, days in fills if start <= filled <= end)
    return supply / ((end - start).days + 1)


def streak(doses: Sequence[Dose]) -> int:
    """Streak: consecutive due days with yes, ending with the latest."""
    run = 0
    for dose in sorted(due_days(doses), key=lambda dose: dose.on, reverse=True):
        if dose.answer != "yes":
            break
        run += 1
    return run


def barriers(doses: Iterable[Dose]) -> Counter[str]:
    """Barriers: counts of the tags given with a no."""
    return Counter(dose.barrier for dose in doses if dose.barrier)


def cut_off_kept(answers: Iterable[str]) -> Share:
    """Cut-off kept: yes of answered, for one programme."""
    given = [answer.partition(":")[0] for answer in answers]
    return Share(given.count("yes"), len(given))


def symptom_mean(scores: Sequence[Score], as_of: date) -> float | None:
    """Symptom mean: the last 7 days' scores, at least 3 needed."""
    week = [score.value for score in scores if 0 <= (as_of - score.night).days < 7]
    return fmean(week) if len(week) >= 3 else None


def change(scores: Sequence[Score], first: date, as_of: date) -> float | None:
    """Change: 14-day mean minus baseline (first 7 days), at least 4 each; negative is better.

    None while the two share days: a week is not compared with itself.
    """
    if (as_of - first).days < BASELINE_DAYS + RECENT_DAYS - 1:
        return None
    before, now = baseline(scores, first), recent_mean(scores, as_of)
    return None if before is None or now is None else now - before


def hard_nights(weekly: int | None, week_scores: Sequence[float]) -> tuple[float, bool] | None:
    """Hard nights in 7 and whether derived: the weekly answer, else the share of scores of 7 or more."""
    if weekly is not None:
        return float(weekly), False
    if not week_scores:
        return None
    return 7 * sum(score >= HARD_NIGHT for score in week_scores) / len(week_scores), True


def hard_of_scored(scores: Sequence[Score], as_of: date) -> Share:
    """Hard nights of the nights scored in the 7 days ending with `as_of`."""
    week = [score.value for score in scores if 0 <= (as_of - score.night).days < 7]
    return Share(sum(value >= HARD_NIGHT for value in week), len(week), 7)


def weekly_triple(week: date, answer: str) -> Triple:
    """Weekly triple: three separate lines, never summed into a score of their own."""
    bed, rest, sleep = (int(part) for part in answer.split(","))
    return Triple(week, bed, rest, sleep)


def onset(
    reports: Mapping[date, str], first: date, as_of: date, bedtime: str
) -> OnsetFigure | None:
    """Onset: the median hour over 28 d, and its shift from the first reports (7 days' worth, at least 3).

    `reports` are HH:MM, `bedtime` (then `bedtime` stands for it), `all_day` (noon) or `none` (left out).
    """
    minutes = {
        night: at for night, word in reports.items() if (at := _onset_at(word, bedtime)) is not None
    }
    window = [at for night, at in minutes.items() if 0 <= (as_of - night).days < WINDOW_DAYS]
    if not window:
        return None
    early = [minutes[night] for night in sorted(minutes) if night >= first][:4]
    now = median(window)
    shift = round(now - median(early)) if len(early) >= 3 and len(minutes) > len(early) else None
    return OnsetFigure(clock_from_noon(now), len(window), shift)


def _onset_at(word: str, bedtime: str) -> int | None:
    if word == "none":
        return None
    if word == "all_day":
        return 0
    return minutes_from_noon(bedtime if word == "bedtime" else word)


def bedtime_spread_min(bedtimes: Sequence[str]) -> float | None:
    """Bedtime spread: standard deviation in minutes over 14 d, circular across midnight."""
    return circular_spread([minutes_from_noon(clock) + NOON_MIN for clock in bedtimes])


def lab_days(sampled: date | None, today: date) -> int | None:
    """Lab status: days since ferritin or TSAT; None when never sampled."""
    return None if sampled is None else (today - sampled).days


def acknowledged_min(opened_closed: Iterable[tuple[datetime, datetime]]) -> float | None:
    """Alerts: median minutes to acknowledge."""
    minutes = [(closed - opened).total_seconds() / 60 for opened, closed in opened_closed]
    return median(minutes) if minutes else None


def red_in_time(opened_closed: Iterable[tuple[datetime, datetime]]) -> Share:
    """Alerts: RED acknowledged within 15 min, of those opened in staffed hours."""
    waits = [(closed - opened).total_seconds() / 60 for opened, closed in opened_closed]
    return Share(sum(wait <= STAFFED_RED_MIN for wait in waits), len(waits))


def opt_out_rate(stops: int, active_at_start: int, joiners: int) -> Share:
    """Opt-out rate: stops in 28 d of active at start plus joiners."""
    return Share(stops, active_at_start + joiners)


def load_a_week(texts: int, patient_weeks: float) -> float | None:
    """Load: unsolicited texts (or segments) per patient-week."""
    return texts / patient_weeks if patient_weeks else None


def dropped_share(dropped: int, wanted: int) -> Share:
    """Load: the share of slots dropped by caps, gap and hours."""
    return Share(dropped, wanted)
