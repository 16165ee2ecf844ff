"""Texts whose time passed: never late, never in a burst on return, and one episode for staff."""

# ruff: noqa: DTZ001 (the clinic's own wall clock)

from datetime import date, datetime, time, timedelta

import pytest

from schedules.recurrence import to_utc
from service.clinic_life import look_after_patients
from service.flows.plan_due import plan_due
from service.flows.publish_programme import publish
from service.flows.send_outbox import claim
from service.store import circumstances, missed, people
from service.store.missed import Episode
from service.store.session import SYSTEM, ClinicScope
from tests.flows.texts import put
from tests.world import ZONE, World

COFFEE = {"uses_caffeine": "yes"}
FACTS = {"uses_caffeine": "yes", "iron_oral": "daily", "iron_start": "2026-11-01"}
EVERYTHING = 200


def crowd(world: World, count: int = 6) -> None:
    """Patients who have lived two ordinary days, until a Monday's 11:15: at 13:30 comes the next text."""
    for _ in range(count):
        world.patient(facts=FACTS, window="07:00-23:30")
    world.live_to(datetime(2026, 11, 23, 11, 15))


def come_back(world: World) -> None:
    """The first tick after a time in which nothing ran."""
    while look_after_patients(world.runtime):
        pass


def episodes(world: World) -> list[Episode]:
    with world.store.transaction(ClinicScope(world.clinic.id), "test", write=False) as tx:
        return missed.unseen_episodes(tx, world.clinic.id)


def sent_late(world: World) -> list[str]:
    rows = world.rows("outbox")
    return [row.slot for row in rows if row.submitted_at and row.submitted_at > row.not_after]


@pytest.mark.parametrize(
    "outage", [timedelta(hours=3), timedelta(hours=12), timedelta(days=3)], ids=str
)
def test_an_outage_is_one_episode_and_nothing_is_sent_late(world: World, outage: timedelta) -> None:
    crowd(world)
    gone = len([row for row in world.rows("outbox") if row.submitted_at])
    down = world.clock.now()
    world.clock.advance(seconds=outage.total_seconds())
    come_back(world)
    world.live(hours=1)
    back = [row for row in world.rows("outbox") if row.submitted_at and row.submitted_at >= down]
    # What is still of use is sent, at most one text a patient in the first hour (their gap is 90 minutes).
    assert len(back) <= 6
    assert len({row.patient_id for row in back}) == len(back)
    assert len(back) == len([row for row in world.rows("outbox") if row.submitted_at]) - gone
    assert not sent_late(world)
    (episode,) = episodes(world)
    expired = world.rows("outbox", state="expired")
    assert {row.reason for row in expired} == {"expired"}
    assert episode.texts == len(expired)
    assert episode.patients == len({row.patient_id for row in expired}) > 3
    assert down <= episode.first <= episode.last <= down + outage


def test_two_outages_are_two_episodes(world: World) -> None:
    crowd(world)
    for _ in range(2):
        world.clock.advance(hours=24)
        come_back(world)
        world.live(hours=2)
    first, second = episodes(world)
    assert first.last < second.first
    assert not sent_late(world)


def test_a_text_that_could_not_leave_in_time_belongs_to_the_episode(world: World) -> None:
    tom, ann, now = world.patient(), world.patient(), world.clock.now()
    for patient, slot, minutes in ((tom, "one", 20), (tom, "two", 20), (ann, "three", 45)):
        not_after = now + timedelta(minutes=minutes)
        put(world, patient, slot, kind="answer", due_at=now, not_after=not_after)
    world.clock.advance(minutes=21)
    assert [text.body for text in claim(world.runtime, EVERYTHING)] == ["Body of three"]
    assert episodes(world) == [Episode(episodes(world)[0].token, 2, 1, now, now)]


def test_a_text_held_up_by_its_patients_own_texts_is_no_episode(world: World) -> None:
    patient, now = world.patient(), world.clock.now()
    put(world, patient, "held up", due_at=now, not_after=now - timedelta(minutes=1))
    claim(world.runtime, EVERYTHING)
    assert [row.state for row in world.rows("outbox", slot="held up")] == ["expired"]
    assert not episodes(world)


def test_what_a_patients_change_plans_into_the_past_is_no_episode(world: World) -> None:
    patient = world.patient(facts=COFFEE, window="07:00-23:30")
    world.live_to(datetime(2026, 11, 23, 13))
    earlier = {"tonight_night": date(2026, 11, 23), "tonight_bedtime": time(21)}
    with world.store.transaction(SYSTEM, "a nurse") as tx:
        people.set_patient(tx, patient.id, world.clock.now(), **earlier)
    come_back(world)
    world.live(hours=4)
    assert world.rows("outbox", state="suppressed", reason="changed")
    assert not world.rows("outbox", state="expired")
    assert not episodes(world)


def test_what_a_publication_plans_into_its_own_past_is_no_episode(world: World) -> None:
    world.patient(facts=COFFEE, window="07:00-23:30")
    world.live_to(datetime(2026, 11, 23, 13))
    with world.store.transaction(SYSTEM, "test") as tx:
        content = world.runtime.shelf.content(tx, world.clinic)
        source = next(one.source for one, _ in content.versions if one.slug == "caffeine")
        earlier = source.replace('offset = "-9h30m"', 'offset = "-11h30m"')
        assert earlier != source
        now = world.clock.now()
        publish(world.runtime, tx, world.clinic, earlier, name="c", at="now", now=now)
    come_back(world)
    world.live(hours=2)
    assert world.rows("outbox", state="suppressed", reason="changed", programme="caffeine")
    assert not world.rows("outbox", state="expired")
    assert not episodes(world)


def test_a_long_pause_ends_without_a_burst_and_without_an_episode(world: World) -> None:
    patient = world.patient(facts=FACTS, window="07:00-23:30")
    world.live_to(datetime(2026, 11, 22, 15))
    now = world.clock.now()
    until = to_utc(datetime(2026, 12, 20, 17), ZONE)
    with world.store.transaction(SYSTEM, "test") as tx:
        circumstances.add_pause(tx, patient, until, now)
    world.live_to(datetime(2026, 12, 20, 17))
    assert not [row for row in world.rows("outbox") if row.submitted_at and row.due_at > now]
    world.live(hours=1)
    assert len([row for row in world.rows("outbox") if row.submitted_at and row.due_at > now]) <= 1
    assert not sent_late(world)
    assert not episodes(world)


def test_planning_twice_after_an_outage_counts_nothing_twice(world: World) -> None:
    crowd(world, 2)
    world.clock.advance(hours=6)
    come_back(world)
    (before,) = episodes(world)
    with world.store.transaction(SYSTEM, "test") as tx:
        everybody = [one.id for one in people.all_patients(tx, world.clinic.id)]
        people.wake(tx, everybody, world.clock.now())
    plan_due(world.runtime)
    assert episodes(world) == [before]


def test_an_episode_is_put_away_once_and_only_by_its_own_clinic(world: World) -> None:
    crowd(world, 1)
    world.clock.advance(hours=6)
    come_back(world)
    (episode,) = episodes(world)
    now = world.clock.now()
    with world.store.transaction(ClinicScope(world.clinic.id + 1), "test") as tx:
        assert not missed.put_away(tx, episode.token, now)
    with world.store.transaction(ClinicScope(world.clinic.id), "test") as tx:
        assert missed.put_away(tx, episode.token, now)
        assert not missed.put_away(tx, episode.token, now)
    assert not episodes(world)
