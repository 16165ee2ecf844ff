"""The fields of a patient that Enrol and Change share: what was typed as columns, and what is known as typed."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from message_templates.catalogue import LANGUAGES
from schedules.facts import FACTS, SET, WEEKDAYS
from service.domain.patient_change import FACT
from service.domain.patient_form import DEFAULT_WINDOW, Fault
from service.entry.web.fact_fields import GROUPS, spelled
from service.entry.web.words import full_day
from service.store.patient_page import KnownFact


def as_columns(typed: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
    """What was typed as the columns `names`; facts and hours are made of several fields each."""
    raw = {name: typed.get(name, "") for name in names}
    raw["facts"] = spelled(typed)
    hours = typed.get("hours", "")
    if hours == "bedtime":
        raw["window"] = hours
    elif hours == "own":
        raw["window"] = f"{typed.get('opens', '')}-{typed.get('closes', '')}"
    else:
        raw["window"] = DEFAULT_WINDOW
    return raw


def as_typed(written: Mapping[str, str]) -> dict[str, str]:
    """What is known, as `written` spells it, as if it had been typed into the fields."""
    typed = {name: text for name, text in written.items() if not name.startswith(FACT)}
    window = typed.pop("window", DEFAULT_WINDOW)
    if window in {DEFAULT_WINDOW, "bedtime"}:
        typed["hours"] = "bedtime" if window == "bedtime" else "default"
    else:
        typed["hours"] = "own"
        typed["opens"], _, typed["closes"] = window.partition("-")
    for name, value in written.items():
        if name.startswith(FACT):
            typed |= _fact_typed(name, value)
    return typed


def _fact_typed(name: str, value: str) -> dict[str, str]:
    kind = FACTS[name.removeprefix(FACT)].value
    if kind == "weekdays":
        return {f"{name}-{day}": "yes" for day in value.split(",")}
    if kind == "number@date":
        number, _, on = value.partition("@")
        return {name: number, f"{name}-on": on}
    if kind == "flag or time" and value != SET:
        return {f"{name}-at": value}
    return {name: value}


def fields_shown(
    typed: Mapping[str, str], faults: Sequence[Fault], facts: Sequence[KnownFact], today: date
) -> dict[str, Any]:
    """What the fields' template needs, with since when each of `facts` is known."""
    return {
        "typed": typed,
        "faults": {
            f"{FACT}{fault.fact}" if fault.fact else fault.column: fault.reason for fault in faults
        },
        "groups": GROUPS,
        "open_codes": {fault.fact for fault in faults} | _codes_typed(typed),
        "dates": {
            fact.code: _dates(fact)
            for fact in reversed(facts)
            if fact.valid_to is None or fact.valid_to > today
        },
        "weekdays": WEEKDAYS,
        "languages": LANGUAGES,
    }


def _dates(fact: KnownFact) -> str:
    ends = f" until {full_day(fact.valid_to)}" if fact.valid_to else ""
    return f"from {full_day(fact.valid_from)}{ends}"


def _codes_typed(typed: Mapping[str, str]) -> set[str]:
    """The facts something was typed for: their groups stay open."""
    named = [name.removeprefix(FACT) for name, value in typed.items() if value and FACT in name]
    return {name.partition("-")[0] for name in named}
