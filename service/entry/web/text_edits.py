"""One text: both languages side by side, looked at while they are written, published once that was seen."""

from datetime import datetime
from typing import Any, Final

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from message_templates.catalogue import LANGUAGES
from message_templates.kept_words import KEPT_PLACEHOLDERS, KEPT_WORDS, fillable
from service.domain.text_uses import ANSWERS
from service.domain.text_values import MEANINGS
from service.entry.web.access import (
    PROGRAMME_EDITORS,
    PROGRAMME_READERS,
    for_roles,
    member,
    own_clinic,
)
from service.entry.web.site import current_site
from service.entry.web.text_desk import (
    Desk,
    Proposal,
    Typed,
    desk_of,
    looks_of,
    proposal_of,
    reach_of,
)
from service.entry.web.text_looks import ALPHABET
from service.entry.web.text_trials import is_wished, own_number, tried
from service.flows.publish_programme.wordings import (
    FaultyWordingError,
    InForce,
    StaleWordingError,
    faults_of,
    publish_wordings,
)
from service.store import programme_pages
from service.store.session import Tx
from service.store.wordings import PublishedWording, wordings

pages = Blueprint("text_edits", __name__)

IN_FORCE: Final[dict[InForce, str]] = {
    "now": "now: with the next text that is sent",
    "next-night": "from the next night: at noon by the clinic’s clock",
}


@pages.get("/texts/<text_id>")
@for_roles(PROGRAMME_READERS)
def text(text_id: str) -> ResponseReturnValue:
    """The text as it was published last, with its history."""
    with own_clinic() as tx:
        page = _page(tx, desk_of(tx, text_id), {}, previewed=False)
    return render_template("text.html", **page)


@pages.post("/texts/<text_id>/look")
@for_roles(PROGRAMME_EDITORS)
def look(text_id: str) -> ResponseReturnValue:
    """What is typed, looked at: the part of the page that follows the typing."""
    with own_clinic() as tx:
        looks = looks_of(tx, desk_of(tx, text_id), request.form)
    return render_template("text_looks.html", looks=looks)


@pages.post("/texts/<text_id>")
@for_roles(PROGRAMME_EDITORS)
def change(text_id: str) -> ResponseReturnValue:
    """Show what is typed and what publishing it would change; publish it once that has been seen."""
    with own_clinic() as tx:
        desk = desk_of(tx, text_id)
        proposal = proposal_of(desk, request.form)
        page = _page(tx, desk, request.form, previewed=True)
    if is_wished():
        return render_template("text.html", **page, trial=tried(desk, page["looks"]))
    if any(desk.number(key[1]) != number for key, number in proposal.based_on.items()):
        return _conflict(text_id, proposal)
    seen = request.form.get("act") == "publish" and request.form.get("seen") == proposal.mark
    if not (seen and proposal.bodies and not page["faults"]):
        return render_template("text.html", **page), 400 if page["faults"] else 200
    return _published(text_id, proposal)


@pages.post("/texts/<text_id>/again")
@for_roles(PROGRAMME_EDITORS)
def again(text_id: str) -> ResponseReturnValue:
    """Publish an earlier wording anew, in force at once."""
    language, number = request.form.get("language", ""), request.form.get("number", 0, type=int)
    with own_clinic() as tx:
        desk = desk_of(tx, text_id)
        body = _bodies(tx, desk).get((language, number))
    if body is None:
        abort(404)
    key = (text_id, language)
    based_on = {key: desk.based_on(language, request.form)}
    return _published(text_id, Proposal({key: body.body}, based_on, "now"))


def _published(text_id: str, proposal: Proposal) -> ResponseReturnValue:
    runtime = current_site().runtime
    try:
        with own_clinic(write=True) as tx:
            publish_wordings(
                runtime,
                tx,
                member().clinic_id,
                proposal.bodies,
                at=proposal.at,
                based_on=proposal.based_on,
                now=runtime.clock.now(),
            )
    except StaleWordingError:
        return _conflict(text_id, proposal)
    except FaultyWordingError as faulty:
        with own_clinic() as tx:
            page = _page(tx, desk_of(tx, text_id), {}, previewed=False)
        return render_template("text.html", **page | {"faults": faulty.reasons}), 400
    return redirect(url_for("text_edits.text", text_id=text_id, published=proposal.at))


def _conflict(text_id: str, proposal: Proposal) -> ResponseReturnValue:
    """What somebody else published meanwhile, beside what was written from and what was typed."""
    with own_clinic() as tx:
        desk = desk_of(tx, text_id)
        known = _bodies(tx, desk)
        differing = [
            (
                LANGUAGES[language],
                known.get((language, based_on)),
                known.get((language, desk.number(language))),
                proposal.bodies[text_id, language],
            )
            for (_, language), based_on in proposal.based_on.items()
            if based_on != desk.number(language)
        ]
        theirs = [newest.published_by for _, _, newest, _ in differing if newest]
        authors = programme_pages.authors(tx, theirs)
    page = render_template("text_stale.html", text=desk.text, differing=differing, authors=authors)
    return page, 409


def _bodies(tx: Tx, desk: Desk) -> dict[tuple[str, int], PublishedWording]:
    history = wordings(tx, desk.clinic.id, desk.text.id)
    return {(one.language, one.number): one for one in history}


def _page(tx: Tx, desk: Desk, typed: Typed, *, previewed: bool) -> dict[str, Any]:
    """What the page shows: both wordings, what is wrong with them, what publishing does, and the history."""
    now = current_site().runtime.clock.now()
    proposal = proposal_of(desk, typed)
    return {
        "text": desk.text,
        "about": ANSWERS.get(desk.text.id, ""),
        "uses": desk.uses,
        # Counting thousands of people takes a while: only where it decides something.
        "reach": reach_of(tx, desk) if previewed and proposal.bodies else {},
        "looks": looks_of(tx, desk, typed),
        "faults": faults_of(desk.content, proposal.bodies, now) if previewed else [],
        "proposal": proposal,
        "previewed": previewed,
        "named": _named(desk),
        "kept": _kept(desk.text.id),
        "takes_effect": IN_FORCE,
        "languages": LANGUAGES,
        "alphabet": ALPHABET,
        "editing": member().may(PROGRAMME_EDITORS),
        "now": now,
        "zone": desk.clinic.zone,
        **_history(tx, desk, now),
        **own_number(tx),
    }


def _history(tx: Tx, desk: Desk, now: datetime) -> dict[str, Any]:
    history = list(reversed(wordings(tx, desk.clinic.id, desk.text.id)))
    catalogue = desk.content.catalogue(now)
    found = {language: catalogue.get(desk.text.id, language) for language in LANGUAGES}
    return {
        "history": history,
        "authors": programme_pages.authors(tx, [one.published_by for one in history]),
        "newest": {language: desk.number(language) for language in LANGUAGES},
        "in_force": {language: one.wording for language, one in found.items() if one},
        "shipped": desk.content.texts.shipped,
    }


def _named(desk: Desk) -> list[tuple[str, str]]:
    """The placeholders this text may name, each with what it stands for."""
    can = fillable(desk.text.id, desk.text.kind)
    if not any(use.has_cutoff for use in desk.uses):
        can -= {"cutoff"}
    return [(name, meaning) for name, meaning in MEANINGS.items() if name in can]


def _kept(text_id: str) -> list[str]:
    """What every wording must keep, as it is written."""
    names = [f"{{{name}}}" for name in sorted(KEPT_PLACEHOLDERS.get(text_id, ()))]
    words = [" / ".join(dict.fromkeys(one.values())) for one in KEPT_WORDS.get(text_id, ())]
    return names + words
