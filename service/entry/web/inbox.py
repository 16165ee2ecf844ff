"""Inbox: the replies that wait for a person; one of them with what it may mean, its conversation and an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from service.domain.by_hand import RESTS_FOR, rests_until
from service.domain.meanings import KINDS
from service.domain.reading.labels import ANSWERS
from service.domain.reading.taught import MEANINGS
from service.entry.web.access import CARERS, READERS, for_roles, member, own_clinic
from service.entry.web.inbox_answer import Draft, answering
from service.entry.web.inbox_words import options, why_waiting
from service.entry.web.site import current_site
from service.store import audit, corrections, exchanges, overview, patient_page
from service.store import inbox as store
from service.store.inbox import Asked, Line, Opened
from service.store.patient_page import Said
from service.store.people import clinic_by_id, open_people
from service.store.programme_pages import authors
from service.store.records import Clinic, Patient, Person
from service.store.session import Tx
from service.store.talks import open_question

pages = Blueprint("inbox", __name__)

MOST_TEXTS, BEFORE, BEHIND = 80, 8, 10
AFTERWARDS = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody whose reply it may be, and the questions it may be about."""

    patient: Patient
    person: Person
    questions: list[Asked]


@pages.get("/inbox")
@for_roles(READERS)
def inbox() -> ResponseReturnValue:
    """One page of what waits, of all or of what was handed to whoever looks; that it was read is noted."""
    now = current_site().runtime.clock.now()
    own = f"staff:{member().token}" if request.args.get("for") == "me" else None
    with own_clinic() as tx:
        clinic = clinic_by_id(tx, member().clinic_id)
        page = store.page(tx, clinic.id, own, request.args.get("behind"))
        shown = {
            "page": page,
            "own": own,
            "total": overview.count_waiting(tx, clinic.id),
            "handed": store.count_handed(tx, clinic.id, f"staff:{member().token}"),
            **_around(tx, page.lines),
        }
    with own_clinic(write=True) as tx:
        audit.write(tx, clinic.id, "inbox read", clinic.token, now)
    return render_template(
        "inbox.html",
        **shown,
        why=why_waiting,
        now=now,
        zone=clinic.zone,
        acting=member().may(CARERS),
        closed=request.args.get("closed"),
    )


def _around(tx: Tx, lines: Sequence[Line]) -> dict[str, Any]:
    ids = [line.reply.id for line in lines]
    return {
        "people": open_people(tx, [one.reply.patient_id for one in lines if one.reply.patient_id]),
        "asked": exchanges.asked_before(tx, ids),
        "unanswered": exchanges.left_unanswered(tx, ids),
        "names": authors(tx, [line.handed_to for line in lines]),
    }


@pages.get("/inbox/<token>")
@for_roles(READERS)
def reply(token: str) -> ResponseReturnValue:
    """One reply, waiting or not."""
    return show(token, Draft(wanted=request.args.get("with", "")))


def show(token: str, draft: Draft) -> str:
    """The page of one reply as it stands now, with what somebody has begun to write; that it was read is noted."""
    runtime = current_site().runtime
    now = runtime.clock.now()
    with own_clinic() as tx:
        one = find(tx, token)
        clinic = clinic_by_id(tx, member().clinic_id)
        content = runtime.shelf.content(tx, clinic)
        known = _known(tx, clinic, one, now)
        patient = known["patient"]
        if patient is not None:
            known |= answering(tx, clinic, patient, content.catalogue(now), draft, now)
        before, behind = store.beside(tx, clinic.id, one.stored.id)
    with own_clinic(write=True) as tx:
        audit.write(tx, clinic.id, "reply read", token, now)
    return render_template(
        "inbox_reply.html",
        **known,
        one=one,
        before=before,
        behind=behind,
        draft=draft,
        options=options,
        own=lambda question: open_question(question, now, content).own,
        now=now,
        zone=patient.zone if patient else clinic.zone,
        home=clinic.zone,
        acting=member().may(CARERS),
        rests_for=RESTS_FOR,
        meanings=MEANINGS,
        told=request.args.get("told"),
        closed=request.args.get("closed"),
    )


def find(tx: Tx, token: str, *, lock: bool = False) -> Opened:
    """The reply of that name at the clinic of who is signed in; a page for what is missing otherwise."""
    found = store.one(tx, token, lock=lock)
    if found is None:
        abort(404)
    return found


def _known(tx: Tx, clinic: Clinic, one: Opened, now: datetime) -> dict[str, Any]:
    """Whose it may be, what it may be about, what was said around it, and why it waits."""
    stored = one.stored
    people = open_people(tx, [patient.id for patient in store.whose(tx, stored)])
    sharing = open_people(tx, [patient.id for patient in store.sharing(tx, stored)])
    candidates = [
        Candidate(*both, store.asked_before(tx, key, stored.received_at, KINDS))
        for key, both in people.items()
    ]
    patient, person = next(iter(people.values())) if len(people) == 1 else (None, None)
    meant = corrections.corrections_of(tx, [stored.id]).get(stored.id)
    colleagues = store.colleagues(tx, clinic.id, CARERS)
    return {
        "candidates": candidates,
        "sharing": list(sharing.values()) if len(sharing) > 1 else [],
        "patient": patient,
        "person": person,
        "resting": rests_until(patient.by_hand_until, now) if patient else None,
        "texts": _near(tx, patient, stored.received_at) if patient else [],
        "meant": meant,
        "by": authors(tx, [meant.set_by if meant else None, one.handed_to]),
        "colleagues": colleagues,
        "counts": bool((ANSWERS | {"own_answer"}) & {read.intent for read in one.reply.readings})
        or bool(meant and meant.kind),
        "why": why_waiting(
            one.reply,
            bool(exchanges.left_unanswered(tx, [stored.id])),
            patient.zone if patient else clinic.zone,
        ),
        "asked": exchanges.asked_before(tx, [stored.id]).get(stored.id),
    }


def _near(tx: Tx, patient: Patient, at: datetime) -> list[Said]:
    """What was said around an instant."""
    texts, _ = patient_page.conversation(tx, patient.id, MOST_TEXTS, at + AFTERWARDS)
    place = next((n for n, text in enumerate(texts) if text.at >= at), len(texts))
    return texts[max(place - BEFORE, 0) : place + BEHIND]
