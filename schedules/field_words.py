"""What each field of a programme file is, in a nurse's words, for the place where something else stands."""

from collections.abc import Sequence
from typing import Final, get_args

from pydantic_core import ErrorDetails

from schedules.cadence_entry import CadenceEntry, Monthly
from schedules.fields import MOST_GATE_ITEMS, Table, shown
from schedules.own_questions import AnswerType, Option, OwnQuestion
from schedules.programme import (
    MOST_ENTRIES,
    PRIORITIES,
    At,
    Head,
    Programme,
    Step,
)
from schedules.question import About, Ask, QuestionKind


def _one_of(words: Sequence[str]) -> str:
    return f"one of {', '.join(words)}, in quotes"


_KEY: Final = "1 to 64 small letters, digits, - or _ in quotes, beginning with a letter or digit"
_GATE: Final = f'a list of at most {MOST_GATE_ITEMS} facts in quotes, like ["pregnant"]'
_TEXTS: Final = 'a list of texts by their names, like ["CAF-01", "CAF-02"]'
_LENGTH: Final = 'a length of time in quotes, like "90m" or "2h"'
_STEP_KEY: Final = "the key of another step, in quotes"
_FLAG: Final = "true, without quotes, or left out"

EXPECTED: Final[dict[str, str]] = {
    "programme": "the table that begins with [programme], once",
    "step": "a table that begins with [[step]], once for each step, 40 at most",
    "slug": _KEY,
    "title": "a name of 1 to 80 characters in quotes",
    "sources": 'a list of names in quotes, like ["S0", "S1"]',
    "priority": _one_of(PRIORITIES),
    "only_if": _GATE,
    "not_if": _GATE,
    "safety": "true or false, without quotes",
    "stopped": "true or false, without quotes",
    "max_per_week": "a whole number from 1 to 14",
    "key": _KEY,
    "at": 'a moment in braces, like { anchor = "bedtime", offset = "-1h" } or { clock = "17:00" }',
    "anchor": "one of bedtime, wake, in quotes",
    "offset": 'a length of time in quotes, like "-9h30m" or "30m"',
    "clock": 'a time in quotes, like "17:00"',
    "fact": 'the name of a fact in quotes, like "next_lab"',
    "days": "a whole number from -366 to 366",
    "otherwise": 'a moment in braces, like { anchor = "wake", offset = "30m" }',
    "apart": 'distances in braces, like { thyroid_pill = "4h" }',
    "cadence": f"a rhythm in braces, like {{ times_per_week = 2 }}, or a list of at most {MOST_ENTRIES}",
    "follows": _STEP_KEY,
    "not_with": _STEP_KEY,
    "cutoff": 'a length of time before bedtime in quotes, like "-9h"',
    "useful_for": _LENGTH,
    "flex": 'a length of time in quotes, like "3h", "+3h" or "-2h"',
    "say": _TEXTS,
    "ask": 'a question in braces, like { kind = "iron_yn", about = "dose_date" }',
    "daily": _FLAG,
    "every_n_days": "a whole number from 1 to 366",
    "weekdays": 'a list of weekdays, like ["mon", "thu"], or a fact in quotes',
    "times_per_week": "a whole number from 1 to 7",
    "monthly": 'a day in braces, like { nth = 1, weekday = "wed" } or { day = 15 }',
    "nth": "a whole number from 1 to 5, or a list of them",
    "weekday": "one of mon, tue, wed, thu, fri, sat, sun, enrolment, in quotes",
    "day": "a whole number from 1 to 31",
    "rhythm": "a fact in quotes that holds daily or alternate",
    "once": _FLAG,
    "weeks": 'weeks in quotes, like "1-4", "5-" or "1"',
    "from": 'a fact in quotes that holds a date, like "medicine_change"',
    "for_days": "a whole number from 1 to 366",
    "kind": _one_of(get_args(QuestionKind)),
    "about": _one_of(get_args(About)),
    "closes": _LENGTH,
    "then": _TEXTS,
    "nudge": _LENGTH,
    "question": "a table that begins with [[question]], once for each question, 10 at most",
    "id": 'a name of its own in quotes, like "SLEEP-01"',
    "type": _one_of(get_args(AnswerType)),
    "en": "the wording in English, in quotes",
    "es": "the wording in Spanish, in quotes",
    "private": "true or false, without quotes",
    "min": "a whole number from 0 to 998",
    "max": "a whole number from 1 to 999",
    "options": 'a list of 2 to 5 tables like { key = "work", en = "Work", es = "Trabajo" }',
    "next": 'the id of a question or "end" in quotes, or one for each answer, like { yes = "SLEEP-02", no = "end" }',
}
"""What a sentence says after "this is"; every field by its name in the file."""

_TABLES: Final[dict[str, type[Table]]] = {
    "programme": Head,
    "step": Step,
    "at": At,
    "otherwise": At,
    "cadence": CadenceEntry,
    "monthly": Monthly,
    "ask": Ask,
    "question": OwnQuestion,
    "options": Option,
}


def names_of(table: type[Table]) -> list[str]:
    """The fields of a table as a file spells them."""
    return [field.alias or name for name, field in table.model_fields.items()]


def fault_in_words(error: ErrorDetails) -> str:
    """One finding of the models as a sentence that begins with the field."""
    names = [part for part in error["loc"] if isinstance(part, str)]
    field = names[-1] if names else "file"
    match error["type"]:
        case "value_error":
            return f"{field}: {error['ctx']['error']}"
        case "missing":
            return f"{field} is missing; it is {EXPECTED[field]}."
        case "extra_forbidden":
            table = _TABLES[names[-2]] if len(names) > 1 else Programme
            known = ", ".join(names_of(table))
            return f"{shown(field)[1:-1]} is no field here. Take it out or write one of {known}."
    found = shown(error["input"])
    return f"{field}: this is {EXPECTED[field]}{f', not {found}' if found else ''}."
