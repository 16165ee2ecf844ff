"""Every family of time zones, people who sleep by day, journeys, and a new release of the zone data."""

import struct
import zoneinfo
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from schedules import recurrence
from schedules.day_plan import plan
from schedules.night import Rhythm
from schedules.open_hours import in_window
from schedules.recurrence import to_local
from schedules.slots import Past, Withheld
from tests.unit.schedules_patient import (
    DAY,
    MONDAY,
    NEW_YORK,
    decided,
    facts,
    live,
    nights,
    of_clinic,
    patient,
    planned,
    programme,
    remembered,
    utc,
)

NIGHT_HOURS = (time(20), time(4))


def only(zone: str, at: str, night: str, window: Any = NIGHT_HOURS) -> list[tuple[str, str]]:
    """The instants and the local clock of a daily step in the nights around `night`, by date."""
    own = programme(f"at = {at}\nuseful_for = '2h'\nflex = '3h'")
    rhythm = replace(NEW_YORK, zone=zone, window=window)
    first = date.fromisoformat(night)
    subject = patient([own], rhythm=rhythm, consent_from=first - DAY)
    slots = planned(plan(subject, [own], Past(), nights(first - DAY, 3)))
    found = [slot for slot in slots if slot.night == first]
    return [(f"{slot.due:%dT%H:%M}", f"{to_local(slot.at, zone):%dT%H:%M}") for slot in found]


def clock(hour: str) -> str:
    return f'{{ clock = "{hour}" }}'


BED, WAKE = '{ anchor = "bedtime", offset = "2h30m" }', '{ anchor = "wake", offset = "-5h" }'

FAMILIES = [
    # zone, step, night; due in UTC and the clock it shows; why
    ("America/New_York", clock("02:30"), "2026-03-07", "08T07:30", "08T03:30", "north, gap"),
    ("America/New_York", clock("01:30"), "2026-10-31", "01T05:30", "01T01:30", "north, overlap"),
    ("Europe/London", clock("01:15"), "2026-03-28", "29T01:15", "29T02:15", "gap from UTC"),
    ("Europe/London", clock("01:15"), "2026-10-24", "25T00:15", "25T01:15", "overlap to UTC"),
    ("Australia/Sydney", clock("02:30"), "2026-10-03", "03T16:30", "04T03:30", "south, gap"),
    ("Australia/Sydney", clock("02:30"), "2026-04-04", "04T15:30", "05T02:30", "south, overlap"),
    ("Asia/Tokyo", clock("02:30"), "2026-03-07", "07T17:30", "08T02:30", "no change"),
    ("America/Phoenix", clock("02:30"), "2026-03-07", "08T09:30", "08T02:30", "no change"),
    ("Asia/Kolkata", clock("22:15"), "2026-03-07", "07T16:45", "07T22:15", ":30"),
    ("Asia/Kathmandu", clock("22:15"), "2026-03-07", "07T16:30", "07T22:15", ":45"),
    ("Australia/Adelaide", clock("02:30"), "2026-10-03", "03T17:00", "04T03:30", ":30, gap"),
    ("Australia/Lord_Howe", clock("02:15"), "2026-10-03", "03T15:45", "04T02:45", "half an hour"),
    ("Australia/Lord_Howe", clock("01:45"), "2026-04-04", "04T14:45", "05T01:45", "half an hour"),
    ("Pacific/Chatham", clock("02:50"), "2026-09-26", "26T14:05", "27T03:50", ":45, gap at 02:45"),
    ("Pacific/Chatham", clock("03:00"), "2026-04-04", "04T13:15", "05T03:00", ":45, overlap"),
    ("America/Santiago", clock("00:30"), "2026-09-05", "06T04:30", "06T01:30", "no midnight"),
    ("America/Santiago", clock("23:30"), "2026-04-04", "05T02:30", "04T23:30", "23:00 twice"),
    ("Africa/Cairo", clock("00:00"), "2026-04-23", "23T22:00", "24T01:00", "no midnight"),
    ("Africa/Cairo", clock("23:15"), "2026-10-29", "29T20:15", "29T23:15", "23:00 twice"),
    ("Asia/Beirut", clock("00:45"), "2026-03-28", "28T22:45", "29T01:45", "no midnight"),
    ("Asia/Beirut", clock("23:59"), "2026-10-24", "24T20:59", "24T23:59", "23:00 twice"),
    ("America/Havana", clock("00:30"), "2026-10-31", "01T04:30", "01T00:30", "midnight twice"),
    ("Antarctica/Troll", clock("01:15"), "2026-03-28", "29T01:15", "29T03:15", "two hours"),
    ("Africa/Casablanca", clock("02:30"), "2027-02-06", "07T01:30", "07T02:30", "Ramadan"),
    ("Europe/Istanbul", clock("03:30"), "2026-03-28", "29T00:30", "29T03:30", "gave it up in 2016"),
    ("America/New_York", BED, "2026-03-07", "08T06:30", "08T01:30", "wall clock, not elapsed"),
    ("America/New_York", WAKE, "2026-03-07", "08T07:00", "08T03:00", "02:00 does not exist"),
    ("America/New_York", WAKE, "2026-10-31", "01T07:00", "01T02:00", "after the overlap"),
]


@pytest.mark.parametrize(("zone", "at", "night", "due", "shows", "why"), FAMILIES)
def test_a_step_comes_once_in_every_family_of_zones(
    zone: str, at: str, night: str, due: str, shows: str, why: str
) -> None:
    assert only(zone, at, night) == [(due, shows)], why


EDGES = [
    # Windows across midnight in nights that are an hour short or long; the clock, where it lies.
    ("America/New_York", "2026-03-07", "05:00", "08T03:50", "elapsed, to ten before the end"),
    ("America/New_York", "2026-03-07", "18:30", "07T20:00", "to the opening"),
    ("America/Santiago", "2026-09-05", "05:00", "06T03:50", "no midnight inside"),
    ("America/Santiago", "2026-04-04", "18:30", "04T20:00", "23:00 twice inside"),
    ("Asia/Beirut", "2026-10-24", "05:30", "25T03:50", "an hour longer"),
]


@pytest.mark.parametrize(("zone", "night", "hour", "lies", "why"), EDGES)
def test_windows_across_midnight_keep_their_edges(
    zone: str, night: str, hour: str, lies: str, why: str
) -> None:
    found = [shows for _, shows in only(zone, clock(hour), night)]
    assert found == [lies], why


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kolkata", "America/Santiago", "UTC"])
@pytest.mark.parametrize("start", ["2026-03-02", "2026-08-31", "2026-10-26"])
def test_a_night_worker_is_never_texted_asleep(zone: str, start: str) -> None:
    """Bedtime 08:30, up at 16:00: check-in, cut-off and tip come while awake, each on its night."""
    programmes = of_clinic("check_in", "caffeine", "sleep_hygiene", "iron", "relaxation")
    rhythm = Rhythm(zone, time(8, 30), time(16), window="bedtime")
    first = date.fromisoformat(start)
    known = facts(since=first, uses_caffeine="", iron_oral="daily")
    subject = patient(programmes, rhythm=rhythm, facts=known, consent_from=first)
    slots = plan(subject, programmes, Past(), nights(first, 14))
    sent = planned(slots)
    awake = [to_local(slot.at, zone).time() for slot in sent]
    assert all(at >= time(16) or at < time(8, 30) for at in awake)
    assert {slot.programme for slot in sent} >= {"check_in", "sleep_hygiene", "iron"}
    # Wake-up ends the night on whose evening the shift began: the check-in is about that night.
    assert all(
        s.on == s.night + DAY for s in sent if (s.programme, s.step) == ("check_in", "score")
    )


JOURNEYS = [
    ("America/New_York", "Europe/London", "America/New_York"),
    ("Europe/London", "America/Los_Angeles", "Asia/Tokyo"),
    ("Pacific/Honolulu", "Pacific/Kiritimati", "Pacific/Honolulu"),
    ("Pacific/Kiritimati", "Pacific/Honolulu", "Pacific/Kiritimati"),
    ("Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns"),
]


@pytest.mark.parametrize("zones", JOURNEYS)
@pytest.mark.parametrize("hour", [12, 17, 19, 22])
def test_two_journeys_in_one_evening(zones: tuple[str, str, str], hour: int) -> None:
    """Each slot is written once, none is lost, and nothing goes out in the night of where one is."""
    programmes = of_clinic("check_in", "iron", "caffeine", "sleep_hygiene", "medicines", "nicotine")
    home = recurrence.to_utc(datetime.combine(MONDAY + 8 * DAY, time(hour)), zones[0])
    moves = [home, home + timedelta(hours=3)]
    known = facts(iron_oral="daily", uses_caffeine="", uses_nicotine="")

    def world(now: datetime) -> Any:
        zone = zones[sum(now >= move for move in moves)]
        return patient(programmes, rhythm=replace(NEW_YORK, zone=zone), facts=known), programmes

    rows = live(home - 3 * DAY, home + 3 * DAY, world, moves)
    slots = [(row.slot.programme, row.slot.step, row.slot.night) for row in rows]
    assert len(set(slots)) == len(slots)
    on = [(row.sent.programme, row.sent.step, row.sent.on) for row in rows if row.sent]
    assert len(set(on)) == len(on)
    for row in rows:
        assert row.sent is None or in_window(world(row.now)[0].rhythm, row.now)
    before = remembered(Past(), [row for row in rows if row.now <= home - DAY])
    foreseen = planned(plan(world(home - DAY)[0], programmes, before, nights(MONDAY + 7 * DAY, 3)))
    lost = {(s.programme, s.step, s.night) for s in foreseen} - set(slots)
    assert not {slot for slot in lost if slot[2] < MONDAY + 9 * DAY}, lost
    unsent = [(row.now, row.slot) for row in rows if row.sent is None]
    assert all(isinstance(slot, Withheld) or now >= slot.not_after for now, slot in unsent)


def zone_file(posix: str) -> bytes:
    """A zone in the format of RFC 8536 that has followed one rule for ever."""
    header = struct.pack(">4s1s15x6l", b"TZif", b"2", 0, 0, 0, 0, 1, 4)
    body = struct.pack(">lbb4s", 7200, 0, 0, b"LMT\x00")
    return (header + body) * 2 + b"\n" + posix.encode() + b"\n"


Release = Callable[[str], None]


@pytest.fixture
def release(tmp_path: Path) -> Iterator[Release]:
    """Start anew with a release of the zone data in which Test/Town follows the rule given."""

    def start(posix: str) -> None:
        (tmp_path / "Test").mkdir(exist_ok=True)
        (tmp_path / "Test" / "Town").write_bytes(zone_file(posix))
        zoneinfo.reset_tzpath(to=[str(tmp_path)])
        _as_after_a_start()

    yield start
    zoneinfo.reset_tzpath()
    _as_after_a_start()


def _as_after_a_start() -> None:
    zoneinfo.ZoneInfo.clear_cache(only_keys=["Test/Town"])
    recurrence.zone_named.cache_clear()
    recurrence._offset_all_day.cache_clear()


SUMMER = "EET-2EEST,M3.5.0/3,M10.5.0/4"


def test_a_new_rule_moves_what_is_not_written_yet_and_repeats_nothing(release: Release) -> None:
    own = programme('at = { clock = "17:00" }', 'at = { clock = "12:00" }')
    subject = patient([own], rhythm=replace(NEW_YORK, zone="Test/Town"))
    night = MONDAY + 8 * DAY
    release(SUMMER)
    before = plan(subject, [own], Past(), [night])
    assert [slot.at for slot in before] == [utc("2026-06-09T09:00"), utc("2026-06-09T14:00")]
    written = Past(decided=(decided(before[0]),))
    release("EET-2")
    after = plan(subject, [own], written, [night])
    assert [(slot.step, slot.at) for slot in after] == [("s0", utc("2026-06-09T15:00"))]


@pytest.mark.parametrize("rules", [(SUMMER, "EET-2"), ("EET-2", SUMMER), ("EET-2", "NPT-5:45")])
def test_a_life_across_a_new_release_has_each_slot_once(
    release: Release, rules: tuple[str, str]
) -> None:
    programmes = of_clinic("check_in", "iron", "sleep_hygiene")
    subject = patient(
        programmes, rhythm=replace(NEW_YORK, zone="Test/Town"), facts=facts(iron_oral="daily")
    )
    restart = utc("2026-06-09T14:30")

    def world(now: datetime) -> Any:
        release(rules[now >= restart])
        return subject, programmes

    rows = live(restart - 3 * DAY, restart + 3 * DAY, world, [restart])
    slots = [(row.slot.programme, row.slot.step, row.slot.night) for row in rows]
    assert len(set(slots)) == len(slots)
    dose_nights = sorted(row.slot.night for row in rows if row.slot.step == "dose")
    assert dose_nights == nights(dose_nights[0], len(dose_nights))
