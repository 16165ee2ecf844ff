"""What a person writes to a patient: it leaves once, in its hours, and automatic answers rest."""

# ruff: noqa: DTZ001 (the clinic's own wall clock)

from datetime import UTC, datetime, timedelta

import pytest

from service.domain.by_hand import RESTS_FOR
from service.flows.text_patient import NotSentError, resume, text_patient
from service.store import inbox
from service.store.people import patient_to_change
from service.store.records import Patient
from service.store.session import ClinicScope
from tests.world import World

WORDS = "We got your text and will call you."


def write(
    world: World, patient: Patient, body: str = WORDS, once: str = "form1", answers: str = ""
) -> datetime:
    """A member of staff texts the patient; when it leaves."""
    with world.store.transaction(ClinicScope(world.clinic.id), "staff:nurse") as tx:
        found = patient_to_change(tx, patient.token)
        reply = inbox.one(tx, answers, lock=True) if answers else None
        at = text_patient(
            world.runtime,
            tx,
            world.clinic,
            found,
            body,
            once=once,
            now=world.clock.now(),
            answers=reply.stored if reply else None,
        )
    world.live(seconds=5)
    return at


def test_it_leaves_at_once_in_the_daytime_and_the_reply_it_answers_no_longer_waits(
    world: World,
) -> None:
    patient = world.patient()
    world.say(patient, "what should I do?")
    (reply,) = world.rows("inbound")
    assert reply.review_state == "open"
    write(world, patient, "  We got your\n text   and will call you. ", answers=reply.token)
    assert world.bodies(patient)[-1] == WORDS
    (text,) = world.rows("outbox", kind="staff")
    assert (text.state, text.segments, text.inbound_id) == ("delivered", 1, reply.id)
    assert world.rows("inbound")[0].review_state == "done"


def test_the_same_form_sent_twice_is_one_text(world: World) -> None:
    patient = world.patient()
    write(world, patient)
    write(world, patient, "Something else")
    assert [body for body in world.bodies(patient) if "Something" in body] == []
    write(world, patient, "Something else", once="form2")
    assert world.bodies(patient)[-1] == "Something else"


def test_at_night_it_waits_for_the_morning_unless_the_patient_has_just_written(
    world: World,
) -> None:
    patient = world.patient()
    world.live_to(datetime(2026, 11, 22, 2))
    assert write(world, patient) == datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert WORDS not in world.bodies(patient)
    world.say(patient, "are you there?")
    write(world, patient, "Yes, I am.", once="form2")
    assert world.bodies(patient)[-1] == "Yes, I am."
    world.live_to(datetime(2026, 11, 22, 8, 5))
    assert WORDS in world.bodies(patient)


@pytest.mark.parametrize(("body", "said"), [(" \n ", "nothing to send"), ("x" * 460, "longer")])
def test_nothing_empty_or_endless_is_sent(world: World, body: str, said: str) -> None:
    patient = world.patient()
    with pytest.raises(NotSentError, match=said):
        write(world, patient, body)
    assert world.rows("outbox", kind="staff") == []


def test_who_has_stopped_gets_nothing(world: World) -> None:
    patient = world.patient()
    world.say(patient, "stop please")
    with pytest.raises(NotSentError, match="Call instead"):
        write(world, patient)


def test_automatic_answers_rest_while_what_is_said_still_counts(world: World) -> None:
    patient = world.patient()
    world.live_to(datetime(2026, 11, 22, 10))
    write(world, patient)
    texts = world.sent(patient)
    world.say(patient, "it was a 7")
    world.say(patient, "no idea really")
    assert world.sent(patient) == texts
    assert world.rows("observation")[0].number == 7
    assert [row.review_state for row in world.rows("inbound")] == ["open", "open"]
    world.say(patient, "I have chest pain")
    assert world.sent(patient) == [*texts, "SYS-10"]
    world.live(hours=RESTS_FOR / timedelta(hours=1))
    world.say(patient, "pause 3 days")
    assert world.sent(patient)[-1] == "SYS-05"


def test_a_person_ends_the_rest(world: World) -> None:
    patient = world.patient()
    write(world, patient)
    with world.store.transaction(ClinicScope(world.clinic.id), "staff:nurse") as tx:
        resume(tx, patient_to_change(tx, patient.token), world.clock.now())
    world.say(patient, "pause 3 days")
    assert world.sent(patient)[-1] == "SYS-05"


def test_they_rest_only_from_when_the_persons_text_leaves(world: World) -> None:
    patient = world.patient()
    world.live_to(datetime(2026, 11, 22, 2))
    assert write(world, patient) == datetime(2026, 11, 22, 12, tzinfo=UTC)
    world.say(patient, "when is my appointment?")
    assert world.sent(patient)[-1] == "SYS-13"
    world.live_to(datetime(2026, 11, 22, 8, 5))
    assert WORDS in world.bodies(patient)
    texts = world.sent(patient)
    world.say(patient, "when is my appointment?")
    assert world.sent(patient) == texts
    world.live_to(datetime(2026, 11, 22, 10, 5))
    world.say(patient, "when is my appointment?")
    assert world.sent(patient)[-1] == "SYS-13"


@pytest.mark.parametrize(
    ("body", "template"),
    [
        ("STATUS", "SYS-24"),
        ("LEGS", "LEG-01"),
        ("MENU", "SYS-26"),
        ("pause 3 days", "SYS-05"),
        ("BED 22:30", "SYS-18"),
        ("FEWER", "SYS-27"),
        ("espanol", "SYS-22"),
    ],
)
def test_what_a_patient_asks_of_the_service_is_answered_also_then(
    world: World, body: str, template: str
) -> None:
    patient = world.patient()
    write(world, patient)
    world.say(patient, body)
    assert world.sent(patient)[-1] == template
    assert world.rows("inbound")[-1].review_state == "none"
