"""Patients: everybody of the clinic, searched, sorted and paged."""

import re
from collections.abc import Sequence

import phonenumbers
from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from service.domain.alerts import RULES, rank_of, sentence, tag_of
from service.entry.web.access import READERS, for_roles, member, own_clinic
from service.entry.web.site import current_site
from service.store import people_search
from service.store.people import clinic_by_id
from service.store.people_search import SORTS, Listed
from service.store.records import Clinic
from service.store.session import Tx

pages = Blueprint("patients", __name__)

LONGEST_QUERY = 80
FEWEST_DIGITS = 7
# As many digits of a number as the pages show.
LAST_DIGITS = re.compile(r"\d{4}")
STATUSES = {
    "active": ("ok", "Receiving texts"),
    "paused": ("", "Paused"),
    "invited": ("amber", "Invited, no answer yet"),
    "stopped": ("", "Stopped by STOP"),
    "expired": ("", "Invitation lapsed"),
    "none": ("", "Not invited"),
}


@pages.route("/patients", methods=["GET", "POST"])
@for_roles(READERS)
def patients() -> ResponseReturnValue:
    """One page of the list. A search is posted: what was typed is a name, and belongs in no address."""
    typed = request.form.get("q", "").strip()[:LONGEST_QUERY]
    sort = request.values.get("sort", "reason")
    if sort not in SORTS:
        abort(400)
    now = current_site().runtime.clock.now()
    with own_clinic() as tx:
        clinic = clinic_by_id(tx, member().clinic_id)
        size = people_search.clinic_size(tx, clinic.id)
        names_open = people_search.may_open_names(size)
        if sort == "name" and not names_open:
            sort = "reference"
        among = _found(tx, clinic, typed, names_open=names_open) if typed else None
        behind = request.values.get("behind")
        page = people_search.listed(tx, clinic.id, sort, among=among, behind=behind, now=now)
    return render_template(
        "patients.html",
        page=page,
        typed=typed,
        sort=sort,
        size=size,
        names_open=names_open,
        now=now,
        zone=clinic.zone,
        status=status,
        reason=reason,
    )


def status(listed: Listed) -> tuple[str, str]:
    """Where a patient stands, as shape and word."""
    consent = listed.patient.consent
    return STATUSES["paused" if consent == "active" and listed.paused else consent]


def reason(listed: Listed) -> tuple[str, str, str] | None:
    """The most urgent reason of a patient: tier, tag and sentence; None where there is none."""
    if not listed.rules:
        return None
    rule, numbers = min(listed.rules, key=lambda one: rank_of(*one))
    return RULES[rule].tier, tag_of(rule, numbers), sentence(rule, numbers)


def _found(tx: Tx, clinic: Clinic, typed: str, *, names_open: bool) -> Sequence[int]:
    number = _number(typed, clinic)
    if number is not None:
        return people_search.by_number(tx, clinic.id, number)
    ids = people_search.by_reference(tx, clinic.id, typed)
    if names_open:
        ids += people_search.by_name(tx, clinic.id, typed)
        if LAST_DIGITS.fullmatch(typed):
            ids += people_search.by_last_digits(tx, clinic.id, typed)
    return ids


def _number(typed: str, clinic: Clinic) -> str | None:
    """What was typed as E.164 when it is a number of the clinic's country, or an international one."""
    if sum(sign.isdigit() for sign in typed) < FEWEST_DIGITS:
        return None
    own = phonenumbers.parse(clinic.sender)
    region = phonenumbers.region_code_for_number(own)
    try:
        parsed = phonenumbers.parse(typed, region)
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
