"""The first publication of a new programme: a draft as it will be, its effect on everybody, then that and no other."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from schedules.fault import ProgrammeFaults
from service.entry.web.access import PROGRAMME_EDITORS, for_roles, member, own_clinic
from service.entry.web.programme_eyes import eyes_for, seen_by
from service.entry.web.programme_publishing import (
    TAKES_EFFECT,
    Proposed,
    drafted,
    effect,
    publish_seen,
    published_meanwhile,
    takes_effect,
    was_seen,
)
from service.entry.web.site import current_site
from service.flows.plan_due.preview import touched
from service.flows.publish_programme import StaleEditError, check, newest_of
from service.store import programme_pages, programme_versions
from service.store.content import Content
from service.store.people import clinic_by_id, languages_read
from service.store.records import Clinic
from service.store.session import Tx

pages = Blueprint("programme_first", __name__)


@pages.route("/programmes/<slug>/first/<int:number>", methods=["GET", "POST"])
@for_roles(PROGRAMME_EDITORS)
def first(slug: str, number: int) -> ResponseReturnValue:
    """What publishing draft `number` of a programme that never was published does; published once that was seen.

    It weakens no safety gate, since there is none before it: one admin decides.
    """
    with own_clinic() as tx:
        clinic = clinic_by_id(tx, member().clinic_id)
        current = current_site().runtime.shelf.content(tx, clinic)
        versions = programme_versions.versions(tx, clinic.id, slug)
        draft = next((one for one in versions if one.number == number), None)
        if draft is None or draft.state != "draft":
            abort(404)
        newest = newest_of(current, slug)
        typed = request.values.to_dict()
        plan = Proposed(slug, versions[-1].number, draft.source, takes_effect(typed))
        if newest is None and not was_seen(plan):
            page = _page(tx, clinic, current, plan)
            return render_template("programme_first.html", version=draft, **page)
    if newest is not None:
        return redirect(url_for("programmes.version", slug=slug, number=number))
    try:
        published = publish_seen(clinic, plan).number
    except StaleEditError as fault:
        return published_meanwhile(slug, fault.newest)
    return redirect(url_for("programmes.programme", slug=slug, published=published))


def _page(tx: Tx, clinic: Clinic, current: Content, plan: Proposed) -> dict[str, Any]:
    """The programme's next texts and its effect; its faults where the clinic's texts have changed under it."""
    now = current_site().runtime.clock.now()
    known = {"takes_effect": TAKES_EFFECT, "at": plan.at, "now": now, "zone": clinic.zone}
    try:
        languages = languages_read(tx, clinic.id)
        programme = check(current, plan.source, f"{plan.slug}.toml", {}, languages)
    except ProgrammeFaults as found:
        return {**known, "faults": [str(one) for one in found.faults], "title": plan.slug}
    after = drafted(current, plan, programme, clinic)
    eyes = eyes_for(tx, touched(programme_pages.reached(tx, clinic.id), [programme], now))
    chosen = request.values.get("as") or eyes[0][0]
    return {
        **known,
        "title": programme.title,
        "eyes": eyes,
        "chosen": chosen,
        "seen": seen_by(tx, clinic, now, programme, (after, None), eyes, chosen),
        **effect(tx, clinic, current, after, plan, [programme]),
    }
