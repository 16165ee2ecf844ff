"""The small values in a programme file ("-9h30m", "17:00", "+3h", "1-4") as validated types."""

from dataclasses import dataclass
from datetime import time, timedelta
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainValidator

from schedules.durations import parse_duration
from schedules.facts import FACTS, WEEKDAYS, ValueKind, check_gate_item, parse_value

ZERO: Final = timedelta(0)


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
        raise ValueError(f"This is written as a text in quotes, not {raw!r}.")  # noqa: TRY004 - pydantic turns ValueError into a fault of the file
    return raw


def _duration(raw: Any) -> timedelta:
    return ZERO if raw == 0 and raw is not False else parse_duration(_text(raw))


def _length(raw: Any) -> timedelta:
    length = _duration(raw)
    if length <= ZERO:
        raise ValueError("This length must be more than nothing.")
    return length


def _clock(raw: Any) -> time:
    return time.fromisoformat(parse_value("iron_time", _text(raw)))


def _flex(raw: Any) -> Flex:
    length = _duration(raw)
    if length < ZERO:
        return Flex(earlier=-length)
    if isinstance(raw, str) and raw.startswith("+"):
        return Flex(later=length)
    return Flex(earlier=length, later=length)


def _weeks(raw: Any) -> Weeks:
    first, dash, last = _text(raw).partition("-")
    if not first.isdecimal() or int(first) < 1 or not (last.isdecimal() or last == ""):
        raise ValueError(f"{raw!r} is no range of weeks; write it like 1-4, 5- or 1.")
    if last:
        end: int | None = int(last)
    else:
        end = None if dash else int(first)
    if end is not None and end < int(first):
        raise ValueError(f"{raw!r} ends before it begins.")
    return Weeks(int(first), end)


def _weekdays(raw: Any) -> frozenset[int] | str:
    if isinstance(raw, str):
        return fact_of(raw, "weekdays")
    if not isinstance(raw, list) or not raw or not all(day in WEEKDAYS for day in raw):
        raise ValueError("Weekdays are a list of mon, tue, wed, thu, fri, sat, sun, or a fact.")
    return frozenset(WEEKDAYS.index(day) for day in raw)


def _apart(raw: Any) -> tuple[tuple[str, timedelta], ...]:
    if not isinstance(raw, dict) or not raw:
        raise ValueError('Write it like { thyroid_pill = "4h" }.')
    return tuple((fact_of(code, "time", "flag or time"), _length(raw[code])) for code in raw)


def listed(raw: Any) -> Any:
    """A TOML array as the tuple a frozen model holds; anything else is left to the model."""
    return tuple(raw) if isinstance(raw, list) else raw


def _one_or_more(raw: Any) -> Any:
    return tuple(raw) if isinstance(raw, list) else (raw,)


def fact_of(code: str, *kinds: ValueKind) -> str:
    """`code` itself if it is a fact whose value is of one of `kinds`; else ValueError."""
    if code not in FACTS:
        raise ValueError(f"There is no fact {code!r}; the list of facts is closed.")
    if FACTS[code].value not in kinds:
        raise ValueError(f"{code} holds no {' or '.join(kinds)}.")
    return code


Duration = Annotated[timedelta, PlainValidator(_duration)]
Length = Annotated[timedelta, PlainValidator(_length)]
Clock = Annotated[time, PlainValidator(_clock)]
FlexField = Annotated[Flex, PlainValidator(_flex)]
WeeksField = Annotated[Weeks, PlainValidator(_weeks)]
WeekdaysField = Annotated[frozenset[int] | str, PlainValidator(_weekdays)]
Apart = Annotated[tuple[tuple[str, timedelta], ...], PlainValidator(_apart)]
GateItem = Annotated[str, BeforeValidator(lambda raw: check_gate_item(_text(raw)))]
Gate = Annotated[tuple[GateItem, ...], BeforeValidator(listed)]
Names = Annotated[tuple[str, ...], BeforeValidator(listed)]
OneOrMore = BeforeValidator(_one_or_more)


class Table(BaseModel):
    """A table of a programme file: strict types, no unknown fields, never changed."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
