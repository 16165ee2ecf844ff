"""One patient: why flagged, severity by night, figures, conversation, and what comes next."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from schedules.recurrence import to_local
from schedules.slots import Planned, Withheld
from service.domain.alerts import rank_of
from service.domain.by_hand import rests_until
from service.domain.consent import BY_TEXT, ConsentState
from service.domain.figures import WINDOW_DAYS
from service.entry.web import words
from service.entry.web.access import CARERS, READERS, for_roles, member, own_clinic
from service.entry.web.changes_shown import saved
from service.entry.web.charts import Night
from service.entry.web.facts_shown import markers, said, since
from service.entry.web.figures_shown import shown
from service.entry.web.holds import WHAT_RESTS
from service.entry.web.reasons import Reason, reason_of
from service.entry.web.site import current_site
from service.flows.plan_due.ahead import forecast
from service.flows.stop_texts import HOW
from service.store import alerts, audit, consent, patient_page, people
from service.store.patient_page import PatientNight
from service.store.programme_pages import STAFF, authors
from service.store.questionnaires import questionnaires_of
from service.store.records import Patient
from service.store.session import Tx

pages = Blueprint("patient", __name__)

SPANS = (28, 90)
NEXT_TEXTS, MOST_HELD, NIGHTS_AHEAD = 7, 20, 7
FEW_TEXTS, MANY_TEXTS = 14, 200
DAY = timedelta(days=1)


@pages.get("/patients/<token>")
@for_roles(READERS)
def patient(token: str) -> ResponseReturnValue:
    """The patient's page."""
    return show(token)


def show(token: str, *, until: str = "", until_fault: str = "") -> str:
    """The page as it stands now, with what is wrong with a pause asked for; that it was read is noted."""
    span = request.args.get("nights", SPANS[-1], type=int)
    if span not in SPANS:
        abort(400)
    now = current_site().runtime.clock.now()
    with own_clinic() as tx:
        one = find(tx, token)
        page = {
            **_who(tx, one, now),
            **_severity(tx, one, span, now),
            **_talk(tx, one, MANY_TEXTS if "texts" in request.args else FEW_TEXTS),
            **_ahead(tx, one),
            "saved": saved(tx, one, now) if "changed" in request.args else [],
            "gone": request.args.get("gone", 0, type=int),
            "soon": request.args.get("soon", 0, type=int),
        }
    with own_clinic(write=True) as tx:
        audit.write(tx, one.clinic_id, "patient read", token, now)
    return render_template(
        "patient.html",
        **page,
        patient=one,
        now=now,
        zone=one.zone,
        span=span,
        spans=SPANS,
        rests=WHAT_RESTS,
        said=said,
        since=since,
        acting=member().may(CARERS),
        until=until,
        until_fault=until_fault,
        ways_to_stop=HOW,
    )


def _who(tx: Tx, one: Patient, now: datetime) -> dict[str, Any]:
    """The banner, the reasons and the facts."""
    person = people.open_person(tx.keyring, one)
    clinic = people.clinic_by_id(tx, one.clinic_id)
    today = to_local(now, one.zone).date()
    facts = patient_page.facts(tx, one.id)
    pause = patient_page.pause_in_force(tx, one.id, now)
    changed = consent.last_change(tx, one.id)
    return {
        "person": person,
        "home": clinic.zone,
        "born": _born(person.born),
        "age": words.age(person.born, today),
        "today": today,
        "pause": pause,
        "resting": rests_until(one.by_hand_until, now),
        "paused_by": _paused_by(tx, pause.set_by) if pause else "",
        "consent": changed,
        "told_to": _told_to(tx, changed) if changed else "",
        "reasons": _reasons(tx, one, now, clinic.zone),
        "facts": [fact for fact in facts if fact.valid_to is None or fact.valid_to > today],
        "markers": markers(facts),
    }


def _told_to(tx: Tx, changed: consent.Changed) -> str:
    """Who was told that they want no more texts, where it was not by text."""
    if changed.state != ConsentState.STOPPED or not changed.actor.startswith(STAFF):
        return ""
    return authors(tx, [changed.actor]).get(changed.actor, "a colleague")


def _paused_by(tx: Tx, actor: str) -> str:
    """Who began a pause; the service itself does so for one reason only (rule M-WHO)."""
    if actor == BY_TEXT:
        return "by the patient’s own text"
    if actor.startswith(STAFF):
        return f"by {authors(tx, [actor]).get(actor, 'a colleague')}"
    return "by the service: the last texts did not arrive"


def _severity(tx: Tx, one: Patient, span: int, now: datetime) -> dict[str, Any]:
    """The chart and its table with what is known by now, and the figures as of the last ended night."""
    standing = patient_page.standing(tx, one.id)
    as_of = standing.as_of if standing else to_local(now, one.zone).date() - DAY
    known = patient_page.nights(tx, one.id, as_of - DAY * (SPANS[-1] - 1))
    # A night that is not over yet is shown from its answer on; the figures wait for its end.
    ended = [night for night in known if night.night <= as_of]
    told = [night for night in known if night.night <= as_of or night.severity is not None]
    last = told[-1].night if told else as_of
    first = as_of - DAY * (WINDOW_DAYS - 1)
    window = [night for night in ended if night.night >= first]
    doses = patient_page.doses(tx, one.id, first, as_of, now)
    nights = _filled(told, last)
    return {
        "nights": nights[-span:],
        "recent": nights[-SPANS[0] :],
        "known": [night for night in told if night.night > last - DAY * span],
        "usual": standing.figures.get("usual") if standing else None,
        "figures": shown(standing, window, doses) if standing else [],
    }


def _talk(tx: Tx, one: Patient, most: int) -> dict[str, Any]:
    texts, earlier = patient_page.conversation(tx, one.id, most)
    return {"texts": texts, "earlier": earlier}


def _ahead(tx: Tx, one: Patient) -> dict[str, Any]:
    """The coming texts, with the titles of their programmes; and the clinic's own questionnaires, by theirs."""
    runtime = current_site().runtime
    planned, held = _next_texts(forecast(runtime, tx, one.id, NIGHTS_AHEAD))
    content = runtime.shelf.content(tx, people.clinic_by_id(tx, one.clinic_id))
    in_force = content.programmes(runtime.clock.now(), one.consented_at)
    titles = {version.slug: programme.title for version, programme in in_force}
    return {
        "planned": planned,
        "held": held,
        "titles": titles,
        "questionnaires": questionnaires_of(tx, content, one.id),
    }


def find(tx: Tx, token: str) -> Patient:
    """The patient of that name in the clinic of who is signed in; a page for what is missing otherwise."""
    found = people.patient_by_token(tx, token)
    if found is None:
        abort(404)
    return found


def _reasons(tx: Tx, one: Patient, now: datetime, zone: str) -> list[Reason]:
    open_alerts = alerts.open_alerts_of(tx, one.id)
    by_rank = sorted(open_alerts, key=lambda alert: rank_of(alert.rule, alert.evidence))
    names = authors(tx, [alert.acknowledged_by for alert in by_rank])
    return [reason_of(alert, names, now, zone) for alert in by_rank]


def _next_texts(slots: Sequence[Planned | Withheld]) -> tuple[list[Planned], list[Withheld]]:
    """The next texts, and what is withheld until the last of them."""
    planned = sorted((slot for slot in slots if isinstance(slot, Planned)), key=_instant)
    texts = planned[:NEXT_TEXTS]
    last = texts[-1].at if len(planned) > NEXT_TEXTS else None
    held = sorted((slot for slot in slots if isinstance(slot, Withheld)), key=_instant)
    return texts, [slot for slot in held if last is None or slot.at <= last][:MOST_HELD]


def _instant(slot: Planned | Withheld) -> datetime:
    return slot.at


def _filled(known: Sequence[PatientNight], last: date) -> list[Night]:
    """Every night from the first known one up to `last`; one without a row had nothing due."""
    if not known:
        return []
    by_night = {night.night: night for night in known}
    first = known[0].night
    ladder = [first + DAY * n for n in range((last - first).days + 1)]
    return [
        Night(night, found.state, found.severity)
        if (found := by_night.get(night))
        else Night(night, "none_due", None)
        for night in ladder
    ]


def _born(born: str) -> str:
    try:
        return words.full_day(date.fromisoformat(born))
    except ValueError:
        return "Not known"
