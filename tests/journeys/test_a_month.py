"""A month of several people who answer, forget, stop and come late: what must hold of every text, whoever it is for."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest

from schedules.limits import PER_FIRST_WEEK, PER_NIGHT, PER_WEEK
from schedules.open_hours import in_window
from schedules.spacing import GAP
from service.clinic_life import live_until
from service.store.people import patients_by_id, rhythm_of
from service.store.records import Patient
from service.store.session import SYSTEM
from service.store.summaries import roll_nights
from service.synthetic.people import People, Person
from tests.world import START, World, make_world

NIGHTS = 30
END = START + timedelta(days=NIGHTS)
UNDER_WAY = {"planned", "submitting", "unknown"}
IRON = {"iron_oral": "daily", "iron_start": "2026-11-01"}
CAST: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
    ({"facts": {"uses_caffeine": "yes"}}, {"severity": 4.0}),
    ({"facts": IRON | {"uses_caffeine": "yes", "drinks": "fri,sat"}}, {"severity": 6.0}),
    ({"facts": IRON, "privacy": "discreet"}, {"severity": 5.0, "replies": 0.6}),
    ({"bedtime": time(0, 30), "wake_time": time(8), "language": "es"}, {"severity": 3.0}),
    ({"facts": {"uses_nicotine": "yes"}}, {"severity": 7.0, "stops_day": 12}),
    ({"zone": "America/St_Johns", "facts": {"uses_caffeine": "yes"}}, {"replies": 0.0}),
)


@pytest.fixture
def month(database_url: str) -> Iterator[tuple[World, dict[int, Patient]]]:
    """The clinic after thirty nights, and its patients."""
    persons = {
        f"+1902555{2001 + n}": Person(
            phone=f"+1902555{2001 + n}",
            language=known.get("language", "en"),
            bedtime=known.get("bedtime", time(23)),
            **{"severity": 5.0, **person},
        )
        for n, (known, person) in enumerate(CAST)
    }
    world = make_world(database_url, answers=People(persons, END, seed=3))
    ids = [world.patient(**known).id for known, _ in CAST]
    live_until(world.runtime, END, step=timedelta(minutes=1))
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        patients = patients_by_id(tx, ids)
    yield world, patients
    world.store.engine.dispose()


@pytest.mark.slow
def test_what_holds_of_every_text_of_a_month(month: tuple[World, dict[int, Patient]]) -> None:
    world, patients = month
    rows = world.rows("outbox")
    gone = sorted((row for row in rows if row.submitted_at), key=lambda row: row.submitted_at)
    assert len(gone) > 200
    no_more_than_two_a_night_and_the_weeks_cap(gone, patients)
    far_enough_apart(gone)
    inside_the_window(gone, patients)
    nothing_after_stop(world, gone, patients)
    each_slot_once_and_ended(world, rows)
    maintained_numbers_equal_a_recount(world)


def no_more_than_two_a_night_and_the_weeks_cap(
    gone: list[Any], patients: dict[int, Patient]
) -> None:
    capped = [row for row in gone if row.capped]
    nights = Counter((row.patient_id, row.night) for row in capped)
    assert max(nights.values()) <= PER_NIGHT
    weeks: Counter[tuple[int, int]] = Counter()
    for row in capped:
        day_zero = patients[row.patient_id].consent_from
        assert day_zero is not None
        weeks[row.patient_id, max(0, (row.night - day_zero).days) // 7] += 1
    assert all(n <= (PER_WEEK if week else PER_FIRST_WEEK) for (_, week), n in weeks.items())


def far_enough_apart(gone: list[Any]) -> None:
    by_patient = defaultdict(list)
    for row in gone:
        if row.kind in {"planned", "nudge"} and row.capped:
            by_patient[row.patient_id].append(row.submitted_at)
    for instants in by_patient.values():
        distances = [later - earlier for earlier, later in pairwise(instants)]
        # The clock of this test stops at whole minutes.
        assert min(distances) >= GAP - timedelta(minutes=1)


def inside_the_window(gone: list[Any], patients: dict[int, Patient]) -> None:
    for row in gone:
        if row.kind in {"planned", "nudge", "invite", "staff"}:
            assert in_window(rhythm_of(patients[row.patient_id]), row.submitted_at), row.slot
            assert row.due_at <= row.submitted_at <= row.not_after


def nothing_after_stop(world: World, gone: list[Any], patients: dict[int, Patient]) -> None:
    stopped = [patient for patient in patients.values() if patient.consent == "stopped"]
    assert len(stopped) == 1
    mine = [row for row in gone if row.patient_id == stopped[0].id]
    assert mine[-1].kind == "stop_confirm"
    assert sum(row.kind == "stop_confirm" for row in mine) == 1
    assert mine[-1].submitted_at < world.clock.now() - timedelta(days=10)


def each_slot_once_and_ended(world: World, rows: list[Any]) -> None:
    assert len({row.slot for row in rows}) == len(rows)
    assert all(row.attempts <= 1 for row in rows)
    assert len(world.gateway.ledger) == len({text.token for text, _ in world.gateway.ledger})
    an_hour_ago = world.clock.now() - timedelta(hours=1)
    assert [row.slot for row in rows if row.state in UNDER_WAY and row.due_at < an_hour_ago] == []
    assert all(row.reason for row in rows if row.state in {"suppressed", "expired", "cancelled"})


def maintained_numbers_equal_a_recount(world: World) -> None:
    # What planning withholds in a night that still runs is counted when the night is closed.
    before = world.rows("night_summary", closed=True)
    assert len(before) > NIGHTS * (len(CAST) - 2)
    now: datetime = world.clock.now().astimezone(UTC)
    with world.store.transaction(SYSTEM, "recount") as tx:
        roll_nights(tx, [(row.patient_id, row.night) for row in before], now)
    changed = [
        (was, now_is)
        for was, now_is in zip(before, world.rows("night_summary", closed=True), strict=True)
        if was != now_is
    ]
    assert changed == []
