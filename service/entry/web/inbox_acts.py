"""What is done about a reply: a meaning assigned or undone, an answer, handed over, closed, put back."""

import re

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from service.domain.meanings import KINDS
from service.entry.web.access import CARERS, for_roles, member, own_clinic
from service.entry.web.inbox import find, show
from service.entry.web.inbox_answer import Draft
from service.entry.web.site import current_site
from service.flows.correct_reply import (
    NoMeaningError,
    assign_meaning,
    assign_nothing,
    undo_meaning,
)
from service.flows.text_patient import NotSentError, resume, text_patient
from service.store import audit, corrections
from service.store import inbox as store
from service.store.inbox import Opened
from service.store.people import clinic_by_id, patient_to_change
from service.store.records import Patient, Question
from service.store.session import Tx

pages = Blueprint("inbox_acts", __name__)

LONGEST_BODY = 1600
_ONCE = re.compile(r"[\w-]{8,40}")


@pages.post("/inbox/<token>/means")
@for_roles(CARERS)
def means(token: str) -> ResponseReturnValue:
    """Say what a reply means: the answer to one of the questions it may be about, or to none."""
    runtime = current_site().runtime
    now = runtime.clock.now()
    with own_clinic(write=True) as tx:
        one = find(tx, token, lock=True)
        if request.form.get("question"):
            patient, question = _question(tx, one, request.form["question"])
            content = runtime.shelf.content(tx, clinic_by_id(tx, patient.clinic_id))
            try:
                assign_meaning(tx, content, patient, one.stored, question, _value(), now)
            except NoMeaningError:
                abort(400)
        else:
            assign_nothing(tx, _locked(tx, _only(tx, one)), one.stored, now)
    return _told(token, "meant")


def _question(tx: Tx, one: Opened, named: str) -> tuple[Patient, Question]:
    """The question of that name, of whoever's reply it may be; 404 where it was not put in time."""
    found = (
        (patient, asked.question)
        for patient in store.whose(tx, one.stored)
        for asked in store.asked_before(tx, patient.id, one.stored.received_at, KINDS)
        if asked.question.token == named
    )
    patient, question = next(found, (None, None))
    if patient is None or question is None:
        abort(404)
    return _locked(tx, patient), question


@pages.post("/inbox/<token>/whose")
@for_roles(CARERS)
def whose(token: str) -> ResponseReturnValue:
    """Say which of the people who share the number wrote it, or that nobody knows after all."""
    now = current_site().runtime.clock.now()
    with own_clinic(write=True) as tx:
        one = find(tx, token, lock=True)
        sharing = {who.token: who for who in store.sharing(tx, one.stored)}
        named = request.form.get("patient", "")
        if len(sharing) < 2 or (named and named not in sharing):
            abort(404)
        corrections.attribute(tx, one.stored.id, sharing[named].id if named else None)
        audit.write(tx, one.stored.clinic_id, "reply given to a patient", token, now, to=named)
    return _told(token, "whose" if named else "")


@pages.post("/inbox/<token>/undo")
@for_roles(CARERS)
def undo(token: str) -> ResponseReturnValue:
    """Take the meaning back that somebody assigned."""
    now = current_site().runtime.clock.now()
    with own_clinic(write=True) as tx:
        one = find(tx, token, lock=True)
        meant = corrections.corrections_of(tx, [one.stored.id]).get(one.stored.id)
        if meant is None:
            return _told(token, "")
        mine = next(p for p in store.whose(tx, one.stored) if p.id == meant.patient_id)
        done = undo_meaning(tx, _locked(tx, mine), one.stored, meant, now)
    return _told(token, "undone" if done else "newer")


@pages.post("/inbox/<token>/answer")
@for_roles(CARERS)
def answer(token: str) -> ResponseReturnValue:
    """Text the patient; what cannot be sent is said, and what was typed is kept."""
    runtime = current_site().runtime
    body = request.form.get("body", "")[:LONGEST_BODY]
    once = request.form.get("once", "")
    if not _ONCE.fullmatch(once):
        abort(400)
    now = runtime.clock.now()
    try:
        with own_clinic(write=True) as tx:
            one = find(tx, token, lock=True)
            patient = _locked(tx, _only(tx, one))
            clinic = clinic_by_id(tx, member().clinic_id)
            text_patient(runtime, tx, clinic, patient, body, once=once, now=now, answers=one.stored)
    except NotSentError as why:
        return show(token, Draft(body=body, once=once, fault=str(why))), 400
    return _told(token, "sent")


@pages.post("/inbox/<token>/answers-again")
@for_roles(CARERS)
def answers_again(token: str) -> ResponseReturnValue:
    """Let automatic answers begin again."""
    now = current_site().runtime.clock.now()
    with own_clinic(write=True) as tx:
        resume(tx, _locked(tx, _only(tx, find(tx, token))), now)
    return _told(token, "")


@pages.post("/inbox/<token>/hand-over")
@for_roles(CARERS)
def hand_over(token: str) -> ResponseReturnValue:
    """Ask a colleague to look at it, or nobody in particular."""
    to = request.form.get("to", "")
    now = current_site().runtime.clock.now()
    with own_clinic(write=True) as tx:
        one = find(tx, token, lock=True)
        known = {who.actor for who in store.colleagues(tx, one.stored.clinic_id, CARERS)}
        if to and to not in known:
            abort(400)
        store.hand_over(tx, token, to or None)
        store.put_back(tx, token)
        audit.write(tx, one.stored.clinic_id, "reply handed over", token, now, to=to or None)
    return _told(token, "handed")


@pages.post("/inbox/<token>/close")
@for_roles(CARERS)
def close(token: str) -> ResponseReturnValue:
    """Take it out of the inbox; on to the next, or back to the list."""
    now = current_site().runtime.clock.now()
    with own_clinic(write=True) as tx:
        one = find(tx, token, lock=True)
        _, behind = store.beside(tx, one.stored.clinic_id, one.stored.id)
        if store.close(tx, token):
            audit.write(tx, one.stored.clinic_id, "reply dealt with", token, now)
    if "list" in request.form or behind is None:
        mine = "&for=me" if request.form.get("list") == "me" else ""
        return redirect(url_for("inbox.inbox", closed=token) + mine)
    return redirect(url_for("inbox.reply", token=behind, closed=token))


@pages.post("/inbox/<token>/put-back")
@for_roles(CARERS)
def put_back(token: str) -> ResponseReturnValue:
    """Let it wait again."""
    now = current_site().runtime.clock.now()
    with own_clinic(write=True) as tx:
        one = find(tx, token, lock=True)
        if store.put_back(tx, token):
            audit.write(tx, one.stored.clinic_id, "reply put back", token, now)
    return _told(token, "")


def _told(token: str, what: str) -> ResponseReturnValue:
    return redirect(url_for("inbox.reply", token=token, told=what or None))


def _value() -> str:
    """The answer chosen: a button, a clock time, or the three scores of a week."""
    week = request.form.getlist("week")
    return request.form.get("value") or request.form.get("clock") or ",".join(week)


def _only(tx: Tx, one: Opened) -> Patient:
    """The one patient whose reply it is; 404 where it is nobody's or several people's."""
    found = store.whose(tx, one.stored)
    if len(found) != 1:
        abort(404)
    return found[0]


def _locked(tx: Tx, patient: Patient) -> Patient:
    found = patient_to_change(tx, patient.token)
    assert found is not None  # noqa: S101 (narrows the type: it was read in this transaction)
    return found
