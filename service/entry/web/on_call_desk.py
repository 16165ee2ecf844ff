"""Who is called for a RED alert: contacts entered, tried with a test page, and taken off by a clinic admin."""

import secrets
from datetime import timedelta

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.domain.on_call_form import LONGEST_ADDRESS, checked_address, checked_secret
from service.domain.paging import WAITS, Channel, Line
from service.domain.phone_numbers import region_of
from service.entry.web import words
from service.entry.web.access import ADMINS, OVERSEERS, for_roles, member, own_clinic
from service.entry.web.paging_shown import amiss, contacts_shown, ladder_words, second_after
from service.entry.web.site import current_site
from service.flows.page_staff import NotTestedError, send_test
from service.store import audit, on_call
from service.store.people import clinic_by_id, patients_by_number, phone_index
from service.store.session import Tx

pages = Blueprint("on_call", __name__)

MOST = 12
_LINES = {line.value: line for line in (Line.FIRST, Line.SECOND)}


@pages.get("/system/on-call")
@for_roles(OVERSEERS)
def on_call_page() -> ResponseReturnValue:
    """Whom the clinic has called, and when."""
    return _page("on_call_list.html" if "part" in request.args else "on_call.html")


@pages.post("/system/on-call/<channel>")
@for_roles(ADMINS)
def add(channel: str) -> ResponseReturnValue:
    """Enter a contact, or say why not."""
    line = _LINES.get(request.form.get("line", ""))
    if channel not in set(Channel) or line is None:
        abort(404 if line else 400)
    kind, typed = Channel(channel), request.form.get("address", "").strip()
    now = current_site().runtime.clock.now()
    try:
        with own_clinic(write=True) as tx:
            secret = checked_secret(kind, request.form.get("secret", ""))
            address = _checked(tx, kind, typed)
            token = on_call.add(tx, member().clinic_id, kind, line, address, secret, now)
            audit.write(tx, member().clinic_id, "on-call contact added", token, now, kind=channel)
    except ValueError as why:
        return _page("on_call.html", wrong=channel, fault=str(why)), 400
    return redirect(url_for("on_call.on_call_page"))


@pages.post("/system/on-call/<token>/remove")
@for_roles(ADMINS)
def remove(token: str) -> ResponseReturnValue:
    """Take a contact off; who did it is kept."""
    now = current_site().runtime.clock.now()
    with own_clinic(write=True) as tx:
        if not on_call.remove(tx, token, now):
            abort(404)
        audit.write(tx, member().clinic_id, "on-call contact removed", token, now)
    return redirect(url_for("on_call.on_call_page"))


@pages.post("/system/on-call/<token>/test")
@for_roles(ADMINS)
def try_out(token: str) -> ResponseReturnValue:
    """Send a contact a page that says that nothing is wrong."""
    runtime = current_site().runtime
    try:
        with own_clinic(write=True) as tx:
            one = on_call.contact_named(tx, token)
            if one is None:
                abort(404)
            clinic = clinic_by_id(tx, member().clinic_id)
            send_test(runtime, tx, clinic, one, runtime.clock.now())
    except NotTestedError as why:
        return _page("on_call.html", fault=str(why)), 400
    return redirect(url_for("on_call.on_call_page"))


def _checked(tx: Tx, kind: Channel, typed: str) -> str:
    """The address as it is kept; ValueError where it cannot be, is a patient's, or is there already."""
    clinic = clinic_by_id(tx, member().clinic_id)
    loopback = current_site().loopback
    address = checked_address(kind, typed, region_of(clinic.sender), loopback=loopback)
    known = on_call.contacts(tx, clinic.id)
    if any(one.address == address for one in known):
        raise ValueError("This one is called already.")
    if len(known) >= MOST:
        raise ValueError(f"There are {MOST} contacts already; remove one first.")
    if kind is Channel.TEXT and patients_by_number(tx, clinic.id, phone_index(tx.keyring, address)):
        raise ValueError("A patient has this number, so no page can go to it.")
    return address


def _page(template: str, *, wrong: str = "", fault: str = "") -> str:
    """The page, or its list alone; `wrong`: the channel whose form is shown again as it was filled in."""
    runtime = current_site().runtime
    now = runtime.clock.now()
    has_operator = runtime.choices.operator is not None
    with own_clinic() as tx:
        clinic = clinic_by_id(tx, member().clinic_id)
        contacts = contacts_shown(tx, clinic.id, now, clinic.zone)
        wrongs = amiss(tx, clinic.id, has_operator=has_operator)
    return render_template(
        template,
        contacts=contacts,
        lines=_LINES.values(),
        amiss=wrongs,
        ladder=ladder_words(),
        second_after=words.span(second_after()),
        tried_for=words.span(sum(WAITS, timedelta(0))),
        has_operator=has_operator,
        simulated=runtime.gateway.name == "simulated",
        suggested=request.form.get("secret") or secrets.token_urlsafe(32),
        longest=LONGEST_ADDRESS,
        acting=member().may(ADMINS),
        wrong=wrong,
        fault=fault,
    )
