"""The switch: nothing usual leaves in any process, what runs out says why, what is owed goes, and no burst follows."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from service.domain.delivery import OWED, UNSOLICITED, Cause, Kind
from service.flows.open_clinic import open_clinic
from service.flows.send_outbox import claim
from service.store import halts
from service.store.engine import open_engine
from service.store.session import SYSTEM, Store
from service.store.tables.audit import AuditEvent
from tests.flows.texts import put, question, row_of
from tests.world import CLINIC, World

PLACES = 200


def switch_off(world: World, *, cause: Cause = Cause.KILL_SWITCH, everything: bool = False) -> None:
    with world.store.transaction(SYSTEM, "test") as tx:
        halts.begin(
            tx, world.clinic.id, cause, "A wrong text", world.clock.now(), everything=everything
        )


def switch_on(world: World, cause: Cause = Cause.KILL_SWITCH) -> bool:
    with world.store.transaction(SYSTEM, "test") as tx:
        return halts.end(tx, world.clinic.id, cause, world.clock.now())


def claimed(world: World) -> set[str]:
    tokens = {text.token for text in claim(world.runtime, PLACES)}
    return {row.slot for row in world.rows("outbox") if row.token in tokens}


def kinds_claimed(world: World) -> set[str]:
    slots = claimed(world)
    return {row.kind for row in world.rows("outbox") if row.slot in slots}


@pytest.mark.parametrize(
    ("cause", "everything", "leaves"),
    [
        (Cause.KILL_SWITCH, False, OWED),
        (Cause.KILL_SWITCH, True, set()),
        (Cause.BREAKER, False, set(Kind) - UNSOLICITED),
    ],
)
def test_what_still_leaves(world: World, cause: Cause, everything: bool, leaves: set[Kind]) -> None:
    world.patient(invited=True)
    for kind in set(Kind) - {Kind.INVITE, Kind.TEST}:
        put(world, world.patient(), f"{kind}:one", kind=kind.value)
    put(world, None, "test:one", kind="test", recipient="+19025550177")
    switch_off(world, cause=cause, everything=everything)
    assert kinds_claimed(world) == leaves
    assert switch_on(world, cause)
    assert kinds_claimed(world) == set(Kind) - leaves


def test_what_runs_out_meanwhile_says_why_and_was_never_asked(world: World) -> None:
    token = put(world, world.patient(), "one", question=question())
    switch_off(world)
    world.clock.advance(hours=2, seconds=1)
    assert claimed(world) == set()
    row = row_of(world, token)
    assert (row.state, row.reason, row.submitted_at) == ("suppressed", "kill_switch", None)
    assert world.rows("question", token=token)[0].state == "void"


def test_another_process_and_a_restart_see_it(world: World) -> None:
    put(world, world.patient(), "one")
    switch_off(world)
    url = world.store.engine.url.render_as_string(hide_password=False)
    engine = open_engine(url, durable=False)
    second = replace(world.runtime, store=Store(engine, world.store.keyring))
    assert claim(second, PLACES) == []
    assert switch_on(world)
    assert len(claim(second, PLACES)) == 1
    engine.dispose()


def test_no_burst_follows(world: World) -> None:
    patient = world.patient(window="08:00-23:30")
    switch_off(world)
    for number in range(4):
        later = world.clock.now() + timedelta(hours=4)
        put(world, patient, f"t{number}", not_after=later, night=None)
        world.clock.advance(minutes=15)
    assert claimed(world) == set()
    switch_on(world)
    assert len(claimed(world)) == 1
    world.clock.advance(minutes=30)
    assert claimed(world) == set()


def test_texts_of_other_clinics_leave_behind_any_number_that_wait(world: World) -> None:
    for number in range(5):
        put(world, world.patient(), f"t{number}")
    switch_off(world)
    southside = replace(CLINIC, slug="southside", sender="+19025550199")
    with world.store.transaction(SYSTEM, "test") as tx:
        other = open_clinic(world.runtime, tx, southside, world.clock.now())
    put(world, None, "elsewhere", clinic_id=other.id, kind="test", recipient="+19025550177")
    assert [text.body for text in claim(world.runtime, 1)] == ["Body of elsewhere"]


def test_switching_twice_is_once_and_only_ever_reaches_further(world: World) -> None:
    switch_off(world)
    switch_off(world)
    switch_off(world, everything=True)
    switch_off(world)
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        (standing,) = halts.standing(tx, world.clinic.id)
    assert (standing.everything, standing.why) == (True, "A wrong text")
    assert switch_on(world)
    assert not switch_on(world)
    assert acts(world) == ["sending switched off", "sending switched off", "sending let go on"]


def test_a_clock_that_travels_passes_over_what_is_kept_back(world: World) -> None:
    token = put(world, world.patient(), "one")
    switch_off(world)
    world.live(hours=3)
    assert row_of(world, token).reason == "kill_switch"


def acts(world: World) -> list[str]:
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        query = select(AuditEvent.action).where(AuditEvent.action.like("sending%"))
        return [row[0] for row in tx.rows(query.order_by(AuditEvent.id))]
