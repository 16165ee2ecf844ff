"""Claim and record: who may leave when, in which order and how fast, and what the provider's answer makes of it."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from service.domain.delivery import State
from service.domain.exchange import Accepted, Inbound, Receipt, SendError, Text
from service.domain.provider_codes import CodeClass
from service.flows.send_outbox import claim, record, send_due
from service.flows.take_receipt import take_receipts
from service.flows.take_reply import store_replies
from service.gateways.simulated import Fault
from service.store import circumstances, people
from service.store.claiming import LEASE, OVERDRAFT
from service.store.session import SYSTEM
from tests.flows.texts import put, question, row_of
from tests.world import World

EVERYTHING = 200


def claimed(world: World, places: int = EVERYTHING, rate: float | None = None) -> list[str]:
    """The bodies a claim gives out, in order."""
    choices = replace(world.runtime.choices, send_rate=rate)
    texts = claim(replace(world.runtime, choices=choices), places)
    return [text.body.removeprefix("Body of ") for text in texts]


def refuse(world: World, token: str, kind: CodeClass, code: int | None = None) -> None:
    """Claim, and answer for the provider."""
    assert claim(world.runtime, EVERYTHING)
    record(world.runtime, [SendError(token, kind, code, "No.")])


def test_what_is_of_no_use_any_more_keeps_nobody_waiting(world: World) -> None:
    now = world.clock.now()
    for number in range(5):
        hours_ago = now - timedelta(hours=3)
        put(world, world.patient(), f"late {number}", due_at=hours_ago, not_after=hours_ago)
    put(world, world.patient(), "of use")
    assert claimed(world, places=2) == ["of use"]
    assert [row.state for row in world.rows("outbox")] == ["expired"] * 5 + ["submitting"]


def test_urgent_lanes_leave_first_then_what_was_due_first(world: World) -> None:
    patient, now = world.patient(), world.clock.now()
    put(world, world.patient(), "tip due last", due_at=now - timedelta(minutes=1))
    for slot, kind, ago in (
        ("tip due first", "planned", 3),
        ("answer", "answer", 0),
        ("staff", "staff", 0),
        ("crisis", "crisis", 0),
        ("stop", "stop_confirm", 0),
    ):
        put(world, patient, slot, kind=kind, due_at=now - timedelta(minutes=ago))
    assert claimed(world, places=1) == ["crisis"]
    assert set(claimed(world, places=2)) == {"answer", "stop"}
    assert claimed(world) == ["staff", "tip due first", "tip due last"]
    assert claimed(world) == []


def test_a_claimed_text_is_marked_before_anything_is_sent(world: World) -> None:
    patient = world.patient()
    token = put(world, patient, "one", question=question())
    (text,) = claim(world.runtime, EVERYTHING)
    assert isinstance(text, Text)
    assert text.to == people.open_phone(world.store.keyring, patient)
    row = row_of(world, token)
    assert (row.state, row.attempts) == ("submitting", 1)
    assert row.lease_until == world.clock.wall() + LEASE
    (asked,) = world.rows("question", token=token)
    assert (asked.state, asked.asked_at) == ("open", world.clock.now())


def test_what_is_not_due_waits(world: World) -> None:
    put(world, world.patient(), "later", due_at=world.clock.now() + timedelta(seconds=1))
    assert claimed(world) == []
    world.clock.advance(seconds=1)
    assert claimed(world) == ["later"]


@pytest.mark.parametrize(
    ("label", "state", "reason"),
    [
        ("too late", "expired", "expired"),
        ("not consented", "suppressed", "not_consented"),
        ("paused", "suppressed", "paused"),
        ("at night", "suppressed", "outside_hours"),
    ],
)
def test_a_text_that_may_not_leave_ends_with_its_reason_and_was_never_asked(
    world: World, label: str, state: str, reason: str
) -> None:
    patient = world.patient(invited=label == "not consented")
    token = put(world, patient, "one", question=question())
    if label == "too late":
        world.clock.advance(hours=2, seconds=1)
    if label == "paused":
        with world.store.transaction(SYSTEM, "test") as tx:
            circumstances.add_pause(tx, patient, None, world.clock.now())
    if label == "at night":
        late = {"due_at": world.clock.now(), "not_after": world.clock.now() + timedelta(days=1)}
        token = put(world, patient, "two", question=question(), **late)
        world.clock.advance(hours=15)
    assert "one" not in claimed(world)
    row = row_of(world, token)
    assert (row.state, row.reason, row.submitted_at) == (state, reason, None)
    assert world.rows("question", token=token)[0].state == "void"


def test_a_reply_nobody_has_read_holds_back_all_but_what_is_owed(world: World) -> None:
    patient, other = world.patient(), world.patient()
    number = people.open_phone(world.store.keyring, patient)
    now = world.clock.now()
    store_replies(world.runtime, [Inbound("SM1", number, world.clinic.sender, "STOP", now)])
    for kind in ("planned", "staff", "answer", "crisis", "stop_confirm"):
        put(world, patient, kind, kind=kind)
    put(world, other, "somebody else's")
    assert claimed(world) == ["crisis", "stop_confirm", "somebody else's"]
    waiting = {row.slot for row in world.rows("outbox", state="planned")}
    assert waiting == {"planned", "staff", "answer"}


def test_a_sender_keeps_its_rate(world: World) -> None:
    patient = world.patient()
    for number in range(5):
        put(world, patient, f"t{number}", kind="staff", segments=2)
    # Two segments at 1 a second: the next text has to wait two seconds.
    taken = []
    for _ in range(5):
        taken.append(len(claimed(world, rate=1)))
        world.clock.advance(seconds=2)
    assert taken == [1, 1, 1, 1, 1]


def test_an_urgent_text_may_overdraw_and_the_others_pay_it_back(world: World) -> None:
    patient = world.patient()
    for number in range(OVERDRAFT + 5):
        put(world, patient, f"c{number:02}", kind="crisis")
    put(world, patient, "tip")
    urgent = claimed(world, rate=1)
    assert len(urgent) == OVERDRAFT + 1
    world.clock.advance(seconds=5)
    assert "tip" not in claimed(world, rate=1)
    world.clock.advance(seconds=OVERDRAFT + 5)
    assert claimed(world, rate=1) == ["tip"]


@pytest.mark.parametrize(
    ("kind", "code", "state"),
    [
        (CodeClass.UNKNOWN, None, "unknown"),
        (CodeClass.UNKNOWN, 20503, "unknown"),
        (CodeClass.TRANSIENT, 20429, "planned"),
        (CodeClass.ACCOUNT, 20003, "planned"),
        (CodeClass.PERMANENT, 21211, "failed"),
        (CodeClass.OPT_OUT, 21610, "failed"),
    ],
)
def test_what_a_refusal_makes_of_a_text(
    world: World, kind: CodeClass, code: int | None, state: str
) -> None:
    token = put(world, world.patient(), "one", question=question())
    refuse(world, token, kind, code)
    row = row_of(world, token)
    assert (row.state, row.error_code, row.detail) == (state, code, "No.")
    assert world.rows("question")[0].state == ("void" if state == "failed" else "open")


def test_a_transient_refusal_is_tried_three_times_at_most(world: World) -> None:
    token = put(world, world.patient(), "one")
    for state, wait in (("planned", 2), ("planned", 20), ("failed", 60)):
        refuse(world, token, CodeClass.TRANSIENT, 20429)
        assert row_of(world, token).state == state
        world.clock.advance(seconds=wait - 1)
        assert claimed(world) == []
        world.clock.advance(seconds=1)
    assert row_of(world, token).attempts == 3


@pytest.mark.parametrize("kind", [CodeClass.TRANSIENT, CodeClass.ACCOUNT])
def test_what_was_refused_for_now_expires_with_its_time(world: World, kind: CodeClass) -> None:
    token = put(world, world.patient(), "one", not_after=world.clock.now() + timedelta(seconds=1))
    refuse(world, token, kind)
    world.clock.advance(seconds=2)
    assert claimed(world) == []
    assert (row_of(world, token).state, row_of(world, token).reason) == ("expired", "expired")


def test_what_never_reached_the_provider_is_no_attempt(world: World) -> None:
    token = put(world, world.patient(), "one")
    for _ in range(5):
        assert claim(world.runtime, EVERYTHING)
        record(world.runtime, [SendError(token, CodeClass.TRANSIENT, None, "No.", reached=False)])
        assert (row_of(world, token).state, row_of(world, token).attempts) == ("planned", 0)
        world.clock.advance(seconds=20)


def test_a_name_is_one_texts_only(world: World) -> None:
    tokens = [put(world, world.patient(), f"t{number}") for number in range(3)]
    assert len(claim(world.runtime, EVERYTHING)) == 3
    record(world.runtime, [Accepted(tokens[0], "SM1"), Accepted(tokens[1], "SM1")])
    record(world.runtime, [Accepted(tokens[2], "SM1"), Accepted(tokens[0], "SM1")])
    found = [row_of(world, token) for token in tokens]
    assert [(row.state, row.provider_sid) for row in found] == [
        ("accepted", "SM1"),
        ("unknown", None),
        ("unknown", None),
    ]
    assert (
        found[1].detail == "The provider gave this text the name of another; it may have left us."
    )


def test_an_unknown_text_is_never_claimed_again(world: World) -> None:
    token = put(world, world.patient(), "one")
    refuse(world, token, CodeClass.UNKNOWN)
    for _ in range(3):
        world.clock.advance(minutes=10)
        assert claimed(world) == []
    assert row_of(world, token).state == "unknown"


def test_an_opt_out_told_by_the_provider_is_an_opt_out(world: World) -> None:
    patient = world.patient()
    token = put(world, patient, "one")
    later = put(world, patient, "two", due_at=world.clock.now() + timedelta(hours=1))
    refuse(world, token, CodeClass.OPT_OUT, 21610)
    assert world.reread(patient).consent == "stopped"
    assert row_of(world, token).state == "failed"
    assert row_of(world, later).state == "cancelled"
    world.live(days=2)
    assert world.sent(patient) == ["SLP-01"]
    assert world.gateway.ledger == []


def test_a_receipt_that_came_before_the_answer_is_not_undone(world: World) -> None:
    token = put(world, world.patient(), "one")
    assert claim(world.runtime, EVERYTHING)
    take_receipts(world.runtime, [Receipt(token, "SM1", State.DELIVERED, None, world.clock.now())])
    record(world.runtime, [Accepted(token, "SM1")])
    row = row_of(world, token)
    assert (row.state, row.provider_sid, row.attempts) == ("delivered", "SM1", 1)
    record(world.runtime, [SendError(token, CodeClass.UNKNOWN, None, "Too late.")])
    assert row_of(world, token).state == "delivered"


def test_one_text_that_is_refused_holds_up_no_other(world: World) -> None:
    bad, good = world.patient(), world.patient()
    world.gateway.faults[people.open_phone(world.store.keyring, bad)] = Fault(refuse=21211)
    tokens = [put(world, bad, "bad"), put(world, good, "good")]
    asyncio.run(send_due(world.runtime))
    assert [row_of(world, token).state for token in tokens] == ["failed", "accepted"]


def test_a_text_that_was_held_up_makes_the_next_one_wait(world: World) -> None:
    patient, now = world.patient(), world.clock.now()
    put(world, patient, "held up", due_at=now - timedelta(minutes=80))
    later = put(world, patient, "next", due_at=now + timedelta(minutes=10))
    assert claimed(world) == ["held up"]
    world.clock.advance(minutes=10)
    assert claimed(world) == []
    assert (row_of(world, later).state, row_of(world, later).due_at) == (
        "planned",
        now + timedelta(minutes=90),
    )
    world.clock.advance(minutes=80)
    assert claimed(world) == ["next"]


def test_a_text_that_could_only_come_too_close_or_too_late_ends_with_the_reason(
    world: World,
) -> None:
    patient, now = world.patient(), world.clock.now()
    put(world, patient, "first")
    short = put(world, patient, "short", not_after=now + timedelta(minutes=80))
    put(world, patient, "answer", kind="answer")
    assert set(claimed(world)) == {"first", "answer"}
    ended = row_of(world, short)
    assert (ended.state, ended.reason) == ("suppressed", "gap")


def test_a_sending_that_was_a_little_late_does_not_break_the_plan(world: World) -> None:
    patient, now = world.patient(), world.clock.now()
    put(world, patient, "first")
    put(world, patient, "second", due_at=now + timedelta(minutes=90))
    world.clock.advance(minutes=9)
    assert claimed(world) == ["first"]
    world.clock.advance(minutes=81)
    assert claimed(world) == ["second"]


def test_a_third_text_of_one_night_stays_unsent(world: World) -> None:
    patient, now = world.patient(), world.clock.now()
    for slot in ("first", "second"):
        put(world, patient, slot, capped=True)
        assert claimed(world) == [slot]
        world.clock.advance(minutes=90)
    third = put(world, patient, "third", capped=True)
    dose = put(world, patient, "dose", not_after=now + timedelta(hours=9))
    other_night = put(world, world.patient(), "another's", capped=True)
    assert set(claimed(world)) == {"dose", "another's"}
    assert row_of(world, third).reason == "cap_night"
    assert row_of(world, dose).state == row_of(world, other_night).state == "submitting"
