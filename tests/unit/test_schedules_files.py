"""Programme files: what is shipped, what is refused, and on which line."""

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.fault import Fault, ProgrammeFaults
from schedules.loading import load, shipped
from schedules.safety import SAFETY_GATES, missing_gates, safety_gates
from schedules.toml_scan import line_index, line_of, too_deep

HEAD = '[programme]\nslug = "own"\ntitle = "Own"\npriority = "tip"\n'
STEP = (
    '[[step]]\nkey = "a"\nat = { clock = "17:00" }\ncadence = { daily = true }\nsay = ["TX-01"]\n'
)


def faults_of(source: str) -> list[tuple[int, str]]:
    with pytest.raises(ProgrammeFaults) as caught:
        load(source, "own.toml")
    return [(fault.line, fault.reason) for fault in caught.value.faults]


def test_all_seventeen_programmes_are_shipped_and_keep_their_safety_gates() -> None:
    slugs = (
        "alcohol augmentation caffeine check_in comorbid_care compression education iron iron_diet"
        " labs medicines movement nicotine relaxation sleep_hygiene weekly_scale your_week"
    )
    assert " ".join(programme.slug for programme in shipped()) == slugs
    assert [missing_gates(programme) for programme in shipped()] == [[]] * 17
    assert all(programme.head.sources for programme in shipped())


def shipped_source(slug: str) -> str:
    return (files("schedules") / "programmes" / f"{slug}.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("gate", SAFETY_GATES)
@pytest.mark.parametrize("edit", ["mark", "item", "loosen"])
def test_a_removed_safety_gate_is_missed(gate: object, edit: str) -> None:
    known = next(each for each in SAFETY_GATES if each is gate)
    source = shipped_source(known.programme)
    if edit == "mark":
        source = source.replace("safety = true\n", "")
    elif edit == "item" or known.field == "not_if":
        source = source.replace(f'= ["{known.items[0]}"', '= ["anaemia"')
    else:
        source = source.replace('only_if = ["', 'only_if = ["anaemia", "')
    sentences = missing_gates(load(source, "edited.toml"))
    assert any(known.field in each and known.items[0] in each for each in sentences)


def test_the_marked_gates_of_two_versions_can_be_compared() -> None:
    before = load(shipped_source("caffeine"), "before.toml")
    after = load(shipped_source("caffeine").replace("safety = true\n", ""), "after.toml")
    assert safety_gates(before) - safety_gates(after) == {("heads-up", "not_if", "pregnant")}


ONE_FAULT = [
    ('colour = "red"\n', 10, "colour is no field here. Take it out or write one of key, priority"),
    ('only_if = ["shoe_size"]\n', 10, "no fact 'shoe_size'"),
    ('not_if = [\n  "pregnant",\n  "drinks<3",\n]\n', 12, "takes no bound"),
    ('not_if = "pregnant"\n', 10, "not_if"),
    ("useful_for = 30\n", 10, "written as a text in quotes"),
    ('useful_for = "0"\n', 10, "more than nothing"),
    ('flex = "soon"\n', 10, "no length of time"),
    ('cutoff = "9 hours"\n', 10, "no length of time"),
    ('apart = { thyroid_pill = "4h", drinks = "2h" }\n', 10, "drinks holds no time"),
    ('follows = "b"\n', 10, 'there is no other step "b"'),
    ('not_with = "a"\n', 10, 'there is no other step "a"'),
    ('ask = { kind = "mood", about = "night" }\n', 10, "kind"),
    ('ask = { kind = "iron_yn" }\n', 10, "about is missing"),
    ("safety = true\n", 5, "there are none"),
    ("safety = 1\n", 10, "safety"),
]


@pytest.mark.parametrize(("line", "number", "reason"), ONE_FAULT)
def test_a_fault_has_its_line_and_reason(line: str, number: int, reason: str) -> None:
    ((found, said),) = faults_of(HEAD + STEP + line)
    assert (found, reason in said) == (number, True), said


BAD_TIMES = [
    ("{ clock = 17:00 }", "TOML"),
    ('{ clock = "25:00" }', "a time like"),
    ('{ anchor = "noon" }', "anchor"),
    ('{ anchor = "wake", clock = "17:00" }', "only one of them"),
    ("{ }", "only one of them"),
    ('{ clock = "17:00", offset = "1h" }', "belongs to an anchor"),
    ('{ clock = "17:00", days = 2 }', "days belongs"),
    ('{ fact = "next_lab" }', "date fact needs a clock"),
    ('{ fact = "iron_time", clock = "17:00" }', "date fact needs a clock"),
    ('{ fact = "pregnant" }', "holds no date"),
]
BAD_CADENCES = [
    ("{ }", "Say one rhythm"),
    ("{ daily = true, every_n_days = 2 }", "Say one rhythm"),
    ("{ daily = false }", "daily"),
    ("{ times_per_week = 8 }", "times_per_week"),
    ('{ weekdays = ["monday"] }', "Weekdays are"),
    ('{ weekdays = "pregnant" }', "holds no weekdays"),
    ("{ monthly = { day = 32 } }", "day"),
    ("{ monthly = { nth = 1 } }", "nth with weekday"),
    ('{ daily = true, weeks = "0-4" }', "no range of weeks"),
    ('{ daily = true, weeks = "4-2" }', "ends before"),
    ("{ daily = true, for_days = 3 }", "say from"),
    ('{ daily = true, from = "pregnant" }', "holds no date"),
    ('{ rhythm = "drinks" }', "holds no rhythm"),
]


@pytest.mark.parametrize(("at", "reason"), BAD_TIMES)
def test_times_that_mean_nothing_are_refused(at: str, reason: str) -> None:
    found = faults_of(HEAD + STEP.replace('{ clock = "17:00" }', at))
    assert [line for line, _ in found] == [7]
    assert reason in found[0][1]


@pytest.mark.parametrize(("cadence", "reason"), BAD_CADENCES)
def test_cadences_that_mean_nothing_are_refused(cadence: str, reason: str) -> None:
    found = faults_of(HEAD + STEP.replace("{ daily = true }", cadence))
    assert [line for line, _ in found] == [8]
    assert reason in found[0][1]


def test_every_fault_is_listed_at_once() -> None:
    second = STEP.replace('"TX-01"', '"?"').replace('"a"', '"B"')
    found = faults_of(HEAD.replace("tip", "first") + STEP + second + "[extra]\n")
    assert [line for line, _ in found] == [4, 11, 14, 15]


def two(first: str, second: str) -> str:
    return HEAD + STEP + first + STEP.replace('"a"', '"b"') + second


TOGETHER = [
    (HEAD + STEP + STEP, [(11, "two steps with the key a; give this one another")]),
    (HEAD, [(1, "step is missing")]),
    ("step = []\n" + HEAD, [(1, "no step; a step begins with [[step]]")]),
    (
        two('priority = "safety"\nfollows = "b"\n', ""),
        [(11, "only tip; give it the priority safety")],
    ),
    (two('not_with = "b"\n', 'not_with = "a"\n'), [(10, "in a circle"), (16, "in a circle")]),
    (two('follows = "b"\n', 'follows = "a"\n'), [(10, "in a circle"), (16, "in a circle")]),
    (two('follows = "b"\n', 'not_with = "a"\n'), [(10, "in a circle"), (16, "in a circle")]),
    (two('not_with = "b"\nfollows = "b"\n', ""), [(10, "cannot keep away")]),
    (
        two('follows = "b"\n', 'follows = "c"\n') + STEP.replace('"a"', '"c"'),
        [(10, "chains are not kept; name c")],
    ),
]


@pytest.mark.parametrize(("source", "expected"), TOGETHER)
def test_steps_must_fit_each_other(source: str, expected: list[tuple[int, str]]) -> None:
    found = faults_of(source)
    assert [line for line, _ in found] == [line for line, _ in expected]
    assert all(said in reason for (_, reason), (_, said) in zip(found, expected, strict=True)), (
        found
    )


def test_dates_come_from_a_cadence_or_a_fact() -> None:
    dated = '{ fact = "surgery", days = -7, clock = "17:00" }'
    assert (
        load(
            HEAD
            + STEP.replace("cadence = { daily = true }\n", "").replace(
                '{ clock = "17:00" }', dated
            ),
            "x",
        )
        .steps[0]
        .cadence
        == ()
    )
    assert "no cadence" in faults_of(HEAD + STEP.replace("cadence = { daily = true }\n", ""))[0][1]


BOMBS = [
    ("comment", "#" * (256 * 1024 + 1), "larger than 256 KB"),
    ("letters of two bytes", "é" * (200 * 1024), "larger than 256 KB"),
    ("5 MB of steps", HEAD + STEP * 60_000, "larger than 256 KB"),
    ("dotted key", ".".join(["a"] * 5000) + " = 1", "deeper than 20"),
    ("200 parts of a table", "[" + ".".join(["a"] * 200) + "]", "deeper than 20"),
    ("a table of parts", "[" + ".".join(["a"] * 120_000) + "]", "deeper than 20"),
    ("200 arrays", "a = " + "[" * 200 + "]" * 200, "deeper than 20"),
    ("arrays", "a = " + "[" * 250_000, "deeper than 20"),
    ("200 tables", "a = " + "{ a = " * 200 + "1" + " }" * 200, "deeper than 20"),
    ("inline tables", "a = " + "{ a = " * 30_000, "deeper than 20"),
    ("digits", "a = " + "9" * 250_000, "far too long"),
    (
        "hexadecimal digits",
        HEAD + "max_per_week = 0x" + "f" * 250_000 + "\n" + STEP,
        "from 1 to 14.",
    ),
    ("unclosed", 'a = "unclosed', "a quote is opened here and not closed"),
    ("twice", "a = 1\na = 2\n", "for the second time"),
    ("nothing", "", "programme is missing"),
    ("null", "\x00", "U+0000 (null)"),
]


@pytest.mark.parametrize(("source", "reason"), [b[1:] for b in BOMBS], ids=[b[0] for b in BOMBS])
def test_hostile_files_are_refused_in_words(source: str, reason: str) -> None:
    assert reason in faults_of(source)[0][1]


@pytest.mark.parametrize(
    ("source", "line", "called"),
    [
        ('slug = "a\x00"\n', 1, "U+0000 (null)"),
        ('a = 1\nb = """\n\x1b[31m"""\n', 3, "U+001B (escape)"),
        ("a = 1\n# \x7f\n", 2, "U+007F (delete)"),
        ("a = 1\r\nb = 2\rc = 3\r\n", 2, "U+000D (carriage return)"),
    ],
)
def test_a_control_character_is_named_where_it_stands(source: str, line: int, called: str) -> None:
    assert faults_of(source) == [
        (line, f"The control character {called} stands here. It cannot be seen; delete it.")
    ]


def test_a_byte_order_mark_is_named_with_what_to_do() -> None:
    [(line, reason)] = faults_of("\ufeff" + HEAD + STEP)
    assert line == 1
    assert "begins with U+FEFF (byte order mark)" in reason
    assert reason.endswith("It cannot be seen; save the file as UTF-8 without BOM.")


@given(st.text(alphabet="a=.,[]{}\"'\\#\n 1", max_size=60))
def test_no_source_raises_anything_but_faults(source: str) -> None:
    with pytest.raises(ProgrammeFaults):
        load(source, "any.toml")


def test_depth_ignores_strings_and_comments() -> None:
    assert too_deep('a = "' + "[" * 50 + '" # ' + "{" * 50, 20) is None
    assert too_deep("a = 1\nb = " + "[" * 21, 20) == 2


def test_lines_of_nested_things() -> None:
    source = (
        'x.y = 1.5\n[[t]]\nk = [ # note\n  { a = "]" },\n  { b = """\n[""", c = [1,\n2] },\n]\n'
        '[t.sub]\n"q r" = 2026-10-02 07:00:00\n[[t]]\nk = 1\n'
    )
    index = line_index(source)
    expected = {("x", "y"): 1, ("t", 0): 2, ("t", 0, "k"): 3, ("t", 0, "k", 1): 5}
    expected |= {("t", 0, "k", 0, "a"): 4, ("t", 0, "k", 1, "c", 1): 7, ("t", 0, "sub", "q r"): 10}
    expected |= {("t", 1): 11, ("t", 1, "k"): 12}
    assert {path: line_of(index, path) for path in expected} == expected
    assert line_of(index, ("t", 1, "missing")) == 11


def test_a_fault_reads_as_file_line_reason() -> None:
    assert str(Fault("own.toml", 3, "title is missing.")) == "own.toml:3: title is missing."
