"""A pause of one patient's texts: begun and ended by a clinician; the rest of automatic answers: ended."""

from datetime import date, datetime, time, timedelta

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from schedules.recurrence import to_local, to_utc
from service.domain.by_hand import rests_until
from service.entry.web.access import CARERS, for_roles, own_clinic
from service.entry.web.patient import find, show
from service.entry.web.site import current_site
from service.entry.web.words import full_day
from service.flows import text_patient
from service.store import audit, circumstances
from service.store.records import Patient

pages = Blueprint("pauses", __name__)

LONGEST_PAUSE_DAYS = 366


@pages.post("/patients/<token>/pause")
@for_roles(CARERS)
def pause(token: str) -> ResponseReturnValue:
    """Pause planned texts until the morning of a day, or until somebody resumes them; or say which days can be."""
    now = current_site().runtime.clock.now()
    typed = request.form.get("until", "").strip()
    with own_clinic(write=True) as tx:
        one = find(tx, token)
        try:
            until = _until(typed, one, now) if typed else None
        except ValueError as fault:
            wrong = str(fault)
        else:
            circumstances.add_pause(tx, one, until, now)
            audit.write(tx, one.clinic_id, "patient paused", token, now)
            return redirect(url_for("patient.patient", token=token))
    return show(token, until=typed, until_fault=wrong), 400


@pages.post("/patients/<token>/resume")
@for_roles(CARERS)
def resume(token: str) -> ResponseReturnValue:
    """End the pause now."""
    now = current_site().runtime.clock.now()
    with own_clinic(write=True) as tx:
        one = find(tx, token)
        if circumstances.end_pauses(tx, one, now):
            audit.write(tx, one.clinic_id, "patient resumed", token, now)
    return redirect(url_for("patient.patient", token=token))


@pages.post("/patients/<token>/answers-again")
@for_roles(CARERS)
def answers_again(token: str) -> ResponseReturnValue:
    """Let automatic answers begin again before their rest is over."""
    now = current_site().runtime.clock.now()
    with own_clinic(write=True) as tx:
        one = find(tx, token)
        if rests_until(one.by_hand_until, now):
            text_patient.resume(tx, one, now)
    return redirect(url_for("patient.patient", token=token))


def _until(typed: str, one: Patient, now: datetime) -> datetime:
    """The start of the day typed, on the patient's clocks; ValueError says which days can be."""
    today = to_local(now, one.zone).date()
    first, last = today + timedelta(days=1), today + timedelta(days=LONGEST_PAUSE_DAYS)
    allowed = f"Choose a day from {full_day(first)} to {full_day(last)}, or none."
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        raise ValueError(f"That is no date. {allowed}") from None
    if not first <= day <= last:
        why = "is over" if day < first else "is more than a year away"
        raise ValueError(f"{full_day(day)} {why}, so nothing was paused. {allowed}")
    return to_utc(datetime.combine(day, time(0)), one.zone)
