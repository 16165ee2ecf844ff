"""What Today says of a channel that is stopped and of texts whose fate is unknown, and what staff do about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from service.entry.web import words
from service.entry.web.access import CARERS, for_roles, member, own_clinic
from service.entry.web.site import current_site
from service.store import audit, channels, halts, uncertain
from service.store.channels import Stop
from service.store.people import open_person, patients_by_id
from service.store.records import Clinic
from service.store.session import Tx
from service.store.uncertain import Doubtful

pages = Blueprint("sending", __name__)

MOST_DOUBTFUL = 6
# Sending is normal while nothing waits longer than this and nothing's fate is unknown (our default).
LATE_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Line:
    """One text that may or may not have arrived, as the page shows it; no patient for a number that is none's."""

    token: str
    patient: str | None
    name: str
    body: str
    submitted_at: datetime


def trouble(tx: Tx, clinic: Clinic, waiting: int, now: datetime) -> dict[str, Any]:
    """What stands in the way of sending, and what it has left in doubt."""
    doubtful, count = uncertain.left_to_a_person(
        tx, clinic.id, current_site().runtime.clock.wall(), MOST_DOUBTFUL
    )
    return {
        "stop": stopped(tx, clinic, waiting, now),
        "halted": bool(halts.standing(tx, clinic.id)),
        "doubtful": _lines(tx, doubtful),
        "doubtful_count": count,
    }


def stopped(tx: Tx, clinic: Clinic, waiting: int, now: datetime) -> tuple[str, str] | None:
    """The stop of the channel in words, if it is stopped."""
    stop = channels.stop_of(tx, current_site().runtime.gateway.name)
    return stop_words(stop, waiting, now, clinic.zone) if stop else None


def stop_words(stop: Stop, waiting: int, now: datetime, zone: str) -> tuple[str, str]:
    """Why nothing leaves; what to do, and what becomes of the texts. Times by the clinic's clock."""
    works = "arrives" if stop.until_delivered else "is taken"
    tried = words.moment(max(stop.probe_at, now), now, zone)
    what_to_do = (
        "Ask whoever looks after the account with the provider to put it right."
        f" {_waiting(waiting)} sending works again, if it is still of use then."
        f" One text is tried now and then, next from {tried}; sending goes on by itself once it {works}."
    )
    return (
        f"Nothing has left since {words.moment(stop.since, now, zone)}. {stop.reason}",
        what_to_do,
    )


def _waiting(waiting: int) -> str:
    if not waiting:
        return "Texts that come due wait; each leaves when"
    return (
        "1 text waits; it leaves when"
        if waiting == 1
        else f"{waiting} texts wait; each leaves when"
    )


@pages.post("/sending/resume")
@for_roles(CARERS)
def resume() -> ResponseReturnValue:
    """Somebody says that sending works again; who did it is kept."""
    runtime = current_site().runtime
    now = runtime.clock.now()
    with own_clinic(write=True) as tx:
        if channels.resume(tx, runtime.gateway.name, now):
            audit.write(tx, member().clinic_id, "sending resumed", runtime.gateway.name, now)
    return redirect(url_for("today.today"))


@pages.post("/texts/<token>/doubt-seen")
@for_roles(CARERS)
def doubt_seen(token: str) -> ResponseReturnValue:
    """Put away that a text's fate is unknown; who did it is kept."""
    now = current_site().runtime.clock.now()
    with own_clinic(write=True) as tx:
        if uncertain.put_away(tx, token, now):
            audit.write(tx, member().clinic_id, "doubtful text seen", token, now)
    return redirect(url_for("today.today", _anchor="doubtful"))


def _lines(tx: Tx, doubtful: Sequence[Doubtful]) -> list[Line]:
    patients = patients_by_id(tx, {one.patient_id for one in doubtful if one.patient_id})
    lines = []
    for one in doubtful:
        patient = patients.get(one.patient_id or 0)
        name = "A number that is no patient’s"
        if patient is not None:
            person = open_person(tx.keyring, patient)
            name = f"{person.given_name} {person.family_name}"
        token = patient.token if patient else None
        lines.append(Line(one.token, token, name, one.body, one.submitted_at))
    return lines
