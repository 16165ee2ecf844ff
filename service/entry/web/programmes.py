"""Programmes: the list, one programme as a patient gets it, and its versions."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from schedules.night import bedtime_of, night_of, wake_of
from schedules.programme import Programme
from service.domain import programme_view, programme_words
from service.domain.own_texts import with_own
from service.entry.web.access import (
    PROGRAMME_EDITORS,
    PROGRAMME_READERS,
    for_roles,
    member,
    own_clinic,
)
from service.entry.web.night_picture import NARROW, WIDE, night_picture
from service.entry.web.programme_deeds import deed, names_in, title_of, who
from service.entry.web.programme_desks import address_of
from service.entry.web.programme_eyes import eyes_for, shares_of
from service.entry.web.programme_rows import case_of, next_texts
from service.entry.web.site import current_site
from service.entry.web.source_lines import changes
from service.flows.plan_due.case import subject_of
from service.flows.plan_due.preview import touched
from service.flows.publish_programme import newest_of, published_before
from service.flows.publish_programme.approval import overtaken_by
from service.store import drafts, programme_pages, programme_versions
from service.store.content import Content
from service.store.people import clinic_by_id, rhythm_of
from service.store.programme_versions import Version
from service.store.records import Clinic, PlanningCase
from service.store.session import Tx

pages = Blueprint("programmes", __name__)


@pages.get("/programmes")
@for_roles(PROGRAMME_READERS)
def programmes() -> ResponseReturnValue:
    """Every programme with its version in force and whom it reaches."""
    runtime = current_site().runtime
    now = runtime.clock.now()
    with own_clinic() as tx:
        clinic = clinic_by_id(tx, member().clinic_id)
        current = runtime.shelf.content(tx, clinic)
        everybody = programme_pages.reached(tx, clinic.id)
        in_force = current.programmes(now)
        unpublished = programme_versions.versions(tx, clinic.id, states=["draft", "awaiting"])
        names = names_in(tx, [*unpublished, *(version for version, _ in in_force)])
        begun = {one.slug: one for one in drafts.mine(tx, clinic.id)}
    rows = [
        (version, one, shares_of(current, version.slug, everybody, now))
        for version, one in in_force
    ]
    coming = {
        version.slug: version
        for version, _ in current.versions
        if version.effective_at is not None and version.effective_at > now
        if version.number not in current.overtaken(version.slug)
    }
    return render_template(
        "programmes.html",
        rows=rows,
        coming=coming,
        begun=begun,
        deeds={version.slug: deed(version, names) for version, _ in in_force},
        **_unpublished(current, unpublished, names),
        everybody=len(everybody),
        editing=member().may(PROGRAMME_EDITORS),
        now=now,
        zone=clinic.zone,
    )


def _unpublished(
    current: Content, unpublished: Sequence[Version], names: Mapping[str, str]
) -> dict[str, Any]:
    """What waits for a second admin, drafts newer than what is published, and drafts of new programmes."""
    newest = {version.slug: (version, one) for version, one in current.versions}
    drafts = [one for one in unpublished if one.state == "draft"]
    return {
        "waiting": [
            (one, newest[one.slug][1].title, deed(one, names), overtaken_by(current, one))
            for one in unpublished
            if one.state == "awaiting"
        ],
        "own": f"staff:{member().token}",
        "drafted": {
            one.slug: one.number
            for one in drafts
            if one.slug in newest and one.number > newest[one.slug][0].number
        },
        "unborn": [
            (one, title_of(one), deed(one, names)) for one in drafts if one.slug not in newest
        ],
    }


@pages.get("/programmes/<slug>")
@for_roles(PROGRAMME_READERS)
def programme(slug: str) -> ResponseReturnValue:
    """One programme, as one patient gets it."""
    runtime = current_site().runtime
    now = runtime.clock.now()
    with own_clinic() as tx:
        clinic = clinic_by_id(tx, member().clinic_id)
        current = runtime.shelf.content(tx, clinic)
        if newest_of(current, slug) is None and (
            kept := programme_versions.versions(tx, clinic.id, slug)
        ):
            # A new programme that is a draft has no patient to be seen by.
            return redirect(url_for("programmes.version", slug=slug, number=kept[-1].number))
        version, newest = in_force_or_coming(current, slug, now)
        seen = _seen(tx, clinic, current, (version, newest), now)
        versions = list(reversed(programme_versions.versions(tx, clinic.id, slug)))
        names = names_in(tx, versions)
        begun = drafts.find(tx, clinic.id, slug)
    return render_template(
        "programme.html",
        version=version,
        versions=versions,
        deeds={other.number: deed(other, names) for other in versions},
        bodies=with_own(current.texts.at(now), [seen["programme"]]),
        language=clinic.language,
        say=programme_words,
        changeable=_changeable(current, slug) if member().may(PROGRAMME_EDITORS) else set(),
        editing=member().may(PROGRAMME_EDITORS),
        begun=begun,
        go_on=address_of(slug, begun.step) if begun else None,
        now=now,
        zone=clinic.zone,
        **seen,
    )


def _seen(
    tx: Tx, clinic: Clinic, current: Content, newest: tuple[Version, Programme], now: datetime
) -> dict[str, Any]:
    """The version the chosen person has, drawn and planned for them; and who else has which."""
    slug = newest[0].slug
    everybody = programme_pages.reached(tx, clinic.id)
    shares = shares_of(current, slug, everybody, now)
    reached = [one for share in shares for one in share.people]
    eyes = eyes_for(tx, reached if shares else touched(everybody, [newest[1]], now))
    chosen = request.args.get("as") or eyes[0][0]
    case = case_of(tx, clinic, newest[1], chosen, now)
    if case is None:
        abort(404)
    had, one = current.had(slug, now, case.patient.consented_at) or newest
    return {
        "programme": one,
        "had": had,
        "shares": shares,
        "standing": [share.version.number for share in shares],
        "passed_over": current.overtaken(slug),
        "eyes": eyes,
        "chosen": chosen,
        "ref": case.patient.ref,
        "there": case.patient.zone,
        "pictures": _pictures(case, current, one, now),
        "texts": next_texts(case, current, slug, now),
    }


@pages.get("/programmes/<slug>/versions/<int:number>")
@for_roles(PROGRAMME_READERS)
def version(slug: str, number: int) -> ResponseReturnValue:
    """The text of one version, and what it changed."""
    now = current_site().runtime.clock.now()
    with own_clinic() as tx:
        clinic = clinic_by_id(tx, member().clinic_id)
        versions = programme_versions.versions(tx, clinic.id, slug)
        names = names_in(tx, versions)
    found = next((one for one in versions if one.number == number), None)
    if found is None:
        abort(404)
    before = published_before(versions, found)
    return render_template(
        "programme_version.html",
        version=found,
        title=title_of(found),
        before=before,
        is_new=not any(one.state == "published" for one in versions),
        changes=changes(before.source, found.source) if before else [],
        deed=deed(found, names),
        asked_by=who(found.asked_by, names),
        decided_by=who(found.approved_by, names),
        editing=member().may(PROGRAMME_EDITORS),
        now=now,
        zone=clinic.zone,
    )


def _changeable(current: Content, slug: str) -> set[str]:
    """The steps that have a form: those of the version published last, which every change begins from."""
    found = newest_of(current, slug)
    return {step.key for step in found[1].steps} if found else set()


def _pictures(case: PlanningCase, current: Content, one: Programme, now: datetime) -> list[Markup]:
    """Tonight's steps on the patient's clock, for wide windows and for narrow ones."""
    rhythm, tonight = rhythm_of(case.patient), night_of(now, case.patient.zone)
    # Nothing reaches who joins today in the night that ends at noon.
    night = max(tonight, case.patient.consent_from or tonight)
    pins = programme_view.pins(one, subject_of(case, current, now), night)
    bedtime, wake = bedtime_of(rhythm, night).time(), wake_of(rhythm, night).time()
    return [night_picture(pins, bedtime, wake, frame) for frame in (WIDE, NARROW)]


def in_force_or_coming(current: Content, slug: str, now: datetime) -> tuple[Version, Programme]:
    """The version in force; one published for later where none is in force yet."""
    in_force = (pair for pair in current.programmes(now) if pair[0].slug == slug)
    found = next(in_force, None) or newest_of(current, slug)
    if found is None:
        abort(404)
    return found
