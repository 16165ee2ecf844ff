"""My account: who is signed in, and the own mobile number that test texts go to."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.domain.phone_numbers import read_number, region_of, spell_number
from service.entry.web.access import STAFF, for_roles, member, own_clinic
from service.entry.web.site import current_site
from service.flows.text_staff import NotSentError, ask_code
from service.store import audit, staff_phones
from service.store.people import clinic_by_id
from service.store.staff_phones import MOST_TRIES, StaffPhone

pages = Blueprint("account", __name__)


@pages.get("/account")
@for_roles(STAFF)
def account() -> ResponseReturnValue:
    """Who I am here, and my number."""
    return _page()


@pages.post("/account/phone")
@for_roles(STAFF)
def enter() -> ResponseReturnValue:
    """Enter a number, or another one; a code is texted to it."""
    typed = request.form.get("number", "").strip()[:40]
    runtime = current_site().runtime
    with own_clinic() as tx:
        clinic = clinic_by_id(tx, member().clinic_id)
    try:
        number = read_number(typed, region_of(clinic.sender))
        with own_clinic(write=True) as tx:
            phone = staff_phones.staff_phone(tx, member().id, lock=True)
            ask_code(runtime, tx, clinic, phone, number, runtime.clock.now())
    except (ValueError, NotSentError) as why:
        return _page(number=typed, fault=str(why)), 400
    return redirect(url_for("account.account"))


@pages.post("/account/phone/code")
@for_roles(STAFF)
def prove() -> ResponseReturnValue:
    """Prove the number by the code that it was texted."""
    clock = current_site().runtime.clock
    code = "".join(request.form.get("code", "").split())
    with own_clinic(write=True) as tx:
        phone = staff_phones.staff_phone(tx, member().id, lock=True)
        is_right = staff_phones.prove(tx, phone, code, clock.now(), clock.wall())
        if is_right:
            audit.write(tx, phone.clinic_id, "phone proved", phone.user_token, clock.now())
    if not is_right:
        return _page(fault="That is not the code, or it is too old. Look again, or ask anew."), 400
    return redirect(url_for("account.account", proved=1))


@pages.post("/account/phone/drop")
@for_roles(STAFF)
def drop() -> ResponseReturnValue:
    """Forget my number."""
    now = current_site().runtime.clock.now()
    with own_clinic(write=True) as tx:
        phone = staff_phones.staff_phone(tx, member().id, lock=True)
        staff_phones.drop(tx, phone, now)
        audit.write(tx, phone.clinic_id, "phone dropped", phone.user_token, now)
    return redirect(url_for("account.account"))


def _page(*, number: str = "", fault: str = "") -> str:
    site = current_site()
    with own_clinic() as tx:
        phone = staff_phones.staff_phone(tx, member().id)
        clinic = clinic_by_id(tx, member().clinic_id)
    return render_template(
        "account.html",
        me=member(),
        clinic=clinic,
        phone=phone,
        spelled=spell_number(phone.number) if phone.number else "",
        awaits_code=_awaits_code(phone),
        typed=number,
        fault=fault,
        is_demo=site.travel is not None,
    )


def _awaits_code(phone: StaffPhone) -> bool:
    wall = current_site().runtime.clock.wall()
    is_open = phone.code_until is not None and wall < phone.code_until
    return is_open and phone.tries < MOST_TRIES
