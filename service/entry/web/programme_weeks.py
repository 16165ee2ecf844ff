"""Seven nights of a programme as one patient gets them, by that patient's clocks; clock changes are marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from schedules.clock_changes import ClockChange, next_change
from schedules.fault import ProgrammeFaults
from schedules.night import DAY, NOON, Anchors, anchors_of, night_of
from schedules.programme import Programme
from schedules.recurrence import to_utc
from service.domain import programme_words
from service.entry.web.access import (
    PROGRAMME_EDITORS,
    PROGRAMME_READERS,
    for_roles,
    member,
    own_clinic,
)
from service.entry.web.programme_desks import desk_of, programme_of
from service.entry.web.programme_eyes import eyes_for
from service.entry.web.programme_outcome import proposed
from service.entry.web.programme_publishing import drafted
from service.entry.web.programme_rows import NextText, case_of, shown
from service.entry.web.programmes import in_force_or_coming
from service.entry.web.site import current_site
from service.flows.plan_due.ahead import foresee
from service.flows.plan_due.preview import touched
from service.store import programme_pages
from service.store.content import Content
from service.store.people import clinic_by_id, rhythm_of
from service.store.records import PlanningCase
from service.store.session import Tx

pages = Blueprint("programme_weeks", __name__)

NIGHTS: Final = 7
FARTHEST: Final = 400 * DAY
"""Every night up to the last one shown is planned, so that caps and turns of texts are right: a year and a month
takes a third of a second, and the next two clock changes of every zone lie within it."""
_BEFORE: Final = 3 * DAY
"""A clock change is shown in the middle of its week."""


@dataclass(frozen=True, slots=True)
class ShownNight:
    """One night: bedtime and waking, its texts in the order of their time, and what its clocks do."""

    anchors: Anchors
    texts: Sequence[NextText]
    change: ClockChange | None


@pages.get("/programmes/<slug>/week")
@for_roles(PROGRAMME_READERS)
def week(slug: str) -> ResponseReturnValue:
    """The week from the night `from` on (tonight, where that is missing or past), seen by the patient `as`."""
    now = current_site().runtime.clock.now()
    with own_clinic() as tx:
        clinic = clinic_by_id(tx, member().clinic_id)
        current = current_site().runtime.shelf.content(tx, clinic)
        version, one = in_force_or_coming(current, slug, now)
        change = _begun(tx, slug)
        current, one = change if change and "change" in request.args else (current, one)
        eyes = eyes_for(tx, touched(programme_pages.reached(tx, clinic.id), [one], now))
        chosen = request.args.get("as") or eyes[0][0]
        case = case_of(tx, clinic, one, chosen, now)
    if case is None:
        abort(404)
    zone = case.patient.zone
    tonight = night_of(now, zone)
    first = min(max(_asked_for(tonight), tonight), tonight + FARTHEST)
    changes, coming = _changes(zone, max(now, to_utc(datetime.combine(first, NOON), zone)), first)
    return render_template(
        "programme_week.html",
        programme=one,
        version=version,
        nights=_nights(case, current, slug, now, first, changes),
        eyes=eyes,
        chosen=chosen,
        first=first,
        last=first + (NIGHTS - 1) * DAY,
        earlier=max(tonight, first - NIGHTS * DAY) if first > tonight else None,
        later=first + NIGHTS * DAY if first + NIGHTS * DAY <= tonight + FARTHEST else None,
        coming=coming,
        coming_from=_week_of(coming, tonight),
        changing=bool(changes),
        begun=change is not None,
        with_change=change is not None and "change" in request.args,
        editing=member().may(PROGRAMME_EDITORS),
        say=programme_words,
        zone=zone,
    )


def _asked_for(tonight: date) -> date:
    try:
        return date.fromisoformat(request.args.get("from", ""))
    except ValueError:
        return tonight


def _week_of(change: ClockChange | None, tonight: date) -> date | None:
    """Where the week that shows a clock change begins; None where that is too far ahead."""
    if change is None or change.night - _BEFORE > tonight + FARTHEST:
        return None
    return max(tonight, change.night - _BEFORE)


def _begun(tx: Tx, slug: str) -> tuple[Content, Programme] | None:
    """The content and the programme as the member's own change would make them, where there is a sound one."""
    if not member().may(PROGRAMME_EDITORS):
        return None
    desk = desk_of(tx, slug)
    if desk.begun.saved_at is None:
        return None
    try:
        programme = programme_of(desk, desk.begun)
    except ProgrammeFaults:
        return None
    return drafted(desk.content, proposed(desk, desk.begun), programme, desk.clinic), programme


def _changes(
    zone: str, after: datetime, first: date
) -> tuple[dict[date, ClockChange], ClockChange | None]:
    """The clock changes of the week's nights, and the first one after it."""
    found: dict[date, ClockChange] = {}
    change = next_change(zone, after)
    while change is not None and change.night < first + NIGHTS * DAY:
        found[change.night] = change
        change = next_change(zone, change.at)
    return found, change


def _nights(
    case: PlanningCase,
    content: Content,
    slug: str,
    now: datetime,
    first: date,
    changes: dict[date, ClockChange],
) -> list[ShownNight]:
    ahead = (first - night_of(now, case.patient.zone)) // timedelta(days=1) + NIGHTS
    slots = [slot for slot in foresee(case, content, now, ahead) if slot.programme == slug]
    rhythm = rhythm_of(case.patient)
    return [
        ShownNight(
            anchors_of(rhythm, night),
            [shown(slot, case, content) for slot in slots if slot.night == night],
            changes.get(night),
        )
        for night in (first + n * DAY for n in range(NIGHTS))
    ]
