"""What an edit of a programme works on: what is published, and the change somebody began, which both views show."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from schedules.fault import Fault, ProgrammeFaults
from schedules.programme import Programme
from service.entry.web.access import PROGRAMME_EDITORS, for_roles, member, own_clinic
from service.entry.web.site import current_site
from service.flows.publish_programme import check, newest_of, weakened_gates
from service.store import drafts
from service.store.content import Content
from service.store.drafts import Begun
from service.store.people import clinic_by_id, languages_read
from service.store.programme_versions import Version
from service.store.records import Clinic
from service.store.session import Tx

pages = Blueprint("programme_desks", __name__)

FILE = "file"


@dataclass(frozen=True, slots=True)
class Desk:
    """The clinic, its content, the version published last with its programme, and the change under way.

    `languages`: those its patients read. `base` is the text of the version the change began on. `typed_on` is the
    version the form was filled in on.
    """

    clinic: Clinic
    content: Content
    version: Version
    programme: Programme
    begun: Begun
    base: str
    typed_on: int
    languages: Collection[str]

    @property
    def is_stale(self) -> bool:
        """Whether publishing would undo what somebody else published since the change began."""
        return {self.begun.based_on, self.typed_on} != {self.version.number}

    @property
    def may_keep_by_itself(self) -> bool:
        """Whether what is being typed is kept without being asked: not where a form older than all else begins anew."""
        return self.begun.saved_at is not None or not self.is_stale


@dataclass(frozen=True, slots=True)
class Change:
    """A change as typed: its programme (None while something is wrong), the lines that differ, and its faults.

    Each fault is the name of the field it belongs to, and a sentence.
    """

    begun: Begun
    programme: Programme | None
    lines: Sequence[tuple[str, str]]
    faults: Sequence[tuple[str, str]]

    @property
    def is_changed(self) -> bool:
        """Whether there is anything to publish."""
        return bool(self.lines or self.begun.wordings)


def desk_of(tx: Tx, slug: str) -> Desk:
    """The programme as published last, and what the member began to change; a missing one is a missing page."""
    clinic = clinic_by_id(tx, member().clinic_id)
    current = current_site().runtime.shelf.content(tx, clinic)
    newest = newest_of(current, slug)
    if newest is None:
        abort(404)
    kept = drafts.find(tx, clinic.id, slug)
    followed = kept.based_on if kept else newest[0].number
    typed_on = request.form.get("based_on", followed, type=int)
    base = _source_of(current, slug, kept.based_on if kept else typed_on)
    begun = kept or Begun(slug, typed_on, base)
    languages = languages_read(tx, clinic.id)
    return Desk(clinic, current, *newest, begun, base, typed_on, languages)


def _source_of(current: Content, slug: str, number: int) -> str:
    mine = (version for version, _ in current.versions if version.slug == slug)
    found = next((version.source for version in mine if version.number == number), None)
    if found is None:
        abort(400)
    return found


def programme_of(desk: Desk, begun: Begun) -> Programme:
    """The programme a change makes; ProgrammeFaults with every fault, also where it has become another one."""
    name = f"{begun.slug}.toml"
    programme = check(desk.content, begun.source, name, begun.wordings, desk.languages)
    if programme.slug != begun.slug:
        reason = f"slug: this is {begun.slug}; a programme does not change its name."
        raise ProgrammeFaults([Fault(name, 0, reason)])
    return programme


def only_gates(desk: Desk, begun: Begun) -> list[Fault]:
    """The safety gates the file weakens, where nothing else is wrong with it: a second admin may approve that."""
    if begun.unread:
        return []
    name = f"{begun.slug}.toml"
    try:
        programme = check(
            desk.content, begun.source, name, begun.wordings, desk.languages, weakening=True
        )
    except ProgrammeFaults:
        return []
    return weakened_gates(desk.content, begun.source, name, programme)


def keep(desk: Desk, begun: Begun) -> Desk:
    """Keep a change as it was typed, or forget it where nothing is left of it; the desk with it.

    What was typed over another version than the change that is kept began on is not kept in its place.
    """
    if desk.typed_on != desk.begun.based_on:
        return desk
    now = current_site().runtime.clock.now()
    is_changed = bool(begun.source != desk.base or begun.wordings or begun.unread)
    if is_changed:
        with own_clinic(write=True) as tx:
            drafts.keep(tx, desk.clinic.id, begun, now)
    elif desk.begun.saved_at is not None:
        with own_clinic(write=True) as tx:
            drafts.drop(tx, desk.clinic.id, begun.slug)
    return replace(desk, begun=replace(begun, saved_at=now if is_changed else None))


@pages.post("/programmes/<slug>/draft")
@for_roles(PROGRAMME_EDITORS)
def throw_away(slug: str) -> ResponseReturnValue:
    """Forget what was begun, and go on with what is published."""
    with own_clinic(write=True) as tx:
        drafts.drop(tx, member().clinic_id, slug)
    return redirect(url_for("programmes.programme", slug=slug))


def other_view(slug: str) -> Response | None:
    """Where the member asked to go on with the same change: in the file, or in the form of a step."""
    view = request.form.get("view")
    if view is None:
        return None
    return redirect(address_of(slug, "" if view == FILE else view.removeprefix("step-")))


def address_of(slug: str, step: str) -> str:
    """The page on which the step of a change is typed; the file's where it is in none."""
    # `as` is a word of the language's own.
    seen: dict[str, Any] = {"as": request.form.get("as") or None}
    if step:
        return url_for("programme_edits.step", slug=slug, key=step, **seen)
    return url_for("programme_sources.source", slug=slug, **seen)
