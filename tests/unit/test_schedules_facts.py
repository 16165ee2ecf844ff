"""Facts: spelling, the dates they are in force, gates."""

from datetime import date

import pytest

from schedules.durations import parse_duration, spell_duration
from schedules.facts import Fact, Facts, as_time, check_gate_item, parse_facts_option, parse_value
from tests.unit.schedules_patient import facts

GOOD = [
    ("pregnant", "", "yes"),
    ("pregnant", " YES ", "yes"),
    ("drinks", "sat+fri", "fri,sat"),
    ("drinks", "Sun, mon", "mon,sun"),
    ("iron_oral", "alternate", "alternate"),
    ("iron_start", "2026-10-02", "2026-10-02"),
    ("thyroid_pill", "06:30", "06:30"),
    ("calcium", "", "yes"),
    ("calcium", "12:00", "12:00"),
    ("onset_age", "045", "45"),
    ("last_ferritin", "62@2026-10-02", "62@2026-10-02"),
    ("last_tsat", "18.5@2026-10-02", "18.5@2026-10-02"),
]
BAD = [
    ("shoe_size", "44", "the list is closed"),
    ("pregnant", "maybe", "takes no value"),
    ("drinks", "friday", "like fri,sat"),
    ("drinks", "", "like fri,sat"),
    ("iron_oral", "", "daily or alternate"),
    ("iron_start", "2026-13-02", "a date like"),
    ("iron_time", "7:30", "a time like"),
    ("iron_time", "24:00", "a time like"),
    ("onset_age", "-4", "a whole number"),
    ("last_ferritin", "62", "with its date"),
    ("last_ferritin", "62@2026-02-30", "with its date"),
]


@pytest.mark.parametrize(("code", "raw", "value"), GOOD)
def test_values_are_normalised(code: str, raw: str, value: str) -> None:
    assert parse_value(code, raw) == value
    assert parse_value(code, value) == value


@pytest.mark.parametrize(("code", "raw", "why"), BAD)
def test_other_values_are_refused_with_a_sentence(code: str, raw: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_value(code, raw)


def test_a_fact_is_in_force_until_the_day_before_valid_to() -> None:
    first, second = date(2026, 6, 1), date(2026, 6, 10)
    known = Facts(
        [Fact("iron_oral", "daily", first, second), Fact("iron_oral", "alternate", second)]
    )
    days = (date(2026, 5, 31), first, date(2026, 6, 9), second, date(2030, 1, 1))
    values = [known.value("iron_oral", day) for day in days]
    assert values == [None, "daily", "daily", "alternate", "alternate"]
    assert known.value("pregnant", first) is None


GATES = [("onset_age<45", True), ("onset_age<44", False), ("onset_age>=44", True)]
GATES += [("onset_age", True), ("last_ferritin<=75", True), ("last_ferritin>62", False)]
GATES += [("pregnant", False), ("last_tsat<20", False)]


@pytest.mark.parametrize(("item", "holds"), GATES)
def test_gate_items(item: str, holds: bool) -> None:
    known = facts(onset_age="44", last_ferritin="62@2026-05-01")
    assert known.holds(item, date(2026, 6, 2)) is holds
    assert not known.holds(item, date(2026, 5, 31))


@pytest.mark.parametrize("item", ["drinks<3", "shoe_size", "onset_age<", "onset_age = 4"])
def test_gate_items_that_mean_nothing_are_refused(item: str) -> None:
    with pytest.raises(ValueError, match=r"no fact|takes no bound"):
        check_gate_item(item)


def test_the_facts_option() -> None:
    assert parse_facts_option("uses_caffeine, drinks=fri+sat,iron_oral=daily") == {
        "uses_caffeine": "yes",
        "drinks": "fri,sat",
        "iron_oral": "daily",
    }
    assert parse_facts_option("") == {}
    with pytest.raises(ValueError, match="given twice"):
        parse_facts_option("pregnant,pregnant")


def test_calcium_without_a_time_has_none() -> None:
    assert as_time("yes") is None


@pytest.mark.parametrize("text", ["-9h30m", "90m", "24h", "2h", "0m", "-45m"])
def test_durations_are_spelled_as_they_were_read(text: str) -> None:
    assert parse_duration(spell_duration(parse_duration(text))) == parse_duration(text)


@pytest.mark.parametrize("text", ["", "-", "9", "1d", "1h 30m", "30m1h", "٣h"])
def test_other_durations_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no length of time"):
        parse_duration(text)
