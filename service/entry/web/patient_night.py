"""One night of one patient: what was sent, what was withheld, and why; still to come, what is planned."""

from datetime import date

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from schedules.night import night_of
from service.entry.web.access import READERS, for_roles, own_clinic
from service.entry.web.places import instead, places
from service.entry.web.site import current_site
from service.flows.plan_due.ahead import forecast, passed_over
from service.store import audit, people
from service.store.night_slots import night_slots
from service.store.programme_pages import programme_titles

pages = Blueprint("patient_night", __name__)

# How far ahead a night can be looked at.
MOST_AHEAD = 28
# Nobody lived a night here before, or will after.
FIRST, LAST = date(2000, 1, 1), date(2999, 12, 31)


@pages.get("/patients/<token>/nights/<night>")
@for_roles(READERS)
def night(token: str, night: str) -> ResponseReturnValue:
    """Everything of the night named by its date."""
    try:
        day = date.fromisoformat(night)
    except ValueError:
        abort(404)
    if not FIRST <= day <= LAST:
        abort(404)
    runtime = current_site().runtime
    now = runtime.clock.now()
    with own_clinic(write=True) as tx:
        one = people.patient_by_token(tx, token)
        if one is None:
            abort(404)
        slots = night_slots(tx, one.id, day)
        ahead = (day - night_of(now, one.zone)).days
        coming = forecast(runtime, tx, one.id, ahead + 1) if 0 <= ahead <= MOST_AHEAD else []
        gone = passed_over(runtime, tx, one.id) if ahead in {-1, 0} else []
        clinic = people.clinic_by_id(tx, one.clinic_id)
        content = runtime.shelf.content(tx, clinic)
        person = people.open_person(tx.keyring, one)
        audit.write(tx, one.clinic_id, "patient read", token, now, night=night)
    of_night = [slot for slot in coming if slot.night == day]
    titles, taken = programme_titles(content), places(slots, of_night)
    return render_template(
        "patient_night.html",
        patient=one,
        person=person,
        night=day,
        slots=slots,
        gone=[slot for slot in gone if slot.night == day],
        coming=of_night,
        titles=titles,
        instead=lambda reason, at: instead(reason, at, taken, titles, one.zone),
        now=now,
        zone=one.zone,
        home=clinic.zone,
    )
