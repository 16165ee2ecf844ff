"""What a programme file is refused for is said in plain sentences, whatever stands in whichever field."""

import re
from itertools import product

import pytest

from schedules.cadence_entry import CadenceEntry, Monthly
from schedules.fault import ProgrammeFaults
from schedules.field_words import EXPECTED, names_of
from schedules.fields import Table
from schedules.loading import load
from schedules.own_questions import Option, OwnQuestion
from schedules.programme import At, Head, Programme, Step
from schedules.question import Ask

# One valid value for each field, so that every other can be put in its place.
HEAD = {"slug": '"own"', "title": '"Own"', "priority": '"iron"'}
STEP = {
    "key": '"a"',
    "at": '{ clock = "17:00" }',
    "say": '["TX-01"]',
    "cadence": "{ daily = true }",
}
AT = {"anchor": '"bedtime"'}
ASK = {"kind": '"iron_yn"', "about": '"night"'}

WRONG = (
    *(
        "3",
        "0",
        "-1",
        "400",
        "1.5",
        "nan",
        "true",
        "false",
        '""',
        '"?"',
        '"  "',
        '"25:00"',
        '"99h"',
    ),
    *('"9-3"', '"1000-"', '"' + "x" * 90 + '"', "[]", "[3]", "[[]]", '["?"]', '["a", 3]', "{}"),
    *(
        "{ x = 1 }",
        '{ x = "1" }',
        "2026-10-02",
        "17:00:00",
        "2026-10-02T17:00:00Z",
        "0x" + "f" * 5000,
    ),
    *("[" + '"pregnant",' * 61 + "]", "[" + "{ daily = true }," * 21 + "]", "[{}, {}]", "[true]"),
)
# Words that only somebody who writes programs would use.
FOREIGN = re.compile(
    r"[Ii]nput|[Ii]nstance|[Vv]alid\b|should|[Tt]uple|[Dd]ict|[Ss]tring|pattern|greater|less than|None"
    r"|datetime|[Ll]iteral|[Ii]nteger|[Bb]oolean|match|Value|Extra|<|\\|object"
)


def inline(fields: dict[str, str]) -> str:
    return "{ " + ", ".join(f"{name} = {value}" for name, value in fields.items()) + " }"


def file_with(table: type[Table], field: str, value: str) -> str:
    """A programme file that is right but for one field of one of its tables."""
    head, step, own = dict(HEAD), dict(STEP), {field: value}
    if table is Programme:
        parts = {"programme": inline(HEAD), "step": f"[{inline(STEP)}]", **own}
        return "".join(f"{name} = {text}\n" for name, text in parts.items())
    if table in (OwnQuestion, Option):
        step |= {"say": '["TX-01"]', "ask": '{ kind = "own", about = "week" }'}
    if table is Head:
        head |= own
    elif table is Step:
        step |= own
    elif table is At:
        step["at"] = inline(AT | own)
    elif table is Ask:
        step["ask"] = inline(ASK | own)
    elif table is Monthly:
        step["cadence"] = inline({"monthly": inline(own)})
    elif table is CadenceEntry:
        step["cadence"] = inline(own)
    lines = ["[programme]", *(f"{name} = {text}" for name, text in head.items())]
    lines += ["[[step]]", *(f"{name} = {text}" for name, text in step.items())]
    if table in (OwnQuestion, Option):
        lines += ["[[question]]", *_question(table, own)]
    return "\n".join(lines) + "\n"


def _question(table: type[Table], own: dict[str, str]) -> list[str]:
    option = {"key": '"a"', "en": '"A"', "es": '"A"'}
    chosen = inline(option | own) if table is Option else inline(option)
    two = f"[{chosen}, {inline(option | {'key': chr(34) + 'b' + chr(34)})}]"
    known = {"id": '"TX-01"', "type": '"choice"', "en": '"A?"', "es": '"A?"', "options": two}
    return [
        f"{name} = {text}" for name, text in (known | (own if table is OwnQuestion else {})).items()
    ]


TABLES: tuple[type[Table], ...] = (
    Programme,
    Head,
    Step,
    At,
    CadenceEntry,
    Monthly,
    Ask,
    OwnQuestion,
    Option,
)
FIELDS = [(table, field) for table in TABLES for field in names_of(table)]


@pytest.mark.parametrize(
    ("table", "field"), FIELDS, ids=lambda part: getattr(part, "__name__", part)
)
def test_no_value_in_any_field_is_refused_in_foreign_words(table: type[Table], field: str) -> None:
    refused = 0
    for value in WRONG:
        try:
            load(file_with(table, field, value), "own.toml")
        except ProgrammeFaults as error:
            refused += 1
            for fault in error.faults:
                assert not FOREIGN.search(fault.reason), (value[:60], fault.reason)
                assert re.fullmatch(r"[a-z_]+(:| is) .+[.]|There .+[.]|The .+[.]", fault.reason), (
                    fault
                )
                assert len(fault.reason) < 400
                assert 1 <= fault.line <= 20
    assert refused >= len(WRONG) // 2


def test_every_field_is_described_and_no_other() -> None:
    assert set(EXPECTED) == {field for _, field in FIELDS}


SAID = [
    (Head, "title", '""', 3, 'title: this is a name of 1 to 80 characters in quotes, not "".'),
    (Head, "slug", '"Own"', 2, 'slug: this is 1 to 64 small letters, digits, - or _ in quotes'),
    (Head, "priority", '"high"', 4, "priority: this is one of safety, lab, screen, iron, check_in,"),
    (Head, "max_per_week", "15", 5, "max_per_week: this is a whole number from 1 to 14, not 15."),
    (Head, "only_if", '"pregnant"', 5, "only_if: this is a list of at most 60 facts in quotes, like"),
    (Head, "safety", "1", 5, "safety: this is true or false, without quotes, not 1."),
    (Step, "at", '"17:00"', 7, "at: this is a moment in braces, like { anchor"),
    (Step, "cadence", '"daily"', 9, "cadence: this is a rhythm in braces, like { times_per_week = 2 }"),
    (Step, "say", '"TX-01"', 8, "say: this is a list of texts by their names"),
    (Step, "say", '["TX-01", "TX-01"]', 5, "step: say names a text twice"),
    (Step, "only_if", "[3]", 10, "only_if: This is written as a text in quotes"),
    (Step, "cutoff", '"9h"', 10, "cutoff: A cut-off comes before bedtime; write it with a minus"),
    (Step, "cutoff", '"-24h01m"', 10, "cutoff: This is longer than a day; write at most 24h."),
    (Step, "flex", '"25h"', 10, "flex: This is longer than a day"),
    (Step, "useful_for", '"48h"', 10, "useful_for: This is longer than a day"),
    (Step, "apart", '{ thyroid_pill = "13h" }', 10, "apart: So far on either side"),
    (Step, "apart", '{ thyroid_pill = "7h", calcium = "6h" }', 10, "may be 12h"),
    (At, "offset", '"-24h01m"', 7, "offset: This is longer than a day; write at most 24h."),
    (At, "anchor", '"noon"', 7, 'anchor: this is one of bedtime, wake, in quotes, not "noon".'),
    (At, "clock", '"9:00"', 7, 'clock: This is a time like 07:30 or 17:00, not "9:00".'),
    (At, "minutes", "3", 7, "minutes is no field here. Take it out or write one of anchor, offset"),
    (CadenceEntry, "times_per_week", "8", 9, "times_per_week: this is a whole number from 1 to 7, not 8"),
    (CadenceEntry, "times_per_week", '"3"', 9, 'from 1 to 7, not "3".'),
    (CadenceEntry, "daily", "false", 9, "daily: this is true, without quotes, or left out, not false."),
    (CadenceEntry, "weeks", '"1-1000"', 9, 'weeks: "1-1000" is no range of weeks; write it like 1-4'),
    (Monthly, "nth", "6", 9, "nth: this is a whole number from 1 to 5, or a list of them, not 6."),
    (Ask, "kind", '"mood"', 10, "kind: this is one of symptom_0_10, iron_yn"),
    (Ask, "nudge", '"24h"', 10, "ask: The question has closed before its nudge"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "field", "value", "line", "said"), SAID)
def test_what_is_said_of_a_wrong_value(
    table: type[Table], field: str, value: str, line: int, said: str
) -> None:
    with pytest.raises(ProgrammeFaults) as caught:
        load(file_with(table, field, value), "own.toml")
    found = [(fault.line, fault.reason) for fault in caught.value.faults]
    assert any(number == line and said in reason for number, reason in found), found


def test_a_whole_day_is_not_too_long() -> None:
    for field, value in (("offset", '"-24h"'), ("offset", '"24h"')):
        assert load(file_with(At, field, value), "own.toml").steps
    for field, value in product(("flex", "useful_for"), ('"24h"',)):
        assert load(file_with(Step, field, value), "own.toml").steps


CYCLES = [
    ('{ fact = "iron_time", otherwise = { fact = "iron_time" } }', "the time of another fact"),
    (
        '{ fact = "iron_time", otherwise = { fact = "calcium", otherwise = { fact = "iron_time" } } }',
        "the time of another fact",
    ),
    (
        '{ fact = "iron_time", otherwise = { fact = "surgery", clock = "17:00" } }',
        "an anchor, a clock time, or the time of another fact",
    ),
    ('{ fact = "thyroid_pill" }', "thyroid_pill is the step's own time"),
    ('{ fact = "iron_time", otherwise = { fact = "thyroid_pill" } }', "the step's own time"),
]


@pytest.mark.parametrize(("at", "said"), CYCLES)
def test_a_moment_that_hangs_from_itself_is_refused(at: str, said: str) -> None:
    source = file_with(Step, "at", at) + 'apart = { thyroid_pill = "4h" }\n'
    with pytest.raises(ProgrammeFaults, match=said):
        load(source, "own.toml")


SYNTAX = [
    ("key = a", "no value can be read here; texts and times stand in quotes"),
    ("at = { clock = 17:00 }", "or a time lacks its quotes"),
    ("key a", "a line here is a name, then =, then a value"),
    ('key = "b" c', "something follows the value"),
    ('key = "b\n', "a quote is opened here and not closed"),
    ('say = ["T-01"\nkey = "b"', "a \\[ is opened and not closed"),
    ('at = { clock = "17:00"', "a { is opened and not closed"),
    ("at = { clock = '1', clock = '2' }", "stands in these braces for the second time"),
    ("[programme]", "each step begins with \\[\\[step\\]\\]"),
    ("since = 2026-02-30", "there is no such date"),
]


@pytest.mark.parametrize(("line", "said"), SYNTAX)
def test_what_is_no_toml_is_said_in_words(line: str, said: str) -> None:
    with pytest.raises(ProgrammeFaults, match=said):
        load(
            file_with(Programme, "x", "1").replace("x = 1", "") + "[programme2]\n" + line,
            "own.toml",
        )
