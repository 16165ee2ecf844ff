"""My account: the own number entered and proved, and a wording sent to it from the texts editor."""

import pytest
from flask.testing import FlaskClient

from tests.web.conftest import World, csrf
from tests.web.test_texts import PATH, form

OWN = "+19025550188"


def send(browser: FlaskClient, path: str, **fields: str):
    token = csrf(browser.get("/account").text)
    return browser.post(path, data={"csrf_token": token, **fields})


def phone(browser: FlaskClient) -> str:
    """What stands on the simulated phone."""
    return browser.get("/phone/own").text


def prove(browser: FlaskClient) -> None:
    assert send(browser, "/account/phone", number="902 555 0188").status_code == 302
    code = phone(browser).partition("code is ")[2][:6]
    assert send(browser, "/account/phone/code", code=f"{code[:3]} {code[3:]}").status_code == 302


@pytest.mark.parametrize("role", ["clinician", "programme_admin", "clinic_admin", "auditor"])
def test_everybody_has_an_account_page(world: World, role: str) -> None:
    browser = world.member(role)
    page = browser.get("/account").text
    assert "Dr A. Okafor" in page
    assert role.replace("_", " ") in page
    assert browser.get("/phone/own").status_code == 404  # no demo, no simulated phone
    assert world.app.test_client().get("/account").status_code == 302


@pytest.mark.parametrize(
    ("typed", "said"),
    [("12", "No such number"), ("hello", "no phone number"), ("", "no phone number")],
)
def test_a_number_that_is_none_is_refused(world: World, typed: str, said: str) -> None:
    browser = world.member("programme_admin")
    page = send(browser, "/account/phone", number=typed)
    assert page.status_code == 400
    assert said in page.text


def test_a_wording_is_tried_out_on_the_own_phone(demo: World) -> None:
    browser = demo.member("programme_admin")
    fields = {**form(browser), "body-en": "Kept it, {first}? Reply YES or NO."}
    assert "Enter and prove it" in browser.get(PATH).text
    page = browser.post(PATH, data={**fields, "act": "send-en", "once": "a"}).text
    assert "Enter your own mobile number under My account first" in page
    prove(browser)
    page = browser.post(PATH, data={**fields, "act": "send-en", "once": "a"}).text
    assert "on its way to your phone" in page
    assert "Kept it, {first}? Reply YES or NO." in page
    assert "TEST: Kept it, Tom? Reply YES or NO." in phone(browser)
    send(browser, "/phone/own", body="STOP")
    assert "proved" not in browser.get("/account").text.partition("<h2")[2].partition("<form")[0]


def test_a_faulty_wording_is_not_even_tried(demo: World) -> None:
    browser = demo.member("programme_admin")
    prove(browser)
    fields = {**form(browser), "body-en": "Kept “it”?", "act": "send-en", "once": "a"}
    assert "put the wording right first" in browser.post(PATH, data=fields).text
    assert "TEST" not in phone(browser)


def test_the_phone_of_another_is_not_shown(demo: World) -> None:
    mine, theirs = demo.member("programme_admin"), demo.member("clinic_admin")
    prove(mine)
    assert "code is" in phone(mine)
    assert "code is" not in phone(theirs)


def test_a_wrong_code_is_refused_and_the_number_can_be_removed(demo: World) -> None:
    browser = demo.member("programme_admin")
    send(browser, "/account/phone", number="902 555 0188")
    assert send(browser, "/account/phone/code", code="x").status_code == 400
    assert "+1 902-555-0188" in browser.get("/account").text
    send(browser, "/account/phone/drop")
    assert "+1 902-555-0188" not in browser.get("/account").text


def test_whether_a_number_is_a_patients_is_not_told(world: World) -> None:
    world.patient(phone=OWN)
    browser = world.member("programme_admin")
    as_patients = send(browser, "/account/phone", number=OWN)
    said = browser.get("/account").text
    other = world.member("programme_admin")
    as_nobodys = send(other, "/account/phone", number="+19025550189")
    assert as_patients.status_code == as_nobodys.status_code == 302
    assert said.count("is on its way") == other.get("/account").text.count("is on its way") == 1
