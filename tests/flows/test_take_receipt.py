"""Receipts: in any order, repeated, early or late; the night they belong to, and numbers that fail."""

import itertools
from datetime import date, timedelta

import pytest

from service.domain.delivery import State
from service.domain.exchange import Accepted, Receipt, SendError
from service.domain.provider_codes import CodeClass
from service.flows.send_outbox import claim, record
from service.flows.take_receipt import take_receipts
from service.store import circumstances
from service.store.records import Patient
from service.store.session import SYSTEM
from tests.flows.texts import put, question, row_of
from tests.world import World

NIGHT = date(2026, 11, 21)


def under_way(world: World, slot: str = "one", patient: Patient | None = None) -> str:
    """A text the provider has accepted as SM-<slot>."""
    token = put(world, patient or world.patient(), slot, question=question())
    claim(world.runtime, 200)
    record(world.runtime, [Accepted(token, f"SM-{slot}")])
    return token


def tell(
    world: World, token: str, *states: str, code: int | None = None, sid: str = "SM-one"
) -> None:
    """One receipt after the other, each in a request of its own."""
    for state in states:
        at = world.clock.now()
        take_receipts(world.runtime, [Receipt(token, sid, State(state), code, at)])


@pytest.mark.parametrize("order", list(itertools.permutations(["accepted", "sent", "delivered"])))
def test_receipts_in_any_order_come_to_the_same_end(world: World, order: tuple[str, ...]) -> None:
    token = under_way(world)
    tell(world, token, *order, *order)
    row = row_of(world, token)
    assert (row.state, row.provider_sid, row.error_code) == ("delivered", "SM-one", None)
    assert row.delivered_at == world.clock.now()


def test_several_receipts_at_once_are_taken_one_after_the_other(world: World) -> None:
    token, now = under_way(world), world.clock.now()
    told = [
        Receipt(token, "SM-one", state, 30003 if state is State.UNDELIVERED else None, now)
        for state in (State.UNDELIVERED, State.SENT, State.DELIVERED, State.SENT)
    ]
    take_receipts(world.runtime, told)
    assert row_of(world, token).state == "delivered"


@pytest.mark.parametrize(
    ("state", "code", "sentence"),
    [
        ("undelivered", 30003, "The phone is off or out of reach."),
        ("failed", 30008, "The carrier gave no reason."),
        (
            "undelivered",
            39999,
            "Undelivered for a reason the provider did not explain.",
        ),
        ("failed", None, "Undelivered for a reason the provider did not explain."),
    ],
)
def test_a_text_that_did_not_arrive_says_why_and_is_not_sent_again(
    world: World, state: str, code: int | None, sentence: str
) -> None:
    token = under_way(world)
    tell(world, token, "sent", state, "sent", code=code)
    row = row_of(world, token)
    assert (row.state, row.error_code, row.detail, row.attempts) == (state, code, sentence, 1)
    assert world.rows("question", token=token)[0].state == "void"
    world.live(hours=3)
    assert row_of(world, token).attempts == 1


def test_an_unknown_text_is_settled_by_its_receipt(world: World) -> None:
    token = put(world, world.patient(), "one")
    claim(world.runtime, 200)
    record(world.runtime, [SendError(token, CodeClass.UNKNOWN, None, "No answer.")])
    tell(world, token, "delivered")
    row = row_of(world, token)
    assert (row.state, row.provider_sid) == ("delivered", "SM-one")
    assert row.accepted_at is not None


def test_a_receipt_is_known_by_the_providers_name_too(world: World) -> None:
    token = under_way(world)
    tell(world, "", "delivered")
    assert row_of(world, token).state == "delivered"


@pytest.mark.parametrize(
    ("token", "sid"), [("nobody's", "SM-two"), ("", "SM-two"), ("ours", "SM-of-another")]
)
def test_a_receipt_for_something_else_changes_nothing(world: World, token: str, sid: str) -> None:
    ours = under_way(world)
    tell(world, ours if token == "ours" else token, "failed", sid=sid)
    assert row_of(world, ours).state == "accepted"


def test_a_text_taken_back_stays_taken_back(world: World) -> None:
    patient = world.patient()
    token = put(world, patient, "one", due_at=world.clock.now() + timedelta(hours=1))
    world.say(patient, "STOP")
    tell(world, token, "sent", "delivered", "failed")
    assert row_of(world, token).state == "cancelled"


def test_a_receipt_days_later_corrects_the_night(world: World) -> None:
    patient = world.patient()
    under_way(world, patient=patient)
    (row,) = world.rows("outbox", slot="one")
    tell(world, row.token, "sent")
    world.live(days=3)
    (night,) = world.rows("night_summary", patient_id=patient.id, night=NIGHT)
    before = night.counted
    tell(world, row.token, "failed", code=30008)
    (after,) = world.rows("night_summary", patient_id=patient.id, night=NIGHT)
    assert (after.counted, after.closed) == (before - 1, True)


def is_paused(world: World, patient: Patient) -> bool:
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        return circumstances.is_paused(tx, patient.id, world.clock.now())


def test_three_failures_in_a_row_put_the_number_in_doubt_until_a_text_arrives(
    world: World,
) -> None:
    patient = world.patient()
    slow = under_way(world, "t0", patient)
    for number, opened in ((1, 0), (2, 0), (3, 1)):
        token = under_way(world, f"t{number}", patient)
        tell(world, token, "failed", code=30005, sid=f"SM-t{number}")
        world.clock.advance(seconds=1)
        assert len(world.rows("alert", rule="M-WHO", closed_at=None)) == opened
        assert is_paused(world, patient) == bool(opened)
    (alert,) = world.rows("alert", rule="M-WHO")
    assert alert.evidence == {"failed": 3, "because": "The number is unknown or not in service."}
    tell(world, slow, "delivered", sid="SM-t0")
    assert world.rows("alert", rule="M-WHO")[0].closed_by == "rule"
    assert not is_paused(world, patient)


def test_numbers_refused_at_once_are_in_doubt_as_well(world: World) -> None:
    patient = world.patient()
    for number in range(3):
        token = put(world, patient, f"t{number}")
        claim(world.runtime, 200)
        record(world.runtime, [SendError(token, CodeClass.PERMANENT, 21211, "No such number.")])
        world.clock.advance(seconds=1)
    (alert,) = world.rows("alert", rule="M-WHO")
    assert alert.evidence["failed"] == 3


def test_an_opt_out_by_receipt_is_an_opt_out(world: World) -> None:
    patient = world.patient()
    tell(world, under_way(world, patient=patient), "failed", code=21610)
    assert world.reread(patient).consent == "stopped"


def test_an_opt_out_at_the_provider_is_everybodys_on_that_phone_and_written_once(
    world: World,
) -> None:
    both = [world.patient(phone="+19025553333") for _ in range(2)]
    token = under_way(world, patient=both[0])
    tell(world, token, "failed", "failed", code=21610)
    assert [world.reread(one).consent for one in both] == ["stopped", "stopped"]
