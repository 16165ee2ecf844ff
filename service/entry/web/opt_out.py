"""A patient has told somebody that they want no more texts: noted on the patient's page."""

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from service.entry.web.access import CARERS, for_roles, own_clinic
from service.entry.web.site import current_site
from service.flows.stop_texts import HOW, stop_texts
from service.store import people

pages = Blueprint("opt_out", __name__)

LONGEST_NOTE = 500


@pages.post("/patients/<token>/stop-texts")
@for_roles(CARERS)
def stop(token: str) -> ResponseReturnValue:
    """End all texts to them; done twice it is done once."""
    how, note = request.form.get("how", ""), request.form.get("note", "").strip()
    if how not in HOW:
        abort(400)
    now = current_site().runtime.clock.now()
    with own_clinic(write=True) as tx:
        one = people.patient_to_change(tx, token)
        if one is None:
            abort(404)
        stop_texts(tx, one, how, note[:LONGEST_NOTE], now)
    return redirect(url_for("patient.patient", token=token, stopped=""))
