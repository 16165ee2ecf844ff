"""What a projection says of the coming nights is what is then lived, if nobody answers."""

# ruff: noqa: DTZ001 (the clinic's own wall clock)

from datetime import datetime, time, timedelta
from typing import Any

import pytest

from schedules.slots import Planned
from service.domain.own_week import CHOSE_WEEK
from service.flows.plan_due.ahead import foresee
from service.flows.publish_programme import TakesEffect, as_if_published, check, publish
from service.store.content import Content
from service.store.people import clinic_by_id
from service.store.planning import planning_cases
from service.store.records import Patient
from service.store.session import SYSTEM
from tests.world import World

NIGHTS = 14
LIVED = timedelta(days=NIGHTS - 1)
# A slot that others crowd out meets a full night or those who filled it: which, depends on when one looks.
CROWDED = {"cap_night", "cap_week", "cap_programme", "gap"}
EVERYTHING = {
    "uses_caffeine": "yes",
    "drinks": "fri,sat",
    "iron_oral": "daily",
    "iron_start": "2026-11-01",
    "next_lab": "2026-12-01",
    "exercise_cleared": "yes",
    "dopamine_agonist": "yes",
}


STRETCH = """
[programme]
slug = "own"
title = "Own"
priority = "safety"

[[step]]
key = "own"
at = { clock = "CLOCK" }
cadence = { daily = true }
say = ["MED-03"]
"""


def why(reason: str) -> str:
    """The reason, as far as it is the same whenever one looks."""
    return "crowded" if reason in CROWDED else reason


Slots = set[tuple[str, str, Any, Any]]


def foretold(world: World, patient: Patient, content: Content | None = None) -> tuple[Slots, Slots]:
    """Programme, step, night and instant of every text, and of every slot withheld with its reason."""
    now = world.clock.now()
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        case = planning_cases(tx, [patient.id], now)[0]
        current = world.runtime.shelf.content(tx, clinic_by_id(tx, world.clinic.id))
    slots = foresee(case, content or current, now, NIGHTS - 1)
    slots = [slot for slot in slots if slot.at <= now + LIVED]
    sent = {(s.programme, s.step, s.night, s.at) for s in slots if isinstance(s, Planned)}
    kept = {
        (s.programme, s.step, s.night, why(s.reason)) for s in slots if not isinstance(s, Planned)
    }
    return sent, kept


def lived(world: World, patient: Patient) -> tuple[Slots, Slots]:
    """The same of what became of a time that is lived through."""
    start = world.clock.now()
    world.live(seconds=LIVED.total_seconds())
    rows = [
        row
        for row in world.rows("outbox", patient_id=patient.id)
        if row.kind == "planned" and row.due_at > start and row.programme
    ]
    sent = {(r.programme, r.step, r.night, r.due_at) for r in rows if r.submitted_at}
    kept = {(r.programme, r.step, r.night, why(r.reason)) for r in rows if not r.submitted_at}
    return sent, kept


@pytest.mark.parametrize(
    "known",
    [
        {},
        {"facts": EVERYTHING},
        {"facts": EVERYTHING, "privacy": "discreet", "language": "es"},
        {"facts": EVERYTHING, "bedtime": time(8, 30), "wake_time": time(16, 30)},
        {"facts": {"iron_oral": "daily", "iron_start": "2026-11-01", "iron_time": "17:30"}},
        {"facts": EVERYTHING | {CHOSE_WEEK: "yes"}},
    ],
    ids=["plain", "everything", "discreet", "nights", "evening dose", "own week"],
)
def test_what_is_foretold_is_lived(world: World, known: dict[str, Any]) -> None:
    patient = world.patient(**known)
    world.live(hours=3)
    sent, kept = foretold(world, patient)
    assert sent
    assert (sent, kept) == lived(world, patient)


@pytest.mark.parametrize("at", ["now", "next-night", "new-patients"])
def test_a_publication_does_what_was_foretold(world: World, at: TakesEffect) -> None:
    patient = world.patient(facts=EVERYTHING)
    world.live(hours=3)
    now = world.clock.now()
    before, _ = foretold(world, patient)
    with world.store.transaction(SYSTEM, "test") as tx:
        clinic = clinic_by_id(tx, world.clinic.id)
        current = world.runtime.shelf.content(tx, clinic)
        in_force = next(one for one, _ in current.versions if one.slug == "caffeine")
        source = in_force.source.replace('offset = "-2h"', 'offset = "-4h"')
        words = {("CAF-02", "es"): "Mire hoy una etiqueta."}
        drafted = check(current, source, "caffeine.toml", words, {"en"})
        told = foretold(
            world, patient, as_if_published(current, drafted, source, words, at, clinic.zone, now)
        )
        publish(
            world.runtime,
            tx,
            clinic,
            source,
            name="caffeine.toml",
            at=at,
            now=now,
            wordings=words,
        )
    assert bool(told[0] - before) is (at != "new-patients")
    assert told == lived(world, patient)


@pytest.mark.parametrize(("clock", "texts"), [("18:45", 1), ("12:00", 0)], ids=["of use", "past"])
def test_a_step_moved_into_the_past_goes_out_at_once_while_it_is_of_use(
    world: World, clock: str, texts: int
) -> None:
    patient = world.patient()
    world.live_to(datetime(2026, 11, 21, 11))
    now = world.clock.now()
    with world.store.transaction(SYSTEM, "test") as tx:
        clinic = clinic_by_id(tx, world.clinic.id)
        current = world.runtime.shelf.content(tx, clinic)
        later = STRETCH.replace("CLOCK", "19:30")
        publish(world.runtime, tx, clinic, later, name="own.toml", at="now", now=now)
    world.live_to(datetime(2026, 11, 21, 19, 5))
    now = world.clock.now()
    with world.store.transaction(SYSTEM, "test") as tx:
        current = world.runtime.shelf.content(tx, clinic_by_id(tx, clinic.id))
        moved = STRETCH.replace("CLOCK", clock)
        drafted = check(current, moved, "own.toml", {}, {"en"})
        after = as_if_published(current, drafted, moved, {}, "now", clinic.zone, now)
        told = {at for _, step, _, at in foretold(world, patient, after)[0] if step == "own"}
        publish(world.runtime, tx, clinic, moved, name="own.toml", at="now", now=now)
    world.live(hours=5)
    sent = [row for row in world.rows("outbox", step="own") if row.submitted_at]
    assert len(sent) == texts
    assert [row.submitted_at - now < timedelta(seconds=5) for row in sent] == [True] * texts
    assert bool(told & {now}) is bool(texts)
