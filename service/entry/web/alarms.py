"""A RED alert nobody has taken: the link of a page, the banner's own answer, and "I have it"."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from service.entry.web.access import CARERS, READERS, for_roles, member, own_clinic
from service.entry.web.site import current_site
from service.store import alerts, audit, overview
from service.store.people import clinic_by_id, patient_by_id

pages = Blueprint("alarms", __name__)


@pages.get("/alerts/waiting")
@for_roles(READERS)
def waiting() -> ResponseReturnValue:
    """The banner as it stands now, for a page that lies open."""
    with own_clinic() as tx:
        clinic = clinic_by_id(tx, member().clinic_id)
        badge = overview.badge(tx, clinic.id)
    now = current_site().runtime.clock.now()
    return render_template("red_banner.html", badge=badge, now=now, zone=clinic.zone)


@pages.get("/alerts/<token>")
@for_roles(READERS)
def alert(token: str) -> ResponseReturnValue:
    """Where the link of a page leads: to whom the alert is about."""
    return _to_patient(token)


@pages.post("/alerts/<token>/have-it")
@for_roles(CARERS)
def have_it(token: str) -> ResponseReturnValue:
    """Take a RED alert: nobody is paged for it any more, and colleagues see who has it."""
    now = current_site().runtime.clock.now()
    with own_clinic(write=True) as tx:
        if overview.alert_named(tx, token) is None:
            abort(404)
        for taken in alerts.acknowledge(tx, token, now):
            audit.write(tx, member().clinic_id, "alert acknowledged", taken, now)
    return _to_patient(token)


def _to_patient(token: str) -> Response:
    """To the page of the alert's patient; to Today where a number that is nobody's wrote."""
    with own_clinic() as tx:
        known = overview.alert_named(tx, token)
        if known is None:
            abort(404)
        one = patient_by_id(tx, known[1]) if known[1] is not None else None
    if one is None:
        return redirect(url_for("today.today", _anchor="act-now"))
    return redirect(url_for("patient.patient", token=one.token))
