"""The bound on the next slot: no text of any patient lies before it, and it tells people apart."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.day_plan import plan
from schedules.facts import Facts
from schedules.loading import shipped
from schedules.night import Rhythm, night_of
from schedules.open_hours import night_over
from schedules.slots import Past
from schedules.soonest import changed, soonest, time_facts
from tests.unit.schedules_patient import DAY, MONDAY, NEW_YORK, facts, patient, planned, programme

ZONES = ("America/Halifax", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Kiritimati")
KNOWN = {
    "uses_caffeine": "yes",
    "drinks": "mon,tue,wed,thu,fri,sat,sun",
    "iron_oral": "daily",
    "iron_start": "2026-05-01",
    "exercise_cleared": "yes",
    "dopamine_agonist": "yes",
    "next_lab": "2026-06-20",
}
CLOCK = {"iron_time": "17:30", "thyroid_pill": "06:45", "calcium": "18:30", "texts_at": "06:30"}
MOMENT = datetime(2026, 6, 10, tzinfo=UTC)
NONE = timedelta(0)


@given(
    minutes=st.integers(0, 40 * 24 * 60),
    zone=st.sampled_from(ZONES),
    bedtime=st.times(),
    asleep=st.integers(4, 11),
    window=st.sampled_from([(time(8), time(20, 30)), (time(19), time(3)), "bedtime"]),
    clocks=st.sets(st.sampled_from(sorted(CLOCK))),
)
def test_no_text_comes_before_it(
    minutes: int, zone: str, bedtime: time, asleep: int, window: object, clocks: set[str]
) -> None:
    now = MOMENT + timedelta(minutes=minutes)
    bedtime = bedtime.replace(second=0, microsecond=0)
    wake = (datetime.combine(MONDAY, bedtime) + timedelta(hours=asleep)).time()
    rhythm = Rhythm(zone, bedtime, wake, window=window)  # type: ignore[arg-type]  # a table of cases
    known = facts(**KNOWN, **{code: CLOCK[code] for code in clocks})
    one = patient(shipped(), rhythm=rhythm, facts=known)
    tonight = night_of(now, zone)
    slots = plan(one, shipped(), Past(), [tonight + n * DAY for n in (-1, 0, 1)])
    going_out = [max(slot.at, now) for slot in planned(slots) if slot.not_after >= now]
    bound = soonest(changed([], shipped()), rhythm, known, now, NONE)
    assert now <= bound <= min([night_over(rhythm, tonight), *going_out])


def test_only_what_changed_can_be_due_already() -> None:
    then = programme('at = { clock = "18:00" }', 'at = { clock = "20:00" }')
    now_on = programme('at = { clock = "18:00" }', 'at = { clock = "18:30" }')
    at_19 = datetime(2026, 6, 10, 23, tzinfo=UTC)

    def bound(before: list[object]) -> datetime:
        return soonest(changed(before, [now_on]), NEW_YORK, Facts(), at_19, NONE)  # type: ignore[arg-type]  # programmes

    assert bound([now_on]) > at_19
    assert bound([then]) == at_19
    assert bound([]) == at_19


@pytest.mark.parametrize(
    ("bedtime", "hours"), [(time(23), 21), (time(22, 15), 20.25)], ids=["23:00", "22:15"]
)
def test_it_is_the_moment_of_the_next_step(bedtime: time, hours: float) -> None:
    rules = changed([], [programme('at = { anchor = "bedtime", offset = "-2h" }')])
    rhythm = Rhythm("America/New_York", bedtime, time(7), window=(time(8), time(23)))
    noon = datetime(2026, 6, 10, 16, tzinfo=UTC)
    expected = datetime(2026, 6, 10, 4, tzinfo=UTC) + timedelta(hours=hours)
    assert soonest(rules, rhythm, Facts(), noon, NONE) == expected
    assert soonest(rules, rhythm, Facts(), noon, timedelta(minutes=5)) < expected


def test_the_clock_times_that_count() -> None:
    iron = [one for one in shipped() if one.slug == "iron"]
    assert {"iron_time", "thyroid_pill", "calcium"} <= time_facts(
        rule for each in iron for rule in each.rules
    )
