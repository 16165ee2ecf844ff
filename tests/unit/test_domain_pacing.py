"""The pace of sending: halved by "too much", one at a time while nobody answers, grown by steps when all goes well."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.exchange import Accepted, Outcome, SendError
from service.domain.pacing import (
    LONGEST_ASKED_S,
    LONGEST_REST_S,
    SILENT_AFTER,
    Pace,
    after,
    full_speed,
)
from service.domain.provider_codes import CodeClass

GOOD = Accepted("t", "SM1")
TOO_MUCH = SendError("t", CodeClass.TRANSIENT, 20429, "Slow.")
UNREACHED = SendError("t", CodeClass.TRANSIENT, None, "Nobody.", reached=False)
SILENT = SendError("t", CodeClass.UNKNOWN, None, "Nothing.")
REFUSED = SendError("t", CodeClass.PERMANENT, 21211, "No.")
MIDDLE = 0.5  # no jitter


def told(pace: Pace, *outcomes: Outcome, at: float = 1.0) -> Pace:
    """Each request begun after the one before had ended."""
    for outcome in outcomes:
        pace = after(pace, outcome, at, at, MIDDLE)
        at += 100.0
    return pace


def test_refusals_double_the_rest_and_halve_the_places() -> None:
    pace, rests, places = full_speed(200), [], []
    for number in range(12):
        now = 100.0 * (number + 1)
        pace = after(pace, TOO_MUCH, now, now, MIDDLE)
        rests.append(pace.rest_until - now)
        places.append(pace.places)
    assert rests == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30, 30])
    assert places == [100, 50, 25, 12, 6, 3, 1, 1, 1, 1, 1, 1]


def test_all_that_was_under_way_together_counts_once() -> None:
    pace = full_speed(200)
    for number in range(200):
        pace = after(pace, TOO_MUCH, began=1.0, now=2.0 + number / 1000, chance=MIDDLE)
    assert (pace.places, pace.rounds) == (100, 1)


@pytest.mark.parametrize(("chance", "rest"), [(0.0, 0.09), (1.0, 0.11)])
def test_the_rest_is_spread_by_a_tenth(chance: float, rest: float) -> None:
    assert after(full_speed(9), TOO_MUCH, 1.0, 1.0, chance).rest_until == pytest.approx(1 + rest)


@pytest.mark.parametrize(
    ("asked", "rest"), [(7.0, 7.0), (0.01, 0.1), (None, 0.1), (1e12, LONGEST_ASKED_S)]
)
def test_a_rest_the_provider_asks_for_is_kept(asked: float | None, rest: float) -> None:
    slow = SendError("t", CodeClass.TRANSIENT, 20429, "Slow.", retry_after_s=asked)
    assert after(full_speed(9), slow, 1.0, 1.0, MIDDLE).rest_until == pytest.approx(1 + rest)


def test_a_round_that_goes_well_adds_a_step() -> None:
    pace = told(full_speed(200), TOO_MUCH)
    before = pace.places
    pace = told(pace, *[GOOD] * before)
    assert before + 4 <= pace.places <= before + 5
    assert pace.rounds == 0
    assert told(pace, *[GOOD] * 5000).places == 200


def test_while_nobody_is_there_one_text_finds_out_and_the_places_come_back() -> None:
    pace = told(full_speed(200), UNREACHED, UNREACHED)
    assert (pace.places, pace.rounds) == (1, 2)
    assert told(pace, REFUSED).places == 200
    assert told(pace, GOOD).places == 200


def test_one_request_without_an_answer_slows_nobody_but_ten_in_a_row_do() -> None:
    pace = full_speed(200)
    assert told(pace, *[SILENT] * (SILENT_AFTER - 1)).places == 200
    assert told(pace, *[SILENT] * (SILENT_AFTER - 1), GOOD, SILENT).places == 200
    assert told(pace, *[SILENT] * SILENT_AFTER).places == 1


@given(st.lists(st.sampled_from([GOOD, TOO_MUCH, UNREACHED, SILENT, REFUSED])), st.floats(0, 1))
def test_whatever_comes_somebody_may_leave_some_time(
    outcomes: list[Outcome], chance: float
) -> None:
    pace = full_speed(20)
    for now, outcome in enumerate(outcomes, 1):
        pace = after(pace, outcome, float(now), float(now), chance)
        assert 1 <= pace.places <= 20
        assert pace.rest_until <= now + LONGEST_REST_S
