"""A patient's own week: its figures are those of a plain recount, and the words that ask for it."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from message_templates.long_values import LONG_VALUES
from service.domain.own_week import LONGEST, OwnScores, nights_told, own_week, week_values
from service.domain.reading import read
from service.domain.trends import Score, usual

AS_OF = date(2026, 11, 21)
NIGHTS = st.dictionaries(st.integers(-2, 34), st.integers(0, 10), max_size=36)


@given(NIGHTS)
def test_the_figures_are_those_of_a_recount(ago: dict[int, int]) -> None:
    scores = tuple(Score(AS_OF - timedelta(days=n), value) for n, value in ago.items())
    week = own_week(OwnScores(scores, usual(scores)), AS_OF)
    told = [value for n, value in ago.items() if 0 <= n <= 6]
    if len(told) < 3:
        assert week is None
        return
    assert week is not None
    said = week_values(week, "en")
    mean = Fraction(sum(told), len(told))
    assert abs(Fraction(said["mean"]) - mean) <= Fraction(1, 20)
    assert said["nights"] == str(len(told))
    assert said["hard"] == str(len([value for value in told if value >= 7]))
    assert week_values(week, "es")["mean"] == said["mean"].replace(".", ",")


@given(NIGHTS)
def test_a_week_is_known_on_the_nights_that_have_figures(ago: dict[int, int]) -> None:
    own = OwnScores(tuple(Score(AS_OF - timedelta(days=n), value) for n, value in ago.items()), 4)
    around = [AS_OF + timedelta(days=n) for n in range(-50, 15)]
    has_figures = {night for night in around if own_week(own, night - timedelta(days=1))}
    assert nights_told(own) == has_figures


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_figure_is_longer_than_the_long_values(language: str) -> None:
    found = week_values(LONGEST, language)
    assert all(len(value) <= len(LONG_VALUES[language][name]) for name, value in found.items())


@pytest.mark.parametrize(
    ("body", "kind", "value"),
    [
        ("my week", "none", "yes"),
        ("Send my week please", "symptom_0_10", "yes"),
        ("MI SEMANA", "none", "yes"),
        ("mande mi semana por favor", "iron_yn", "yes"),
        ("NO WEEK", "tip", "no"),
        ("stop my week", "weekly_3", "no"),
        ("no semana", "none", "no"),
    ],
)
def test_the_words_that_ask_for_it(body: str, kind: str, value: str) -> None:
    (intent,) = read(body, [kind]).intents
    assert (intent.name, intent.value) == ("own_week", value)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("STOP", "stop"),
        ("stop my week and everything, stop", "stop"),
        ("my week was awful, I want to die", "red_flag"),
        ("no more", "stop"),
    ],
)
def test_what_only_sounds_like_it_is_read_as_before(body: str, name: str) -> None:
    assert read(body, ["none"]).intents[0].name == name
