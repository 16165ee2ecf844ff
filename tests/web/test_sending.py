"""A stopped channel and doubtful texts on Today: said in plain words, and dealt with by whoever cares for patients."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from service.store import channels
from service.store.session import SYSTEM
from service.store.tables.audit import AuditEvent
from service.store.tables.outbox import OutboxText
from service.store.uncertain import LOOKED_FOR
from tests.web.conftest import World, csrf

WHY = "The provider refused our account’s credentials."


def stop(world: World, *, until_delivered: bool = False) -> None:
    with world.runtime.store.transaction(SYSTEM, "test") as tx:
        now = world.runtime.clock.now()
        channels.stop(tx, world.runtime.gateway.name, WHY, now, until_delivered=until_delivered)


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("&#39;", "'").split())


def doubt(world: World) -> None:
    """A patient's invitation of which nobody knows whether it left, and nobody will find out."""
    world.patient("Ana", "Ruiz", invited=True)
    wall = world.runtime.clock.wall()
    with world.runtime.store.transaction(SYSTEM, "test") as tx:
        lost = update(OutboxText).where(OutboxText.kind == "invite")
        tx.execute(
            lost.values(
                state="unknown",
                submitted_at=world.runtime.clock.now(),
                lease_until=wall - LOOKED_FOR - timedelta(seconds=1),
            )
        )


def acts(world: World, action: str) -> list[str]:
    with world.runtime.store.transaction(SYSTEM, "test", write=False) as tx:
        query = select(AuditEvent.actor).where(AuditEvent.action == action)
        return [row[0] for row in tx.rows(query)]


@pytest.mark.parametrize(("until_delivered", "works"), [(False, "is taken"), (True, "arrives")])
def test_a_stop_is_said_once_with_what_to_do(
    world: World, until_delivered: bool, works: str
) -> None:
    world.patient(invited=True)
    for _ in range(3):
        stop(world, until_delivered=until_delivered)
    page = world.member("clinician").get("/").text
    assert page.count("Sending stopped") == 1
    said = text(page)
    assert WHY in said
    assert "Ask whoever looks after the account with the provider to put it right." in said
    assert "1 text waits; it leaves when sending works again" in said
    assert f"sending goes on by itself once it {works}." in said
    assert "sending has stopped." in said


def test_a_person_says_that_it_works_again_and_is_named(world: World) -> None:
    stop(world)
    browser = world.member("clinician")
    token = csrf(browser.get("/").text)
    for _ in range(2):
        assert browser.post("/sending/resume", data={"csrf_token": token}).status_code == 302
    assert "Sending stopped" not in browser.get("/").text
    (actor,) = acts(world, "sending resumed")
    assert actor.startswith("staff:")


@pytest.mark.parametrize("path", ["/sending/resume", "/texts/any/doubt-seen"])
@pytest.mark.parametrize("role", ["auditor", "programme_admin"])
def test_others_can_do_nothing_about_it(world: World, role: str, path: str) -> None:
    stop(world)
    browser = world.member(role)
    token = csrf(browser.get("/account").text)
    assert browser.post(path, data={"csrf_token": token}).status_code == 403
    assert "Sending stopped" in world.member("clinician").get("/").text


def test_a_doubtful_text_is_shown_until_somebody_has_seen_it(world: World) -> None:
    doubt(world)
    browser = world.member("clinician")
    page = browser.get("/").text
    assert "Texts that may not have arrived" in page
    assert "Ana Ruiz" in page
    assert "sending needs a look" in text(page)
    (seen,) = re.findall(r'action="(/texts/[\w-]+/doubt-seen)"', page)
    for _ in range(2):
        assert browser.post(seen, data={"csrf_token": csrf(page)}).status_code == 302
    page = browser.get("/").text
    assert "Texts that may not have arrived" not in page
    assert "sending is normal" in text(page)
    assert len(acts(world, "doubtful text seen")) == 1


def test_another_clinic_sees_no_doubtful_text_of_ours_and_puts_none_away(world: World) -> None:
    doubt(world)
    page = world.member("clinician").get("/").text
    (seen,) = re.findall(r'action="(/texts/[\w-]+/doubt-seen)"', page)
    stranger = world.member("clinician", clinic=world.other_clinic())
    theirs = stranger.get("/").text
    assert "may not have arrived" not in theirs
    stranger.post(seen, data={"csrf_token": csrf(theirs)})
    assert "may not have arrived" in world.member("clinician").get("/").text


def test_a_text_that_is_still_looked_for_is_no_persons_matter_yet(world: World) -> None:
    doubt(world)
    with world.runtime.store.transaction(SYSTEM, "test") as tx:
        tx.execute(update(OutboxText).values(lease_until=world.runtime.clock.wall()))
    page = world.member("clinician").get("/").text
    assert "may not have arrived" not in page
    assert "1 with an unknown fate" in page
