"""Changes of a patient in words: what was saved and from when, and what somebody else has changed meanwhile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from message_templates.catalogue import LANGUAGES
from schedules.facts import SET
from service.domain.patient_change import FACT, differing, written
from service.entry.web.fact_fields import FIELDS
from service.entry.web.facts_shown import said
from service.entry.web.words import short_day
from service.flows.change_patient import ACTION, care_of
from service.store import audit, patient_page
from service.store.patient_page import KnownFact
from service.store.records import Patient
from service.store.session import Tx

NEWS_FOR: Final = timedelta(minutes=10)
"""How long what somebody saved is told them on the patient's page."""
_COLUMNS: Final = {
    "zone": "Time zone",
    "language": "Language",
    "bedtime": "Bedtime",
    "wake_time": "Wakes at",
    "bedtime_weekend": "Weekend bedtime",
    "wake_weekend": "Weekend waking",
    "window": "Hours for texts",
    "privacy": "Privacy",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is another than when the form was opened; `mine` is what the form made of it, if anything."""

    label: str
    before: str
    now: str
    mine: str | None


def saved(tx: Tx, one: Patient, now: datetime) -> list[str]:
    """What the acting member changed of this patient just now, a line each; from when, and what hangs on it."""
    details = audit.last_own(tx, one.clinic_id, ACTION, one.token, now - NEWS_FOR)
    if details is None:
        return []
    current, facts = written(care_of(tx, one)), patient_page.facts(tx, one.id)
    return [
        _fact_news(name.removeprefix(FACT), facts)
        if name.startswith(FACT)
        else f"{_COLUMNS[name]}: {_value(name, current[name])}, from now on."
        for name in details["fields"]
    ]


def meanwhile(
    opened: Mapping[str, str], current: Mapping[str, str], wanted: Mapping[str, str]
) -> list[Difference]:
    """What has changed since the form was opened."""
    touched = set(differing(opened, wanted))
    return [
        Difference(
            label=_label(name),
            before=_value(name, opened.get(name)),
            now=_value(name, current.get(name)),
            mine=_value(name, wanted.get(name)) if name in touched else None,
        )
        for name in differing(opened, current)
    ]


def _fact_news(code: str, facts: Sequence[KnownFact]) -> str:
    """Of the rows of one fact, the latest first, the first says what was done."""
    field = FIELDS[code]
    last = next((fact for fact in facts if fact.code == code), None)
    if last is None:
        return f"{field.label}: taken out, as if it had never been recorded."
    if last.valid_to is None:
        meant = f": {field.hint}" if field.hint else ""
        return f"{said(last)}, from {short_day(last.valid_from)} on{meant}."
    meant = f", and with it: {field.hint}" if field.hint else ""
    return f"{said(last)}: ends on {short_day(last.valid_to)}{meant}."


def _label(name: str) -> str:
    return FIELDS[name.removeprefix(FACT)].label if name.startswith(FACT) else _COLUMNS[name]


def _value(name: str, text: str | None) -> str:
    if name == "language":
        return LANGUAGES.get(text or "", text or "")
    if name == "window" and text == "bedtime":
        return "until bedtime"
    if not text:
        return "not recorded" if name.startswith(FACT) else "as on other nights"
    return "yes" if text == SET else text.replace("@", ", ").replace("_", " ")
