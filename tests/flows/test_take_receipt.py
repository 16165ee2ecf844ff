"""Receipts: in any order, repeated, early or late; the night they belong to, and numbers that fail."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from service.domain.delivery import State
from service.domain.exchange import Accepted, Receipt, SendError
from service.domain.provider_codes import CodeClass
from service.flows.send_outbox import claim, record
from service.flows.take_receipt import take_receipts
from service.store import circumstances
from service.store.records import Patient
from service.store.session import SYSTEM
from service.store.tables.outbox import ReceiptEvent
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


def test_a_name_that_is_anothers_is_believed_of_neither(world: World) -> None:
    under_way(world, "one")
    doubtful = put(world, world.patient(), "two")
    claim(world.runtime, 200)
    record(world.runtime, [SendError(doubtful, CodeClass.UNKNOWN, None, "No answer.")])
    tell(world, doubtful, "delivered", sid="SM-one")
    assert [row.state for row in world.rows("outbox")] == ["accepted", "unknown"]


def test_one_name_for_two_texts_at_once_goes_to_the_first(world: World) -> None:
    tokens = [put(world, world.patient(), f"t{number}") for number in range(2)]
    claim(world.runtime, 200)
    now = world.clock.now()
    take_receipts(
        world.runtime, [Receipt(token, "SM-same", State.SENT, None, now) for token in tokens]
    )
    assert [row.provider_sid for row in world.rows("outbox")] == ["SM-same", None]


def test_receipts_without_a_name_settle_texts_all_the_same(world: World) -> None:
    tokens = [put(world, world.patient(), f"t{number}") for number in range(2)]
    claim(world.runtime, 200)
    for token in tokens:
        tell(world, token, "sent", sid="")
    found = world.rows("outbox")
    assert [(row.state, row.provider_sid) for row in found] == [("sent", None)] * 2


def test_every_receipt_is_kept_as_it_came(world: World) -> None:
    token = under_way(world)
    tell(world, token, "delivered", "sent", "delivered", "undelivered", code=39999)
    query = select(ReceiptEvent.state, ReceiptEvent.error_code).order_by(ReceiptEvent.id)
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        kept = [tuple(row) for row in tx.rows(query)]
    words = ("delivered", "sent", "delivered", "undelivered")
    assert kept == [(word, 39999) for word in words]
    assert (row_of(world, token).state, row_of(world, token).error_code) == ("delivered", None)


def test_receipts_of_one_text_at_the_same_moment_never_take_it_back(world: World) -> None:
    tokens = [under_way(world, f"t{number}") for number in range(20)]
    at = world.clock.now()

    def hear(state: State) -> None:
        for number, token in enumerate(tokens):
            take_receipts(world.runtime, [Receipt(token, f"SM-t{number}", state, None, at)])

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(hear, [State.SENT, State.DELIVERED, State.SENT]))
    assert {row.state for row in world.rows("outbox")} == {"delivered"}


def test_a_text_to_a_stranger_has_a_fate_too(world: World) -> None:
    token = put(world, None, "one", kind="crisis", recipient="+19025559876", night=None)
    claim(world.runtime, 200)
    record(world.runtime, [Accepted(token, "SM-one")])
    tell(world, token, "sent", "failed", code=30005)
    assert row_of(world, token).state == "failed"


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


def test_failures_that_are_nobodys_fault_put_no_number_in_doubt(world: World) -> None:
    patient = world.patient()
    for number, code in enumerate((30001, 30500, 30036, 30410)):
        token = under_way(world, f"t{number}", patient)
        tell(world, token, "failed", code=code, sid=f"SM-t{number}")
        world.clock.advance(minutes=2)
    assert world.rows("alert", rule="M-WHO") == []


def test_a_phone_that_is_off_is_told_after_three_days_not_after_three_texts(world: World) -> None:
    patient = world.patient()
    for number in range(5):
        token = under_way(world, f"t{number}", patient)
        tell(world, token, "undelivered", code=30003, sid=f"SM-t{number}")
        assert len(world.rows("alert", rule="M-WHO")) == (1 if number == 4 else 0)
        world.clock.advance(hours=12)


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
