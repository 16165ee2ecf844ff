"""What a clinician changes of a patient -> columns, dated facts, a new plan; nothing where somebody was faster."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime

from schedules.facts import Fact
from schedules.recurrence import to_local
from service.domain.patient_change import FACT, after_new_test, differing, written
from service.domain.patient_form import Care
from service.store import audit, circumstances, people
from service.store.records import Patient
from service.store.session import Tx

ACTION = "patient changed"
"""How the audit names it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants of a patient, and what was shown when they began (as `written` spells it).

    `since`: the local date from which facts begin or end; None corrects them from their own first day on.
    """

    opened: Mapping[str, str]
    wanted: Care
    since: date | None


def care_of(tx: Tx, patient: Patient) -> Care:
    """What may be changed, as it stands; facts with those that begin later, without those that are to end."""
    columns = {one.name: getattr(patient, one.name) for one in fields(Care) if one.name != "facts"}
    return Care(**columns, facts={fact.code: fact.value for fact in _lasting(tx, patient)})


def change_patient(tx: Tx, patient: Patient, asked: Asked, now: datetime) -> Care | None:
    """Write what differs and plan anew; `patient` is locked (people.patient_to_change).

    None when done. Otherwise how things stand now: somebody, or the patient by text, has changed something
    since `asked.opened` was shown, and nothing was written. The same form sent twice is done once.
    """
    current = care_of(tx, patient)
    before, wanted = written(current), after_new_test(asked.opened, asked.wanted)
    names = differing(before, written(wanted))
    if not names:
        return None
    if differing(before, asked.opened):
        return current
    columns = {name: getattr(wanted, name) for name in names if not name.startswith(FACT)}
    if columns:
        people.set_patient(tx, patient.id, now, **columns)
    codes = [name.removeprefix(FACT) for name in names if name.startswith(FACT)]
    today = to_local(now, wanted.zone).date()
    _change_facts(
        tx, patient, {code: wanted.facts.get(code) for code in codes}, asked.since, today, now
    )
    since = {"since": asked.since.isoformat()} if asked.since and codes else {}
    audit.write(tx, patient.clinic_id, ACTION, patient.token, now, fields=names, **since)
    return None


def _change_facts(
    tx: Tx,
    patient: Patient,
    changed: Mapping[str, str | None],
    since: date | None,
    today: date,
    now: datetime,
) -> None:
    """Begin the facts that have a value now, end those that have none."""
    first_days = {fact.code: fact.valid_from for fact in _lasting(tx, patient)}
    for code, value in changed.items():
        on = since or first_days.get(code, today)
        if value is None:
            circumstances.end_fact(tx, patient, code, on, now)
        else:
            circumstances.add_fact(tx, patient, code, value, on, now)


def _lasting(tx: Tx, patient: Patient) -> list[Fact]:
    """The rows without an end, the earliest first."""
    rows = (fact for fact in circumstances.facts_of(tx, patient.id) if fact.valid_to is None)
    return sorted(rows, key=lambda fact: fact.valid_from)
