"""Holds set by a reply or a rule: a clinician releases them, with a note, beside their alert or their fact."""

from datetime import datetime
from typing import Final

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from schedules.recurrence import to_local
from service.entry.web.access import CARERS, for_roles, own_clinic
from service.entry.web.site import current_site
from service.store import audit, circumstances, people
from service.store.records import Patient
from service.store.session import Tx

pages = Blueprint("holds", __name__)

WHAT_RESTS: Final = {"tip_hold": "tips and cut-off texts", "iron_hold": "iron prompts"}
"""The facts that are holds, with what rests while they last."""
HELD_BY: Final = {"M-PREG": "tip_hold"}
"""The hold an alert's rule has set."""
LONGEST_NOTE: Final = 500


@pages.post("/patients/<token>/holds/<code>/release")
@for_roles(CARERS)
def release(token: str, code: str) -> ResponseReturnValue:
    """End a hold from today on; what was due meanwhile stays unsent."""
    note = request.form.get("note", "").strip()[:LONGEST_NOTE]
    if code not in WHAT_RESTS or not note:
        abort(400)
    now = current_site().runtime.clock.now()
    with own_clinic(write=True) as tx:
        one = people.patient_by_token(tx, token)
        if one is None:
            abort(404)
        end_hold(tx, one, code, note, now)
    return redirect(url_for("patient.patient", token=token, _anchor="known"))


def end_hold(tx: Tx, one: Patient, code: str, note: str, now: datetime) -> None:
    """End a hold in force and note who did; one that is not in force stays as it is."""
    today = to_local(now, one.zone).date()
    if circumstances.release_hold(tx, one, code, note, today, now):
        audit.write(tx, one.clinic_id, "hold released", one.token, now, hold=code)
