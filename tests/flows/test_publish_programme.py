"""Publications: checked whole, numbered, noted, and felt by the plans they touch."""

# ruff: noqa: DTZ001 (the clinic's own wall clock)

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from schedules.fault import ProgrammeFaults
from schedules.loading import shipped_sources
from schedules.recurrence import to_utc
from service.flows.publish_programme import StaleEditError, publish, starts_at
from service.store import programme_versions
from service.store.people import clinic_by_id
from service.store.programme_versions import Version
from service.store.records import Patient
from service.store.session import SYSTEM
from service.store.tables.audit import AuditEvent
from tests.texts import without
from tests.world import ZONE, World, make_world

CAFFEINE = shipped_sources()["caffeine.toml"]
# Every night, so that no test depends on which days of the week a patient's turn falls.
DAILY = CAFFEINE.replace("{ times_per_week = 2 }", "{ daily = true }")
EARLIER = DAILY.replace('offset = "-2h"', 'offset = "-4h"')
WIDE = "08:00-23:30"
RARELY = 'cadence = [\n  { times_per_week = 3, weeks = "1-4" },\n  { times_per_week = 1 },\n]'
NIGHTLY = "cadence = { daily = true }"


def publishes(world: World, source: str, **changes: object) -> Version:
    now = world.clock.now()
    with world.store.transaction(SYSTEM, "staff:abc") as tx:
        clinic = clinic_by_id(tx, world.clinic.id)
        given = {"name": "caffeine.toml", "at": "now", "now": now, **changes}
        return publish(world.runtime, tx, clinic, source, **given)  # type: ignore[arg-type]  # a table of cases


@pytest.fixture
def unspanish(database_url: str) -> Iterator[World]:
    """A clinic whose release has no Spanish for CAF-02."""
    made = make_world(database_url, texts=without("es", "CAF-02"))
    yield made
    made.store.engine.dispose()


def versions(world: World, slug: str = "caffeine") -> list[Version]:
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        return programme_versions.versions(tx, world.clinic.id, slug)


def asked_at(world: World, patient: Patient) -> list[str]:
    rows = world.rows("outbox", patient_id=patient.id, step="kept")
    return [f"{row.due_at.astimezone(UTC) - timedelta(hours=4):%H:%M}" for row in rows]


def test_a_publication_is_the_next_version_and_is_noted(world: World) -> None:
    written = publishes(world, EARLIER)
    assert (written.number, written.state, written.published_by) == (2, "published", "staff:abc")
    assert [one.source for one in versions(world)] == [CAFFEINE, EARLIER]
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        acts = tx.rows(select(AuditEvent.action, AuditEvent.about, AuditEvent.details))
    assert ("programme published", written.token) in {(row[0], row[1]) for row in acts}
    assert acts[-1][2]["version"] == 2


def test_tonights_text_moves_with_what_is_published_in_the_afternoon(world: World) -> None:
    stays = world.patient(facts={"uses_caffeine": "yes"}, window=WIDE)
    world.live_to(datetime(2026, 11, 21, 16))
    publishes(world, EARLIER)
    world.live_to(datetime(2026, 11, 25, 11))
    assert set(asked_at(world, stays)) == {"19:00"}


def test_from_the_next_night_leaves_tonight_as_it_was(world: World) -> None:
    patient = world.patient(facts={"uses_caffeine": "yes"}, window=WIDE)
    publishes(world, DAILY)
    world.live_to(datetime(2026, 11, 21, 16))
    publishes(world, EARLIER, at="next-night")
    world.live_to(datetime(2026, 11, 23, 11))
    assert asked_at(world, patient)[:2] == ["21:00", "19:00"]


def test_for_new_patients_only_leaves_everybody_else_as_they_were(world: World) -> None:
    stays = world.patient(facts={"uses_caffeine": "yes"}, window=WIDE)
    publishes(world, DAILY)
    world.live_to(datetime(2026, 11, 21, 16))
    publishes(world, EARLIER, at="new-patients")
    joins = world.patient(facts={"uses_caffeine": "yes"}, window=WIDE)
    world.live_to(datetime(2026, 11, 24, 11))
    assert set(asked_at(world, stays)) == {"21:00"}
    assert set(asked_at(world, joins)) == {"19:00"}
    assert {row.version for row in world.rows("outbox", patient_id=stays.id, step="kept")} == {2}
    assert {row.version for row in world.rows("outbox", patient_id=joins.id, step="kept")} == {3}


def test_the_next_night_begins_at_noon() -> None:
    noon = to_utc(datetime(2026, 11, 22, 12), ZONE)
    for hour in (12, 23):
        assert starts_at("next-night", ZONE, to_utc(datetime(2026, 11, 21, hour), ZONE)) == noon
    assert starts_at("next-night", ZONE, to_utc(datetime(2026, 11, 22, 9), ZONE)) == noon
    assert starts_at("now", ZONE, noon) == noon


def test_a_draft_changes_nothing_for_anybody(world: World) -> None:
    before = world.clinic.content_number
    draft = publishes(world, EARLIER, at=None)
    assert (draft.state, draft.effective_at) == ("draft", None)
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        assert clinic_by_id(tx, world.clinic.id).content_number == before
    # A draft counts as a number, not as something published meanwhile.
    assert publishes(world, EARLIER, based_on=1).number == 3


@pytest.mark.parametrize(
    ("source", "wordings", "said"),
    [
        (CAFFEINE.replace("[[step]]", "[[step", 1), {}, "not TOML"),
        (CAFFEINE.replace('"CAF-03"', '"CAF-98"'), {}, "CAF-98"),
        (CAFFEINE.replace("safety = true", ""), {}, "safety gate"),
        (EARLIER, {("CAF-03", "en"): "x" * 200}, "at most 160"),
        (EARLIER, {("CAF-03", "en"): " "}, "cannot be empty"),
        (EARLIER, {("CAF-03", "en"): "Did you? Reply STOP or NO."}, "STOP"),
        (EARLIER, {("CAF-03", "en"): "Before {cutoff}? Reply YES or NO."}, "needs a cutoff"),
        (EARLIER, {("CAF-03", "en"): "By {date}? Reply YES or NO."}, "cannot be filled"),
        (EARLIER, {("CAF-77", "en"): "New."}, "no such text"),
        (EARLIER, {("SYM-01", "en"): "Until {cutoff}? Reply 0 to 10."}, "Morning check-in"),
    ],
)
def test_a_fault_publishes_nothing(
    world: World, source: str, wordings: dict[tuple[str, str], str], said: str
) -> None:
    with pytest.raises(ProgrammeFaults) as found:
        publishes(world, source, wordings=wordings)
    assert any(said in str(fault) for fault in found.value.faults), found.value
    assert len(versions(world)) == 1


def test_an_edit_of_what_was_replaced_meanwhile_is_refused(world: World) -> None:
    publishes(world, EARLIER, based_on=1)
    with pytest.raises(StaleEditError) as stale:
        publishes(world, CAFFEINE, based_on=1)
    assert stale.value.newest == 2
    assert len(versions(world)) == 2


def test_a_wording_is_used_from_the_next_text_on(world: World) -> None:
    new = {
        ("CAF-03", "en"): "Cut-off kept? Reply YES or NO.",
        ("CAF-02", "es"): "Mire una etiqueta.",
    }
    publishes(world, EARLIER, wordings=new)
    patient = world.patient(facts={"uses_caffeine": "yes"}, window=WIDE)
    world.live_to(datetime(2026, 11, 25, 11))
    assert "Cut-off kept? Reply YES or NO." in world.bodies(patient)


def test_a_wording_published_from_the_next_night_is_used_from_then_on(world: World) -> None:
    patient = world.patient(facts={"uses_caffeine": "yes"}, window=WIDE)
    publishes(world, DAILY)
    world.live_to(datetime(2026, 11, 21, 16))
    publishes(world, DAILY, at="next-night", wordings={("CAF-03", "en"): "Kept? Reply YES or NO."})
    world.live_to(datetime(2026, 11, 25, 11))
    sent = [row for row in world.rows("outbox", patient_id=patient.id, step="kept") if row.sent_at]
    first, *later = [row.wording for row in sent]
    assert first == 1
    assert set(later) == {2}
    asked = [body for body in world.bodies(patient) if "YES or NO" in body]
    assert "Kept? Reply YES or NO." not in asked[0]
    assert "Kept? Reply YES or NO." in asked


ONE_TIP = CAFFEINE.replace('say = ["CAF-01", "CAF-02"]', 'say = ["CAF-02"]').replace(
    RARELY, NIGHTLY
)
SPANISH = {("CAF-02", "es"): "Mire hoy una etiqueta."}


def test_a_language_that_a_text_gets_from_the_next_night_withholds_it_tonight(
    unspanish: World,
) -> None:
    # Published before anybody read Spanish: that version goes on.
    publishes(unspanish, ONE_TIP)
    patient = unspanish.patient(facts={"uses_caffeine": "yes"}, window=WIDE, language="es")
    unspanish.live_to(datetime(2026, 11, 21, 13))
    publishes(unspanish, ONE_TIP, at="next-night", wordings=SPANISH)
    unspanish.live_to(datetime(2026, 11, 25, 11))
    texts = unspanish.rows("outbox", patient_id=patient.id, step="heads-up")
    assert (texts[0].reason, texts[0].wording) == ("no_text_in_language", None)
    assert {row.wording for row in texts[1:] if row.sent_at} == {1}


@pytest.mark.parametrize("invited", [True, False])
def test_a_step_without_a_text_that_a_patient_could_read_is_refused(
    unspanish: World, invited: bool
) -> None:
    unspanish.patient(language="es", invited=invited)
    with pytest.raises(ProgrammeFaults, match="heads-up has no text in Spanish") as found:
        publishes(unspanish, ONE_TIP)
    assert all(fault.line > 0 for fault in found.value.faults)
    assert [one.number for one in versions(unspanish)] == [1]
    assert publishes(unspanish, ONE_TIP, wordings=SPANISH).number == 2


def test_a_language_that_nobody_there_reads_any_more_refuses_nothing(unspanish: World) -> None:
    unspanish.patient()
    unspanish.say(unspanish.patient(language="es"), "STOP")
    assert publishes(unspanish, ONE_TIP).number == 2


def test_a_programme_of_the_clinics_own_can_be_published(world: World) -> None:
    own = CAFFEINE.replace('slug = "caffeine"', 'slug = "coffee"')
    assert publishes(world, own, name="coffee.toml").number == 1
    assert [one.slug for one in versions(world, "coffee")] == ["coffee"]
