"""Who is called for a RED alert: entered, tried, taken off; the banner, the link of a page, and "I have it"."""

import re
from datetime import timedelta
from typing import cast

from flask.testing import FlaskClient
from sqlalchemy import select

from service.clinic_life import live_until
from service.flows.page_staff import page_staff
from service.gateways.pager_simulated import SimulatedPager
from service.store import users
from service.store.session import SYSTEM
from service.store.tables.audit import AuditEvent
from service.store.tables.summaries import Alert
from tests.web.conftest import LONG_AGO, PASSWORD, PASSWORD_HASH, World, csrf

SETTLES = timedelta(seconds=6)
DANGER = "I want to kill myself"
PAGE = "/system/on-call"
SECRET = "a secret of twenty and more"
HOSTILE = "https://h.example.org/<script>alert(1)</script>\u202e"


def send(browser: FlaskClient, path: str, **fields: str):
    token = csrf(browser.get("/account").text)
    return browser.post(path, data={"csrf_token": token, **fields})


def enter(browser: FlaskClient, channel: str, address: str, line: str = "first", **more: str):
    return send(browser, f"{PAGE}/{channel}", address=address, line=line, **more)


def everybody(browser: FlaskClient) -> None:
    assert enter(browser, "text", "902 555 0188").status_code == 302
    assert enter(browser, "email", "oncall@example.org", "second").status_code == 302
    url = "https://h.example.org/x"
    assert enter(browser, "webhook", url, secret=SECRET).status_code == 302


def tokens(browser: FlaskClient) -> list[str]:
    return re.findall(rf"{PAGE}/([\w-]+)/test", browser.get(PAGE).text)


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def alert(world: World) -> str:
    with world.runtime.store.transaction(SYSTEM, "test", write=False) as tx:
        return str(tx.rows(select(Alert.token).where(Alert.tier == "RED"))[-1][0])


def pager(world: World) -> SimulatedPager:
    return cast("SimulatedPager", world.runtime.pager)


def settled(world: World) -> None:
    """The pages that are due are made, and texts arrive."""
    page_staff(world.runtime)
    clock = world.runtime.clock
    live_until(world.runtime, clock.now() + SETTLES)


def test_an_admin_enters_whom_to_call_and_sees_that_it_is_called(world: World) -> None:
    admin = world.member("clinic_admin")
    assert "Nobody is called when a reply may mean danger." in admin.get(PAGE).text
    assert "Nobody is called for a RED alert: no contact is entered." in admin.get("/system").text
    everybody(admin)
    said = text(admin.get(PAGE).text)
    assert "3 contacts are called" in said
    assert "+1 902-555-0188" in said
    assert "3 contacts were never paged, not even as a test." in said
    assert SECRET not in admin.get(PAGE).text
    for token in tokens(admin):
        assert send(admin, f"{PAGE}/{token}/test").status_code == 302
    assert "data-again" in admin.get(PAGE).text
    settled(world)
    page = admin.get(PAGE, query_string={"part": 1})
    assert text(page.text).count("Test page, 08:02 today:") == 3
    assert "data-again" not in page.text
    assert "Every contact’s last page got through." in admin.get("/system").text


def test_a_page_that_does_not_get_through_is_told_here_and_under_system(world: World) -> None:
    admin = world.member("clinic_admin")
    everybody(admin)
    pager(world).fault = "It answered 503."
    world.hears(world.phone_of(world.patient()), DANGER)
    settled(world)
    assert "It answered 503. It is tried again." in admin.get(PAGE).text
    said = text(admin.get("/system").text)
    assert "The last page to 1 of 3 contacts did not get through." in said
    assert "h.example.org" not in said


def test_pages_by_text_only_are_a_doubt(world: World) -> None:
    admin = world.member("clinic_admin")
    enter(admin, "text", "902 555 0188")
    assert "when texting fails, nobody is called" in admin.get("/system").text


def test_what_cannot_be_called_is_refused_in_words(world: World) -> None:
    admin = world.member("clinic_admin")
    for channel, address, secret, why in (
        ("text", "12", "", "No such number"),
        ("email", "oncall", "", "no e-mail address"),
        ("webhook", HOSTILE, SECRET, "no web address"),
        ("webhook", "http://h.example.org", SECRET, "begins with https"),
        ("webhook", "https://h.example.org", "short", "20 characters"),
    ):
        answer = enter(admin, channel, address, "second", secret=secret)
        assert answer.status_code == 400
        # What was filled in stands there still: a secret may have been copied already.
        assert f'value="{secret}"' in answer.text
        assert 'value="second" checked' in answer.text
        assert why in answer.text
        assert "<script>alert" not in answer.text
    assert tokens(admin) == []


def test_nobody_is_entered_twice_and_no_patient_at_all(world: World) -> None:
    admin = world.member("clinic_admin")
    world.patient(phone="+19025550177")
    assert "A patient has this number" in enter(admin, "text", "902 555 0177").text
    everybody(admin)
    assert "called already" in enter(admin, "email", "oncall@example.org").text
    for number in range(9):
        assert enter(admin, "email", f"a{number}@example.org").status_code == 302
    assert "12 contacts already" in enter(admin, "email", "a9@example.org").text
    assert enter(admin, "pigeon", "x").status_code == 404
    assert enter(admin, "email", "x@y.org", "third").status_code == 400


def test_who_is_taken_off_is_gone_and_another_clinics_is_not_there(world: World) -> None:
    admin = world.member("clinic_admin")
    everybody(admin)
    (first, *_) = tokens(admin)
    other = world.member("clinic_admin", clinic=world.other_clinic())
    for act in ("remove", "test"):
        assert send(other, f"{PAGE}/{first}/{act}").status_code == 404
    assert "Nobody is called" in other.get(PAGE).text
    assert send(admin, f"{PAGE}/{first}/remove").status_code == 302
    assert first not in tokens(admin)
    assert send(admin, f"{PAGE}/{first}/remove").status_code == 404


def test_only_an_admin_changes_it(world: World) -> None:
    everybody(world.member("clinic_admin"))
    for role, sees in (("clinician", 403), ("auditor", 200)):
        browser = world.member(role)
        page = browser.get(PAGE)
        assert page.status_code == sees
        assert "Send a test page" not in page.text
        assert enter(browser, "email", "x@example.org").status_code == 403


def test_the_banner_stands_on_every_page_until_somebody_has_it(world: World) -> None:
    patient = world.patient()
    nurse, colleague = world.member("clinician"), world.member("auditor")
    world.hears(world.phone_of(patient), DANGER)
    told = "1 reply may mean danger, and nobody has it yet; it came at 08:02 today."
    for path in ("/", "/patients", "/account"):
        assert told in text(nurse.get(path).text)
    assert told in text(colleague.get("/alerts/waiting").text)
    assert "danger" not in world.member("programme_admin").get("/account").text
    stranger = world.member("clinician", clinic=world.other_clinic())
    assert stranger.get("/alerts/waiting").text.strip() == ""
    answer = send(nurse, f"/alerts/{alert(world)}/have-it")
    assert answer.headers["Location"] == f"/patients/{patient.token}"
    assert nurse.get("/alerts/waiting").text.strip() == ""
    assert 'role="alert"' not in nurse.get("/account").text
    for path in ("/", f"/patients/{patient.token}"):
        page = nurse.get(path).text
        assert "Dr A. Okafor has it since 08:02 today." in page
        assert "I have it" not in page
        assert "Resolve" in page


def test_the_first_who_has_it_is_the_one_and_it_is_audited_once(world: World) -> None:
    world.hears("+19025559999", DANGER)
    first, second = world.member("clinician", name="Dr One"), world.member("clinician")
    for nurse in (first, second):
        answer = send(nurse, f"/alerts/{alert(world)}/have-it")
        assert answer.headers["Location"] == "/#act-now"
    assert "Dr One has it" in second.get("/").text
    with world.runtime.store.transaction(SYSTEM, "test", write=False) as tx:
        done = AuditEvent.action == "alert acknowledged"
        assert len(tx.rows(select(AuditEvent.id).where(done))) == 1


def test_only_who_cares_for_the_clinics_patients_can_have_it(world: World) -> None:
    world.hears("+19025559999", DANGER)
    path = f"/alerts/{alert(world)}"
    for role in ("auditor", "programme_admin"):
        assert send(world.member(role), f"{path}/have-it").status_code == 403
    # Another clinic's alert looks like a missing one.
    stranger = world.member("clinician", clinic=world.other_clinic())
    assert stranger.get(path).status_code == 404
    assert send(stranger, f"{path}/have-it").status_code == 404


def test_the_link_of_a_page_opens_after_signing_in(world: World) -> None:
    patient = world.patient()
    world.hears(world.phone_of(patient), DANGER)
    with world.runtime.store.transaction(SYSTEM, "test") as tx:
        who = ("n@example.org", "N", ["clinician"])
        users.add_user(tx, world.clinic.id, *who, PASSWORD_HASH, LONG_AGO)
    visitor = world.app.test_client()
    asked = visitor.get(f"/alerts/{alert(world)}", follow_redirects=True)
    assert "Sign in" in asked.text
    assert "Whitfield" not in asked.text
    action = asked.text.partition('action="')[2].partition('"')[0].replace("&amp;", "&")
    form = {"email": "n@example.org", "password": PASSWORD, "csrf_token": csrf(asked.text)}
    page = visitor.post(action, data=form, follow_redirects=True)
    assert page.request.path == f"/patients/{patient.token}"
    assert "Whitfield" in page.text
