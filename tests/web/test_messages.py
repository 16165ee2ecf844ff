"""Messages: every text with its fate in words, narrowed down, paged, and within the viewer's own clinic."""

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select, update

from service.store import outbox
from service.store.message_log import PAGE
from service.store.records import NewText, Patient
from service.store.session import SYSTEM
from service.store.tables.audit import AuditEvent
from service.store.tables.outbox import OutboxText
from tests.web.browser import WIDE, faults_in_every_look, page_of, served
from tests.web.conftest import LAST_NIGHT, World, csrf
from tests.web.test_pages_browser import HOSTILE


def text(html: str) -> str:
    main = html.partition('id="main"')[2]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def write(world: World, patient: Patient | None, body: str, **row: Any) -> str:
    """One text as it stands in the outbox; its token."""
    now = world.runtime.clock.now()
    new = NewText(
        clinic_id=patient.clinic_id if patient else world.clinic.id,
        patient_id=patient.id if patient else None,
        slot=f"test:{next(world.numbers)}",
        kind=row.pop("kind", "planned"),
        language="en",
        due_at=now,
        not_after=now + timedelta(hours=2),
        body=body,
        segments=1,
        sender=world.clinic.sender,
        template="CAF-01",
        priority="tip",
        programme=row.pop("programme", "caffeine"),
        night=LAST_NIGHT,
        recipient=None if patient else "+19025550177",
    )
    with world.runtime.store.transaction(SYSTEM, "test") as tx:
        (token,) = outbox.add_texts(tx, [new], now)
        if row:
            tx.execute(update(OutboxText).where(OutboxText.token == token).values(**row))
    return token


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({}, "Waiting"),
        ({"state": "unknown"}, "Unknown It may have arrived, so it is not sent again"),
        ({"state": "undelivered", "error_code": 30003}, "The phone is off or out of reach. (code"),
        ({"state": "failed"}, "Not delivered No reason was given."),
        ({"state": "expired", "reason": "expired"}, "Expired The time in which it is of use"),
        ({"state": "suppressed", "reason": "kill_switch"}, "Withheld A person had switched"),
        ({"state": "suppressed", "reason": "breaker"}, "Withheld Sending had stopped by itself."),
        ({"state": "sent"}, "Sent Not confirmed yet."),
    ],
)
def test_what_became_of_a_text_is_said_in_words(
    world: World, row: dict[str, Any], said: str
) -> None:
    write(world, world.patient(), "Coffee after noon?", **row)
    page = text(world.member("auditor").get("/messages?fate=any").text)
    assert said in page
    assert "Tom Whitfield" in page
    assert "“Coffee after noon?” by the plan, Caffeine cut-off, CAF-01" in page


def test_whom_it_was_for_leads_to_the_night(world: World) -> None:
    patient = world.patient()
    write(world, patient, "One")
    write(world, None, "Two", kind="help")
    write(world, None, "Three", kind="test")
    page = world.member("clinician").get("/messages").text
    assert f'href="/patients/{patient.token}/nights/{LAST_NIGHT}"' in page
    assert "A number that is no patient’s" in page
    assert "A colleague’s own phone" in page
    assert "5550177" not in page


@pytest.mark.parametrize(
    ("narrowed", "shown"),
    [
        ("fate=expired", {"late"}),
        ("fate=unknown", {"lost"}),
        ("fate=waiting", {"waits", "help"}),
        ("kind=help", {"help"}),
        ("programme=iron", {"lost"}),
        ("day=2026-11-21", {"late", "lost", "waits", "help"}),
        ("day=2026-11-20", set()),
        ("fate=expired&kind=help", set()),
    ],
)
def test_narrowed_down(world: World, narrowed: str, shown: set[str]) -> None:
    patient = world.patient()
    write(world, patient, "late", state="expired", reason="expired")
    write(world, patient, "lost", state="unknown", programme="iron")
    write(world, patient, "waits")
    write(world, patient, "help", kind="help")
    page = world.member("clinician").get(f"/messages?{narrowed}").text
    assert set(re.findall(r"“(\w+)”", page)) == shown
    assert ("No text is like that." in page) == (not shown)


@pytest.mark.parametrize("wrong", ["fate=lost", "kind=letter", "day=soon", "day=9999-12-31"])
def test_what_is_not_offered_is_not_understood(world: World, wrong: str) -> None:
    assert world.member("clinician").get(f"/messages?{wrong}").status_code == 400


def test_one_patients_texts_by_reference_and_who_looked(world: World) -> None:
    tom, ana = world.patient(ref="N-1"), world.patient("Ana", "Ruiz", ref="N-12")
    write(world, tom, "toms")
    write(world, ana, "anas")
    browser = world.member("clinician")
    form = {"csrf_token": csrf(browser.get("/messages").text), "reference": " n-1 "}
    found = browser.post("/messages", data=form)
    assert found.headers["Location"] == f"/messages?patient={tom.token}"
    page = browser.get(found.headers["Location"]).text
    assert "Texts to Tom Whitfield" in page
    assert set(re.findall(r"“(\w+)”", page)) == {"toms"}
    nobody = browser.post("/messages", data={**form, "reference": "N"})
    assert "Nobody at your clinic has exactly this" in browser.get(nobody.headers["Location"]).text
    with world.runtime.store.transaction(SYSTEM, "test", write=False) as tx:
        read = select(AuditEvent.about).where(AuditEvent.action == "messages read")
        assert tom.token in {row[0] for row in tx.rows(read)}


def test_pages_hold_every_text_once(world: World) -> None:
    patient = world.patient()
    bodies = {f"n{number}" for number in range(PAGE + 5)}
    for body in sorted(bodies):
        write(world, patient, body)
    browser = world.member("clinician")
    first = browser.get("/messages?kind=planned").text
    (older,) = re.findall(r'rel="next" href="([^"]+)"', first)
    second = browser.get(older.replace("&amp;", "&")).text
    found = [re.findall(r"“(n\d+)”", page) for page in (first, second)]
    assert [len(page) for page in found] == [PAGE, 5]
    assert {*found[0], *found[1]} == bodies
    assert 'rel="next"' not in second


def test_no_other_clinic_and_no_programme_admin_sees_them(world: World) -> None:
    patient = world.patient()
    token = write(world, patient, "secret")
    stranger = world.member("clinician", clinic=world.other_clinic())
    assert "secret" not in stranger.get("/messages").text
    assert "secret" not in stranger.get(f"/messages?behind={token}").text
    assert stranger.get(f"/messages?patient={patient.token}").status_code == 404
    assert world.member("programme_admin").get("/messages").status_code == 403


@pytest.mark.slow
@pytest.mark.parametrize("filled", [False, True])
def test_the_log_in_every_look(world: World, browser: Browser, filled: bool) -> None:
    if filled:
        worst = world.patient(HOSTILE[0], HOSTILE[4][:90], ref='"><svg/onload=alert(3)>')
        for body in HOSTILE:
            write(world, worst, body, state="suppressed", reason="held", detail=HOSTILE[1][:90])
        write(world, worst, "lost", state="unknown")
        write(
            world, worst, "gone", state="undelivered", error_code=30006, programme=HOSTILE[0][:40]
        )
    member = world.member("clinician")
    with served(world.app) as address, page_of(browser, address, member, WIDE) as page:
        for path in ("/messages", "/messages?fate=unknown&day=2026-11-21"):
            page.goto(address + path)
            assert faults_in_every_look(page) == []


def test_what_was_withheld_is_shown_where_it_is_asked_for(world: World) -> None:
    patient = world.patient()
    write(world, patient, "left")
    write(world, patient, "stayed", state="suppressed", reason="cap_night")
    browser = world.member("clinician")
    shown = {
        fate: set(re.findall(r"“(\w+)”", browser.get(f"/messages?fate={fate}").text))
        for fate in ("", "withheld", "any")
    }
    assert shown == {"": {"left"}, "withheld": {"stayed"}, "any": {"left", "stayed"}}
