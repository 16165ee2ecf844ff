"""Today: who needs a person and why, what came in overnight, what goes out tonight, and how sending does."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from schedules.recurrence import to_local, to_utc
from service.domain.counting import counted
from service.entry.web import holds, words
from service.entry.web.access import (
    CARERS,
    PROGRAMME_EDITORS,
    READERS,
    for_roles,
    member,
    own_clinic,
)
from service.entry.web.reasons import Reason, reason_of
from service.entry.web.sending import LATE_AFTER, trouble
from service.entry.web.site import current_site
from service.store import (
    alarm_clocks,
    alerts,
    audit,
    circumstances,
    exchanges,
    inbox,
    missed,
    overview,
    people,
    ranks,
)
from service.store.exchanges import Asked
from service.store.missed import Episode
from service.store.overview import Need, Sending
from service.store.people import clinic_by_id, open_person, patients_by_id
from service.store.programme_pages import authors
from service.store.records import Clinic
from service.store.sealed import Keyring
from service.store.session import Tx

pages = Blueprint("today", __name__)

MOST_ROWS = 60
MOST_REPLIES = 8
MOST_WAITING = 4
EVENING, NOON = time(20), time(12)
LONGEST_NOTE = 500


@dataclass(frozen=True, slots=True)
class Row:
    """One person of the list, as the page shows them; `asked`: what their quoted reply came to."""

    need: Need
    name: str
    age: int | None
    reasons: tuple[Reason, ...]
    asked: Asked | None


@dataclass(frozen=True, slots=True)
class _Said:
    """What all rows are said with: what replies came to, names by actor, and the clinic's clock."""

    asked: Mapping[int, Asked]
    names: Mapping[str, str]
    now: datetime
    zone: str


@pages.get("/")
@for_roles(READERS | PROGRAMME_EDITORS)
def today() -> ResponseReturnValue:
    """The list of who needs somebody, most urgent first; who may not see patients begins with the programmes."""
    if not member().may(READERS):
        return redirect(url_for("programmes.programmes"))
    now = current_site().runtime.clock.now()
    with own_clinic() as tx:
        clinic = clinic_by_id(tx, member().clinic_id)
        page = {**_who(tx, clinic, now), **_overnight(tx, clinic, now), **_machine(tx, clinic, now)}
        calm = overview.active_without_need(tx, clinic.id)
        needing = overview.badge(tx, clinic.id).people
    morning = to_local(now, clinic.zone).time() < NOON
    flow = _flow(is_normal=page["is_normal"], is_stopped=bool(page["stop"] or page["halted"]))
    said = headline(needing, page["senders"], calm, flow, morning=morning)
    if not page["consents"]:
        said = "There are no patients yet."
    return render_template(
        "today.html",
        **page,
        headline=said,
        now=now,
        zone=clinic.zone,
        acting=member().may(CARERS),
    )


def _who(tx: Tx, clinic: Clinic, now: datetime) -> dict[str, Any]:
    """Who needs somebody, in the order of urgency."""
    needs, total = overview.needs(tx, clinic.id, MOST_ROWS)
    quoted = [need.quote.id for need in needs if need.quote]
    asked = exchanges.asked_before(tx, quoted)
    taken_by = [alert.acknowledged_by for need in needs for alert in need.alerts]
    said = _Said(asked, authors(tx, taken_by), now, clinic.zone)
    rows = [_row(need, said, tx.keyring) for need in needs]
    return {
        "urgent": [row for row in rows if row.need.tier != "INFO"],
        "later": [row for row in rows if row.need.tier == "INFO"],
        "hidden": total - len(rows),
        "consents": overview.consents(tx, clinic.id),
    }


def _overnight(tx: Tx, clinic: Clinic, now: datetime) -> dict[str, Any]:
    """What came in since 20:00 yesterday."""
    yesterday = to_local(now, clinic.zone).date() - timedelta(days=1)
    evening = to_utc(datetime.combine(yesterday, EVENING), clinic.zone)
    newest, heard, senders = overview.replies_since(tx, clinic.id, evening, MOST_REPLIES)
    waiting = overview.replies_waiting(tx, clinic.id, MOST_WAITING)
    whose = [reply.patient_id for reply in (*newest, *waiting) if reply.patient_id]
    return {
        "replies": newest,
        "heard": heard,
        "senders": senders,
        "waiting": waiting,
        "unanswered": exchanges.left_unanswered(tx, [reply.id for reply in waiting]),
        "asked": exchanges.asked_before(tx, [reply.id for reply in waiting]),
        "waiting_count": overview.count_waiting(tx, clinic.id),
        "names": people.open_people(tx, whose),
    }


def _machine(tx: Tx, clinic: Clinic, now: datetime) -> dict[str, Any]:
    """What goes out until noon, and how sending does."""
    local = to_local(now, clinic.zone)
    midnight = to_utc(datetime.combine(local.date(), time(0)), clinic.zone)
    noon = to_utc(datetime.combine(local.date() + timedelta(days=1), NOON), clinic.zone)
    sending = overview.sending(tx, clinic.id, now, midnight)
    wakes = overview.wakes_until(tx, clinic.id, noon)
    in_the_way = trouble(tx, clinic, sending.late, now)
    return {
        **in_the_way,
        "sending": sending,
        "is_normal": _is_normal(sending, now) and not (in_the_way["stop"] or in_the_way["halted"]),
        "missed": [
            (one.token, missed_words(one, now, clinic.zone))
            for one in missed.unseen_episodes(tx, clinic.id)
        ],
        # By reference, not by name: what is wrong with them may be the name.
        "still": [
            (one.token, one.ref)
            for one in patients_by_id(tx, alarm_clocks.standing_still(tx, clinic.id)).values()
        ],
        "wakes": by_hour(wakes, clinic.zone),
        "wakes_count": len(wakes),
    }


@pages.post("/alerts/<token>/resolve")
@for_roles(CARERS)
def resolve(token: str) -> ResponseReturnValue:
    """Close an alert with a note; one that is closed already stays as it was."""
    note = request.form.get("note", "").strip()[:LONGEST_NOTE]
    now = current_site().runtime.clock.now()
    with own_clinic(write=True) as tx:
        alert = overview.alert_named(tx, token)
        if alert is None:
            abort(404)
        rule, patient_id = alert
        if alerts.resolve_alert(tx, token, note, now):
            audit.write(tx, member().clinic_id, "alert resolved", token, now, rule=rule)
            if patient_id is not None:
                _let_go(tx, rule, patient_id, note, now)
    return redirect(url_for("today.today"))


@pages.post("/replies/<token>/dealt-with")
@for_roles(CARERS)
def dealt_with(token: str) -> ResponseReturnValue:
    """Take a reply off the list of those that wait for a person."""
    now = current_site().runtime.clock.now()
    with own_clinic(write=True) as tx:
        if inbox.close(tx, token):
            audit.write(tx, member().clinic_id, "reply dealt with", token, now)
    return redirect(url_for("today.today", _anchor="waiting"))


@pages.post("/missed/<token>/seen")
@for_roles(CARERS)
def seen(token: str) -> ResponseReturnValue:
    """Put away what was said of texts that were missed; who did it is kept."""
    now = current_site().runtime.clock.now()
    with own_clinic(write=True) as tx:
        if missed.put_away(tx, token, now):
            audit.write(tx, member().clinic_id, "missed texts seen", token, now)
    return redirect(url_for("today.today"))


def _let_go(tx: Tx, rule: str, patient_id: int, note: str, now: datetime) -> None:
    """What rests while an alert is open goes on once a person has closed it; a hold, where they say so."""
    ranks.rank_patients(tx, [patient_id])
    one = people.patient_by_id(tx, patient_id)
    if rule == "M-WHO":
        circumstances.end_pauses(tx, one, now)
    if rule in holds.HELD_BY and "release" in request.form:
        holds.end_hold(tx, one, holds.HELD_BY[rule], note, now)


def headline(needing: int, senders: int, calm: int, flow: str, *, morning: bool) -> str:
    """The first thing a colleague would say; `flow`: how sending does."""
    need = (
        "Nobody needs you."
        if not needing
        else f"{counted(needing, 'person needs', 'people need')} you."
    )
    replied = (
        f"{senders or 'Nobody'} replied {'overnight' if morning else 'since yesterday evening'}"
    )
    track = f"{calm or 'none'} {'are' if calm > 1 else 'is'} on track"
    return f"{need} {replied}, {track}, and {flow}."


def _flow(*, is_normal: bool, is_stopped: bool) -> str:
    if is_stopped:
        return "sending has stopped"
    return "sending is normal" if is_normal else "sending needs a look"


def missed_words(one: Episode, now: datetime, zone: str) -> str:
    """What was missed, in a sentence; times by the clinic's clock."""
    texts, patients = counted(one.texts, "text"), counted(one.patients, "patient")
    first, last = (words.moment(at, now, zone) for at in (one.first, one.last))
    if words.local_day(one.first, zone) == words.local_day(one.last, zone) and first != last:
        first = words.clock(one.first, zone)
    between = f"at {first}" if first == last else f"between {first} and {last}"
    were, their = ("was", "its") if one.texts == 1 else ("were", "their")
    return (
        f"{texts} to {patients} {were} not sent {between}, because {their} time had passed (the service was down"
        " or asleep, or could not hand them over). Nothing is sent late."
    )


def _is_normal(sending: Sending, now: datetime) -> bool:
    waited = now - sending.oldest_due if sending.oldest_due else timedelta(0)
    return not sending.unknown and waited <= LATE_AFTER


def by_hour(instants: Sequence[datetime], zone: str) -> list[tuple[str, int]]:
    """How many instants fall into each local hour, from the first to the last that has any."""
    if not instants:
        return []
    hours = Counter(
        to_local(at, zone).replace(minute=0, second=0, microsecond=0) for at in instants
    )
    first, last = min(hours), max(hours)
    length = int((last - first) / timedelta(hours=1)) + 1
    ladder = [first + timedelta(hours=n) for n in range(length)]
    return [(f"{hour:%H}", hours.get(hour, 0)) for hour in ladder]


def _row(need: Need, said: _Said, keyring: Keyring) -> Row:
    name, years = "A number that is no patient’s", None
    if need.patient is not None:
        person = open_person(keyring, need.patient)
        name = f"{person.given_name} {person.family_name}"
        years = words.age(person.born, to_local(said.now, need.patient.zone).date())
    reasons = tuple(reason_of(alert, said.names, said.now, said.zone) for alert in need.alerts)
    behind = said.asked.get(need.quote.id) if need.quote else None
    return Row(need, name, years, reasons, behind)
