"""Change a patient: what Enrol asks of nights, privacy and facts, as it stands; never over what came meanwhile."""

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from schedules.facts import FACTS
from schedules.night import night_of
from schedules.open_hours import night_over
from schedules.recurrence import to_local
from schedules.slots import Planned, Withheld
from service.domain.patient_change import FACT, differing, written
from service.domain.patient_form import Care, Fault, check_care, read_day
from service.entry.web.access import CARERS, for_roles, own_clinic
from service.entry.web.changes_shown import meanwhile
from service.entry.web.holds import WHAT_RESTS
from service.entry.web.patient_fields import as_columns, as_typed, fields_shown
from service.entry.web.site import current_site
from service.flows.change_patient import Asked, care_of, change_patient
from service.flows.plan_due.ahead import forecast, no_more
from service.store import audit, patient_page, people
from service.store.people import rhythm_of
from service.store.records import Patient
from service.store.session import Tx

pages = Blueprint("patient_edit", __name__)

COLUMNS = [one.name for one in fields(Care)]
NAMES = {*COLUMNS} - {"facts"} | {f"{FACT}{code}" for code in FACTS}


@pages.get("/patients/<token>/edit")
@for_roles(CARERS)
def form(token: str) -> ResponseReturnValue:
    """The fields as they stand; that they were read is noted."""
    now = current_site().runtime.clock.now()
    with own_clinic(write=True) as tx:
        one = people.patient_by_token(tx, token) or abort(404)
        opened = written(care_of(tx, one))
        page = _page(tx, one, opened, as_typed(opened), [])
        audit.write(tx, one.clinic_id, "patient read", token, now)
    return render_template("patient_edit.html", **page)


@pages.post("/patients/<token>/edit")
@for_roles(CARERS)
def save(token: str) -> ResponseReturnValue:
    """Write what was changed, and show it on the patient's page; or say what is wrong, or what came meanwhile."""
    now = current_site().runtime.clock.now()
    typed = request.form.to_dict()
    opened = _opened(typed.pop("opened", ""))
    with own_clinic(write=True) as tx:
        one = people.patient_to_change(tx, token) or abort(404)
        asked = _asked(typed, opened, one, now)
        before = _tonights(tx, one)
        page, status = _saved(tx, one, asked, opened, typed, now)
        after = _tonights(tx, one)
        gone = no_more(before, after, night_over(rhythm_of(one), night_of(now, one.zone)))
        # What has come due by the change itself leaves as soon as the change is settled.
        soon = sum(isinstance(slot, Planned) and slot.at <= now for slot in after)
    if page is not None:
        return render_template("patient_edit.html", **page), status
    is_changed = isinstance(asked, Asked) and differing(opened, written(asked.wanted)) != []
    news: dict[str, Any] = {}
    if is_changed:
        news = {"changed": 1, "gone": gone or None, "soon": soon or None}
    return redirect(url_for("patient.patient", token=token, **news))


def _tonights(tx: Tx, one: Patient) -> list[Planned | Withheld]:
    return forecast(current_site().runtime, tx, one.id, 1)


def _saved(
    tx: Tx,
    one: Patient,
    asked: Asked | list[Fault],
    opened: Mapping[str, str],
    typed: Mapping[str, str],
    now: datetime,
) -> tuple[dict[str, Any] | None, int]:
    """The page that says why nothing was written, with its status; None where it was."""
    if isinstance(asked, list):
        return _page(tx, one, opened, typed, asked), 400
    current = change_patient(tx, one, asked, now)
    if current is not None:
        return _stale(tx, one, asked, typed, written(current)), 409
    return None, 302


def _opened(carried: str) -> dict[str, str]:
    """What the form was opened on, as it carried it along; nobody but a tamperer sends anything else."""
    try:
        opened = json.loads(carried)
    except ValueError:
        abort(400)
    if not isinstance(opened, dict) or not opened.keys() <= NAMES:
        abort(400)
    if not all(isinstance(text, str) for text in opened.values()):
        abort(400)
    return opened


def _asked(
    typed: Mapping[str, str], opened: Mapping[str, str], one: Patient, now: datetime
) -> Asked | list[Fault]:
    raw = as_columns(typed, COLUMNS)
    raw["facts"] = ";".join(filter(None, [raw["facts"], *_held(opened)]))
    checked = check_care(raw, opened)
    faults = checked if isinstance(checked, list) else []
    zone = checked.zone if isinstance(checked, Care) else one.zone
    since = today = to_local(now, zone).date()
    if typed.get("when") == "day":
        try:
            since = read_day(typed.get("day", ""), today)
        except ValueError as fault:
            faults = [*faults, Fault("day", str(fault))]
    if faults or isinstance(checked, list):
        return faults
    return Asked(opened, checked, None if typed.get("when") == "start" else since)


def _stale(
    tx: Tx, one: Patient, asked: Asked, typed: Mapping[str, str], current: Mapping[str, str]
) -> dict[str, Any]:
    """The form on how things stand now: a field left alone shows that, one that was changed keeps its entry."""
    before, theirs = as_typed(asked.opened), as_typed(current)
    merged = {
        name: (theirs if typed.get(name, "") == before.get(name, "") else typed).get(name, "")
        for name in {*before, *theirs, *typed}
    }
    news = meanwhile(asked.opened, current, written(asked.wanted))
    return {**_page(tx, one, current, merged, []), "meanwhile": news}


def _page(
    tx: Tx, one: Patient, opened: Mapping[str, str], typed: Mapping[str, str], faults: list[Fault]
) -> dict[str, Any]:
    now = current_site().runtime.clock.now()
    today = to_local(now, one.zone).date()
    person = people.open_person(tx.keyring, one)
    held = _held(opened)
    shown = fields_shown(typed, faults, patient_page.facts(tx, one.id), today)
    shown["groups"] = {
        title: left
        for title, group in shown["groups"].items()
        if (left := [field for field in group if field.code not in held])
    }
    return {
        **shown,
        "patient": one,
        "name": f"{person.given_name} {person.family_name}",
        "opened": json.dumps(opened),
        "tonight": one.tonight_bedtime if one.tonight_night == night_of(now, one.zone) else None,
        "held": [WHAT_RESTS[code] for code in held],
        "now": now,
    }


def _held(opened: Mapping[str, str]) -> list[str]:
    """The holds in force: they are released with a note, and not from here."""
    return [code for code in WHAT_RESTS if f"{FACT}{code}" in opened]
