"""Messages: every text of the clinic, the newest first, with what became of it in words."""

from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from schedules.recurrence import to_utc
from service.domain.delivery import ENDED_UNSENT, HANDED_OVER, NOT_REACHED, Kind, State
from service.domain.provider_codes import meaning
from service.entry.web import words
from service.entry.web.access import CARERS, READERS, for_roles, member, own_clinic
from service.entry.web.site import current_site
from service.store import audit, message_log, people, people_search
from service.store.message_log import FATES, Row, Wanted
from service.store.programme_pages import programme_titles
from service.store.records import Patient
from service.store.session import Tx

pages = Blueprint("messages", __name__)

LONGEST_REFERENCE = 40
FATE_WORDS = {
    "any": "anything, withheld too",
    "waiting": "waiting or leaving now",
    "sent": "sent, not confirmed",
    "delivered": "delivered",
    "not_delivered": "not delivered",
    "unknown": "unknown: may have arrived",
    "withheld": "withheld",
    "expired": "expired: its time passed",
    "taken_back": "taken back",
}
KIND_WORDS = {
    Kind.PLANNED: "by the plan",
    Kind.NUDGE: "asked once more",
    Kind.ANSWER: "answer",
    Kind.CRISIS: "answer to danger",
    Kind.STOP_CONFIRM: "STOP confirmed",
    Kind.HELP: "answer to HELP",
    Kind.INVITE: "invitation",
    Kind.STAFF: "by a person",
    Kind.TEST: "test to one’s own phone",
    Kind.PAGE: "page to who is on call",
}
_TAGS = {
    State.UNKNOWN: ("amber", "Unknown"),
    State.EXPIRED: ("amber", "Expired"),
    State.UNDELIVERED: ("red", "Not delivered"),
    State.FAILED: ("red", "Not delivered"),
    State.DELIVERED: ("ok", "Delivered"),
    State.ACCEPTED: ("", "Sent"),
    State.SENT: ("", "Sent"),
    State.SUBMITTING: ("", "Leaving"),
    State.PLANNED: ("", "Waiting"),
    State.SUPPRESSED: ("", "Withheld"),
    State.CANCELLED: ("", "Taken back"),
}
# Years no text was or will be of: a day so far off is a slip.
FIRST, LAST = date(2000, 1, 1), date(2999, 12, 31)


@pages.get("/messages")
@for_roles(READERS)
def messages() -> ResponseReturnValue:
    """One page of the log; who looked at whose is kept."""
    runtime = current_site().runtime
    now = runtime.clock.now()
    given = {name: request.args.get(name, "") for name in ("fate", "kind", "programme", "day")}
    with own_clinic(write=True) as tx:
        clinic = people.clinic_by_id(tx, member().clinic_id)
        titles = programme_titles(runtime.shelf.content(tx, clinic))
        one = _patient(tx)
        wanted = _wanted(given, one, clinic.zone)
        page = message_log.messages(tx, clinic.id, wanted, request.args.get("behind"))
        about = one.token if one else clinic.token
        audit.write(tx, clinic.id, "messages read", about, now, **_filled(given))
        whom = people.open_person(tx.keyring, one) if one else None
    return render_template(
        "messages.html",
        page=page,
        given=given,
        one=one,
        whom=whom,
        titles=dict(sorted(titles.items(), key=lambda item: item[1].casefold())),
        fates=FATE_WORDS,
        kinds={kind.value: said for kind, said in KIND_WORDS.items()},
        tag=tag,
        became=became,
        filters=_filled(given),
        now=now,
        zone=clinic.zone,
        own_sender=clinic.sender,
        acting=member().may(CARERS),
    )


@pages.post("/messages")
@for_roles(READERS)
def of_patient() -> ResponseReturnValue:
    """The texts of the patient whose reference was typed; posted, since what was typed belongs in no address."""
    typed = request.form.get("reference", "").strip()[:LONGEST_REFERENCE]
    with own_clinic() as tx:
        found = people_search.by_reference(tx, member().clinic_id, typed) if typed else []
        known = people.patients_by_id(tx, found).values()
        exact = [one for one in known if one.ref.casefold() == typed.casefold()]
    chosen = exact[0].token if exact else None
    return redirect(url_for("messages.messages", patient=chosen, nobody=None if chosen else 1))


def tag(row: Row) -> tuple[str, str]:
    """Where a text stands, as shape and word."""
    return _TAGS[State(row.state)]


def became(row: Row) -> str:
    """What became of a text, beyond the word on its tag; empty where that says it all."""
    state = State(row.state)
    if state in ENDED_UNSENT:
        return words.withheld(row.reason, row.detail or "") if row.reason else ""
    if state is State.UNKNOWN:
        return "It may have arrived, so it is not sent again; ask the patient if it matters."
    if row.error_code:
        return meaning(row.error_code).sentence
    if state in NOT_REACHED:
        return row.detail or "No reason was given."
    if state is State.DELIVERED and row.delivered_at is None:
        return "A colleague says so."
    return "Not confirmed yet." if state in HANDED_OVER and state is not State.DELIVERED else ""


def _patient(tx: Tx) -> Patient | None:
    token = request.args.get("patient")
    if not token:
        return None
    one = people.patient_by_token(tx, token)
    if one is None:
        abort(404)
    return one


def _wanted(given: dict[str, str], one: Patient | None, zone: str) -> Wanted:
    """What was asked for; 400 for what the page does not offer."""
    if given["fate"] not in {"", *FATES} or given["kind"] not in {"", *Kind}:
        abort(400)
    since, until = _day(given["day"], zone) if given["day"] else (None, None)
    return Wanted(
        fate=given["fate"] or None,
        kind=given["kind"] or None,
        programme=given["programme"] or None,
        patient_id=one.id if one else None,
        since=since,
        until=until,
    )


def _day(typed: str, zone: str) -> tuple[datetime, datetime]:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        abort(400)
    if not FIRST <= day <= LAST:
        abort(400)
    ends = (datetime.combine(one, time(0)) for one in (day, day + timedelta(days=1)))
    since, until = (to_utc(end, zone) for end in ends)
    return since, until


def _filled(given: dict[str, str]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value}
