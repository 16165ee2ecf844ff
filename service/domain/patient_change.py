"""What differs between two states of what may be changed of a patient, by the names of the fields."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import time
from typing import Final

from service.domain.patient_form import Care

FACT: Final = "fact-"
"""Before the code of a fact, where facts and columns stand side by side."""


def written(care: Care) -> dict[str, str]:
    """Every column and fact as text: what a form carries along, to know later what it was opened on."""
    columns = {one.name: _text(getattr(care, one.name)) for one in fields(care)}
    del columns["facts"]
    return columns | {f"{FACT}{code}": value for code, value in care.facts.items()}


def differing(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    """The names whose text is another, sorted; a fact that only one of them has is among them."""
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))


def after_new_test(opened: Mapping[str, str], wanted: Care) -> Care:
    """`wanted` without `lab_done` where a new blood test is set and nobody said of it that it was taken."""
    new, taken = wanted.facts.get("next_lab"), wanted.facts.get("lab_done")
    if new in {None, opened.get(f"{FACT}next_lab")} or taken != opened.get(f"{FACT}lab_done"):
        return wanted
    kept = {code: value for code, value in wanted.facts.items() if code != "lab_done"}
    return replace(wanted, facts=kept)


def _text(value: object) -> str:
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return "" if value is None else str(value)
