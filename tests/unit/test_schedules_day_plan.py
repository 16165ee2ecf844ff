"""The day plan: what is planned, where it comes to lie, and every reason it can give."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from schedules.day_plan import plan
from schedules.facts import Fact, Facts
from schedules.night import Rhythm
from schedules.recurrence import to_local
from schedules.slots import REASONS, OpenQuestion, Past, Pause, Planned, Withheld, Wording
from tests.unit.schedules_patient import (
    DAY,
    MONDAY,
    NEW_YORK,
    decided,
    facts,
    nights,
    of_clinic,
    one_night,
    patient,
    planned,
    programme,
    reasons,
    utc,
)

NIGHT = MONDAY + 8 * DAY
ASKS = 'ask = { kind = "symptom_0_10", about = "night" }\n'


def at(clock: str, more: str = "") -> str:
    return f'at = {{ clock = "{clock}" }}\n{more}'


def lies(slots: list[Planned | Withheld]) -> list[str]:
    zone = NEW_YORK.zone
    return [f"{to_local(s.at, zone):%H:%M} {s.programme}/{s.step}" for s in planned(slots)]


def test_the_worked_example_of_a_day() -> None:
    """Bedtime 23:00, wake 07:00: 08:00, 09:30, 13:30 and 20:20 (clinical section 3)."""
    programmes = of_clinic("iron", "check_in", "caffeine")
    known = facts(iron_oral="daily", uses_caffeine="")
    subject = patient(programmes, key="patient-3", facts=known)
    slots = plan(subject, programmes, Past(), [NIGHT - DAY, NIGHT])
    today = [slot for slot in slots if to_local(slot.at, NEW_YORK.zone).date() == NIGHT]
    assert lies(today) == [
        "08:00 iron/dose",
        "09:30 check_in/score",
        "13:30 caffeine/heads-up",
        "20:20 caffeine/kept",
    ]
    kept = planned(today)[-1]
    assert (kept.due, kept.not_after) == (utc("2026-06-10T01:00"), utc("2026-06-10T00:30"))
    heads_up = planned(today)[-2]
    assert (heads_up.cutoff, heads_up.not_after) == (time(14), utc("2026-06-09T18:00"))


HOURS = [
    # at, flex, useful_for, where it lies (None: outside_hours), what is last
    ("08:00", "0", "2h", "08:00", "10:00"),
    ("20:25", "0", "2h", "20:25", "20:30"),
    ("20:30", "0", "2h", None, None),
    ("20:30", "-2h", "2h", "20:20", "20:30"),
    ("22:20", "-2h", "2h", "20:20", "20:30"),
    ("22:21", "-2h", "2h", None, None),
    ("22:21", "3h", "2h", "20:20", "20:30"),
    ("20:35", "15m", "2h", "20:20", "20:30"),
    ("20:36", "15m", "2h", None, None),
    ("07:30", "+3h", "6h", "08:00", "13:30"),
    ("07:30", "-2h", "6h", None, None),
    ("06:00", "+3h", "2h", None, None),
    ("06:00", "+2h", "2h01m", "08:00", "08:01"),
    ("04:59", "+3h", "6h", None, None),
]


@pytest.mark.parametrize(("clock", "flex", "useful", "lie", "last"), HOURS)
def test_hours_and_flex(
    clock: str, flex: str, useful: str, lie: str | None, last: str | None
) -> None:
    step = at(clock, f'flex = "{flex}"\nuseful_for = "{useful}"')
    (slot,) = one_night([programme(step)])
    if isinstance(slot, Withheld):
        assert (lie, slot.reason, slot.at) == (None, "outside_hours", slot.due)
    else:
        found = (to_local(slot.at, NEW_YORK.zone), to_local(slot.not_after, NEW_YORK.zone))
        assert tuple(f"{moment:%H:%M}" for moment in found) == (lie, last)


WINDOWS = [
    ((time(22), time(6)), "23:30", "23:30"),
    ((time(22), time(6)), "05:55", "05:55"),
    ((time(22), time(6)), "07:00", "05:50"),
    ((time(22), time(6)), "21:00", "22:00"),
    ((time(22), time(6)), "12:00", None),
    ("bedtime", "22:30", "22:30"),
    ("bedtime", "23:30", "22:50"),
    ("bedtime", "07:30", "08:00"),
    ("bedtime", "02:00", None),
]


@pytest.mark.parametrize(("window", "clock", "lie"), WINDOWS)
def test_windows_across_midnight_and_until_bedtime(
    window: Any, clock: str, lie: str | None
) -> None:
    rhythm = Rhythm("America/New_York", time(23), time(7), window=window)
    step = at(clock, 'flex = "2h"\nuseful_for = "4h"')
    slots = one_night([programme(step)], rhythm=rhythm)
    assert lies(slots) == ([f"{lie} own/s0"] if lie else [])


def test_a_night_worker_is_texted_until_a_morning_bedtime() -> None:
    worker = Rhythm("America/New_York", time(8, 30), time(16), window="bedtime")
    steps = [at("07:00"), at("08:35"), at("15:30", 'flex = "3h"')]
    slots = one_night([programme(*steps)], rhythm=worker)
    assert reasons(slots) == [None, None, "outside_hours"]
    assert lies(slots) == ["16:00 own/s2", "07:00 own/s0"]


def test_texts_keep_90_minutes_and_move_only_later() -> None:
    first = programme(at("10:00"), head='priority = "lab"')
    moved = programme(at("11:00", 'flex = "+3h"'), slug="moved")
    fixed = programme(at("09:00", 'flex = "-2h"'), slug="fixed")
    assert lies(one_night([first, moved])) == ["10:00 own/s0", "11:30 moved/s0"]
    assert reasons(one_night([first, fixed])) == ["gap", None]


def test_the_gap_reaches_across_nights_and_to_texts_that_are_no_slots() -> None:
    evening = programme(at("12:30"), slug="b")
    nudged = Past(sent_at=(utc("2026-06-09T16:00"),))
    assert reasons(one_night([evening], past=nudged)) == ["gap"]
    late = programme(at("11:30"), slug="a")
    subject = patient([late, evening])
    slots = plan(subject, [late, evening], Past(), [NIGHT, NIGHT + DAY])
    assert [(s.programme, r) for s, r in zip(slots, reasons(slots), strict=True)] == [
        ("b", None),
        ("a", None),
        ("b", "gap"),
        ("a", None),
    ]


QUESTIONS = [
    ("0-10", "2026-06-09T18:01", "", "question_open"),
    ("0-10", "2026-06-09T18:00", "", None),
    ("yes/no", "2026-06-09T20:59", "", None),
    ("0-10", "2026-06-09T20:00", 'flex = "+3h"\nuseful_for = "4h"', "19:00"),
    ("0-10", "2026-06-09T20:00", 'flex = "+3h"\nuseful_for = "2h"', "question_open"),
]


@pytest.mark.parametrize(("kind", "asked", "flex", "expected"), QUESTIONS)
def test_questions_of_one_answer_type_keep_3_hours(
    kind: str, asked: str, flex: str, expected: str | None
) -> None:
    past = Past(open_questions=(OpenQuestion(kind, utc(asked)),))
    slots = one_night([programme(at("17:00", ASKS + flex))], past=past)
    if expected == "19:00":
        assert lies(slots) == ["19:00 own/s0"]
    else:
        assert reasons(slots) == [expected]


def test_an_alternate_day_order_is_held_around_its_blood_test() -> None:
    programmes = of_clinic("iron")
    known = facts(iron_oral="alternate", iron_start="2026-06-02", next_lab="2026-06-11")
    subject = patient(programmes, facts=known)
    slots = plan(subject, programmes, Past(), nights(MONDAY, 14))
    doses = [slot for slot in slots if slot.step == "dose"]
    assert [slot.on.day for slot in doses] == [2, 4, 6, 8, 10, 12, 14]
    assert reasons(doses) == [None, None, None, None, "held", "held", None]
    assert isinstance(doses[4], Withheld)
    assert doses[4].detail == "blood test 2026-06-11"
    done = Facts([*known, Fact("lab_done", "2026-06-11", MONDAY + 10 * DAY)])
    slots = plan(patient(programmes, facts=done), programmes, Past(), nights(MONDAY, 14))
    doses = [slot for slot in slots if slot.step == "dose"]
    assert reasons(doses) == [None, None, None, None, "held", None, None]


def test_doses_take_no_place_but_keep_the_gap() -> None:
    dose = 'ask = { kind = "iron_yn", about = "dose_date", nudge = "3h" }\n'
    own = programme(at("13:00", dose), at("15:00"), at("17:00"), at("18:00"))
    slots = one_night([own])
    assert reasons(slots) == [None, None, None, "cap_night"]
    assert [slot.unsolicited for slot in planned(slots)] == [False, True, True]


def test_one_gate_a_night_goes_to_the_highest_priority() -> None:
    low, high = programme(at("13:00")), programme(at("16:00"), slug="x", head='priority = "lab"')
    gated = {"T0-01": Wording("T0-01", "T0-01", gated=True)}
    slots = one_night([low, high], wordings=gated)
    assert reasons(slots) == ["cap_night", None]
    rows = tuple(decided(slot) for slot in slots)
    assert one_night([low, high], past=Past(decided=rows), wordings=gated) == []


REASON_CASES = [
    ("not_consented", {"consented": False}, ""),
    ("not_consented", {"declined": frozenset({"own"})}, "the patient left this topic out"),
    ("not_eligible", {"facts": facts(pregnant="")}, "pregnant"),
    ("paused", {"pauses": (Pause(utc("2026-06-09T00:00")),)}, "until resumed"),
    (
        "paused",
        {"pauses": (Pause(utc("2026-06-09T00:00"), utc("2026-06-12T00:00")),)},
        "until 2026-06-11",
    ),
    ("held", {"facts": facts(tip_hold="")}, "tip_hold"),
    ("no_text_in_language", {"wordings": {"T0-01": Wording("T0-01", None)}}, "T0-01"),
    (
        "not_eligible",
        {"wordings": {"T0-01": Wording("T0-01", "T0-01", only_if=("diabetes", "ckd"))}},
        "T0-01 needs diabetes or ckd",
    ),
    (
        "not_eligible",
        {
            "wordings": {"T0-01": Wording("T0-01", "T0-01", not_if=("warfarin",))},
            "facts": facts(warfarin=""),
        },
        "T0-01: warfarin",
    ),
]


@pytest.mark.parametrize(("reason", "changes", "detail"), REASON_CASES)
def test_why_a_slot_is_withheld(reason: str, changes: dict[str, object], detail: str) -> None:
    own = programme(at("17:00", 'not_if = ["pregnant"]'))
    (slot,) = one_night([own], **changes)
    assert isinstance(slot, Withheld)
    assert (slot.reason, slot.detail) == (reason, detail)
    assert slot.reason in REASONS


def test_what_only_if_rules_out_and_what_was_never_owed_is_no_slot() -> None:
    own = programme(at("17:00", 'only_if = ["onset_age<45"]'))
    assert one_night([own]) == []
    assert one_night([own], facts=facts(onset_age="45")) == []
    assert len(one_night([own], facts=facts(onset_age="44"))) == 1
    plain = programme(at("17:00"))
    assert one_night([plain], since=utc("2026-06-09T21:01")) == []
    assert len(one_night([plain], since=utc("2026-06-09T21:00"))) == 1
    assert one_night([plain], consent_from=None) == []
    assert one_night([plain], night=MONDAY - DAY) == []


def test_a_pause_reaches_a_text_that_was_moved_into_it() -> None:
    pause = Pause(utc("2026-06-10T11:45"), utc("2026-06-11T00:00"))
    slots = one_night([programme(at("07:30", 'flex = "+3h"'))], pauses=(pause,))
    assert reasons(slots) == ["paused"]


def test_a_follower_comes_only_after_its_leader_was_sent() -> None:
    programmes = of_clinic("alcohol")
    drinker = facts(drinks="tue")
    assert [s.step for s in one_night(programmes, facts=drinker)] == ["heads-up", "kept"]
    friday = one_night(programmes, facts=drinker, night=NIGHT + 3 * DAY)
    assert friday == []
    (gone, _) = one_night(programmes, facts=drinker)
    failed = decided(gone)._replace(reason="expired")
    assert one_night(programmes, facts=drinker, past=Past(decided=(failed,))) == []


def test_wordings_rotate_among_those_the_patient_may_receive() -> None:
    own = programme(at("17:00", 'say = ["A1-01", "A2-01", "A3-01"]'))
    lacking = {"A2-01": Wording("A2-01", None)}
    subject = patient([own], wordings=lacking)
    slots = plan(subject, [own], Past(), nights(NIGHT, 4))
    assert [slot.text for slot in planned(slots)] == ["A1-01", "A3-01", "A1-01", "A3-01"]
    used = {("own", "s0"): {"A1-01": NIGHT - DAY, "A2-01": NIGHT - 2 * DAY}}
    slots = plan(patient([own]), [own], Past(texts_used=used), nights(NIGHT, 3))
    assert [slot.text for slot in planned(slots)] == ["A3-01", "A2-01", "A1-01"]


def test_once_gives_each_text_once_and_then_ends() -> None:
    programmes = of_clinic("education")
    subject = patient(programmes)
    slots = plan(subject, programmes, Past(), nights(MONDAY, 60))
    assert [(slot.on.day, slot.text) for slot in planned(slots)] == [(13, "EDU-01"), (20, "FAM-01")]
    assert len(slots) == 2
    used = {("education", "learn"): {"EDU-01": MONDAY, "FAM-01": MONDAY}}
    assert plan(subject, programmes, Past(texts_used=used), nights(MONDAY, 60)) == []


def test_questions_say_what_they_are_about() -> None:
    programmes = of_clinic("labs", "check_in", "iron")
    known = facts(next_lab="2026-06-10", iron_oral="daily")
    slots = plan(patient(programmes, facts=known), programmes, Past(), nights(NIGHT + DAY, 4))
    about = {f"{s.programme}/{s.step}": (s.on.day, s.about_date.day) for s in planned(slots)}
    assert about["labs/done"] == (12, 10)
    assert about["iron/dose"] == (14, 14)
    score = next(s for s in planned(slots) if s.step == "score")
    assert score.about_date == score.night == score.on - timedelta(days=1)


def test_a_step_is_not_sent_twice_on_one_date() -> None:
    programmes = of_clinic("iron")
    morning = planned(one_night(programmes, facts=facts(iron_oral="daily")))[0]
    rows = (decided(morning),)
    moved = facts(iron_oral="daily", iron_time="21:00")
    later = one_night(programmes, night=morning.on, past=Past(decided=rows), facts=moved)
    assert [slot.step for slot in later if slot.on == morning.on and slot.step == "dose"] == []


def test_a_spring_forward_night_is_planned_at_the_shifted_hour() -> None:
    rhythm = Rhythm("America/New_York", time(23), time(7), window=(time(2), time(4)))
    saturday = datetime.fromisoformat("2027-03-13").date()
    (slot,) = one_night([programme(at("02:30"))], night=saturday, rhythm=rhythm)
    assert slot.due == utc("2027-03-14T07:30")


@pytest.mark.parametrize(
    ("bedtime", "wake", "clock"),
    [
        (time(23), time(7), "12:00"),
        (time(22, 30), time(6), "11:00"),
        (time(8), time(16), "20:00"),
        (time(12, 30), time(20), "12:30"),
    ],
)
@pytest.mark.parametrize("known", [{}, {"pregnant": ""}, {"iron_oral": "daily"}])
def test_until_takes_nothing_from_the_slots_before_it(
    bedtime: time, wake: time, clock: str, known: dict[str, str]
) -> None:
    programmes = of_clinic("caffeine", "iron", "check_in", "education", "sleep_hygiene")
    subject = patient(
        programmes,
        rhythm=replace(NEW_YORK, bedtime=bedtime, wake=wake, window="bedtime"),
        facts=facts(uses_caffeine="", **known),
    )
    until = utc(f"{NIGHT + DAY}T{clock}") + timedelta(hours=4)
    ahead = nights(NIGHT - DAY, 3)
    whole = plan(subject, programmes, Past(), ahead)
    short = plan(subject, programmes, Past(), ahead, until)
    assert [slot for slot in short if slot.at < until] == [
        slot for slot in whole if slot.at < until
    ]


def test_a_last_night_that_comes_too_late_is_left_out() -> None:
    programmes = [programme(at("12:00"))]
    noon = utc(f"{NIGHT + DAY}T16:00")
    slots = plan(patient(programmes), programmes, Past(), nights(NIGHT, 2), noon)
    assert {slot.night for slot in slots} == {NIGHT}


@pytest.mark.parametrize(("known", "tip"), [(True, "20:20"), (False, "19:00")])
def test_a_week_with_too_few_scores_takes_no_place(known: bool, tip: str) -> None:
    week = programme(at("18:50"), slug="week", head='priority = "check_in"')
    tips = programme(at("19:00", 'flex = "+3h"\nuseful_for = "3h"\nsay = ["TIP-01"]'), slug="tips")
    own = {"T0-01": Wording("T0-01", "T0-01", tells_week=True)}
    weeks = frozenset({NIGHT}) if known else frozenset()
    slots = one_night([week, tips], wordings=own, weeks_known=weeks)
    assert f"{tip} tips/s0" in lies(slots)
    assert ("too_few_answers" in reasons(slots)) is not known
