"""A step's form and its file: what is not changed stays byte for byte, comments included."""

from dataclasses import replace

import pytest

from schedules.loading import load, shipped_sources
from service.domain.programme_edit import KEEP, FieldError, StepForm, as_written, edited, form_of

SOURCES = shipped_sources()
CAFFEINE = SOURCES["caffeine.toml"]
STEPS = [(name, step.key) for name, source in SOURCES.items() for step in load(source, name).steps]


@pytest.mark.parametrize(("name", "key"), STEPS)
def test_an_unchanged_form_changes_no_byte(name: str, key: str) -> None:
    assert edited(SOURCES[name], key, form_of(SOURCES[name], key)) == SOURCES[name]


def test_a_form_says_what_the_file_says() -> None:
    assert form_of(CAFFEINE, "kept") == StepForm(
        "before bedtime", "2h", "times_per_week", "2", "2h", "-2h"
    )
    assert form_of(SOURCES["weekly_scale.toml"], "week").rhythm == "weekdays"
    assert form_of(SOURCES["iron.toml"], "dose").moment == KEEP
    assert "weeks" in as_written(CAFFEINE, "heads-up", "cadence")


def changed_lines(before: str, after: str) -> list[str]:
    old = before.splitlines()
    return [line.strip() for line in after.splitlines() if line not in old]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"amount": "3h"}, 'at = { anchor = "bedtime", offset = "-3h" }'),
        ({"moment": "after waking"}, 'at = { anchor = "wake", offset = "2h" }'),
        ({"moment": "clock", "amount": "17:00"}, 'at = { clock = "17:00" }'),
        ({"often": "3"}, "cadence = { times_per_week = 3 }"),
        ({"rhythm": "daily", "often": ""}, "cadence = { daily = true }"),
        ({"rhythm": "weekdays", "often": "thu,mon"}, 'cadence = { weekdays = ["mon", "thu"] }'),
        ({"rhythm": "every_n_days", "often": "4"}, "cadence = { every_n_days = 4 }"),
        ({"useful_for": "90m"}, 'useful_for = "90m"'),
        (
            {"flex": "-1h"},
            'flex = "-1h"                                   # may come earlier: the cut-off is long past',
        ),
    ],
)
def test_one_change_is_one_line_and_the_file_stays_valid(change: dict[str, str], line: str) -> None:
    after = edited(CAFFEINE, "kept", replace(form_of(CAFFEINE, "kept"), **change))
    assert changed_lines(CAFFEINE, after) == [line]
    assert load(after, "caffeine.toml").slug == "caffeine"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": "two hours"}, "amount"),
        ({"amount": "-2h"}, "amount"),
        ({"moment": "clock", "amount": "25:00"}, "amount"),
        ({"moment": "whenever"}, "moment"),
        ({"rhythm": "sometimes"}, "rhythm"),
        ({"often": "many"}, "often"),
        ({"rhythm": "weekdays", "often": ""}, "often"),
        ({"rhythm": "weekdays", "often": 'mon,"]}\n[[step]]'}, "often"),
        ({"useful_for": "soon"}, "useful_for"),
        ({"flex": '0"\nsafety = false'}, "flex"),
    ],
)
def test_a_wrong_field_is_named(change: dict[str, str], field: str) -> None:
    with pytest.raises(FieldError) as fault:
        edited(CAFFEINE, "kept", replace(form_of(CAFFEINE, "kept"), **change))
    assert fault.value.field == field


def test_a_step_that_does_not_exist_has_no_form() -> None:
    with pytest.raises(KeyError):
        form_of(CAFFEINE, "nobody")
