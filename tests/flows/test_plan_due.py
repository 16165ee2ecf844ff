"""Planning: a slot is written once, whoever plans; what changed meanwhile wins; what is withheld says why."""

# ruff: noqa: DTZ001 (the clinic's own wall clock)

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event

from message_templates.catalogue import load
from schedules.recurrence import to_utc
from schedules.slots import REASONS
from service.flows.plan_due import plan_due
from service.flows.plan_due.decide import decide
from service.store import alarm_clocks, circumstances, outbox, people, planning
from service.store.content import ContentShelf
from service.store.people import clinic_by_id
from service.store.session import SYSTEM
from tests.world import ZONE, World

COFFEE = {"uses_caffeine": "yes"}
# The morning's question is due: 09:30 or so, for a patient who wakes at 07:00.
MORNING = datetime(2026, 11, 22, 9, 59)


def decided(world: World) -> list[tuple[str, str, str | None]]:
    rows = world.rows("outbox")
    return [(row.slot, row.state, row.reason) for row in rows]


def test_a_slot_is_written_once_whoever_plans_it_again(world: World) -> None:
    patient = world.patient(facts=COFFEE)
    world.live_to(MORNING)
    before = decided(world)
    assert before
    for _ in range(3):
        with world.store.transaction(SYSTEM, "test") as tx:
            people.wake(tx, [patient.id], world.clock.now())
        plan_due(world.runtime)
    assert decided(world) == before


def test_two_planners_that_read_the_same_alarm_write_it_once(world: World) -> None:
    patient = world.patient(facts=COFFEE)
    world.clock.hold(to_utc(MORNING, ZONE))
    now = world.clock.now()
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        (case,) = planning.planning_cases(tx, [patient.id], now)
        content = world.runtime.shelf.content(tx, case.clinic)
        made = decide(case, content, now, tx.keyring)
    plan_due(world.runtime)
    planned = decided(world)
    with world.store.transaction(SYSTEM, "the slower planner") as tx:
        assert alarm_clocks.still_due(tx, [made.alarm]) == set()
        assert outbox.add_texts(tx, made.texts, now) == []
    assert decided(world) == planned


def test_a_change_made_while_planning_is_not_overwritten(world: World) -> None:
    patient = world.patient()
    plan_due(world.runtime)
    now = world.clock.now()
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        (case,) = planning.planning_cases(tx, [patient.id], now)
        alarm = decide(case, world.runtime.shelf.content(tx, case.clinic), now, tx.keyring).alarm
    with world.store.transaction(SYSTEM, "a nurse") as tx:
        people.set_patient(tx, patient.id, now, wake_time=case.patient.bedtime)
    with world.store.transaction(SYSTEM, "the planner") as tx:
        alarm_clocks.set_alarms(tx, [alarm])
        assert alarm_clocks.ahead(tx).wake == now + people.SETTLED_AFTER


def test_a_change_of_who_is_due_already_is_not_overwritten_either(world: World) -> None:
    patient = world.patient(facts=COFFEE)
    world.clock.hold(to_utc(MORNING, ZONE))
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        (case,) = planning.planning_cases(tx, [patient.id], world.clock.now())
        content = world.runtime.shelf.content(tx, case.clinic)
        made = decide(case, content, world.clock.now(), tx.keyring)
    assert case.next_wake_at <= world.clock.now()
    world.clock.hold(world.clock.now() + timedelta(seconds=1))
    with world.store.transaction(SYSTEM, "meanwhile") as tx:
        people.wake(tx, [patient.id], world.clock.now())
    with world.store.transaction(SYSTEM, "the planner") as tx:
        assert alarm_clocks.still_due(tx, [made.alarm]) == set()
        alarm_clocks.set_alarms(tx, [made.alarm])
        (due,) = alarm_clocks.due_patients(tx, world.clock.now(), 10)
    assert due.next_slot_at == world.clock.now()


def test_a_plan_leaves_the_patient_asleep_until_the_next_slot(world: World) -> None:
    world.patient(facts=COFFEE)
    assert plan_due(world.runtime) == 1
    assert plan_due(world.runtime) == 0
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        wake = alarm_clocks.ahead(tx).wake
    assert wake > world.clock.now()


@pytest.mark.parametrize(
    ("label", "facts", "reason"),
    [
        ("paused", COFFEE, "paused"),
        ("iron held", {"iron_oral": "daily", "iron_start": "2026-11-20", "iron_hold": ""}, "held"),
    ],
)
def test_what_is_withheld_is_written_with_its_reason(
    world: World, label: str, facts: dict[str, str], reason: str
) -> None:
    patient = world.patient(facts=facts)
    if label == "paused":
        with world.store.transaction(SYSTEM, "test") as tx:
            circumstances.add_pause(tx, patient, None, world.clock.now())
    world.live_to(datetime(2026, 11, 23, 13))
    withheld = [row for row in world.rows("outbox") if row.state == "suppressed"]
    assert reason in {row.reason for row in withheld}
    assert {row.reason for row in withheld} <= set(REASONS)
    assert all(row.submitted_at is None and row.body is None for row in withheld)


def test_what_is_withheld_is_decided_at_its_own_instant(world: World) -> None:
    patient = world.patient(facts=COFFEE)
    world.live_to(datetime(2026, 11, 25, 22))
    before = [row for row in world.rows("outbox") if row.state == "suppressed"]
    assert before
    assert {row.planned_at - row.due_at for row in before} == {timedelta(0)}
    # Nothing that happens later decides it anew.
    with world.store.transaction(SYSTEM, "test") as tx:
        circumstances.add_pause(tx, patient, None, world.clock.now())
    world.live_to(datetime(2026, 11, 27, 12))
    after = {row.slot: row.reason for row in world.rows("outbox") if row.state == "suppressed"}
    assert after.items() > {row.slot: row.reason for row in before}.items()


def test_after_an_outage_nothing_old_is_sent_and_every_slot_says_expired(world: World) -> None:
    patient = world.patient(facts=COFFEE)
    world.live()
    world.clock.advance(days=3)
    world.live()
    world.live(minutes=1)
    stale = [row for row in world.rows("outbox") if row.due_at < world.clock.now()]
    late = [row for row in stale if row.submitted_at]
    assert all(row.submitted_at <= row.not_after for row in late)
    assert len(world.sent(patient)) <= 1
    assert {row.state for row in stale} - {"expired", "delivered", "suppressed"} == set()
    missed = {row.night for row in stale if row.state == "expired"}
    assert missed >= {date(2026, 11, 21), date(2026, 11, 22)}
    nights = world.rows("night_summary", patient_id=patient.id, closed=True)
    assert all(row.texts > 0 for row in nights if row.night in missed)


def test_a_tick_costs_what_is_due_not_what_is_enrolled(world: World) -> None:
    costs = []
    for enrolled in (2, 20):
        for _ in range(enrolled):
            world.patient()
        world.live()
        with world.store.transaction(SYSTEM, "test") as tx:
            people.wake(tx, [1], world.clock.now())
        with statements(world) as seen:
            assert plan_due(world.runtime) == 1
        costs.append(len(seen))
        world.clock.advance(seconds=1)
    assert costs[0] == costs[1]


def test_a_chunk_is_read_in_eight_statements_at_most(world: World) -> None:
    everybody = [world.patient(facts=COFFEE).id for _ in range(20)]
    world.live(hours=10)
    with (
        world.store.transaction(SYSTEM, "test", write=False) as tx,
        statements(world) as seen,
    ):
        cases = planning.planning_cases(tx, everybody, world.clock.now())
    assert len(cases) == len(everybody)
    assert 0 < len(seen) <= 8


@contextmanager
def statements(world: World) -> Iterator[list[str]]:
    """The statements the database is given meanwhile."""
    seen: list[str] = []

    def note(_c: object, _cur: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(world.store.engine, "before_cursor_execute", note)
    yield seen
    event.remove(world.store.engine, "before_cursor_execute", note)


def test_nobody_without_consent_is_planned_anything(world: World) -> None:
    patient = world.patient(invited=True, facts=COFFEE)
    world.live(hours=48)
    assert {row.kind for row in world.rows("outbox", patient_id=patient.id)} == {"invite"}


def test_the_alarm_is_never_later_than_what_is_due(world: World) -> None:
    patients = [world.patient(facts=COFFEE) for _ in range(3)]
    for _ in range(60):
        world.live(minutes=47)
        waiting = [row for row in world.rows("outbox") if row.submitted_at]
        assert all(row.submitted_at - row.due_at < timedelta(seconds=5) for row in waiting)
    assert all(len(world.sent(patient)) >= 2 for patient in patients)


def test_a_moment_that_all_share_is_spread_for_the_senders_sake(world: World) -> None:
    everybody = [world.patient() for _ in range(5)]
    shelf = ContentShelf(load(), send_rate=0.02)
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        content = shelf.content(tx, clinic_by_id(tx, world.clinic.id))
    # Five texts take 250 s at that rate.
    assert content.spread == timedelta(seconds=256)
    slow = replace(world, runtime=replace(world.runtime, shelf=shelf))
    slow.live_to(datetime(2026, 11, 23, 11))
    asked = [row.due_at for row in world.rows("outbox", step="week")]
    early = to_utc(datetime(2026, 11, 22, 18), ZONE)
    assert len(asked) == len(set(asked)) == len(everybody)
    assert all(early <= at <= early + content.spread for at in asked)


def test_a_night_that_could_not_be_closed_waits_a_while(world: World) -> None:
    """Nobody's trouble may have everybody looked at every two seconds."""
    world.patient()
    world.live_to(MORNING)
    world.clock.advance(days=1)
    for _ in range(2):
        # Planning alone: whatever closes nights fails.
        plan_due(world.runtime)
        with world.store.transaction(SYSTEM, "test", write=False) as tx:
            wake = alarm_clocks.ahead(tx).wake
        waited = wake - world.clock.now()
        world.clock.hold(wake)
    assert waited >= timedelta(minutes=1)
