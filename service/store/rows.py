"""From rows to records: the columns of a table that a record names, in the record's order."""

from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import Table
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute

R = TypeVar("R")


@cache
def columns(
    model: type[DeclarativeBase], record: type[Any]
) -> tuple[InstrumentedAttribute[Any], ...]:
    """The columns of `model` that the fields of `record`, a dataclass or a named tuple, name."""
    is_plain = is_dataclass(record)
    names = [field.name for field in fields(record)] if is_plain else record._fields
    return tuple(getattr(model, name) for name in names)


def table(model: type[DeclarativeBase]) -> Table:
    """The table of `model`, for inserts, which no scope needs to confine."""
    return cast("Table", model.__table__)


def as_record(record: Callable[..., R], row: tuple[Any, ...]) -> R:
    """One record from one row."""
    return record(*row)


def grouped(rows: Iterable[tuple[Any, ...]], record: Callable[..., R]) -> dict[int, list[R]]:
    """Records by the row's last column, which names whose they are."""
    groups: dict[int, list[R]] = {}
    for row in rows:
        groups.setdefault(row[-1], []).append(record(*row[:-1]))
    return groups
