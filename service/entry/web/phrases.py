"""Phrases: what a clinic's own words mean; proposed beside a reply, tried on past ones, put live by another person."""

from datetime import datetime

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.entry.web.access import CARERS, READERS, for_roles, member, own_clinic
from service.entry.web.inbox import find, show
from service.entry.web.inbox_answer import Draft
from service.entry.web.site import current_site
from service.flows import teach_phrase
from service.flows.teach_phrase import NotTaughtError
from service.store import audit
from service.store import phrases as store
from service.store.past_replies import MOST_REPLAYED
from service.store.people import clinic_by_id, open_people
from service.store.phrases import Phrase
from service.store.programme_pages import authors
from service.store.session import Tx

pages = Blueprint("phrases", __name__)

LONGEST = 80
_GIVEN_UP = {"refuse": teach_phrase.refuse, "retire": teach_phrase.retire}


@pages.get("/inbox/phrases")
@for_roles(READERS)
def phrases() -> ResponseReturnValue:
    """Every phrase of the clinic: those to review, those in use, those given up."""
    with own_clinic() as tx:
        clinic = clinic_by_id(tx, member().clinic_id)
        known = store.all_of(tx, clinic.id)
        names = authors(
            tx,
            [
                actor
                for one in known
                for actor in (one.row.proposed_by, one.row.reviewed_by, one.row.retired_by)
            ],
        )
    return render_template(
        "phrases.html",
        known=known,
        names=names,
        now=current_site().runtime.clock.now(),
        zone=clinic.zone,
        acting=member().may(CARERS),
    )


@pages.post("/inbox/<token>/teach")
@for_roles(CARERS)
def teach(token: str) -> ResponseReturnValue:
    """Propose that the words of a reply mean something, from now on and for everybody."""
    phrase = " ".join(request.form.get("phrase", "").split())[:LONGEST]
    meaning = request.form.get("meaning", "")
    now = current_site().runtime.clock.now()
    try:
        with own_clinic(write=True) as tx:
            one = find(tx, token)
            proposed = teach_phrase.propose(
                tx, one.stored.clinic_id, one.stored.id, phrase, meaning, now
            )
    except NotTaughtError as why:
        draft = Draft(phrase=phrase, meaning=meaning, not_taught=str(why))
        return show(token, draft), 400
    return redirect(url_for("phrases.phrase", token=proposed))


@pages.get("/inbox/phrases/<token>")
@for_roles(READERS)
def phrase(token: str) -> ResponseReturnValue:
    """One phrase, with what past replies would have been read to say."""
    return _show(token)


@pages.post("/inbox/phrases/<token>/<act>")
@for_roles(CARERS)
def decide(token: str, act: str) -> ResponseReturnValue:
    """Put a phrase live, refuse it, or retire it."""
    if act not in {"live", *_GIVEN_UP}:
        abort(404)
    now = current_site().runtime.clock.now()
    try:
        if act == "live":
            _put_live(token, now)
        else:
            with own_clinic(write=True) as tx:
                _GIVEN_UP[act](tx, member().clinic_id, _found(tx, token, lock=True), now)
    except NotTaughtError as why:
        return _show(token, str(why)), 409
    return redirect(url_for("phrases.phrases"))


def _put_live(token: str, now: datetime) -> None:
    clinic_id = member().clinic_id
    with own_clinic() as tx:
        tried = teach_phrase.replay(tx, clinic_id, _found(tx, token))
    with own_clinic(write=True) as tx:
        teach_phrase.put_live(tx, clinic_id, _found(tx, token, lock=True), tried, now)


def _show(token: str, fault: str = "") -> str:
    now = current_site().runtime.clock.now()
    with own_clinic() as tx:
        clinic = clinic_by_id(tx, member().clinic_id)
        one = _found(tx, token)
        replay = teach_phrase.replay(tx, clinic.id, one)
        people = open_people(tx, [each.reply.patient_id for each in replay.replies])
        names = authors(tx, [one.row.proposed_by, one.row.reviewed_by, one.row.retired_by])
    with own_clinic(write=True) as tx:
        audit.write(tx, clinic.id, "phrase read", token, now)
    return render_template(
        "phrase.html",
        one=one,
        replay=replay,
        people=people,
        names=names,
        most=MOST_REPLAYED,
        own=one.row.proposed_by == f"staff:{member().token}",
        fault=fault,
        now=now,
        zone=clinic.zone,
        acting=member().may(CARERS),
    )


def _found(tx: Tx, token: str, *, lock: bool = False) -> Phrase:
    found = store.one(tx, token, lock=lock)
    if found is None:
        abort(404)
    return found
