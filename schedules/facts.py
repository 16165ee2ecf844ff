"""What is known of a patient: the closed list of facts, how their values are spelled, and gates.

Source of the list: clinical content, section 8. Dates are the patient's local calendar dates.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from typing import Final, Literal

ValueKind = Literal[
    "flag", "weekdays", "date", "time", "flag or time", "whole number", "number@date", "rhythm"
]

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SET: Final = "yes"
"""The normalised value of a flag."""
TEXTS_AT: Final = "texts_at"
"""The hour a patient wants the texts at that hang from neither sleep nor medicine."""


@dataclass(frozen=True, slots=True)
class FactKind:
    """One entry of the closed list. `set_by`: clinic, reply or rule (who may begin it)."""

    code: str
    value: ValueKind
    meaning: str
    set_by: str = "clinic"


_LIST: Final = (
    FactKind("uses_caffeine", "flag", "drinks coffee, tea, cola or energy drinks"),
    FactKind("drinks", "weekdays", "usual drinking days"),
    FactKind("uses_nicotine", "flag", "smokes or uses nicotine"),
    FactKind("in_recovery", "flag", "in recovery from alcohol use; no alcohol texts"),
    FactKind("opioid", "flag", "takes an opioid; no alcohol texts"),
    FactKind("sedative", "flag", "takes a sedative; no alcohol texts"),
    FactKind("pregnant", "flag", "pregnant; no alcohol texts, caffeine cut-off 12 h before bed"),
    FactKind("iron_oral", "rhythm", "active order for oral iron: daily or alternate days"),
    FactKind("iron_start", "date", "first dose date of the order; parity counts from it"),
    FactKind("iron_time", "time", "ordered time of the dose; without it 30 min after waking"),
    FactKind("iron_iv_only", "flag", "iron by infusion only; no prompts"),
    FactKind("iron_overload", "flag", "iron overload; no prompts, no diet texts"),
    FactKind("thyroid_pill", "time", "time of the thyroid pill; iron keeps 4 h from it"),
    FactKind("calcium", "flag or time", "takes calcium or antacids; iron keeps 2 h from its time"),
    FactKind("warfarin", "flag", "no text naming greens"),
    FactKind("ckd", "flag", "kidney disease, stage 4 or 5; no diet texts"),
    FactKind("dialysis", "flag", "on dialysis; no diet texts, dialysis tips"),
    FactKind("diabetes", "flag", "foot-care tips"),
    FactKind("neuropathy", "flag", "no heat or cold texts, no compression"),
    FactKind("arterial_disease", "flag", "arterial disease of the legs; no compression"),
    FactKind("heart_failure", "flag", "no compression"),
    FactKind("broken_skin", "flag", "broken skin on the legs; no compression"),
    FactKind("clot_history", "flag", "had a clot in a vein; no massage text"),
    FactKind("leg_swelling", "flag", "no massage text"),
    FactKind("vein_disease", "flag", "vein tips"),
    FactKind("gastric_bypass", "flag", "absorption note to staff; no tip"),
    FactKind("anaemia", "flag", "shown in the flag list"),
    FactKind("exercise_cleared", "flag", "cleared for exercise and stretching"),
    FactKind("compression_ordered", "flag", "leg wraps or stockings ordered"),
    FactKind("dopamine_agonist", "flag", "takes a dopamine agonist; screens and rule M-AUG"),
    FactKind("levodopa", "flag", "takes levodopa; screens and rule M-AUG"),
    FactKind("family_history", "flag", "RLS in the family"),
    FactKind("onset_age", "whole number", "age at the first symptoms"),
    FactKind("surgery", "date", "planned operation; advice seven days before"),
    FactKind("next_lab", "date", "blood test booked or due; a new date ends lab_done"),
    FactKind("lab_done", "date", "that test was taken; ends the lab hold", "reply, clinic"),
    FactKind("last_ferritin", "number@date", "ng/mL, and the date of the sample"),
    FactKind("last_tsat", "number@date", "%, and the date of the sample"),
    FactKind("treatment_start", "date", "start of the present RLS treatment"),
    FactKind("medicine_change", "date", "last new or changed medicine", "clinic, reply"),
    FactKind("fewer_texts", "flag", "asked for about half the texts a week", "reply, clinic"),
    FactKind("wants_week", "flag", "chose the weekly text of their own figures", "clinic, reply"),
    FactKind(TEXTS_AT, "time", "hour asked for texts tied to no sleep or pill", "reply, clinic"),
    FactKind("tip_hold", "flag", "holds every tip and cut-off step", "rule M-PREG, clinic"),
    FactKind("iron_hold", "flag", "holds the iron dose prompt", "rule M-HOLD, reply, clinic"),
)
FACTS: Final = {kind.code: kind for kind in _LIST}

CLOCK: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
"""A time of day as facts and programme files spell it."""
_NUMBER_AT_DATE = re.compile(r"(\d{1,5}(?:\.\d{1,3})?)@(\d{4}-\d\d-\d\d)")
_BOUND = re.compile(r"([a-z_]+)(<=|>=|<|>)(\d{1,5}(?:\.\d{1,3})?)", re.ASCII)


def parse_value(code: str, raw: str) -> str:
    """The normalised value of fact `code`; ValueError with a sentence for anything else.

    A flag becomes "yes" (also from an empty value), weekdays "fri,sat" in the order of the week
    (also from "sat+fri"), times "HH:MM", dates "YYYY-MM-DD", numbers with a date "62@2026-10-02".
    """
    if code not in FACTS:
        raise ValueError(f"There is no fact {code!r}; the list is closed.")
    kind = FACTS[code].value
    text = raw.strip().lower()
    if kind in ("flag", "flag or time") and text in ("", SET):
        return SET
    value = _PARSERS[kind](text)
    if value is None:
        raise ValueError(f"{code} is {_SPELLING[kind]}, not {raw!r}.")
    return value


def _weekdays(text: str) -> str | None:
    named = {part.strip() for part in text.replace("+", ",").split(",")}
    if not named <= set(WEEKDAYS):
        return None
    return ",".join(day for day in WEEKDAYS if day in named)


def _date(text: str) -> str | None:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def _time(text: str) -> str | None:
    return text if CLOCK.fullmatch(text) else None


def _whole_number(text: str) -> str | None:
    return str(int(text)) if re.fullmatch(r"\d{1,3}", text, re.ASCII) else None


def _number_at_date(text: str) -> str | None:
    found = _NUMBER_AT_DATE.fullmatch(text)
    return text if found and _date(found[2]) else None


def _rhythm(text: str) -> str | None:
    return text if text in ("daily", "alternate") else None


def _nothing(_text: str) -> None:
    return None


_PARSERS: Final = {
    "flag": _nothing,
    "weekdays": _weekdays,
    "date": _date,
    "time": _time,
    "flag or time": _time,
    "whole number": _whole_number,
    "number@date": _number_at_date,
    "rhythm": _rhythm,
}
_SPELLING: Final[dict[ValueKind, str]] = {
    "flag": "a flag and takes no value",
    "weekdays": "a list of weekdays like fri,sat",
    "date": "a date like 2026-10-02",
    "time": "a time like 07:30",
    "flag or time": "a flag, or a time like 07:30",
    "whole number": "a whole number",
    "number@date": "a number with its date, like 62@2026-10-02",
    "rhythm": "daily or alternate",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One row: in force from `valid_from` until the day before `valid_to` (None: still)."""

    code: str
    value: str
    valid_from: date
    valid_to: date | None = None


class Facts:
    """The fact rows of one patient, by code. Immutable; values are normalised by parse_value."""

    __slots__ = ("_rows", "recorded")

    def __init__(self, rows: Iterable[Fact] = ()) -> None:
        """Keep `rows`; where two are in force on one date the later valid_from wins."""
        self._rows: dict[str, list[Fact]] = {}
        for row in sorted(rows, key=lambda row: row.valid_from, reverse=True):
            self._rows.setdefault(row.code, []).append(row)
        self.recorded = frozenset(self._rows)
        """The codes that have any row; no other fact holds on any date."""

    def __iter__(self) -> Iterator[Fact]:
        """Every row."""
        return (row for rows in self._rows.values() for row in rows)

    def value(self, code: str, on: date) -> str | None:
        """The value in force on the local date `on`, or None."""
        for row in self._rows.get(code, ()):
            if row.valid_from <= on and (row.valid_to is None or on < row.valid_to):
                return row.value
        return None

    def holds(self, gate_item: str, on: date) -> bool:
        """Whether a gate item ("pregnant", "onset_age<45") holds on the local date `on`."""
        if gate_item in self._rows:
            return self.value(gate_item, on) is not None
        code, compare, bound = _gate_item(gate_item)
        value = self.value(code, on) if compare else None
        if value is None:
            return False
        number = float(value.partition("@")[0])
        return {
            "<": number < bound,
            "<=": number <= bound,
            ">": number > bound,
            ">=": number >= bound,
        }[compare]


def code_of(gate_item: str) -> str:
    """The fact that a gate item asks for."""
    return _gate_item(gate_item)[0]


def bound_of(gate_item: str) -> float | None:
    """The number a gate item compares with; None where any value will do."""
    _, compare, bound = _gate_item(gate_item)
    return bound if compare else None


@lru_cache(maxsize=1024)
def _gate_item(item: str) -> tuple[str, str, float]:
    bound = _BOUND.fullmatch(item)
    return (bound[1], bound[2], float(bound[3])) if bound else (item, "", 0.0)


def check_gate_item(item: str) -> str:
    """`item` itself if it names a known fact, with a bound only where the fact is a number."""
    code, compare, _ = _gate_item(item)
    if code not in FACTS:
        raise ValueError(f"There is no fact {code[:40]!r}; the list of facts is closed.")
    if compare and FACTS[code].value not in ("whole number", "number@date"):
        raise ValueError(f"{code} is not a number and takes no bound.")
    return item


def parse_facts_option(text: str) -> dict[str, str]:
    """`--facts a,b=c` as code -> normalised value; ValueError names the part that is wrong."""
    facts: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        code, _, raw = part.partition("=")
        if code in facts:
            raise ValueError(f"{code} is given twice.")
        facts[code] = parse_value(code, raw)
    return facts


@lru_cache(maxsize=4096)
def as_date(value: str) -> date:
    """The date in a normalised value: that of a date fact, or behind the @ of a number."""
    return date.fromisoformat(value.rpartition("@")[2])


@lru_cache(maxsize=2048)
def as_time(value: str) -> time | None:
    """The clock time in a normalised value; None where the fact stands as a flag only."""
    return time.fromisoformat(value) if ":" in value else None
