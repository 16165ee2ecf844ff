"""A text of unknown fate is ended by a person's word, and sent once more only where every guard lets it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update

from service.domain.delivery import Kind
from service.flows.settle_doubt import SETTLED, Source, Word, settle_doubt
from service.store import circumstances
from service.store.questions import open_questions
from service.store.records import Patient
from service.store.session import SYSTEM, ClinicScope
from service.store.tables.outbox import OutboxText
from tests.flows.texts import put, question, row_of
from tests.world import World


def in_doubt(world: World, patient: Patient | None, **other: object) -> str:
    """A text that left 20 minutes ago, perhaps: the machine no longer looks for it."""
    token = put(world, patient, "one", **other)
    wall = world.clock.wall() - timedelta(minutes=20)
    left = update(OutboxText).where(OutboxText.token == token)
    with world.store.transaction(SYSTEM, "test") as tx:
        tx.execute(left.values(state="unknown", submitted_at=wall, lease_until=wall, attempts=1))
    return token


def say(world: World, token: str, word: Word) -> str | None:
    with world.store.transaction(ClinicScope(world.clinic.id), "staff:nurse") as tx:
        now = world.clock.now()
        return settle_doubt(world.runtime, tx, token, word, Source.PATIENT, now)


def audited(world: World) -> list[dict[str, object]]:
    return [row.details for row in world.rows("audit_event") if row.action == SETTLED]


@pytest.mark.parametrize(
    ("word", "state", "delivered"), [(Word.ARRIVED, "delivered", 1), (Word.LOST, "failed", 0)]
)
def test_a_persons_word_ends_it_and_counts(
    world: World, word: Word, state: str, delivered: int
) -> None:
    token = in_doubt(world, world.patient())
    assert say(world, token, word) is None
    assert row_of(world, token).state == state
    (night,) = world.rows("night_summary")
    assert (night.texts, night.delivered) == (1, delivered)
    assert audited(world) == [{"said": word.value, "known_by": "patient", "texts": []}]
    (kept,) = [row for row in world.rows("audit_event") if row.action == SETTLED]
    assert kept.actor == "staff:nurse"


def test_sent_once_more_it_is_one_text_of_its_own_however_often_it_is_pressed(
    world: World,
) -> None:
    patient = world.patient()
    token = in_doubt(world, patient, template="SLP-01")
    assert say(world, token, Word.AGAIN) is None
    assert say(world, token, Word.AGAIN) is not None
    world.live(seconds=30)
    old, new = world.rows("outbox")
    assert (old.state, new.slot, new.kind) == ("failed", f"again:{token}", "planned")
    assert new.not_after == old.not_after
    assert new.state == "delivered"
    assert world.bodies(patient) == ["Body of one"]
    assert len(audited(world)) == 1


def test_what_it_asks_is_asked_by_the_one_that_arrives(world: World) -> None:
    patient = world.patient()
    token = in_doubt(world, patient, question=question())
    open_question(world, token)
    assert say(world, token, Word.AGAIN) is None
    world.live(seconds=30)
    world.say(patient, "7")
    (asked,) = world.rows("question")
    assert asked.state == "answered"


def test_what_did_not_arrive_was_never_asked(world: World) -> None:
    token = in_doubt(world, world.patient(), question=question())
    open_question(world, token)
    assert say(world, token, Word.LOST) is None
    assert [row.state for row in world.rows("question")] == ["void"]


def open_question(world: World, token: str) -> None:
    with world.store.transaction(SYSTEM, "test") as tx:
        open_questions(tx, [token], world.clock.now())


def pause(world: World, patient: Patient) -> None:
    with world.store.transaction(ClinicScope(world.clinic.id), "staff:nurse") as tx:
        circumstances.add_pause(tx, patient, None, world.clock.now())


@pytest.mark.parametrize(
    ("meanwhile", "other", "why"),
    [
        (lambda world, patient: world.say(patient, "STOP"), {}, "patients who want them"),
        (pause, {}, "are paused"),
        (lambda world, _: world.clock.advance(hours=25), {}, "Its time has passed"),
        (lambda world, _: world.clock.advance(hours=16), {}, "outside of the patient’s hours"),
        (lambda *_: None, {"kind": Kind.CRISIS}, "of this kind"),
    ],
    ids=["stopped", "paused", "too late", "asleep", "an answer"],
)
def test_what_no_guard_would_let_leave_is_not_sent_once_more(
    world: World,
    meanwhile: Callable[[World, Patient], object],
    other: dict[str, object],
    why: str,
) -> None:
    patient = world.patient()
    token = in_doubt(world, patient, not_after=world.clock.now() + timedelta(hours=24), **other)
    meanwhile(world, patient)
    assert why in (say(world, token, Word.AGAIN) or "")
    assert row_of(world, token).state == "unknown"
    assert audited(world) == []
