"""A programme as its file: read, changed as text, compared with an earlier version, and published."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from schedules.fault import Fault, ProgrammeFaults
from service.domain.programme_edit import form_if_any, with_stop
from service.entry.web.access import PROGRAMME_EDITORS, for_roles, member, own_clinic
from service.entry.web.programme_desks import Change, Desk, desk_of, keep, other_view, programme_of
from service.entry.web.programme_drafts import unread_of_others
from service.entry.web.programme_outcome import outcome, proposed
from service.entry.web.programme_publishing import (
    publish_seen,
    published_meanwhile,
    takes_effect,
    was_seen,
)
from service.entry.web.site import current_site
from service.entry.web.source_lines import changes
from service.flows.publish_programme import StaleEditError, publish
from service.store import programme_versions
from service.store.drafts import Begun
from service.store.people import clinic_to_publish
from service.store.programme_versions import Version
from service.store.session import Tx

pages = Blueprint("programme_sources", __name__)
NOTHING_BESIDE: dict[str, Any] = {"wordings": {}, "unread": {}}


@pages.get("/programmes/<slug>/source")
@for_roles(PROGRAMME_EDITORS)
def source(slug: str) -> ResponseReturnValue:
    """The file as typed last, or as published, with a change proposed by the address; that one with its effect.

    `?from=N` puts version N in its place; `?stop=1` stops the programme as it is published, `?stop=0` lets it go on.
    """
    number, stop = request.args.get("from", type=int), request.args.get("stop", type=int)
    with own_clinic() as tx:
        desk = desk_of(tx, slug)
        begun, earlier = desk.begun, None
        if number is not None:
            earlier = _numbered(programme_versions.versions(tx, desk.clinic.id, slug), number)
            begun = replace(begun, source=earlier.source)
        elif stop is not None:
            stopped = with_stop(desk.version.source, stopped=bool(stop))
            begun = replace(begun, source=stopped, **NOTHING_BESIDE)
        is_proposed = number is not None or stop is not None
        page = _page(tx, desk, _read(desk, begun), previewed=is_proposed)
    return render_template("programme_source.html", earlier=earlier, stop=stop, **page)


@pages.post("/programmes/<slug>/source")
@for_roles(PROGRAMME_EDITORS)
def change_source(slug: str) -> ResponseReturnValue:
    """Keep the change and show what it would do, or its faults; publish it once that has been seen."""
    with own_clinic() as tx:
        desk = desk_of(tx, slug)
    begun = typed_file(desk)
    change = _read(desk, begun)
    is_seen = was_seen(proposed(desk, begun)) and not change.faults
    if is_seen and not desk.is_stale:
        try:
            number = publish_seen(desk.clinic, proposed(desk, begun)).number
        except StaleEditError as fault:
            return published_meanwhile(slug, fault.newest)
        return redirect(url_for("programmes.programme", slug=slug, published=number))
    if not is_seen:
        desk = keep(desk, begun)
    elsewhere = other_view(slug)
    if elsewhere is not None:
        return elsewhere
    if desk.is_stale:
        return published_meanwhile(slug, desk.version.number)
    with own_clinic() as tx:
        page = _page(tx, desk, change, previewed=True)
    answer = render_template("programme_source.html", earlier=None, stop=None, **page)
    return answer, 400 if change.faults else 200


@pages.post("/programmes/<slug>/versions/<int:number>/again")
@for_roles(PROGRAMME_EDITORS)
def again(slug: str, number: int) -> ResponseReturnValue:
    """Publish an earlier version once more, for everybody and at once; whatever anybody has begun stays begun.

    Where one member alone may not, or the texts have changed since, the page of its file says why.
    """
    runtime = current_site().runtime
    with own_clinic() as tx:
        earlier = _numbered(programme_versions.versions(tx, member().clinic_id, slug), number)
    if earlier.state != "published":
        abort(404)
    try:
        with own_clinic(write=True) as tx:
            version = publish(
                runtime,
                tx,
                clinic_to_publish(tx, member().clinic_id),
                earlier.source,
                name=f"{slug}.toml",
                at="now",
                now=runtime.clock.now(),
                based_on=request.form.get("based_on", 0, type=int),
            )
    except StaleEditError as fault:
        return published_meanwhile(slug, fault.newest)
    except ProgrammeFaults:
        shown: dict[str, Any] = {"slug": slug, "from": number}
        return redirect(url_for("programme_sources.source", **shown))
    return redirect(
        url_for("programmes.programme", slug=slug, published=version.number, again=number)
    )


@pages.post("/programmes/<slug>/source/typing")
@for_roles(PROGRAMME_EDITORS)
def typing(slug: str) -> ResponseReturnValue:
    """Keep what is being typed; the parts of the page that follow it."""
    with own_clinic() as tx:
        desk = desk_of(tx, slug)
    begun = typed_file(desk)
    if desk.may_keep_by_itself:
        desk = keep(desk, begun)
    with own_clinic() as tx:
        page = _page(tx, desk, _read(desk, begun), previewed=False)
    return render_template("programme_source_typed.html", **page)


def typed_file(desk: Desk) -> Begun:
    """The change with the file as typed; what the form of a step could not say stays while the file leaves it.

    A programme is stopped by its file alone: no wording that somebody has begun may hold that up, or go out with it.
    """
    kept = replace(desk.begun, **NOTHING_BESIDE) if "alone" in request.form else desk.begun
    source, at = typed_source(desk.base), takes_effect(request.form)
    unread = {step: _unread(kept, step, source) for step in kept.unread}
    return replace(
        kept,
        source=source,
        unread={step: said for step, said in unread.items() if said},
        takes_effect=at,
        step="",
    )


def _unread(before: Begun, step: str, source: str) -> dict[str, str]:
    """What the form of a step could not say, but for what the file now says itself."""
    old, new = form_if_any(before.source, step), form_if_any(source, step)
    return {
        field: value
        for field, value in before.unread[step].items()
        if old is None or new is None or getattr(old, field) == getattr(new, field)
    }


def typed_source(before: str) -> str:
    """What was typed, with the line ends the file has: a browser sends others."""
    text = request.form.get("source", "").replace("\r\n", "\n")
    return text.replace("\n", "\r\n") if "\r\n" in before else text


def _numbered(versions: list[Version], number: int) -> Version:
    found = next((one for one in versions if one.number == number), None)
    if found is None:
        abort(404)
    return found


def _read(desk: Desk, begun: Begun) -> Change:
    """The file as typed, with its faults by line."""
    faults: list[Fault] = []
    programme = None
    try:
        is_same = begun.source == desk.version.source and not begun.wordings
        programme = desk.programme if is_same else programme_of(desk, begun)
        if left := unread_of_others(begun):
            faults, programme = [Fault("", 0, left)], None
    except ProgrammeFaults as found:
        faults = list(found.faults)
    told = [
        ("source", f"line {one.line}: {one.reason}" if one.line else one.reason) for one in faults
    ]
    return Change(begun, programme, changes(desk.base, begun.source), told)


def _page(tx: Tx, desk: Desk, change: Change, *, previewed: bool) -> dict[str, Any]:
    """What the page shows: the text, its faults or its effect, and the lines that change."""
    # A version for new patients only is not what most have: everybody can still be given the same text.
    narrowed = desk.version.for_new and change.begun.takes_effect != "new-patients"
    return {
        "previewed": previewed,
        "view": "file",
        "unreadable": request.args.get("unreadable"),
        **outcome(tx, desk, change, counted=narrowed or (previewed and change.is_changed)),
    }
