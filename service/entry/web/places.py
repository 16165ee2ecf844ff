"""Which texts of a night stood where a withheld one would have gone: what a cap, a gap or an open question was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from schedules.slots import Planned, Withheld
from schedules.spacing import GAP, QUESTION_SPACING
from service.entry.web.words import clock
from service.store.night_slots import NightSlot


@dataclass(frozen=True, slots=True)
class Place:
    """One text that went out, or is planned: when, of which programme, and whether the night's cap counts it."""

    at: datetime
    programme: str
    is_capped: bool
    asks: bool


def places(slots: Sequence[NightSlot], coming: Sequence[Planned | Withheld]) -> list[Place]:
    """The programmes' texts of a night, sent and planned, in the order of their instants."""
    sent = [
        Place(slot.submitted_at, slot.programme, slot.capped, slot.asks is not None)
        for slot in slots
        if slot.submitted_at is not None and slot.programme is not None
    ]
    planned = [
        Place(slot.at, slot.programme, slot.unsolicited, slot.ask is not None)
        for slot in coming
        if isinstance(slot, Planned)
    ]
    return sorted([*sent, *planned], key=lambda place: place.at)


def instead(
    reason: str, at: datetime, taken: Sequence[Place], titles: Mapping[str, str], zone: str
) -> str:
    """`It went to Caffeine cut-off at 13:30 and Morning check-in at 09:30.`; empty where it is not known.

    `at` is when the withheld text was due; `zone` the patient's.
    """
    found = [place for place in taken if _stands_in_the_way(reason, at, place)]
    if not found:
        return ""
    said = [f"{titles.get(one.programme, one.programme)} at {clock(one.at, zone)}" for one in found]
    *earlier, last = said
    return f"{_LEAD[reason]} {', '.join(earlier)}{' and ' if earlier else ''}{last}."


_LEAD = {
    "cap_night": "The places went to",
    "gap": "Near it:",
    "question_open": "Asked before it:",
}


def _stands_in_the_way(reason: str, at: datetime, place: Place) -> bool:
    if reason == "cap_night":
        return place.is_capped
    if reason == "gap":
        return abs(place.at - at) < GAP
    return reason == "question_open" and place.asks and _just_before(place.at, at)


def _just_before(asked: datetime, at: datetime) -> bool:
    return timedelta(0) <= at - asked < QUESTION_SPACING
