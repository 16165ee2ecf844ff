"""The simulated phone of whoever is signed in: the test texts and codes that went to it, and answers from it."""

from datetime import timedelta

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.domain.exchange import Inbound
from service.domain.phone_numbers import spell_number
from service.entry.web.access import STAFF, for_roles, member, own_clinic
from service.entry.web.site import current_site
from service.flows.take_reply import read_replies, store_replies
from service.store import staff_phones
from service.store.people import clinic_by_id
from service.store.sealed import new_token

pages = Blueprint("own_phone", __name__)

TEXTS_SHOWN = 30
LONGEST_TEXT = 600
# Long enough for a text to leave, and for the carrier to say that it arrived.
SETTLES_IN = timedelta(seconds=6)


@pages.before_request
def _only_in_the_demo() -> None:
    """A real clinic's staff have real phones."""
    if current_site().travel is None:
        abort(404)


@pages.get("/phone/own")
@for_roles(STAFF)
def phone() -> ResponseReturnValue:
    """What stands on my phone."""
    now = current_site().runtime.clock.now()
    with own_clinic() as tx:
        clinic = clinic_by_id(tx, member().clinic_id)
        own = staff_phones.staff_phone(tx, member().id)
        texts = staff_phones.texts_of(tx, own, TEXTS_SHOWN)
    return render_template(
        "own_phone.html",
        number=spell_number(own.number) if own.number else "",
        texts=texts,
        now=now,
        zone=clinic.zone,
    )


@pages.post("/phone/own")
@for_roles(STAFF)
def text() -> ResponseReturnValue:
    """Text the clinic from my phone; it is read at once."""
    site = current_site()
    now = site.runtime.clock.now()
    with own_clinic() as tx:
        number = staff_phones.staff_phone(tx, member().id).number
        sender = clinic_by_id(tx, member().clinic_id).sender
    body = request.form.get("body", "").strip()[:LONGEST_TEXT]
    if body and number is not None:
        store_replies(site.runtime, [Inbound(f"PHONE{new_token()}", number, sender, body, now)])
        read_replies(site.runtime)
        if site.travel is not None:
            site.travel(now + SETTLES_IN)
    return redirect(url_for("own_phone.phone"))
