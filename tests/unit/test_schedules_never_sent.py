"""Steps that can never go out are refused with their line; what may go out on some date is not."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.cadence import Course, falls_on
from schedules.facts import Fact, Facts
from schedules.fault import ProgrammeFaults
from schedules.gates import can_pass
from schedules.loading import load
from schedules.programme import Programme
from tests.unit.schedules_patient import DAY, MONDAY, facts

HEAD = '[programme]\nslug = "own"\ntitle = "Own"\n'


def faults(step: str, head: str = 'priority = "lab"\n', other: str = "") -> list[tuple[int, str]]:
    """The faults of a file whose step begins on line 7, its key on line 6."""
    source = f'{HEAD}{head}[[step]]\nkey = "a"\n{step}say = ["TX-01", "TX-02"]\n{other}'
    try:
        load(source, "own.toml")
    except ProgrammeFaults as found:
        return [(fault.line, fault.reason) for fault in found.faults]
    return []


AT = 'at = { clock = "17:00" }\n'
DAILY = AT + "cadence = { daily = true }\n"

NEVER_BY_GATES = [
    ('only_if = ["pregnant"]\nnot_if = ["pregnant"]\n', 7, "only_if: not_if rules out everybody"),
    ('only_if = ["ckd", "dialysis"]\nnot_if = ["dialysis", "ckd"]\n', 7, "rules out everybody"),
    ('only_if = ["onset_age<45"]\nnot_if = ["onset_age"]\n', 7, "rules out everybody"),
    ('only_if = ["onset_age<45"]\nnot_if = ["onset_age<=44"]\n', 7, "rules out everybody"),
    ('only_if = ["last_tsat"]\nnot_if = ["last_tsat<20", "last_tsat>=20"]\n', 7, "rules out"),
]
SOMETIMES_BY_GATES = [
    'only_if = ["pregnant", "ckd"]\nnot_if = ["pregnant"]\n',
    'only_if = ["onset_age<45"]\nnot_if = ["onset_age<=43"]\n',
    'only_if = ["last_tsat<45"]\nnot_if = ["last_tsat<=44"]\n',
    'only_if = ["onset_age"]\nnot_if = ["onset_age<45"]\n',
]


@pytest.mark.parametrize(("gates", "line", "said"), NEVER_BY_GATES)
def test_gates_that_nobody_passes(gates: str, line: int, said: str) -> None:
    ((found, reason),) = faults(gates + DAILY)
    assert (found, said in reason) == (line, True), reason


@pytest.mark.parametrize("gates", SOMETIMES_BY_GATES)
def test_gates_that_somebody_passes(gates: str) -> None:
    assert faults(gates + DAILY) == []


def test_the_gates_of_programme_and_step_count_together() -> None:
    head = 'priority = "lab"\nonly_if = ["onset_age<40"]\n'
    assert faults('only_if = ["onset_age>60"]\n' + DAILY, head)[0][0] == 8
    assert faults('only_if = ["onset_age>60", "ckd"]\n' + DAILY, head) == []
    assert faults('not_if = ["onset_age<50"]\n' + DAILY, head)[0][0] == 8
    assert faults(DAILY, head + 'not_if = ["onset_age"]\n')[0][0] == 5


def test_what_is_always_held_never_goes_out() -> None:
    held = 'only_if = ["tip_hold"]\n' + DAILY
    assert "tip_hold holds every step of priority tip" in faults(held, 'priority = "tip"\n')[0][1]
    assert faults(held) == []
    asks = 'ask = { kind = "iron_yn", about = "dose_date" }\n'
    assert "iron_hold holds" in faults('only_if = ["iron_hold"]\n' + DAILY + asks)[0][1]


SUNDAYS = '{ weekdays = ["sun"] }'
NEVER_BY_FACT = [
    ('not_if = ["surgery"]\nat = { fact = "surgery", clock = "17:00" }\n', 8, "at: the step needs"),
    (
        'not_if = ["iron_time"]\nat = { fact = "iron_time" }\ncadence = { daily = true }\n',
        8,
        "the step needs iron_time",
    ),
    (f'not_if = ["drinks"]\n{AT}cadence = {{ weekdays = "drinks" }}\n', 9, "this needs drinks"),
    (f'not_if = ["iron_oral"]\n{AT}cadence = {{ rhythm = "iron_oral" }}\n', 9, "needs iron_oral"),
    (
        f'not_if = ["surgery"]\n{AT}cadence = [\n{{ daily = true, from = "surgery" }},\n{SUNDAYS}]\n',
        10,
        "this needs surgery",
    ),
]


@pytest.mark.parametrize(("step", "line", "said"), NEVER_BY_FACT)
def test_a_fact_the_step_needs_and_rules_out(step: str, line: int, said: str) -> None:
    ((found, reason),) = faults(step)
    assert (found, said in reason) == (line, True), reason


def test_a_time_that_has_another_is_not_needed() -> None:
    at = (
        'at = { fact = "iron_time", otherwise = { clock = "17:00" } }\ncadence = { daily = true }\n'
    )
    assert faults('not_if = ["iron_time"]\n' + at) == []
    other = at.replace('clock = "17:00"', 'fact = "thyroid_pill"')
    assert faults('not_if = ["iron_time"]\n' + other) == []
    assert faults('not_if = ["thyroid_pill"]\n' + other) == []
    ((_, said),) = faults('not_if = ["iron_time", "thyroid_pill"]\n' + other)
    assert "needs iron_time or thyroid_pill" in said


# Each entry on a line of its own; the line of the one that never applies, from 1. 0: all may apply.
SPANS = [
    (["{ daily = true }", "{ times_per_week = 1 }"], 2),
    (["{ daily = true, weeks = '1-4' }", "{ times_per_week = 1 }"], 0),
    (["{ daily = true, weeks = '1-4' }", "{ times_per_week = 1, weeks = '2-3' }"], 2),
    (["{ daily = true, weeks = '1-4' }", "{ times_per_week = 1, weeks = '4-5' }"], 0),
    (
        [
            "{ daily = true, weeks = '5-' }",
            "{ times_per_week = 1, weeks = '1-4' }",
            "{ monthly = { day = 1 } }",
        ],
        3,
    ),
    (["{ daily = true }", "{ daily = true, from = 'surgery', for_days = 7 }"], 2),
    (["{ daily = true, from = 'surgery', for_days = 7 }", "{ times_per_week = 1 }"], 0),
    (
        [
            "{ daily = true, from = 'surgery', for_days = 7 }",
            "{ times_per_week = 1, from = 'surgery', for_days = 5 }",
        ],
        2,
    ),
    (
        [
            "{ daily = true, from = 'surgery', for_days = 7 }",
            "{ times_per_week = 1, from = 'surgery', for_days = 14 }",
        ],
        0,
    ),
    (["{ daily = true, from = 'surgery' }", "{ daily = true, from = 'next_lab' }"], 0),
    (["{ rhythm = 'iron_oral', from = 'iron_start' }", "{ times_per_week = 1 }"], 2),
    (["{ daily = true, from = 'iron_start' }", "{ rhythm = 'iron_oral', from = 'iron_start' }"], 0),
    (["{ daily = true, from = 'surgery', for_days = 7, weeks = '3-' }"], 1),
    (["{ daily = true, from = 'surgery', for_days = 14, weeks = '3-' }"], 0),
    (["{ every_n_days = 28, weeks = '2-4' }"], 1),
    (["{ every_n_days = 28, weeks = '2-5' }"], 0),
    (["{ every_n_days = 8, from = 'surgery', for_days = 7 }"], 1),
    (["{ daily = true, weeks = '1-4' }", "{ every_n_days = 366, weeks = '1-52' }"], 2),
    (["{ once = true, weeks = '1' }", "{ daily = true, weeks = '5-' }"], 0),
]


@pytest.mark.parametrize(("entries", "dead"), SPANS)
def test_an_entry_that_never_applies(entries: list[str], dead: int) -> None:
    found = faults(AT + "cadence = [\n" + ",\n".join(entries) + "\n]\n")
    lines = [line - 8 for line, reason in found if "once ends" not in reason]
    assert lines == ([dead] if dead else []), found


def test_once_is_said_by_every_entry_or_none() -> None:
    mixed = "[\n{ once = true, weeks = '1' },\n{ daily = true, weeks = '5-' },\n]\n"
    ((line, reason),) = faults(f"{AT}cadence = {mixed}")
    assert (line, "write once in every entry" in reason) == (8, True)
    both = mixed.replace("daily = true", "once = true")
    assert faults(f"{AT}cadence = {both}") == []


def test_the_date_of_a_fact_must_be_among_the_days_after_it() -> None:
    at = 'at = { fact = "next_lab", days = -7, clock = "12:00" }\n'
    after = "cadence = { daily = true, from = 'next_lab', for_days = 14 }\n"
    assert "day -7 of next_lab" in faults(at + after)[0][1]
    assert faults(at.replace("-7", "7") + after) == []
    third = after.replace("daily = true", "every_n_days = 3")
    assert len(faults(at.replace("-7", "7") + third)) == 1
    assert faults(at.replace("-7", "6") + third) == []


BESIDE = [
    ("{ times_per_week = 1 }", "{ daily = true }", True),
    ("{ times_per_week = 1 }", "{ every_n_days = 1 }", True),
    ("{ times_per_week = 1 }", "{ times_per_week = 7 }", True),
    ("{ times_per_week = 1 }", "{ times_per_week = 6 }", False),
    ("{ weekdays = ['mon'] }", "{ weekdays = ['mon', 'thu'] }", True),
    ("{ weekdays = ['mon', 'tue'] }", "{ weekdays = ['mon', 'thu'] }", False),
    ("{ daily = true }", "{ weekdays = ['mon', 'thu'] }", False),
    ("{ daily = true, weeks = '2-3' }", "{ daily = true, weeks = '1-4' }", True),
    ("{ daily = true, weeks = '2-5' }", "{ daily = true, weeks = '1-4' }", False),
    ("{ daily = true, from = 'surgery' }", "{ daily = true, weeks = '1-4' }", False),
    ("{ daily = true }", "{ daily = true, from = 'surgery' }", False),
]


@pytest.mark.parametrize(("own", "others", "dead"), BESIDE)
def test_a_step_that_another_leaves_no_day(own: str, others: str, dead: bool) -> None:
    other = f'[[step]]\nkey = "b"\n{AT}cadence = {others}\nsay = ["TX-03"]\n'
    found = faults(f'{AT}cadence = {own}\nnot_with = "b"\n', other=other)
    assert [line for line, _ in found] == ([8] if dead else []), found


NUMBERS = st.sampled_from(
    ["onset_age", *(f"onset_age{op}{n}" for op in "<>" for n in (40, 41, 50))]
)
ITEMS = st.lists(NUMBERS | st.sampled_from(["ckd", "last_tsat<20", "last_tsat>=20"]), max_size=3)


@given(ITEMS, ITEMS, ITEMS, st.integers(0, 60), st.booleans(), st.integers(0, 60))
def test_whom_gates_let_through_can_pass_them(
    one: list[str], other: list[str], against: list[str], age: int, ckd: bool, tsat: int
) -> None:
    known = {"onset_age": str(age), "last_tsat": f"{tsat}@2026-06-01"} | (
        {"ckd": ""} if ckd else {}
    )
    rows = facts(**known)

    def passes(gate: list[str]) -> bool:
        return any(rows.holds(item, MONDAY) for item in gate)

    if passes(one) and passes(other) and not passes(against):
        assert can_pass([one, other], against)


ENTRIES = st.sampled_from(
    [
        *(
            "{ daily = true }",
            "{ daily = true, weeks = '1-2' }",
            "{ every_n_days = 3, weeks = '2-' }",
        ),
        *("{ daily = true, from = 'surgery' }", "{ times_per_week = 2, weeks = '3' }"),
        *(
            "{ every_n_days = 20, weeks = '1-3' }",
            "{ every_n_days = 20, from = 'surgery', weeks = '3' }",
        ),
        *("{ daily = true, from = 'surgery', for_days = 9 }", "{ weekdays = ['sun'] }"),
        *("{ rhythm = 'iron_oral', from = 'surgery' }", "{ rhythm = 'iron_oral' }"),
    ]
)


@given(st.lists(ENTRIES, min_size=1, max_size=4), st.integers(0, 30) | st.none())
def test_no_entry_that_applies_on_some_date_is_called_dead(
    entries: list[str], surgery: int | None
) -> None:
    """What is left of a cadence without its dead entries falls on the same dates."""
    found = faults(AT + "cadence = [\n" + ",\n".join(entries) + "\n]\n")
    alive = [entry for number, entry in enumerate(entries, 9) if number not in dict(found)]
    if not alive:
        return
    rows = [Fact("iron_oral", "alternate", MONDAY)]
    if surgery is not None:
        rows.append(Fact("surgery", str(MONDAY + surgery * DAY), MONDAY))
    course = Course(MONDAY, Facts(rows))
    assert _dates(entries, course) == _dates(alive, course)


def _dates(entries: list[str], course: Course) -> list[int]:
    """The days on which a cadence falls, also one that no file may have."""
    cadence = tomllib.loads(f"cadence = [{', '.join(entries)}]")
    at, head = {"clock": "17:00"}, {"slug": "own", "title": "Own", "priority": "lab"}
    step = {"key": "a", "at": at, "say": ["TX-01"], **cadence}
    rule = Programme.model_validate({"programme": head, "step": [step]}).rules[0]
    return [n for n in range(60) if falls_on(rule, course, MONDAY + n * DAY)]


def linked(leader: str, follower: str) -> list[tuple[int, str]]:
    """The faults of a file whose step b follows its step a; b begins on line 13 at the latest."""
    steps = f'[[step]]\nkey = "b"\nfollows = "a"\n{follower}say = ["TX-03"]\n'
    return faults(leader, other=steps)


FIRST_WEEK = AT + 'cadence = { daily = true, weeks = "1" }\n'
NEVER_TOGETHER = [
    ('only_if = ["pregnant"]\n' + DAILY, 'not_if = ["pregnant"]\n' + DAILY, "nobody"),
    (FIRST_WEEK, AT + 'cadence = { daily = true, weeks = "5" }\n', "none of its days"),
    (AT + 'cadence = { weekdays = ["mon"] }\n', AT + 'cadence = { weekdays = ["thu"] }\n', "none of its days"),
]  # fmt: skip
SOMETIMES_TOGETHER = [
    ('only_if = ["pregnant"]\n' + DAILY, 'not_if = ["ckd"]\n' + DAILY),
    (AT + 'cadence = { daily = true, weeks = "1-4" }\n', AT + 'cadence = { daily = true, weeks = "4-5" }\n'),
    # One night has two dates: an evening's Monday and a morning's Tuesday.
    (AT + 'cadence = { weekdays = ["mon"] }\n', AT + 'cadence = { weekdays = ["tue"] }\n'),
    (AT + 'cadence = { times_per_week = 2 }\n', AT + 'cadence = { weekdays = ["thu"] }\n'),
    (FIRST_WEEK, AT + 'cadence = { daily = true, weeks = "5", from = "surgery" }\n'),
]  # fmt: skip


@pytest.mark.parametrize(("leader", "follower", "said"), NEVER_TOGETHER)
def test_a_step_that_follows_one_it_never_meets(leader: str, follower: str, said: str) -> None:
    ((line, reason),) = linked(leader, follower)
    assert line > 8
    assert reason.startswith("follows: ")
    assert said in reason


@pytest.mark.parametrize(("leader", "follower"), SOMETIMES_TOGETHER)
def test_a_step_that_may_meet_the_one_it_follows(leader: str, follower: str) -> None:
    assert linked(leader, follower) == []
