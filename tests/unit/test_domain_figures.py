"""Every number of the pages, each worked by hand beside the call."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain import figures
from service.domain.figures import Dose, Share, Triple
from service.domain.trends import Score, baseline, circular_spread, recent_mean, usual

FIRST = date(2026, 11, 1)


def day(number: int) -> date:
    """The `number`th day from the first (0)."""
    return FIRST + timedelta(days=number)


def scores(*values: float | None, start: int = 0) -> list[Score]:
    return [Score(day(start + n), one) for n, one in enumerate(values) if one is not None]


def doses(*answers: str | None) -> list[Dose]:
    """One a day; None: asked and silent; `held`; `unasked`: its question does not count."""
    return [
        Dose(
            day(n),
            answer != "unasked",
            None if answer in {"held", "unasked"} else answer,
            held=answer == "held",
        )
        for n, answer in enumerate(answers)
    ]


MIXED = doses("yes", "yes", "no", "partial", None, "not_due", "held", "unasked", "yes")


@pytest.mark.parametrize(
    ("count", "of", "percent", "words"),
    [(3, 4, None, "3 of 4"), (0, 0, None, "0 of 0"), (4, 5, 80, "4 of 5"), (2, 3, None, "2 of 3")],
)
def test_no_percentage_under_a_denominator_of_five(
    count: int, of: int, percent: int | None, words: str
) -> None:
    assert (Share(count, of).percent, Share(count, of).words) == (percent, words)


@pytest.mark.parametrize(
    ("consented", "paused", "texts", "active"),
    [
        (True, False, 1, True),
        (True, False, 0, False),
        (True, True, 9, False),
        (False, False, 9, False),
    ],
)
def test_active(consented: bool, paused: bool, texts: int, active: bool) -> None:
    assert figures.is_active(consented, paused, texts) is active


def test_simple_shares() -> None:
    assert figures.delivery_rate(45, 50).percent == 90  # 45 of 50 handed over
    assert figures.response_rate(12, 20).percent == 60  # 12 of 20 questions that count
    assert figures.understood(40, 3).words == "37 of 40"  # 40 - 3 re-asked or left to staff
    assert figures.opt_out_rate(2, 30, 10).words == "2 of 40"  # 30 at the start + 10 joiners
    assert figures.dropped_share(7, 70).percent == 10
    assert figures.cut_off_kept(["yes", "no:visitors", "yes", "no"]).words == "2 of 4"


def test_reply_delay_is_a_median() -> None:
    minutes = [timedelta(minutes=n) for n in (1, 5, 600)]
    assert figures.reply_delay_min(minutes) == 5
    assert figures.reply_delay_min([]) is None


def test_due_days_leave_out_what_was_never_owed() -> None:
    # Nine dates - not_due - held - unasked = 6.
    assert len(figures.due_days(MIXED)) == 6


def test_an_answer_counts_even_where_its_text_was_never_confirmed() -> None:
    assert len(figures.due_days([Dose(FIRST, counts=False, answer="yes")])) == 1


def test_reported_adherence_ignores_silence() -> None:
    # yes 3, no 1, partial 1.
    assert figures.reported_adherence(MIXED).words == "3 of 5"


def test_days_covered_lies_between_two_bounds() -> None:
    covered = figures.days_covered(MIXED)
    assert covered.low.words == "3 of 6"  # silence taken as missed
    assert covered.high.words == "4 of 6"  # 6 - 1 no - 1 partial


ANSWERS = st.sampled_from(["yes", "no", "partial", None, "not_due", "held", "unasked"])


@given(st.lists(ANSWERS, max_size=40))
def test_the_low_bound_never_exceeds_the_high_one(answers: list[str | None]) -> None:
    covered = figures.days_covered(doses(*answers))
    assert 0 <= covered.low.count <= covered.high.count <= covered.low.of


def test_pdc_shifts_overlaps_forward_and_mpr_does_not() -> None:
    # 30 days from day 0, and 30 more bought on day 20: supply runs to day 59 without a gap.
    fills = [(day(0), 30), (day(20), 30)]
    assert figures.pdc(fills, day(0), day(59)) == Share(60, 60, 60)
    # In a window of 40 days all 40 are covered; the fills hold 60 days' supply: 60 / 40.
    assert figures.pdc(fills, day(0), day(39)).words == "40 of 40"
    assert figures.mpr(fills, day(0), day(39)) == 1.5
    # A gap: day 0 to 9 and 20 to 29 of 30 days.
    assert figures.pdc([(day(0), 10), (day(20), 10)], day(0), day(29)).words == "20 of 30"


@pytest.mark.parametrize(
    ("answers", "run"),
    [
        (("yes", "yes", "yes"), 3),
        (("yes", "no", "yes", "yes"), 2),
        (("yes", "not_due", "held", "yes"), 2),
        (("yes", None), 0),
        ((), 0),
    ],
)
def test_streak(answers: tuple[str | None, ...], run: int) -> None:
    assert figures.streak(doses(*answers)) == run


def test_barriers() -> None:
    given_ones = [
        Dose(day(n), True, "no", barrier=tag) for n, tag in enumerate(["forgot", "forgot"])
    ]
    assert figures.barriers([*given_ones, Dose(day(3), True, "no")]) == Counter(forgot=2)


@pytest.mark.parametrize(
    ("values", "mean"),
    [
        ((9, 9, 4, 5, 6), 6.6),  # (9 + 9 + 4 + 5 + 6) / 5, all within seven days
        ((10, None, None, None, None, None, None, 4, 5, 6), 5.0),  # the 10 is nine days back
        ((4, 5), None),
    ],
)
def test_symptom_mean_needs_three_of_the_last_seven_days(
    values: tuple[float | None, ...], mean: float | None
) -> None:
    assert figures.symptom_mean(scores(*values), day(len(values) - 1)) == mean


def test_baseline_and_change() -> None:
    first_week = scores(6, 8, 6, 8)
    lately = scores(4, 4, 5, 3, start=30)
    assert baseline(first_week, FIRST) == 7  # (6 + 8 + 6 + 8) / 4
    assert recent_mean([*first_week, *lately], day(33)) == 4  # (4 + 4 + 5 + 3) / 4
    assert figures.change([*first_week, *lately], FIRST, day(33)) == -3  # negative is better
    assert figures.change(first_week, FIRST, day(6)) is None  # a week against itself
    assert figures.change([*first_week, *scores(4, 4, 5, 3, start=16)], FIRST, day(19)) is None
    assert figures.change([*first_week, *scores(4, 4, 5, 3, start=17)], FIRST, day(20)) == -3
    assert figures.change(first_week[:3] + lately, FIRST, day(33)) is None
    assert figures.change(first_week + lately[:3], FIRST, day(33)) is None


def test_usual_is_the_median_of_all_but_the_last_three() -> None:
    assert usual(scores(2, 4, 4, 10, 9, 9, 9)) == 4
    assert usual(scores(2, 4, 4, 9, 9, 9)) is None


def test_hard_nights() -> None:
    assert figures.hard_nights(3, [9, 9]) == (3.0, False)
    assert figures.hard_nights(None, [7, 8, 2, 3]) == (3.5, True)  # 2 of 4 nights, of 7: 3.5
    assert figures.hard_nights(None, []) is None


def test_the_weekly_triple_is_never_summed() -> None:
    assert figures.weekly_triple(FIRST, "7,3,5") == Triple(FIRST, 7, 3, 5)


def test_onset_is_a_median_on_the_nights_own_axis() -> None:
    # 23:30, 00:30 and 01:00: the middle one is after midnight.
    reports = {day(0): "23:30", day(1): "00:30", day(2): "01:00"}
    figure = figures.onset(reports, FIRST, day(2), bedtime="23:00")
    assert figure is not None
    assert (figure.median, figure.n, figure.shift_min) == ("00:30", 3, None)


def test_onset_shifts_from_the_first_reports() -> None:
    early = {day(n): "22:00" for n in range(4)}
    late = {day(40 + n): "19:30" for n in range(5)}
    figure = figures.onset(early | late, FIRST, day(44), bedtime="23:00")
    assert figure is not None
    assert (figure.median, figure.n, figure.shift_min) == ("19:30", 5, -150)  # 2 h 30 min earlier


def test_onset_words() -> None:
    words = {day(0): "bedtime", day(1): "all_day", day(2): "none"}
    figure = figures.onset(words, FIRST, day(2), bedtime="22:00")
    assert figure is not None
    assert (figure.median, figure.n) == ("17:00", 2)  # midway between noon and 22:00
    assert figures.onset({day(0): "none"}, FIRST, day(0), bedtime="22:00") is None


def test_bedtime_spread_is_circular() -> None:
    spread = figures.bedtime_spread_min(["23:45", "00:15"])
    assert spread == pytest.approx(15, abs=0.1)  # fifteen minutes either side of midnight
    assert figures.bedtime_spread_min(["23:00"]) is None
    assert figures.bedtime_spread_min(["23:00", "23:00"]) == pytest.approx(0, abs=1e-3)


@given(st.lists(st.integers(0, 1439), min_size=2, max_size=20), st.integers(0, 1439))
def test_the_spread_does_not_depend_on_where_midnight_lies(minutes: list[int], by: int) -> None:
    turned = circular_spread([(minute + by) % 1440 for minute in minutes])
    original = circular_spread(minutes)
    assert original is not None
    if original < 600:  # beyond, hardly any direction is left to speak of
        assert turned == pytest.approx(original, abs=0.5)


def test_lab_days() -> None:
    assert figures.lab_days(FIRST, day(84)) == 84
    assert figures.lab_days(None, day(84)) is None


def test_alert_figures() -> None:
    opened = datetime(2026, 11, 21, 10, tzinfo=UTC)
    waits = [(opened, opened + timedelta(minutes=n)) for n in (5, 15, 16)]
    assert figures.acknowledged_min(waits) == 15
    assert figures.acknowledged_min([]) is None
    assert figures.red_in_time(waits).words == "2 of 3"


def test_load_a_week() -> None:
    assert figures.load_a_week(96, 12) == 8
    assert figures.load_a_week(96, 0) is None
