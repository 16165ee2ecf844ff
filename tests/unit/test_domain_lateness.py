"""How late texts left, counted: bounds belong to the nearer column, and a broken promise never reads as kept."""

from datetime import timedelta

import pytest

from service.domain.lateness import PROMISED, Spread, histogram, share_within, spread


def seconds(*values: float) -> list[timedelta]:
    return [timedelta(seconds=value) for value in values]


def test_each_text_is_in_the_first_column_it_fits() -> None:
    late = seconds(-1, 0, 10, 10.001, 30, 31, 120, 600, 601)
    assert [count for _, count in histogram(late)] == [3, 2, 2, 1, 1]
    assert [count for _, count in histogram([])] == [0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("on_time", "late", "share"), [(1, 0, 100.0), (0, 1, 0.0), (9899, 101, 98.9), (2, 1, 66.6)]
)
def test_a_share_is_never_rounded_up(on_time: int, late: int, share: float) -> None:
    (_, _), (bound, promised) = PROMISED
    counted = seconds(*[30] * on_time, *[31] * late)
    assert share_within(counted, bound) == share
    assert (share >= promised) == (on_time * 100 >= promised * len(counted))


def test_nothing_has_no_share_and_no_spread() -> None:
    assert share_within([], timedelta(seconds=10)) is None
    assert spread([]) is None


def test_the_middle_and_the_95th_of_a_hundred() -> None:
    assert spread(seconds(*range(100, 0, -1))) == Spread(*seconds(50, 95), 100)
    assert spread(seconds(7)) == Spread(*seconds(7, 7), 1)
