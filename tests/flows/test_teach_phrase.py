"""A phrase taught: proposed, tried on past replies, put live by another, read by, retired."""

# ruff: noqa: DTZ001 (the clinic's own wall clock)

from datetime import datetime

import pytest

from service.flows import teach_phrase
from service.flows.correct_reply import assign_meaning
from service.flows.teach_phrase import NotTaughtError, Replay
from service.store import inbox, phrases
from service.store.people import patient_to_change
from service.store.records import Patient
from service.store.session import ClinicScope
from tests.world import World

WORDS = "same as always"


def unsure(world: World) -> Patient:
    """Somebody asked this morning, who has answered in words of his own."""
    patient = world.patient()
    world.live_to(datetime(2026, 11, 22, 10))
    world.say(patient, "Same as always!")
    assert world.rows("reading")[-1].intent == "unknown"
    return patient


def as_member(world: World, actor: str = "staff:nurse") -> object:
    return world.store.transaction(ClinicScope(world.clinic.id), actor)


def propose(world: World, phrase: str = WORDS, meaning: str = "5") -> str:
    reply = world.rows("inbound")[-1].id
    with as_member(world) as tx:
        now = world.clock.now()
        return teach_phrase.propose(tx, world.clinic.id, reply, phrase, meaning, now)


def put_live(world: World, token: str, actor: str = "staff:doctor") -> None:
    with as_member(world, actor) as tx:
        found = phrases.one(tx, token)
        tried = teach_phrase.replay(tx, world.clinic.id, found)
        teach_phrase.put_live(tx, world.clinic.id, found, tried, world.clock.now())


def replayed(world: World, token: str) -> Replay:
    with as_member(world) as tx:
        return teach_phrase.replay(tx, world.clinic.id, phrases.one(tx, token))


def test_it_is_read_from_the_moment_another_person_puts_it_live(world: World) -> None:
    patient = unsure(world)
    token = propose(world)
    (past,) = replayed(world, token).replies
    assert [(one.name, one.value) for one in past.becomes] == [("symptom_score", "5")]
    assert not past.contradicts
    with pytest.raises(NotTaughtError, match="ask a colleague"):
        put_live(world, token, "staff:nurse")
    world.say(patient, "same as always")
    assert world.rows("observation") == []
    put_live(world, token)
    world.say(patient, "SAME, as always")
    (seen,) = world.rows("observation")
    assert seen.number == 5
    assert world.rows("reading")[-1].rules.endswith("+1")
    with as_member(world) as tx:
        teach_phrase.retire(tx, world.clinic.id, phrases.one(tx, token), world.clock.now())
    world.say(patient, "same as always")
    assert world.rows("reading")[-1].intent == "unknown"
    (row,) = world.rows("taught_phrase")
    assert (row.state, row.retired_by) == ("retired", "staff:nurse")
    assert WORDS.encode() not in row.phrase


def test_what_a_person_said_a_reply_means_is_not_contradicted(world: World) -> None:
    patient = unsure(world)
    name = world.rows("inbound")[-1].token
    with as_member(world) as tx:
        reply = inbox.one(tx, name).stored
        (asked,) = inbox.asked_before(tx, patient.id, reply.received_at, ["symptom_0_10"])
        mine = patient_to_change(tx, patient.token)
        content = world.runtime.shelf.content(tx, world.clinic)
        assign_meaning(tx, content, mine, reply, asked.question, "2", world.clock.now())
    token = propose(world)
    assert [one.reply.meant.word for one in replayed(world, token).contradicted] == ["2"]
    with pytest.raises(NotTaughtError, match="known to mean something else"):
        put_live(world, token)
    with as_member(world, "staff:doctor") as tx:
        teach_phrase.refuse(tx, world.clinic.id, phrases.one(tx, token), world.clock.now())
    put_live(world, propose(world, meaning="2"))


@pytest.mark.parametrize(
    ("phrase", "meaning", "said"),
    [
        ("stop this nonsense", "yes", "danger or as STOP"),
        ("as it goes", "stop", "none of the meanings"),
        ("SAME as always.", "5", "already"),
    ],
)
def test_what_is_refused_at_once(world: World, phrase: str, meaning: str, said: str) -> None:
    unsure(world)
    propose(world)
    with pytest.raises(NotTaughtError, match=said):
        propose(world, phrase, meaning)
    assert len(world.rows("taught_phrase")) == 1


def test_danger_and_stop_are_read_first_whatever_is_live(world: World) -> None:
    patient = unsure(world)
    put_live(world, propose(world))
    world.say(patient, "same as always, I have chest pain")
    assert world.sent(patient)[-1] == "SYS-10"
    world.say(patient, "stop please")
    assert world.reread(patient).consent == "stopped"
    world.say(patient, "same as always")
    assert world.reread(patient).consent == "stopped"
