"""A text of unknown fate: what is known of it, and what a person says became of it."""

from datetime import datetime
from typing import Any, Final

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.entry.web.access import CARERS, for_roles, member, own_clinic
from service.entry.web.site import current_site
from service.flows.settle_doubt import GONE, Source, Word, settle_doubt, why_not_again
from service.store import doubts, people
from service.store.doubts import Doubt
from service.store.session import Tx

pages = Blueprint("doubts", __name__)

SOURCES: Final = {
    Source.PATIENT: "the patient says so",
    Source.SEEN: "I saw it on the patient’s phone",
    Source.PROVIDER: "the provider’s own pages say so",
}


@pages.get("/texts/<token>/doubt")
@for_roles(CARERS)
def doubt(token: str) -> ResponseReturnValue:
    """What is known of the text, and what may be said of it."""
    return _page(token, "")


@pages.post("/texts/<token>/doubt")
@for_roles(CARERS)
def settle(token: str) -> ResponseReturnValue:
    """Take a person’s word for what became of the text; who said so is kept."""
    said, source = request.form.get("said", ""), request.form.get("source", "")
    if said not in set(Word) or source not in set(Source):
        return _page(token, "Say both: what became of it, and how you know.")
    runtime = current_site().runtime
    now = runtime.clock.now()
    with own_clinic(write=True) as tx:
        why = settle_doubt(runtime, tx, token, Word(said), Source(source), now)
    return _page(token, why) if why else redirect(url_for("today.today"))


def _page(token: str, fault: str) -> ResponseReturnValue:
    site = current_site()
    now, wall = site.runtime.clock.now(), site.runtime.clock.wall()
    with own_clinic() as tx:
        found = doubts.doubt_of(tx, token, wall)
        if found is None and not doubts.is_known(tx, token):
            abort(404)
        zone = people.clinic_by_id(tx, member().clinic_id).zone
        known = _known(tx, found, now) if found else {"fault": GONE}
    page = render_template(
        "doubt.html",
        **{"fault": fault, "doubt": found, "sources": SOURCES, "now": now, "zone": zone, **known},
    )
    return page, 409 if fault or found is None else 200


def _known(tx: Tx, found: Doubt, now: datetime) -> dict[str, Any]:
    patient = people.patients_by_id(tx, {found.patient_id or 0}).get(found.patient_id or 0)
    return {
        "body": doubts.words_of(tx, found),
        "patient": patient,
        "person": people.open_person(tx.keyring, patient) if patient else None,
        "not_again": why_not_again(tx, found, patient, now),
    }
