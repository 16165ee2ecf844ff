"""The small values in a programme file ("-9h30m", "17:00", "+3h", "1-4") as validated types."""

import re
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator

from schedules.durations import parse_duration
from schedules.facts import CLOCK, FACTS, WEEKDAYS, ValueKind, check_gate_item

ZERO: Final = timedelta(0)
LONGEST: Final = timedelta(hours=24)
"""How far an offset, a flex or `useful_for` reaches at most: a slot belongs to one night."""
MOST_GATE_ITEMS: Final = 60
_SHOWN: Final = 40
_WEEKS: Final = re.compile(r"([1-9]\d{0,2})(-([1-9]\d{0,2})?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Flex:
    """How far a text may move to enter the patient's hours."""

    earlier: timedelta = ZERO
    later: timedelta = ZERO


@dataclass(frozen=True, slots=True)
class Weeks:
    """Programme weeks `first` to `last` (None: without end), counted from 1."""

    first: int = 1
    last: int | None = None


def _text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise ValueError('This is written as a text in quotes, like "2h" or "17:00".')  # noqa: TRY004 - pydantic turns ValueError into a fault of the file
    return raw


def _duration(raw: Any) -> timedelta:
    return ZERO if raw == 0 and raw is not False else parse_duration(_text(raw))


def _length(raw: Any) -> timedelta:
    length = _duration(raw)
    if length <= ZERO:
        raise ValueError("This length must be more than nothing.")
    return length


def _within_a_day(length: timedelta) -> timedelta:
    if abs(length) > LONGEST:
        raise ValueError("This is longer than a day; write at most 24h.")
    return length


def _cutoff(raw: Any) -> timedelta:
    offset = _within_a_day(_duration(raw))
    if offset > ZERO:
        raise ValueError("A cut-off comes before bedtime; write it with a minus, like -9h.")
    return offset


def _clock(raw: Any) -> time:
    text = _text(raw)
    if not CLOCK.fullmatch(text):
        raise ValueError(f"This is a time like 07:30 or 17:00, not {shown(text)}.")
    return time.fromisoformat(text)


def _flex(raw: Any) -> Flex:
    length = _within_a_day(_duration(raw))
    if length < ZERO:
        return Flex(earlier=-length)
    if isinstance(raw, str) and raw.startswith("+"):
        return Flex(later=length)
    return Flex(earlier=length, later=length)


def _weeks(raw: Any) -> Weeks:
    found = _WEEKS.fullmatch(_text(raw))
    if found is None:
        raise ValueError(f"{shown(raw)} is no range of weeks; write it like 1-4, 5- or 1.")
    first = int(found[1])
    end = None if found[2] and not found[3] else int(found[3] or first)
    if end is not None and end < first:
        raise ValueError(f"{shown(raw)} ends before it begins; write it like 1-4.")
    return Weeks(first, end)


def _weekdays(raw: Any) -> frozenset[int] | str:
    if isinstance(raw, str):
        return fact_of(raw, "weekdays")
    if not isinstance(raw, list) or not raw or not all(day in WEEKDAYS for day in raw):
        raise ValueError("Weekdays are a list of mon, tue, wed, thu, fri, sat, sun, or a fact.")
    return frozenset(WEEKDAYS.index(day) for day in raw)


def _apart(raw: Any) -> tuple[tuple[str, timedelta], ...]:
    if not isinstance(raw, dict) or not raw:
        raise ValueError('Write it like { thyroid_pill = "4h" }.')
    if 2 * sum((_length(raw[code]) for code in raw), ZERO) > LONGEST:
        raise ValueError(
            "So far on either side of every time leaves no time of day free;"
            " all distances together may be 12h."
        )
    return tuple((fact_of(code, "time", "flag or time"), _length(raw[code])) for code in raw)


def listed(raw: Any) -> Any:
    """A TOML array as the tuple a frozen model holds; anything else is left to the model."""
    return tuple(raw) if isinstance(raw, list) else raw


def shown(raw: Any) -> str:
    """A text, number or truth value as the file spells it, cut short; empty for anything else."""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, str):
        return f'"{raw}"' if len(raw) <= _SHOWN else f'"{raw[:_SHOWN]}…"'
    # A number of thousands of digits, written in base 16, cannot be spelled in base 10.
    short = isinstance(raw, float) or (isinstance(raw, int) and raw.bit_length() <= _SHOWN)
    return str(raw) if short else ""


def _one_or_more(raw: Any) -> Any:
    return tuple(raw) if isinstance(raw, list) else (raw,)


def fact_of(code: str, *kinds: ValueKind) -> str:
    """`code` itself if it is a fact whose value is of one of `kinds`; else ValueError."""
    if code not in FACTS:
        raise ValueError(f"There is no fact {shown(code)}; the list of facts is closed.")
    if FACTS[code].value not in kinds:
        raise ValueError(f"{code} holds no {' or '.join(kinds)}.")
    return code


Length = Annotated[timedelta, PlainValidator(_length)]
Offset = Annotated[timedelta, PlainValidator(lambda raw: _within_a_day(_duration(raw)))]
Cutoff = Annotated[timedelta, PlainValidator(_cutoff)]
UsefulFor = Annotated[timedelta, PlainValidator(lambda raw: _within_a_day(_length(raw)))]
Clock = Annotated[time, PlainValidator(_clock)]
FlexField = Annotated[Flex, PlainValidator(_flex)]
WeeksField = Annotated[Weeks, PlainValidator(_weeks)]
WeekdaysField = Annotated[frozenset[int] | str, PlainValidator(_weekdays)]
Apart = Annotated[tuple[tuple[str, timedelta], ...], PlainValidator(_apart)]
GateItem = Annotated[str, BeforeValidator(lambda raw: check_gate_item(_text(raw)))]
Gate = Annotated[tuple[GateItem, ...], Field(max_length=MOST_GATE_ITEMS), BeforeValidator(listed)]
TextId = Annotated[str, Field(pattern=r"^[A-Z0-9]{2,8}-\d{2,3}$")]
Names = Annotated[tuple[str, ...], BeforeValidator(listed)]
OneOrMore = BeforeValidator(_one_or_more)


class Table(BaseModel):
    """A table of a programme file: strict types, no unknown fields, never changed."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
