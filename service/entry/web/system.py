"""System: whether texts leave, and the switch that stops them, with a second look before it does."""

from datetime import timedelta

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.domain.delivery import Cause
from service.entry.web.access import ADMINS, OVERSEERS, for_roles, member, own_clinic
from service.entry.web.site import current_site
from service.store import halts, overview
from service.store.people import clinic_by_id

pages = Blueprint("system", __name__)

LONGEST_REASON = 200
# What would run out in so long is said before sending is switched off.
SOON = timedelta(hours=1)


@pages.get("/system")
@for_roles(OVERSEERS)
def system() -> ResponseReturnValue:
    """How the machine does."""
    now = current_site().runtime.clock.now()
    with own_clinic() as tx:
        clinic = clinic_by_id(tx, member().clinic_id)
        standing = {halt.cause for halt in halts.standing(tx, clinic.id)}
        stake = halts.stake(tx, [clinic.id], now, now + SOON)
    return render_template(
        "system.html",
        standing=standing,
        stake=stake,
        now=now,
        zone=clinic.zone,
        acting=member().may(ADMINS),
    )


@pages.post("/system/pause")
@for_roles(ADMINS)
def pause() -> ResponseReturnValue:
    """Switch sending off: a reason first, then what it does said and confirmed."""
    reason = request.form.get("reason", "").strip()
    if not reason or len(reason) > LONGEST_REASON:
        abort(400)
    now = current_site().runtime.clock.now()
    confirmed = "confirmed" in request.form
    with own_clinic(write=confirmed) as tx:
        clinic = clinic_by_id(tx, member().clinic_id)
        if not confirmed:
            stake = halts.stake(tx, [clinic.id], now, now + SOON)
            coming = len(overview.wakes_until(tx, clinic.id, now + SOON))
            return render_template("system_pause.html", reason=reason, stake=stake, coming=coming)
        halts.begin(tx, clinic.id, Cause.KILL_SWITCH, reason, now)
    return redirect(url_for("system.system"))


@pages.post("/system/resume/<cause>")
@for_roles(ADMINS)
def resume(cause: str) -> ResponseReturnValue:
    """Let texts leave again after a person's switch or a breaker."""
    if cause not in set(Cause):
        abort(404)
    now = current_site().runtime.clock.now()
    with own_clinic(write=True) as tx:
        halts.end(tx, member().clinic_id, Cause(cause), now)
    return redirect(url_for("system.system"))
