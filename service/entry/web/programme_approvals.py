"""A file that weakens a safety gate: asked for with a reason, seen with its effect, decided by a second admin."""

from dataclasses import replace

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from schedules.fault import ProgrammeFaults
from schedules.loading import load
from service.domain.programme_safety import weakened
from service.entry.web.access import PROGRAMME_EDITORS, for_roles, member, own_clinic
from service.entry.web.programme_deeds import names_in, who
from service.entry.web.programme_desks import Desk, desk_of
from service.entry.web.programme_publishing import (
    TAKES_EFFECT,
    Proposed,
    drafted,
    effect,
    published_meanwhile,
    takes_effect,
)
from service.entry.web.programme_sources import typed_source
from service.entry.web.site import current_site
from service.entry.web.source_lines import changes
from service.flows.publish_programme import StaleEditError, published_before
from service.flows.publish_programme.approval import (
    StateError,
    ask_approval,
    decide_approval,
    overtaken_by,
)
from service.store import drafts, programme_versions
from service.store.people import clinic_by_id
from service.store.programme_versions import Version
from service.store.session import Tx

pages = Blueprint("programme_approvals", __name__)

LONGEST_REASON = 400


@pages.post("/programmes/<slug>/approvals")
@for_roles(PROGRAMME_EDITORS)
def ask(slug: str) -> ResponseReturnValue:
    """Keep the file for a second admin to decide on."""
    runtime = current_site().runtime
    because = _reason()
    if not because:
        raise StateError("Say why the gate should be weaker: the second admin decides by that.")
    try:
        with own_clinic(write=True) as tx:
            desk = desk_of(tx, slug)
            asked = ask_approval(
                runtime,
                tx,
                desk.clinic,
                slug,
                typed_source(desk.version.source),
                because=because,
                based_on=request.form.get("based_on", 0, type=int),
                now=runtime.clock.now(),
            )
            _done_with_file(tx, desk)
    except ProgrammeFaults as found:
        raise StateError(f"The file has faults: {found.faults[0]}") from None
    except StaleEditError as stale:
        return published_meanwhile(slug, stale.newest)
    return redirect(url_for("programme_approvals.approval", slug=slug, number=asked.number))


@pages.get("/programmes/<slug>/approvals/<int:number>")
@for_roles(PROGRAMME_EDITORS)
def approval(slug: str, number: int) -> ResponseReturnValue:
    """What was asked for, why, which gates it weakens and what it does to everybody; all but the last also later."""
    return _page(slug, number)


def _page(slug: str, number: int) -> str:
    with own_clinic() as tx:
        desk = desk_of(tx, slug)
        version = _asked(tx, desk, number)
        name = f"{slug}.toml"
        programme = load(version.source, name)
        base = published_before(programme_versions.versions(tx, desk.clinic.id, slug), version)
        before = load(base.source, name) if base else None
        proposed = Proposed(slug, desk.version.number, version.source, takes_effect(request.args))
        newer = overtaken_by(desk.content, version) if version.state == "awaiting" else None
        told = {}
        if version.state == "awaiting" and newer is None:
            after = drafted(desk.content, proposed, programme, desk.clinic)
            both = [desk.programme, programme]
            told = effect(tx, desk.clinic, desk.content, after, proposed, both)
        names = names_in(tx, [version])
    return render_template(
        "programme_approval.html",
        programme=desk.programme,
        version=version,
        newer=newer,
        gates=weakened(version.source, name, programme, before),
        changes=changes(base.source if base else "", version.source),
        asked_by=who(version.asked_by, names),
        decided_by=who(version.approved_by, names),
        own=version.asked_by == f"staff:{member().token}",
        deciding=True,
        takes_effect=TAKES_EFFECT,
        at=proposed.at,
        **told,
    )


@pages.post("/programmes/<slug>/approvals/<int:number>")
@for_roles(PROGRAMME_EDITORS)
def decide(slug: str, number: int) -> ResponseReturnValue:
    """Approve and publish, or refuse; either with a reason."""
    runtime = current_site().runtime
    because = _reason()
    if not because:
        raise StateError("Say why: the reason is kept with the decision.")
    at = takes_effect(request.form) if request.form.get("act") == "approve" else None
    try:
        with own_clinic(write=True) as tx:
            version = _asked(tx, desk_of(tx, slug), number)
            clinic = clinic_by_id(tx, member().clinic_id)
            now = runtime.clock.now()
            decide_approval(runtime, tx, clinic, version, at=at, because=because, now=now)
    except StaleEditError:
        return _page(slug, number), 409
    return redirect(url_for("programmes.programme", slug=slug, published=number if at else None))


def _done_with_file(tx: Tx, desk: Desk) -> None:
    """What was begun is asked for now; changed wordings are no part of that, and stay begun."""
    if desk.begun.wordings:
        rest = replace(desk.begun, source=desk.base, unread={})
        drafts.keep(tx, desk.clinic.id, rest, current_site().runtime.clock.now())
    else:
        drafts.drop(tx, desk.clinic.id, desk.version.slug)


def _asked(tx: Tx, desk: Desk, number: int) -> Version:
    versions = programme_versions.versions(tx, desk.clinic.id, desk.version.slug)
    found = [one for one in versions if one.number == number and one.asked_by is not None]
    if not found:
        abort(404)
    return found[0]


def _reason() -> str:
    return request.form.get("because", "").strip()[:LONGEST_REASON]
