"""The simulated phone: a demo patient's texts both ways, and the clinic's clock moved forward, lived event by event."""

from datetime import UTC, datetime, timedelta

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from schedules.night import bedtime_of, night_of
from schedules.recurrence import to_local, to_utc
from schedules.slots import Planned
from service.domain.delivery import State
from service.domain.exchange import Inbound
from service.entry.web.access import CARERS, for_roles, member, own_clinic
from service.entry.web.site import current_site
from service.flows.plan_due.ahead import forecast, foresee
from service.flows.take_reply import read_replies, store_replies
from service.store import patient_page, people, phone_page
from service.store.people import clinic_by_id
from service.store.planning import planning_cases
from service.store.records import Clinic, Patient
from service.store.sealed import new_token
from service.store.session import Tx

pages = Blueprint("phone", __name__)

TEXTS_SHOWN, NIGHTS_AHEAD = 30, 14
LONGEST_TEXT = 2000
ARRIVED = {State.ACCEPTED, State.SENT, State.DELIVERED}
BEFORE_BED, AFTER_WAKING = timedelta(minutes=90), timedelta(hours=2)
# Long enough for an answer to leave, and for the carrier to say that it arrived.
SETTLES_IN = timedelta(seconds=6)
DAY = timedelta(days=1)


@pages.before_request
def _only_in_the_demo() -> None:
    """A real clinic has no such page."""
    if current_site().travel is None:
        abort(404)


@pages.get("/phone")
@for_roles(CARERS)
def phones() -> ResponseReturnValue:
    """Whose phone to look at, and what comes next on each."""
    token = request.args.get("of")
    if token:
        return redirect(url_for("phone.phone", token=token))
    now = current_site().runtime.clock.now()
    with own_clinic() as tx:
        clinic = clinic_by_id(tx, member().clinic_id)
        everybody = people.all_patients(tx, clinic.id)
        following = _following(tx, clinic, everybody, now)
        patients = [
            (one, people.open_person(tx.keyring, one), following.get(one.id)) for one in everybody
        ]
    return render_template("phones.html", patients=patients, now=now, zone=clinic.zone)


@pages.get("/phone/<token>")
@for_roles(CARERS)
def phone(token: str) -> ResponseReturnValue:
    """One phone: what it shows, and where its owner's day stands."""
    runtime = current_site().runtime
    now = runtime.clock.now()
    with own_clinic() as tx:
        patient = _patient(tx, token)
        clinic = clinic_by_id(tx, patient.clinic_id)
        person = people.open_person(tx.keyring, patient)
        texts, earlier = patient_page.conversation(tx, patient.id, TEXTS_SHOWN)
        following = _next_text(tx, patient, now)
    pick_up = current_site().pick_up
    if pick_up is not None:
        # From here on the visitor answers on this phone, and nobody simulated does.
        pick_up(person.phone)
    texts = [said for said in texts if not said.ours or said.state in ARRIVED]
    since = _instant(request.args.get("since", ""))
    return render_template(
        "phone.html",
        patient=patient,
        person=person,
        texts=texts,
        earlier=earlier,
        following=following,
        arrived=[said for said in texts if since is not None and said.at >= since],
        since=since,
        now=now,
        zone=clinic.zone,
        there=patient.zone,
    )


@pages.post("/phone/<token>/text")
@for_roles(CARERS)
def text(token: str) -> ResponseReturnValue:
    """Text the clinic as the patient; the reply is read, and what it calls for is sent, at once."""
    site = current_site()
    now = site.runtime.clock.now()
    with own_clinic() as tx:
        patient = _patient(tx, token)
        number = people.open_phone(tx.keyring, patient)
        sender = clinic_by_id(tx, patient.clinic_id).sender
    body = request.form.get("body", "").strip()[:LONGEST_TEXT]
    if body:
        came = Inbound(f"PHONE{new_token()}", number, sender, body, now)
        store_replies(site.runtime, [came])
        read_replies(site.runtime)
        _travel(now + SETTLES_IN)
    return redirect(url_for("phone.phone", token=token, since=_spelled(now)))


@pages.post("/phone/<token>/travel")
@for_roles(CARERS)
def travel(token: str) -> ResponseReturnValue:
    """Live on to the next text, the evening or the morning of this patient."""
    now = current_site().runtime.clock.now()
    with own_clinic() as tx:
        patient = _patient(tx, token)
        following = _next_text(tx, patient, now)
    targets = {
        "next-text": following + SETTLES_IN if following else None,
        "evening": _next_evening(patient, now),
        "morning": _next_morning(patient, now),
    }
    to = request.form.get("to", "")
    if to not in targets:
        abort(400)
    target = targets[to]
    if target is not None:
        _travel(target)
    return redirect(url_for("phone.phone", token=token, since=_spelled(now)))


def _travel(target: datetime) -> None:
    journey = current_site().travel
    if journey is not None:
        journey(target)


def _patient(tx: Tx, token: str) -> Patient:
    found = people.patient_by_token(tx, token)
    if found is None:
        abort(404)
    return found


def _following(
    tx: Tx, clinic: Clinic, everybody: list[Patient], now: datetime
) -> dict[int, tuple[datetime, str]]:
    """By patient, when the next text of the coming day is due (UTC), and the title of its programme."""
    content = current_site().runtime.shelf.content(tx, clinic)
    titles = {version.slug: programme.title for version, programme in content.programmes(now)}
    following = {}
    for case in planning_cases(tx, [one.id for one in everybody], now):
        slots = (slot for slot in foresee(case, content, now, 1) if isinstance(slot, Planned))
        if first := min(slots, key=lambda slot: slot.at, default=None):
            following[case.patient.id] = (first.at, titles.get(first.programme, first.programme))
    return following


def _next_text(tx: Tx, patient: Patient, now: datetime) -> datetime | None:
    """When the patient's next text leaves: one that waits already, or one still to be planned."""
    waiting = phone_page.next_waiting(tx, patient.id)
    planned = [
        slot.at
        for slot in forecast(current_site().runtime, tx, patient.id, NIGHTS_AHEAD)
        if isinstance(slot, Planned)
    ]
    ahead = [at for at in (waiting, *planned) if at is not None]
    return max(min(ahead), now) if ahead else None


def _next_evening(patient: Patient, now: datetime) -> datetime:
    """Ninety minutes before the patient's next bedtime: by then the evening's texts are there."""
    rhythm, tonight = people.rhythm_of(patient), night_of(now, patient.zone)
    beds = (bedtime_of(rhythm, tonight + DAY * n) - BEFORE_BED for n in range(-1, 3))
    instants = (to_utc(local, patient.zone) for local in beds)
    return next(at for at in instants if at > now)


def _next_morning(patient: Patient, now: datetime) -> datetime:
    """Two hours after the patient's next waking: by then the morning's texts are there."""
    today = to_local(now, patient.zone).date()
    wakes = (
        datetime.combine(today + DAY * n, patient.wake_time) + AFTER_WAKING for n in range(-1, 3)
    )
    instants = (to_utc(local, patient.zone) for local in wakes)
    return next(at for at in instants if at > now)


def _spelled(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y%m%dT%H%M%S")


def _instant(text: str) -> datetime | None:
    """An instant out of an address; None for anything else."""
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
