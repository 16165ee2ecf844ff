"""The hard limits: a patient's day and a clinic's hour; one alert or halt each, and a cry for help is never stopped."""

from datetime import timedelta

from sqlalchemy import update

from service.domain.breakers import FEWEST_AN_HOUR, PER_PATIENT
from service.domain.delivery import Cause
from service.flows.send_outbox import claim
from service.store import alerts, halts
from service.store.records import Patient
from service.store.session import SYSTEM
from service.store.tables.outbox import ClinicHour
from tests.flows.texts import put, row_of
from tests.world import World

PLACES = 500


def leave(world: World, patient: Patient, kind: str, slot: str) -> str:
    """Put one text and have it claimed, if it may be; its token."""
    token = put(world, patient, slot, kind=kind, night=None)
    claim(world.runtime, PLACES)
    return token


def fate(world: World, token: str) -> tuple[str, str | None]:
    row = row_of(world, token)
    return row.state, row.reason


def fill_a_day(world: World, patient: Patient) -> None:
    for number in range(PER_PATIENT):
        assert fate(world, leave(world, patient, "answer", f"a{number}"))[0] == "submitting"


def resolve(world: World) -> None:
    (alert,) = world.rows("alert", rule="M-MANY", closed_at=None)
    with world.store.transaction(SYSTEM, "test") as tx:
        assert alerts.resolve_alert(tx, alert.token, "A loop with a machine", world.clock.now())


def test_the_text_beyond_a_patients_day_stops_that_patient_alone(world: World) -> None:
    patient, other = world.patient(window="08:00-23:30"), world.patient()
    fill_a_day(world, patient)
    broken = ("suppressed", "breaker")
    for number, kind in enumerate(["answer", "planned", "staff", "answer"]):
        assert fate(world, leave(world, patient, kind, f"b{number}")) == broken
    (alert,) = world.rows("alert", rule="M-MANY")
    assert (alert.patient_id, alert.evidence) == (patient.id, {"texts": PER_PATIENT})
    assert fate(world, leave(world, other, "planned", "other"))[0] == "submitting"


def test_a_cry_for_help_stop_and_help_are_answered_all_the_same(world: World) -> None:
    patient = world.patient()
    fill_a_day(world, patient)
    leave(world, patient, "answer", "one too many")
    for kind in ("crisis", "stop_confirm", "help"):
        assert fate(world, leave(world, patient, kind, kind))[0] == "submitting"


def test_only_a_person_lets_a_patients_texts_go_on(world: World) -> None:
    patient = world.patient(window="08:00-23:30")
    fill_a_day(world, patient)
    leave(world, patient, "answer", "one too many")
    world.clock.advance(hours=25)
    assert fate(world, leave(world, patient, "answer", "next day")) == ("suppressed", "breaker")
    resolve(world)
    assert fate(world, leave(world, patient, "answer", "let go"))[0] == "submitting"


def test_after_a_person_let_them_go_on_the_count_begins_anew(world: World) -> None:
    patient = world.patient()
    fill_a_day(world, patient)
    leave(world, patient, "answer", "one too many")
    world.clock.advance(minutes=1)
    resolve(world)
    world.clock.advance(minutes=1)
    for number in range(PER_PATIENT):
        assert fate(world, leave(world, patient, "answer", f"c{number}"))[0] == "submitting"
    assert fate(world, leave(world, patient, "answer", "again")) == ("suppressed", "breaker")
    assert len(world.rows("alert", rule="M-MANY")) == 2


def test_texts_of_one_claim_are_counted_too(world: World) -> None:
    patient = world.patient()
    for number in range(PER_PATIENT + 2):
        put(world, patient, f"a{number}", kind="answer", night=None)
    assert len(claim(world.runtime, PLACES)) == PER_PATIENT
    assert len(world.rows("alert", rule="M-MANY")) == 1


def test_an_hour_beyond_its_limit_halts_the_clinics_unsolicited_texts(world: World) -> None:
    for number in range(FEWEST_AN_HOUR):
        put(world, world.patient(), f"t{number}")
    assert len(claim(world.runtime, PLACES)) == FEWEST_AN_HOUR
    late = put(world, world.patient(), "late")
    owed = put(world, world.patient(), "owed", kind="answer")
    with world.store.transaction(SYSTEM, "test") as tx:
        tx.execute(update(ClinicHour).values(texts=2 * (FEWEST_AN_HOUR + 2)))
    assert [text.token for text in claim(world.runtime, PLACES)] == [owed]
    assert claim(world.runtime, PLACES) == []
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        (halt,) = halts.standing(tx, world.clinic.id)
    assert halt.cause == Cause.BREAKER
    assert halt.why.startswith("125 texts that nobody had asked for were to leave within an hour")
    with world.store.transaction(SYSTEM, "test") as tx:
        assert halts.end(tx, world.clinic.id, Cause.BREAKER, world.clock.now())
    assert [text.token for text in claim(world.runtime, PLACES)] == [late]


def test_what_runs_out_behind_a_breaker_says_so(world: World) -> None:
    with world.store.transaction(SYSTEM, "test") as tx:
        halts.begin(tx, world.clinic.id, Cause.BREAKER, "Too many.", world.clock.now())
    token = put(world, world.patient(), "one")
    world.clock.advance(hours=2, seconds=1)
    assert claim(world.runtime, PLACES) == []
    assert fate(world, token) == ("suppressed", "breaker")


def test_every_patient_of_a_large_clinic_may_have_one_in_the_same_hour(world: World) -> None:
    people = FEWEST_AN_HOUR + 5
    for number in range(people):
        put(world, world.patient(), f"t{number}")
    assert len(claim(world.runtime, PLACES)) == people
    world.clock.advance(hours=1, seconds=1)
    later = world.clock.now() + timedelta(hours=2)
    for number in range(3):
        put(world, world.patient(), f"later{number}", not_after=later)
    assert len(claim(world.runtime, PLACES)) == 3
