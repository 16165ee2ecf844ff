"""A clinic's eight o'clock spread over minutes: how far, which texts, and what stays as it was."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.day_plan import plan
from schedules.hours import window_of
from schedules.night import Rhythm
from schedules.recurrence import to_local
from schedules.slots import Past, Planned, Withheld
from tests.unit.schedules_patient import (
    DAY,
    MONDAY,
    NEW_YORK,
    facts,
    nights,
    of_clinic,
    patient,
    planned,
    programme,
)

NIGHT = MONDAY + 8 * DAY
MINUTE = timedelta(minutes=1)
AN_HOUR = timedelta(hours=1)


def offsets(step: str, spread: timedelta = AN_HOUR, **changes: object) -> set[timedelta]:
    """How far from its place without spread the text of each of 60 patients lies."""
    own = programme(step)
    found = set()
    for number in range(60):
        subject = patient([own], key=f"patient-{number}", **changes)
        (plain,) = planned(plan(subject, [own], Past(), [NIGHT]))
        (slot,) = planned(plan(replace(subject, spread=spread), [own], Past(), [NIGHT]))
        assert slot._replace(at=plain.at) == plain
        found.add(slot.at - plain.at)
    return found


SHARED = [
    # step, spread, the least and the most that patients lie from the shared moment (minutes)
    ('at = { clock = "17:00" }', AN_HOUR, 0, 10, "ten minutes at most"),
    ('at = { clock = "17:00" }', 4 * MINUTE, 0, 4, "as far as the caller says"),
    ('at = { clock = "17:00" }\nuseful_for = "15m"', AN_HOUR, 0, 5, "a third of its use"),
    ('at = { clock = "20:16" }', AN_HOUR, 0, 4, "to ten minutes before the end of the hours"),
    ('at = { clock = "07:00" }\nflex = "3h"', AN_HOUR, 0, 10, "moved to the opening"),
    (
        'at = { clock = "07:00" }\nflex = "3h"\nuseful_for = "64m"',
        AN_HOUR,
        0,
        4,
        "not past its use",
    ),
    ('at = { clock = "21:00" }\nflex = "3h"', AN_HOUR, -10, 0, "moved to the end"),
    ('at = { anchor = "bedtime", offset = "-1h" }\nflex = "3h"', AN_HOUR, -10, 0, "moved as well"),
    ('at = { clock = "21:00" }\nflex = "43m"', AN_HOUR, -3, 0, "as far as its flex goes"),
]


@pytest.mark.parametrize(("step", "spread", "least", "most", "why"), SHARED)
def test_a_shared_moment_is_spread(
    step: str, spread: timedelta, least: int, most: int, why: str
) -> None:
    found = offsets(step, spread)
    assert min(found) >= least * MINUTE, why
    assert max(found) < most * MINUTE or most == 0, why
    assert max(found) - min(found) > (most - least) * MINUTE / 2
    assert all(offset % timedelta(seconds=1) == timedelta(0) for offset in found)


OWN = [
    ('at = { anchor = "bedtime", offset = "-4h" }', {}, "the patient's own bedtime"),
    ('at = { anchor = "wake", offset = "2h" }', {}, "the patient's own morning"),
    (
        'at = { fact = "iron_time" }\ncadence = { daily = true }',
        {"facts": facts(iron_time="17:00")},
        "ordered for the patient",
    ),
    (
        'at = { clock = "12:00" }\napart = { thyroid_pill = "4h" }',
        {"facts": facts(thyroid_pill="16:05")},
        "it keeps apart",
    ),
    ('at = { clock = "20:20" }', {}, "ten minutes before the end of the hours"),
    ('at = { clock = "20:40" }\nflex = "20m"', {}, "its flex is used up"),
]


@pytest.mark.parametrize(("step", "changes", "why"), OWN)
def test_a_moment_of_ones_own_is_not_spread(
    step: str, changes: dict[str, object], why: str
) -> None:
    assert offsets(step, AN_HOUR, **changes) == {timedelta(0)}, why


def test_less_than_a_second_is_nothing() -> None:
    assert offsets('at = { clock = "17:00" }', timedelta(milliseconds=900)) == {timedelta(0)}


@pytest.mark.parametrize("clocks", [("12:00", "13:30"), ("13:30", "12:00"), ("10:00", "11:30")])
def test_texts_of_one_patient_keep_their_gap_and_none_is_lost(clocks: tuple[str, str]) -> None:
    high = programme(f'at = {{ clock = "{clocks[0]}" }}', slug="a", head='priority = "lab"')
    low = programme(f'at = {{ clock = "{clocks[1]}" }}', slug="b")
    for number in range(60):
        subject = patient([high, low], key=f"patient-{number}", spread=AN_HOUR)
        one, other = sorted(
            planned(plan(subject, [high, low], Past(), [NIGHT])), key=lambda s: s.at
        )
        assert other.at - one.at >= 90 * MINUTE


def test_a_text_that_must_yield_to_a_spread_one_is_not_lost() -> None:
    """Up at 05:30: the dose goes to 08:00, and the check-in, by all of its flex, to 09:30."""
    programmes = of_clinic("iron", "check_in")
    rhythm = replace(NEW_YORK, wake=time(5, 30))
    known = facts(iron_oral="daily")
    for number in range(60):
        subject = patient(programmes, key=f"p{number}", rhythm=rhythm, facts=known)
        one, other = (
            planned(plan(replace(subject, spread=spread), programmes, Past(), nights(MONDAY, 6)))
            for spread in (timedelta(0), AN_HOUR)
        )
        assert [(s.step, s.night) for s in one] == [(s.step, s.night) for s in other]


def test_patients_steps_and_nights_lie_apart_and_stay_where_they_are() -> None:
    own = programme('at = { clock = "12:00" }', 'at = { clock = "17:00" }')
    subjects = [patient([own], key=key, spread=AN_HOUR) for key in ("p", "q", "p")]
    first, second, again = (plan(one, [own], Past(), nights(NIGHT, 3)) for one in subjects)
    assert first == again
    minutes = [_past_the_hour(slot) for slot in (*first, *second)]
    assert len(set(minutes)) == len(minutes)


def _past_the_hour(slot: Planned | Withheld) -> str:
    return f"{to_local(slot.at, NEW_YORK.zone):%M:%S}"


@given(
    st.times().map(lambda clock: clock.replace(second=0, microsecond=0, fold=0)),
    st.sampled_from(["0", "20m", "3h", "+3h", "-2h"]),
    st.sampled_from(["5m", "30m", "2h", "6h"]),
    st.sampled_from(
        [(time(8), time(20, 30)), (time(20), time(4)), (time(9), time(9, 12)), "bedtime"]
    ),
    st.integers(0, 900).map(lambda seconds: timedelta(seconds=seconds)),
)
def test_spread_loses_no_text_and_leaves_no_window(
    clock: time, flex: str, useful_for: str, window: Any, spread: timedelta
) -> None:
    own = programme(
        f'at = {{ clock = "{clock:%H:%M}" }}\nflex = "{flex}"\nuseful_for = "{useful_for}"'
    )
    rhythm = Rhythm("America/New_York", time(23), time(7), window=window)
    subject = patient([own], rhythm=rhythm)
    (plain,) = plan(subject, [own], Past(), [NIGHT])
    (slot,) = plan(replace(subject, spread=spread), [own], Past(), [NIGHT])
    if isinstance(plain, Withheld) or isinstance(slot, Withheld):
        assert slot == plain
        return
    assert abs(slot.at - plain.at) <= min(spread, 10 * MINUTE)
    assert slot.at < slot.not_after == plain.not_after
    margin = timedelta(0) if slot.at == plain.due else 10 * MINUTE
    assert slot.at + margin <= _closing(plain, rhythm)


def _closing(plain: Planned, rhythm: Rhythm) -> datetime:
    windows = [window_of(rhythm, plain.on + n * DAY) for n in (-1, 0, 1)]
    return next(closes for opens, closes in windows if opens <= plain.at < closes)
