"""Test texts: only to the editor's own proved number, a few an hour, and never counted as a patient's."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from service.domain.exchange import Text
from service.flows.text_staff import NotSentError, ask_code, send_test
from service.gateways.simulated import Fault
from service.store import staff_phones, users
from service.store.records import Clinic
from service.store.session import SYSTEM, ClinicScope, Tx
from service.store.staff_phones import StaffPhone
from tests.world import World

OWN = "+19025550188"
KEPT = ("CAF-03", "en")
BODY = "Kept it? Reply YES or NO."


@pytest.fixture
def editor(world: World) -> users.User:
    with world.store.transaction(SYSTEM, "test") as tx:
        return users.add_user(
            tx, world.clinic.id, "e@example.org", "E", ["programme_admin"], "x", world.clock.now()
        )


def acts(
    world: World, editor: users.User, act: Callable[[Tx, Clinic, StaffPhone], object]
) -> object:
    scope = ClinicScope(world.clinic.id)
    with world.store.transaction(scope, f"staff:{editor.token}") as tx:
        return act(tx, world.clinic, staff_phones.staff_phone(tx, editor.id, lock=True))


def asks(world: World, editor: users.User, number: str = OWN) -> None:
    def ask(tx: Tx, clinic: Clinic, phone: StaffPhone) -> None:
        ask_code(world.runtime, tx, clinic, phone, number, world.clock.now())

    acts(world, editor, ask)
    world.live(seconds=5)


def tries(world: World, editor: users.User, code: str) -> bool:
    clock = world.clock
    return bool(
        acts(
            world,
            editor,
            lambda tx, _, phone: staff_phones.prove(tx, phone, code, clock.now(), clock.wall()),
        )
    )


def sends(world: World, editor: users.User, once: str, body: str = BODY) -> None:
    def send(tx: Tx, clinic: Clinic, phone: StaffPhone) -> None:
        now = world.clock.now()
        send_test(world.runtime, tx, clinic, phone, KEPT, body, once=once, now=now)

    acts(world, editor, send)
    world.live(seconds=5)


def phone(world: World, editor: users.User) -> StaffPhone:
    found = acts(world, editor, lambda _tx, _clinic, own: own)
    assert isinstance(found, StaffPhone)
    return found


def arrived(world: World, number: str = OWN) -> list[Text]:
    return [text for text, _ in world.gateway.ledger if text.to == number]


def code(world: World) -> str:
    return arrived(world)[-1].body.partition("code is ")[2][:6]


def proved(world: World, editor: users.User) -> None:
    asks(world, editor)
    assert tries(world, editor, code(world))


def test_a_number_is_proved_by_the_code_it_was_texted(world: World, editor: users.User) -> None:
    asks(world, editor)
    assert not phone(world, editor).is_verified
    assert code(world).isdecimal()
    assert tries(world, editor, code(world))
    assert phone(world, editor).is_verified
    assert not tries(world, editor, code(world))


def test_five_wrong_codes_and_none_is_right(world: World, editor: users.User) -> None:
    asks(world, editor)
    wrong = f"{(int(code(world)) + 1) % 10**6:06}"
    assert not any(tries(world, editor, wrong) for _ in range(5))
    assert not tries(world, editor, code(world))


def test_a_code_is_good_for_ten_minutes(world: World, editor: users.User) -> None:
    asks(world, editor)
    world.live(minutes=11)
    assert not tries(world, editor, code(world))


def test_three_codes_an_hour(world: World, editor: users.User) -> None:
    for _ in range(3):
        asks(world, editor)
    with pytest.raises(NotSentError, match="3 codes"):
        asks(world, editor)
    world.live(minutes=61)
    asks(world, editor)
    assert len(arrived(world)) == 4


def test_another_number_is_not_proved_by_the_first(world: World, editor: users.User) -> None:
    proved(world, editor)
    asks(world, editor, "+19025550189")
    assert not phone(world, editor).is_verified
    with pytest.raises(NotSentError, match="prove it"):
        sends(world, editor, "a")


def test_a_patients_number_gets_neither_code_nor_test(world: World, editor: users.User) -> None:
    world.patient(phone="+19025550177", invited=True)
    world.live(seconds=5)
    before = len(arrived(world, "+19025550177"))
    asks(world, editor, "+19025550177")
    assert len(arrived(world, "+19025550177")) == before
    proved(world, editor)
    world.patient(phone=OWN)
    with pytest.raises(NotSentError, match="A patient has this number"):
        sends(world, editor, "a")


def test_a_test_text_reaches_the_editors_number_and_no_other(
    world: World, editor: users.User
) -> None:
    patient = world.patient()
    proved(world, editor)
    everybody = len(world.gateway.ledger)
    sends(world, editor, "a", "Hi {first}, {clinic} says {cutoff}.")
    new = [text for text, _ in world.gateway.ledger[everybody:]]
    assert [(text.to, text.body) for text in new] == [
        (OWN, "TEST: Hi Tom, Northside Clinic says 2:00 PM.")
    ]
    rows = world.rows("outbox", kind="test")
    assert {row.patient_id for row in rows} == {None}
    assert world.rows("outbox", patient_id=patient.id, kind="test") == []
    assert world.rows("question", template="CAF-03") == []


def test_the_mark_never_costs_a_segment(world: World, editor: users.User) -> None:
    proved(world, editor)
    sends(world, editor, "a", "x" * 158)
    assert arrived(world)[-1].body == "x" * 158


def test_the_same_wish_sends_once(world: World, editor: users.User) -> None:
    proved(world, editor)
    for _ in range(2):
        sends(world, editor, "a")
    assert len(arrived(world)) == 2


def test_ten_tests_an_hour(world: World, editor: users.User) -> None:
    proved(world, editor)
    for number in range(10):
        sends(world, editor, str(number))
    with pytest.raises(NotSentError, match="10 test texts"):
        sends(world, editor, "10")


def test_stop_takes_the_number_back(world: World, editor: users.User) -> None:
    proved(world, editor)
    sends(world, editor, "a")
    world.say_from(OWN, "stop")
    assert phone(world, editor).number is None
    with pytest.raises(NotSentError, match="prove it"):
        sends(world, editor, "b")


@pytest.mark.parametrize("fault", [Fault(refuse=21610), Fault(undelivered=21610)])
def test_an_opt_out_that_the_provider_tells_of_takes_it_back_too(
    world: World, editor: users.User, fault: Fault
) -> None:
    proved(world, editor)
    world.gateway.faults[OWN] = fault
    sends(world, editor, "a")
    assert phone(world, editor).number is None


def test_an_answer_to_a_test_is_nobodys(world: World, editor: users.User) -> None:
    proved(world, editor)
    sends(world, editor, "a")
    before = len(arrived(world))
    world.say_from(OWN, "YES")
    (reply,) = world.rows("inbound")
    assert (reply.review_state, reply.patient_id) == ("none", None)
    assert len(arrived(world)) == before
    assert world.rows("observation") == []


def test_a_cry_for_help_is_answered_whoever_sends_it(world: World, editor: users.User) -> None:
    proved(world, editor)
    world.say_from(OWN, "I want to kill myself")
    assert "988" in arrived(world)[-1].body
    assert [row.rule for row in world.rows("alert")] == ["R-SUI"]


def test_a_stranger_whose_number_was_entered_is_answered_as_one(
    world: World, editor: users.User
) -> None:
    asks(world, editor)
    world.say_from(OWN, "who is this")
    assert world.rows("inbound")[0].review_state == "open"
    world.say_from(OWN, "STOP")
    assert phone(world, editor).number is None


def test_a_number_and_its_code_are_not_stored_in_plain(world: World, editor: users.User) -> None:
    asks(world, editor)
    with world.store.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM staff_user").all()
        rows += connection.exec_driver_sql("SELECT * FROM outbox").all()
    stored = repr([tuple(row) for row in rows])
    assert OWN[2:] not in stored
    assert code(world) not in stored
    assert timedelta(0) < phone(world, editor).code_until - world.clock.wall() <= timedelta(minutes=10)  # fmt: skip
