"""System: how the machine does, and the switch that stops all texts, with a second look before it does."""

from datetime import datetime, timedelta

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.domain.delivery import Cause
from service.entry.web.access import ADMINS, OVERSEERS, for_roles, member, own_clinic
from service.entry.web.machine_shown import clocks, shown
from service.entry.web.paging_shown import amiss
from service.entry.web.sending import LATE_AFTER, stopped
from service.entry.web.site import current_site
from service.store import audit, halts, overview
from service.store.machine import Machine, database, machine
from service.store.people import clinic_by_id
from service.zone_data import zone_release

pages = Blueprint("system", __name__)

LONGEST_REASON = 200
# What would run out in so long is said before sending is switched off.
SOON = timedelta(hours=1)
A_DAY = timedelta(hours=24)


@pages.get("/system")
@for_roles(OVERSEERS)
def system() -> ResponseReturnValue:
    """How the machine does."""
    site = current_site()
    clock, store = site.runtime.clock, site.runtime.store
    now, wall = clock.now(), clock.wall()
    with own_clinic() as tx:
        clinic = clinic_by_id(tx, member().clinic_id)
        standing = {halt.cause for halt in halts.standing(tx, clinic.id)}
        stake = halts.stake(tx, [clinic.id], now, now + SOON)
        doing = machine(tx, clinic.id, now, now - A_DAY)
        paging = amiss(tx, clinic.id, has_operator=site.runtime.choices.operator is not None)
        changed = audit.fault_of(tx, clinic.token)
        stop = stopped(tx, clinic, sum(lane.texts for lane in doing.waiting), now)
    known = database(store, wall)
    return render_template(
        "system.html",
        **shown(doing, site.pulse.beats, known, now, wall),
        headline=headline(is_stopped=bool(standing or stop), is_late=is_late(doing, now)),
        clocks=clocks(clock.offset, known),
        zones=zone_release(),
        standing=standing,
        stake=stake,
        paging=paging,
        changed=changed,
        stop=stop,
        gateway=site.runtime.gateway.name,
        now=now,
        zone=clinic.zone,
        acting=member().may(ADMINS),
    )


def is_late(doing: Machine, now: datetime) -> bool:
    """Whether a text has waited for longer than is normal."""
    return any(now - lane.oldest > LATE_AFTER for lane in doing.waiting)


def headline(*, is_stopped: bool, is_late: bool) -> str:
    """The page in a sentence."""
    if is_stopped:
        return "Texts are kept back."
    return "Texts leave late." if is_late else "Texts leave as they come due."


@pages.post("/system/pause")
@for_roles(ADMINS)
def pause() -> ResponseReturnValue:
    """Switch sending off: a reason first, then what it does said and confirmed."""
    reason = request.form.get("reason", "").strip()
    if not reason or len(reason) > LONGEST_REASON:
        return redirect(url_for("system.system", lacking="reason", _anchor="switch"))
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
