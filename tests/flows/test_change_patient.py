"""Changing a patient: planned anew at once, dated, nothing twice, nothing over what somebody else has changed."""

# ruff: noqa: DTZ001 (the clinic's own wall clock)

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from schedules.facts import Facts
from schedules.recurrence import to_local
from schedules.slots import Planned
from service.domain.patient_change import written
from service.domain.patient_form import Care
from service.flows.change_patient import Asked, care_of, change_patient
from service.flows.plan_due.ahead import forecast
from service.store import audit, circumstances, people
from service.store.records import Patient
from service.store.session import SYSTEM
from service.store.tables.audit import AuditEvent
from tests.world import World

FACTS = {"uses_caffeine": "yes", "iron_oral": "daily", "iron_start": "2026-11-01"}
WIDE = "07:00-23:30"
TODAY = date(2026, 11, 23)


@pytest.fixture
def tom(world: World) -> Patient:
    """A patient with iron and coffee, on the third morning: Monday 23 November, 08:30 at the clinic."""
    patient = world.patient(facts=FACTS, window=WIDE)
    world.live_to(datetime(2026, 11, 23, 8, 30))
    return patient


def care(world: World, patient: Patient) -> Care:
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        return care_of(tx, people.patient_by_id(tx, patient.id))


def save(
    world: World, patient: Patient, opened: Care, wanted: Care, since: date | None = TODAY
) -> Care | None:
    with world.store.transaction(SYSTEM, "staff:nurse") as tx:
        locked = people.patient_to_change(tx, patient.token)
        assert locked is not None
        asked = Asked(written(opened), wanted, since)
        return change_patient(tx, locked, asked, world.clock.now())


def change(world: World, patient: Patient, since: date | None = TODAY, **changes: Any) -> None:
    opened = care(world, patient)
    assert save(world, patient, opened, replace(opened, **changes), since) is None


def with_facts(world: World, patient: Patient, **facts: str | None) -> dict[str, str]:
    known = {**care(world, patient).facts, **facts}
    return {code: value for code, value in known.items() if value is not None}


def facts_of(world: World, patient: Patient) -> Facts:
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        return circumstances.facts_of(tx, patient.id)


def ahead(world: World, patient: Patient, *steps: str) -> list[tuple[str, datetime]]:
    """The coming texts of some steps, by the patient's own clocks."""
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        zone = people.patient_by_id(tx, patient.id).zone
        slots = forecast(world.runtime, tx, patient.id, 7)
    return [
        (slot.step, to_local(slot.at, zone).replace(tzinfo=None))
        for slot in slots
        if slot.step in steps and isinstance(slot, Planned)
    ]


def acts(world: World) -> list[dict[str, Any]]:
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        query = select(AuditEvent.details).where(AuditEvent.action == "patient changed")
        return [row[0] for row in tx.rows(query.order_by(AuditEvent.id))]


@pytest.mark.parametrize("second", ["America/Halifax", "America/Vancouver", "Pacific/Auckland"])
def test_a_zone_changed_twice_in_one_evening_sends_nothing_twice_and_loses_nothing_unsaid(
    world: World, tom: Patient, second: str
) -> None:
    world.live_to(datetime(2026, 11, 23, 19))
    change(world, tom, zone="Europe/Berlin")
    world.live(minutes=40)
    change(world, tom, zone=second)
    world.live(days=3)
    rows = world.rows("outbox", patient_id=tom.id, kind="planned")
    daily = [(row.step, row.night) for row in rows if row.step in {"dose", "score"}]
    assert max(Counter((row.programme, row.step, row.night) for row in rows).values()) == 1
    assert {night for step, night in daily if step == "score"} >= {
        TODAY + timedelta(days=n) for n in range(-1, 2)
    }
    doses = Counter(row.on_date for row in rows if row.step == "dose")
    assert {day: doses[day] for day in (TODAY + timedelta(days=n) for n in range(3))} == {
        TODAY + timedelta(days=n): 1 for n in range(3)
    }
    assert [row.slot for row in rows if row.submitted_at is None and not row.reason] == []


def test_a_new_bedtime_moves_tonights_caffeine_texts(world: World, tom: Patient) -> None:
    tonight = [one for one in ahead(world, tom, "heads-up", "kept") if one[1].date() == TODAY]
    assert tonight
    change(world, tom, bedtime=time(22))
    hour = timedelta(hours=1)
    moved = [one for one in ahead(world, tom, "heads-up", "kept") if one[1].date() == TODAY]
    assert moved == [(step, at - hour) for step, at in tonight]
    world.live_to(datetime(2026, 11, 23, 23))
    left = [
        to_local(row.submitted_at, tom.zone).replace(tzinfo=None, second=0, microsecond=0)
        for row in world.rows("outbox", patient_id=tom.id, kind="planned")
        if row.step == moved[0][0] and row.submitted_at and row.night == TODAY
    ]
    assert left == [moved[0][1]]


def test_a_pregnancy_brings_the_cut_off_of_twelve_hours(world: World) -> None:
    ada = world.patient(facts={"uses_caffeine": "yes"}, window=WIDE)
    world.live_to(datetime(2026, 11, 23, 8, 30))
    assert {at.time() for _, at in ahead(world, ada, "heads-up")} == {time(13, 30)}
    change(world, ada, facts=with_facts(world, ada, pregnant="yes"))
    assert ahead(world, ada, "heads-up") == []
    assert {at.time() for _, at in ahead(world, ada, "heads-up-pregnancy")} == {time(10, 30)}
    before = len(world.bodies(ada))
    world.live(days=7)
    told = [body for body in world.bodies(ada)[before:] if "cut-off is" in body]
    assert told
    assert all("11:00" in body or "11 am" in body for body in told), told


def test_only_what_changed_is_written_and_the_audit_names_it(world: World, tom: Patient) -> None:
    before, rows = world.reread(tom), list(facts_of(world, tom))
    change(world, tom, bedtime=time(22), facts=with_facts(world, tom, warfarin="yes"))
    assert world.reread(tom) == replace(before, bedtime=time(22))
    assert [fact for fact in facts_of(world, tom) if fact.code != "warfarin"] == rows
    assert acts(world) == [{"fields": ["bedtime", "fact-warfarin"], "since": "2026-11-23"}]
    assert facts_of(world, tom).value("warfarin", TODAY - timedelta(days=1)) is None


def test_a_form_saved_as_it_was_opened_writes_nothing(world: World, tom: Patient) -> None:
    change(world, tom)
    assert acts(world) == []


def test_a_fact_begins_ends_and_is_taken_back_on_coming_days(world: World, tom: Patient) -> None:
    monday, friday = TODAY, date(2026, 11, 27)
    change(world, tom, since=friday, facts=with_facts(world, tom, opioid="yes", uses_caffeine=None))
    known = facts_of(world, tom)
    assert (known.holds("opioid", monday), known.holds("opioid", friday)) == (False, True)
    assert (known.holds("uses_caffeine", monday), known.holds("uses_caffeine", friday)) == (
        True,
        False,
    )
    # The one that is to begin is listed as known; the one that is to end is not.
    assert "opioid" in care(world, tom).facts
    assert "uses_caffeine" not in care(world, tom).facts
    change(world, tom, facts=with_facts(world, tom, opioid=None, uses_caffeine="yes"))
    known = facts_of(world, tom)
    assert not known.holds("opioid", friday)
    assert known.holds("uses_caffeine", friday)


def test_a_correction_holds_from_the_first_day_of_what_was_wrong(
    world: World, tom: Patient
) -> None:
    first = date(2026, 11, 21)
    assert facts_of(world, tom).value("iron_oral", first) == "daily"
    change(world, tom, since=None, facts=with_facts(world, tom, iron_oral="alternate"))
    assert facts_of(world, tom).value("iron_oral", first) == "alternate"
    change(world, tom, since=None, facts=with_facts(world, tom, iron_oral=None))
    known = facts_of(world, tom)
    assert [known.value("iron_oral", day) for day in (first, TODAY)] == [None, None]
    # Nothing is deleted: what was recorded, and by whom, stays to be read.
    assert len([fact for fact in known if fact.code == "iron_oral"]) == 2


def test_a_new_blood_test_ends_the_word_that_the_last_was_taken(world: World, tom: Patient) -> None:
    known = with_facts(world, tom, next_lab="2026-11-20", lab_done="2026-11-20")
    change(world, tom, facts=known)
    opened = care(world, tom)
    wanted = replace(opened, facts={**opened.facts, "next_lab": "2026-12-04"})
    assert save(world, tom, opened, wanted) is None
    assert "lab_done" not in care(world, tom).facts
    # The same form once more is no conflict.
    assert save(world, tom, opened, wanted) is None
    assert acts(world)[-1]["fields"] == ["fact-lab_done", "fact-next_lab"]


def test_whoever_was_faster_is_not_overwritten(world: World, tom: Patient) -> None:
    opened = care(world, tom)
    world.say(tom, "bedtime 10pm")
    stands = save(world, tom, opened, replace(opened, wake_time=time(6)))
    assert stands == replace(opened, bedtime=time(22))
    assert world.reread(tom).wake_time == time(7)
    assert acts(world) == []


def test_the_same_form_twice_is_done_once(world: World, tom: Patient) -> None:
    opened = care(world, tom)
    wanted = replace(opened, zone="Europe/Berlin")
    assert [save(world, tom, opened, wanted) for _ in range(2)] == [None, None]
    assert len(acts(world)) == 1


def test_who_changed_last_is_told_of_their_own_change_only(world: World, tom: Patient) -> None:
    change(world, tom, zone="Europe/Berlin")
    since = world.clock.now() - timedelta(minutes=1)
    for actor, fields in (("staff:nurse", ["zone"]), ("staff:doctor", None)):
        with world.store.transaction(SYSTEM, actor, write=False) as tx:
            found = audit.last_own(tx, tom.clinic_id, "patient changed", tom.token, since)
        assert (found and found["fields"]) == fields


def test_a_hold_planned_to_end_can_be_released_sooner(world: World, tom: Patient) -> None:
    now = world.clock.now()
    with world.store.transaction(SYSTEM, "a nurse") as tx:
        circumstances.add_fact(tx, tom, "tip_hold", "yes", TODAY, now)
        circumstances.end_fact(tx, tom, "tip_hold", TODAY + timedelta(days=4), now)
        assert circumstances.release_hold(tx, tom, "tip_hold", "fine", TODAY, now)
    assert not facts_of(world, tom).holds("tip_hold", TODAY)
