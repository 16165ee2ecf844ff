"""Facts as the page says them, and those that are marked on the chart."""

from collections.abc import Sequence
from datetime import date

from schedules.facts import FACTS, TEXTS_AT
from service.entry.web.charts import Marker
from service.entry.web.words import full_day
from service.store.patient_page import KnownFact

_SAID = {
    "iron_oral": "Iron, {}",
    "iron_time": "Iron at {}",
    "iron_start": "Iron since {}",
    "thyroid_pill": "Thyroid pill at {}",
    "drinks": "Usually drinks on {}",
    "onset_age": "First symptoms at the age of {}",
    "surgery": "Operation on {}",
    "next_lab": "Next blood test {}",
    "lab_done": "Blood test taken {}",
    "last_ferritin": "Ferritin {} ng/mL",
    "last_tsat": "TSAT {} %",
    "treatment_start": "Treatment since {}",
    "medicine_change": "Medicine changed {}",
    TEXTS_AT: "Texts tied to neither bedtime nor tablets near {}",
}
_MARKED = {
    "treatment_start": "treatment",
    "iron_start": "iron",
    "last_ferritin": "ferritin {}",
    "last_tsat": "TSAT {} %",
    "lab_done": "blood test",
    "medicine_change": "medicine changed",
}
_RHYTHMS = {"daily": "every day", "alternate": "alternate days"}


def said(fact: KnownFact) -> str:
    """One fact in words."""
    value, at = _split(fact.value)
    words = _SAID.get(fact.code)
    if words is None:
        timed = f", at {fact.value}" if ":" in fact.value else ""
        meaning = FACTS[fact.code].meaning if fact.code in FACTS else fact.code
        # Behind the semicolon stands what programmes make of it.
        named = meaning.partition(";")[0]
        return named[0].upper() + named[1:] + timed
    day = _date(value)
    value = full_day(day) if day else _RHYTHMS.get(value, value.replace(",", ", "))
    return words.format(value) + (f", {full_day(at)}" if at else "")


def since(fact: KnownFact) -> date | None:
    """From when it is so; None for a fact that names its own date, whatever the day it was recorded on."""
    value, at = _split(fact.value)
    return None if at or _date(value) else fact.valid_from


def markers(facts: Sequence[KnownFact]) -> list[Marker]:
    """What changed and when, for the chart; each once."""
    found = {}
    for fact in facts:
        words = _MARKED.get(fact.code)
        value, at = _split(fact.value)
        on = at or _date(value)
        if words and on:
            found[fact.code, on] = Marker(on, words.format(value))
    return list(found.values())


def _split(value: str) -> tuple[str, date | None]:
    number, _, at = value.partition("@")
    return number, _date(at)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
