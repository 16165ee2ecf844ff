"""Holds: seen on the patient's page, released with a note where the alert is resolved or the fact is shown."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from service.store import circumstances
from service.store.records import Patient
from service.store.session import SYSTEM
from service.store.tables.audit import AuditEvent
from service.store.tables.planning import PatientFact
from tests.web.conftest import NOW, World, csrf


@pytest.fixture
def tom(world: World) -> Patient:
    """Somebody who has written of a pregnancy."""
    patient = world.patient(facts={"uses_caffeine": "yes"}, window="08:00-23:30")
    world.hears(world.phone_of(patient), "I'm pregnant")
    return patient


def is_held(world: World, patient: Patient) -> bool:
    with world.runtime.store.transaction(SYSTEM, "test", write=False) as tx:
        return circumstances.facts_of(tx, patient.id).holds("tip_hold", NOW.date())


def resolve(browser: FlaskClient, page: str, **fields: str) -> None:
    (address,) = re.findall(r'action="(/alerts/[\w-]+/resolve)"', page)
    typed = {"csrf_token": csrf(page), "note": "Spoke to her", **fields}
    assert browser.post(address, data=typed).status_code == 302


def test_a_pregnancy_is_held_and_shown(world: World, tom: Patient) -> None:
    assert is_held(world, tom)
    page = world.member("clinician").get(f"/patients/{tom.token}").text
    assert "Tips and cut-off texts were put on hold for it." in page
    assert f'action="/patients/{tom.token}/holds/tip_hold/release"' in page
    assert "On hold: blood test due, iron held or tips held" in page


@pytest.mark.parametrize(("fields", "held"), [({}, True), ({"release": "yes"}, False)])
def test_whoever_resolves_the_alert_decides_of_the_hold(
    world: World, tom: Patient, fields: dict[str, str], held: bool
) -> None:
    browser = world.member("clinician")
    resolve(browser, browser.get("/").text, **fields)
    assert is_held(world, tom) is held
    page = browser.get(f"/patients/{tom.token}").text
    assert ("/holds/tip_hold/release" in page) is held
    assert ("<dt>On hold</dt><dd>tips and cut-off texts since" in page) is held


def test_a_hold_is_released_from_the_page_with_a_note(world: World, tom: Patient) -> None:
    browser = world.member("clinician")
    where = f"/patients/{tom.token}"
    typed = {"csrf_token": csrf(browser.get(where).text)}
    assert browser.post(f"{where}/holds/tip_hold/release", data=typed).status_code == 400
    assert is_held(world, tom)
    typed["note"] = "Seen today; tips are fine for her"
    assert browser.post(f"{where}/holds/tip_hold/release", data=typed).status_code == 302
    assert not is_held(world, tom)
    browser.post(f"{where}/holds/tip_hold/release", data=typed)
    with world.runtime.store.transaction(SYSTEM, "test", write=False) as tx:
        acts = tx.rows(select(AuditEvent.details).where(AuditEvent.action == "hold released"))
        (note,) = tx.rows(select(PatientFact.ended_note).where(PatientFact.code == "tip_hold"))
        kept = tx.keyring.open_(note[0], "patient_fact", "ended_note", tom.token)
    assert acts == [({"hold": "tip_hold"},)]
    assert kept == "Seen today; tips are fine for her"


@pytest.mark.parametrize("code", ["uses_caffeine", "nothing"])
def test_only_holds_are_released_here(world: World, tom: Patient, code: str) -> None:
    browser = world.member("clinician")
    where = f"/patients/{tom.token}"
    typed = {"csrf_token": csrf(browser.get(where).text), "note": "x"}
    assert browser.post(f"{where}/holds/{code}/release", data=typed).status_code == 400


def test_nobody_else_can_release_it(world: World, tom: Patient) -> None:
    address = f"/patients/{tom.token}/holds/tip_hold/release"
    for browser, status in (
        (world.member("auditor"), 403),
        (world.member("clinician", clinic=world.other_clinic()), 404),
    ):
        typed = {"csrf_token": csrf(browser.get("/account").text), "note": "x"}
        assert browser.post(address, data=typed).status_code == status
    assert is_held(world, tom)
