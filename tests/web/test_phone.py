"""The simulated phone: only in the demo, both ways, and time that is lived on the way."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from schedules.recurrence import to_local
from service.clinic_life import live_until
from service.domain.exchange import Inbound
from service.entry.web import create_app
from service.entry.web.site import Site
from service.gateways.simulated import SimulatedGateway
from service.store.records import Patient
from tests.web.conftest import World, csrf

ZONE = "America/Halifax"


@pytest.fixture
def demo(world: World) -> World:
    """The same clinic as a demo, whose clock travels."""

    def travel(target: datetime) -> None:
        live_until(world.runtime, target)

    site = Site(world.runtime, "a secret for tests only", "http://127.0.0.1", True, (), travel)
    return replace(world, app=create_app(site))


def post(browser: FlaskClient, patient: Patient, act: str, **fields: str) -> TestResponse:
    path = f"/phone/{patient.token}"
    token = csrf(browser.get(path).text)
    return browser.post(
        f"{path}/{act}", data={"csrf_token": token, **fields}, follow_redirects=True
    )


def local(world: World) -> datetime:
    return to_local(world.runtime.clock.now(), ZONE)


def test_a_real_clinic_has_no_such_page(world: World) -> None:
    patient = world.patient()
    browser = world.member("clinician")
    assert browser.get("/phone").status_code == 404
    assert browser.get(f"/phone/{patient.token}").status_code == 404
    assert "Phone" not in browser.get("/").text.partition("<nav")[2].partition("</nav>")[0]


@pytest.mark.parametrize(
    ("role", "status"), [("clinician", 200), ("programme_admin", 403), ("auditor", 403)]
)
def test_who_may_look_at_phones(demo: World, role: str, status: int) -> None:
    patient = demo.patient()
    browser = demo.member(role)
    for path in ("/phone", f"/phone/{patient.token}"):
        assert browser.get(path).status_code == status


def test_picking_a_patient_leads_to_the_phone(demo: World) -> None:
    patient = demo.patient("Tom", "Adeyemi")
    browser = demo.member("clinician")
    assert "Tom Adeyemi" in browser.get("/phone").text
    assert browser.get(f"/phone?of={patient.token}").location == f"/phone/{patient.token}"
    stranger = demo.patient(clinic=demo.other_clinic())
    assert browser.get(f"/phone/{stranger.token}").status_code == 404
    assert post(browser, patient, "travel", to="yesterday").status_code == 400


def test_a_journey_to_the_next_text_shows_it(demo: World) -> None:
    patient = demo.patient(facts={"uses_caffeine": "yes"}, privacy="plain")
    browser = demo.member("clinician")
    before = demo.runtime.clock.now()
    page = post(browser, patient, "travel", to="next-text").text
    assert demo.runtime.clock.now() > before
    assert "Nothing arrived" not in page
    assert page.count("fresh") == page.count("· new") > 0


def test_evening_and_morning_are_the_patients_own(demo: World) -> None:
    patient = demo.patient()
    browser = demo.member("clinician")
    post(browser, patient, "travel", to="evening")
    assert f"{local(demo):%a %H:%M}" == "Sat 21:30"
    post(browser, patient, "travel", to="morning")
    assert f"{local(demo):%a %H:%M}" == "Sun 09:00"
    assert "SIMULATED" in browser.get(f"/phone/{patient.token}").text.upper()


def test_yes_to_the_invitation_is_answered_on_the_phone(demo: World) -> None:
    patient = demo.patient(invited=True)
    browser = demo.member("clinician")
    page = post(browser, patient, "travel", to="next-text").text
    assert "Reply YES to join" in page
    page = post(browser, patient, "text", body="YES").text
    assert "You&#39;re in!" in page
    assert "1 text arrived" in page


def test_a_hostile_text_is_shown_and_does_nothing(demo: World) -> None:
    patient = demo.patient()
    body = "<script>alert(1)</script>\u202egnol {{ 7*7 }}"
    page = post(demo.member("clinician"), patient, "text", body=body).text
    assert "<script>alert(1)" not in page
    assert "‹U+202E›gnol {{ 7*7 }}" in page


def test_nothing_written_sends_nothing(demo: World) -> None:
    patient = demo.patient()
    before = demo.runtime.clock.now()
    page = post(demo.member("clinician"), patient, "text", body="   ").text
    assert demo.runtime.clock.now() == before
    assert "Nothing arrived" in page


@pytest.mark.parametrize("since", ["", "soon", "20261399T000000", "9" * 40])
def test_an_address_made_up_is_harmless(demo: World, since: str) -> None:
    patient = demo.patient()
    browser = demo.member("clinician")
    assert browser.get(f"/phone/{patient.token}?since={since}").status_code == 200


def test_nobody_simulated_answers_on_a_phone_somebody_holds(demo: World) -> None:
    patient = demo.patient()
    number = demo.phone_of(patient)
    gateway = demo.runtime.gateway
    assert isinstance(gateway, SimulatedGateway)
    later = demo.runtime.clock.now() + timedelta(hours=1)
    gateway.text_from(number, demo.clinic.sender, "simulated", later, "IN-simulated")
    gateway.text_from("+19025559999", demo.clinic.sender, "another", later, "IN-another")
    gateway.pick_up(number)
    heard = [event.body for event in gateway.drain(later) if isinstance(event, Inbound)]
    assert heard == ["another"]


def test_a_question_asked_again_stands_where_it_left(demo: World) -> None:
    patient = demo.patient(facts={"iron_oral": "daily", "iron_start": "2020-01-01"})
    browser = demo.member("clinician")
    post(browser, patient, "travel", to="next-text")
    post(browser, patient, "text", body="LATER")
    page = post(browser, patient, "travel", to="next-text").text
    assert "1 text arrived" in page
