"""Missed texts on Today: one sentence for an episode, put away by whoever cares for patients."""

import re

import pytest
from sqlalchemy import select, update

from service.clinic_life import look_after_patients
from service.store.alarm_clocks import GIVEN_UP
from service.store.session import SYSTEM
from service.store.tables.audit import AuditEvent
from service.store.tables.outbox import OutboxText
from service.store.tables.planning import PatientCursor
from tests.web.conftest import World, csrf


def outage(world: World) -> None:
    """Two people's texts passed while nothing ran."""
    for _ in range(2):
        world.patient(facts={"uses_caffeine": "yes"}, window="08:00-23:30")
    while look_after_patients(world.runtime):
        pass


def test_one_sentence_for_the_whole_episode(world: World) -> None:
    outage(world)
    page = world.member("clinician").get("/").text
    said = re.findall(r"\d+ texts to 2 patients were not sent between [^.]*\.", page)
    assert said
    assert "Nothing is sent late." in page
    assert page.count('class="tag amber">Not sent') == 1


def test_what_was_missed_counts_as_not_sent_beside_it(world: World) -> None:
    outage(world)
    with world.runtime.store.transaction(SYSTEM, "test", write=False) as tx:
        missed = tx.rows(select(OutboxText.id).where(OutboxText.reason == "expired"))
    page = " ".join(world.member("clinician").get("/").text.split())
    assert missed
    assert (
        f"Today: 0 sent, 0 delivered, 0 not delivered, {len(missed)} not sent because their time"
        in page
    )


def test_seen_puts_it_away_and_says_who(world: World) -> None:
    outage(world)
    browser = world.member("clinician")
    page = browser.get("/").text
    (seen,) = re.findall(r'action="(/missed/[\w-]+/seen)"', page)
    for _ in range(2):
        assert browser.post(seen, data={"csrf_token": csrf(page)}).status_code == 302
    assert "were not sent between" not in browser.get("/").text
    with world.runtime.store.transaction(SYSTEM, "test", write=False) as tx:
        kept = tx.rows(select(AuditEvent.actor).where(AuditEvent.action == "missed texts seen"))
    assert len(kept) == 1
    assert kept[0][0].startswith("staff:")


@pytest.mark.parametrize("role", ["auditor", "programme_admin"])
def test_who_does_not_care_for_patients_cannot_put_it_away(world: World, role: str) -> None:
    outage(world)
    page = world.member("clinician").get("/").text
    (seen,) = re.findall(r'action="(/missed/[\w-]+/seen)"', page)
    browser = world.member(role)
    token = csrf(browser.get("/account").text)
    assert browser.post(seen, data={"csrf_token": token}).status_code == 403
    assert "were not sent between" in world.member("clinician").get("/").text


def test_another_clinic_hears_nothing_of_it(world: World) -> None:
    outage(world)
    stranger = world.member("clinician", clinic=world.other_clinic())
    assert "were not sent" not in stranger.get("/").text


def test_patients_for_whom_no_plan_can_be_made_are_named(world: World) -> None:
    spoilt = world.patient()
    with world.runtime.store.transaction(SYSTEM, "test") as tx:
        tx.execute(update(PatientCursor).values(failures=GIVEN_UP))
    page = " ".join(world.member("clinician").get("/").text.split())
    assert f'No plan can be made for <a href="/patients/{spoilt.token}">{spoilt.ref}</a>:' in page
