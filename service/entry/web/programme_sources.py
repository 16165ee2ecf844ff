"""A programme as its file: read, changed as text, compared with an earlier version, and published."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from schedules.fault import Fault, ProgrammeFaults
from schedules.programme import Programme
from service.entry.web.access import PROGRAMME_EDITORS, for_roles, member, own_clinic
from service.entry.web.programme_publishing import (
    TAKES_EFFECT,
    Proposed,
    drafted,
    edits_an_older,
    effect,
    publish_seen,
    published_meanwhile,
    takes_effect,
    was_seen,
)
from service.entry.web.site import current_site
from service.entry.web.source_lines import changes
from service.flows.publish_programme import StaleEditError, check, newest_of, weakened_gates
from service.store import content
from service.store.content import Content, Version
from service.store.people import clinic_by_id
from service.store.records import Clinic
from service.store.session import Tx

pages = Blueprint("programme_sources", __name__)


@dataclass(frozen=True, slots=True)
class Desk:
    """The clinic, its content, and the version published last, with its programme."""

    clinic: Clinic
    content: Content
    version: Version
    programme: Programme


@pages.get("/programmes/<slug>/source")
@for_roles(PROGRAMME_EDITORS)
def source(slug: str) -> ResponseReturnValue:
    """The file of the version published last; `?from=N` puts version N in its place and shows what that does."""
    number = request.args.get("from", type=int)
    with own_clinic() as tx:
        desk = desk_of(tx, slug)
        text = desk.version.source
        if number is not None:
            text = _numbered(content.versions(tx, desk.clinic.id, slug), number).source
        page = _page(tx, desk, Proposed(slug, desk.version.number, text, "now"))
    return render_template("programme_source.html", earlier=number, **page)


@pages.post("/programmes/<slug>/source")
@for_roles(PROGRAMME_EDITORS)
def change_source(slug: str) -> ResponseReturnValue:
    """Show what the changed file would do, or its faults; publish it once that has been seen."""
    again = url_for("programme_sources.source", slug=slug)
    with own_clinic() as tx:
        desk = desk_of(tx, slug)
        stale = edits_an_older(desk.version)
        proposed = Proposed(
            slug, desk.version.number, typed_source(desk.version.source), takes_effect(request.form)
        )
        confirmed = was_seen(proposed)
        page = {} if confirmed else _page(tx, desk, proposed)
    if stale:
        return published_meanwhile(slug, desk.version.number, again)
    if not confirmed:
        answer = render_template("programme_source.html", earlier=None, **page)
        return answer, 400 if page["faults"] else 200
    try:
        number = publish_seen(desk.clinic, proposed).number
    except StaleEditError as fault:
        return published_meanwhile(slug, fault.newest, again)
    return redirect(url_for("programmes.programme", slug=slug, published=number))


def desk_of(tx: Tx, slug: str) -> Desk:
    """The programme as it was published last; a missing one is a missing page."""
    clinic = clinic_by_id(tx, member().clinic_id)
    current = current_site().runtime.shelf.content(tx, clinic)
    newest = newest_of(current, slug)
    if newest is None:
        abort(404)
    return Desk(clinic, current, *newest)


def _numbered(versions: list[Version], number: int) -> Version:
    found = next((one for one in versions if one.number == number), None)
    if found is None:
        abort(404)
    return found


def typed_source(before: str) -> str:
    """What was typed, with the line ends the file has: a browser sends others."""
    text = request.form.get("source", "").replace("\r\n", "\n")
    return text.replace("\n", "\r\n") if "\r\n" in before else text


def _page(tx: Tx, desk: Desk, proposed: Proposed) -> dict[str, Any]:
    """What the page shows: the text, its faults or its effect, and the lines that change."""
    faults: list[Fault] = []
    gates: list[Fault] = []
    told: dict[str, Any] = {}
    lines = changes(desk.version.source, proposed.source)
    # A version for new patients only is not what most have: everybody can still be given the same text.
    narrowed = desk.version.for_new and proposed.at != "new-patients"
    if narrowed or proposed.source != desk.version.source:
        try:
            programme = _checked(desk, proposed)
            after = drafted(desk.content, proposed, programme, desk.clinic)
            both = [desk.programme, programme]
            told = effect(tx, desk.clinic, desk.content, after, proposed, both)
        except ProgrammeFaults as found:
            faults = list(found.faults)
            gates = _only_gates(desk, proposed)
    return {
        "programme": desk.programme,
        "version": desk.version,
        "proposed": proposed,
        "faults": faults,
        "gates": gates,
        "changes": lines,
        "takes_effect": TAKES_EFFECT,
        **told,
    }


def _only_gates(desk: Desk, proposed: Proposed) -> list[Fault]:
    """The safety gates the file weakens, where nothing else is wrong with it: a second admin may approve that."""
    name = f"{proposed.slug}.toml"
    try:
        programme = check(desk.content, proposed.source, name, {}, weakening=True)
    except ProgrammeFaults:
        return []
    return weakened_gates(desk.content, proposed.source, name, programme)


def _checked(desk: Desk, proposed: Proposed) -> Programme:
    """The programme in the proposed text; ProgrammeFaults also where it has become another one."""
    name = f"{proposed.slug}.toml"
    programme = check(desk.content, proposed.source, name, {})
    if programme.slug != proposed.slug:
        reason = f"slug: this is {proposed.slug}; a programme does not change its name."
        raise ProgrammeFaults([Fault(name, 0, reason)])
    return programme
