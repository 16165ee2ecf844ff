"""A publication sets everybody's alarm for what it could bring, and holds up nobody who is due meanwhile."""

# ruff: noqa: DTZ001 (the clinic's own wall clock)

from datetime import datetime, time, timedelta

from sqlalchemy import insert, select

from schedules.loading import shipped_sources
from service import boot
from service.flows.plan_due import plan_due
from service.flows.plan_due.aim import aim_alarms
from service.flows.publish_programme import publish
from service.store import audit
from service.store.people import clinic_by_id
from service.store.plan_changes import add_plan_change
from service.store.rows import table
from service.store.session import SYSTEM
from service.store.tables.planning import PatientCursor, PlanChange
from service.zone_data import zone_rules
from tests.world import World

RELIEF = """
[programme]
slug = "own"
title = "Own"
priority = "safety"

[[step]]
key = "own"
at = { anchor = "bedtime", offset = "-3h" }
cadence = { daily = true }
say = ["MED-03"]
"""


def publishes(world: World, source: str, name: str = "own.toml", at: str = "now") -> None:
    with world.store.transaction(SYSTEM, "test") as tx:
        clinic = clinic_by_id(tx, world.clinic.id)
        now = world.clock.now()
        publish(world.runtime, tx, clinic, source, name=name, at=at, now=now)  # type: ignore[arg-type]  # a word


def alarms(world: World) -> dict[int, datetime]:
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        return {
            row[0]: row[1]
            for row in tx.rows(select(PatientCursor.patient_id, PatientCursor.next_slot_at))
        }


def changes(world: World) -> int:
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        return len(tx.rows(select(PlanChange.id)))


def test_everybody_is_woken_in_time_and_nobody_before_there_is_something(world: World) -> None:
    sleeps = {time(22): 19, time(23): 20}
    patients = {world.patient(bedtime=bedtime).id: hour for bedtime, hour in sleeps.items()}
    world.live_to(datetime(2026, 11, 21, 17, 7))
    publishes(world, RELIEF)
    assert aim_alarms(world.runtime)
    assert not aim_alarms(world.runtime)
    assert plan_due(world.runtime) == 0
    begun = world.clock.now()
    assert all(
        begun < alarms(world)[who] <= begun + timedelta(hours=hour - 17)
        for who, hour in patients.items()
    )
    world.live(hours=5)
    due = {row.patient_id: row.due_at for row in world.rows("outbox", step="own") if row.template}
    assert due.keys() == patients.keys()


def test_a_change_for_the_next_night_waits_until_then(world: World) -> None:
    world.patient()
    world.live_to(datetime(2026, 11, 21, 17))
    publishes(world, RELIEF, at="next-night")
    assert not aim_alarms(world.runtime)
    assert changes(world) == 1
    world.live_to(datetime(2026, 11, 23, 17))
    assert changes(world) == 0


def test_what_one_publication_changes_at_one_instant_is_one_change(world: World) -> None:
    world.live_to(datetime(2026, 11, 21, 17))
    publishes(world, RELIEF)
    publishes(world, shipped_sources()["caffeine.toml"], "caffeine.toml")
    assert changes(world) == 1


def test_a_change_half_done_goes_on_where_it_was(world: World) -> None:
    first, second = world.patient().id, world.patient().id
    world.live_to(datetime(2026, 11, 21, 17))
    before = alarms(world)
    world.clock.advance(seconds=1)
    row = {
        "clinic_id": world.clinic.id,
        "at": world.clock.now(),
        "done_to": first,
        "afresh": True,
    }
    with world.store.transaction(SYSTEM, "test") as tx:
        tx.execute(insert(table(PlanChange)), [row])
    assert aim_alarms(world.runtime)
    after = alarms(world)
    assert after[first] == before[first]
    assert after[second] <= before[second]
    assert changes(world) == 0


def test_a_change_made_again_begins_again(world: World) -> None:
    now = world.clock.now()
    with world.store.transaction(SYSTEM, "test") as tx:
        add_plan_change(tx, world.clinic.id, now)
        tx.execute(PlanChange.__table__.update().values(done_to=10_000))
        add_plan_change(tx, world.clinic.id, now)
        assert tx.rows(select(PlanChange.done_to)) == [(0,)]


def test_other_rules_of_the_time_zones_set_every_alarm_anew(world: World) -> None:
    world.patient()
    boot.mind_zone_rules(world.runtime)
    boot.mind_zone_rules(world.runtime)
    assert changes(world) == 0
    with world.store.transaction(SYSTEM, "test") as tx:
        audit.set_installation_value(tx, boot.ZONE_RULES, "those of last year")
    boot.mind_zone_rules(world.runtime)
    assert changes(world) == 1
    boot.mind_zone_rules(world.runtime)
    assert changes(world) == 1


def test_zones_have_rules_of_their_own() -> None:
    words = {zone_rules([zone]) for zone in ("Asia/Kathmandu", "America/Halifax", "Etc/UTC")}
    assert len(words) == 3
    assert zone_rules(["Asia/Kathmandu", "Etc/UTC"]) == zone_rules(["Etc/UTC", "Asia/Kathmandu"])
