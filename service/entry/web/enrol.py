"""Enrol: one form, checked; what was understood and the very words of the invitation; then the patient's page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from schedules.night import Rhythm
from schedules.open_hours import next_open
from schedules.recurrence import to_local
from service.domain.composing import Composed, compose
from service.domain.patient_form import (
    COLUMNS,
    DEFAULT_PRIVACY,
    CheckedPatient,
    Fault,
    check_row,
)
from service.domain.phone_numbers import region_of, spell_number
from service.entry.web.access import CARERS, for_roles, member, own_clinic
from service.entry.web.patient_fields import as_columns, fields_shown
from service.entry.web.site import current_site
from service.flows.enrol import INVITATION, RecordedConsent, enrol
from service.store import people
from service.store.people import NewPatient, clinic_by_id
from service.store.records import Clinic, Patient
from service.store.session import Tx

pages = Blueprint("enrol", __name__)


@dataclass(frozen=True, slots=True)
class Understood:
    """What enrolling would do: the number as read, the local time there, and the invitation if one goes out.

    `shared_with`: the references of those who have the same number.
    """

    patient: CheckedPatient
    number: str
    clock_there: datetime
    invitation: Composed | None
    leaves_at: datetime
    shared_with: tuple[str, ...]


@pages.get("/enrol")
@for_roles(CARERS)
def form() -> ResponseReturnValue:
    """The empty form, with the clinic's zone and language filled in."""
    with own_clinic() as tx:
        clinic = clinic_by_id(tx, member().clinic_id)
    typed = {
        "zone": clinic.zone,
        "language": clinic.language,
        "privacy": DEFAULT_PRIVACY,
        "consent": "invite",
    }
    return _page(clinic, typed, [], None)


@pages.post("/enrol")
@for_roles(CARERS)
def submit() -> ResponseReturnValue:
    """Check and show what was understood; enrol once that was confirmed. The same person is never enrolled twice."""
    runtime = current_site().runtime
    now = runtime.clock.now()
    typed = request.form.to_dict()
    with own_clinic() as tx:
        clinic = clinic_by_id(tx, member().clinic_id)
        checked = _check(clinic, typed, now)
        faults = checked if isinstance(checked, list) else _taken(tx, clinic, checked)
        understood = None
        if not faults and isinstance(checked, CheckedPatient):
            understood = _understood(tx, clinic, checked, now)
    if understood is None or typed.get("act") != "enrol":
        return _page(clinic, typed, faults, understood)
    with own_clinic(write=True) as tx:
        patient = _same_person(tx, clinic, understood.patient)
        if patient is None:
            faults = _taken(tx, clinic, understood.patient)
            patient = None if faults else _enrolled(tx, clinic, understood.patient, now)
    if patient is None:
        return _page(clinic, typed, faults, None)
    return redirect(url_for("patient.patient", token=patient.token))


def _enrolled(tx: Tx, clinic: Clinic, checked: CheckedPatient, now: datetime) -> Patient:
    recorded = None
    if checked.consent_evidence is not None:
        recorded = RecordedConsent(checked.consent_evidence)
    new = NewPatient(**checked.known())
    return enrol(current_site().runtime, tx, clinic, new, recorded, now)


def _check(clinic: Clinic, typed: Mapping[str, str], now: datetime) -> CheckedPatient | list[Fault]:
    return check_row(
        as_columns(typed, COLUMNS),
        zone=clinic.zone,
        language=clinic.language,
        region=region_of(clinic.sender),
        today=to_local(now, clinic.zone).date(),
    )


def _taken(tx: Tx, clinic: Clinic, checked: CheckedPatient) -> list[Fault]:
    """A reference belongs to one patient; sending the same form again is no fault."""
    other = people.patient_by_ref(tx, clinic.id, checked.ref)
    if other is None or _same_person(tx, clinic, checked) is not None:
        return []
    return [Fault("ref", f"There is a patient {checked.ref} already, with another number.")]


def _same_person(tx: Tx, clinic: Clinic, checked: CheckedPatient) -> Patient | None:
    """The patient of that reference and number, when the form was sent before."""
    other = people.patient_by_ref(tx, clinic.id, checked.ref)
    number = people.phone_index(tx.keyring, checked.phone)
    return other if other is not None and other.phone_index == number else None


def _understood(tx: Tx, clinic: Clinic, checked: CheckedPatient, now: datetime) -> Understood:
    invitation = None
    if checked.consent_evidence is None:
        content = current_site().runtime.shelf.content(tx, clinic)
        values = {"first": checked.given_name}
        invitation = compose(content.catalogue(now), clinic, INVITATION, checked.language, values)
    number = people.phone_index(tx.keyring, checked.phone)
    others = people.patients_by_number(tx, clinic.id, number)
    rhythm = Rhythm(
        zone=checked.zone,
        bedtime=checked.bedtime,
        wake=checked.wake_time,
        bedtime_weekend=checked.bedtime_weekend,
        wake_weekend=checked.wake_weekend,
        window=people.parse_window(checked.window),
    )
    return Understood(
        patient=checked,
        number=spell_number(checked.phone),
        clock_there=to_local(now, checked.zone),
        invitation=invitation,
        leaves_at=next_open(rhythm, now),
        shared_with=tuple(other.ref for other in others if other.ref != checked.ref),
    )


def _page(
    clinic: Clinic, typed: Mapping[str, str], faults: list[Fault], understood: Understood | None
) -> ResponseReturnValue:
    now = current_site().runtime.clock.now()
    page = render_template(
        "enrol.html",
        **fields_shown(typed, faults, (), to_local(now, clinic.zone).date()),
        understood=understood,
        now=now,
    )
    return (page, 400) if faults else page
