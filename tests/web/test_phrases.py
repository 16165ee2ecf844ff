"""Teaching a phrase from the browser: proposed beside a reply, reviewed by a colleague, in use, retired."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from service.clinic_life import live_until
from tests.web.conftest import NOW, World, csrf


@pytest.fixture
def reply(demo: World) -> str:
    """The address of a reply that nobody understands, to a question about the night."""
    patient = demo.patient(privacy="plain")
    live_until(demo.runtime, NOW + timedelta(days=1, hours=1))
    for body in ("same as always", "Same as ALWAYS"):
        demo.hears(demo.phone_of(patient), body, timedelta(0))
    page = demo.member("clinician").get("/inbox").text
    found = re.search(r'<h2><a href="(/inbox/[^"]+)"', page)
    assert found
    return found[1]


def propose(browser: FlaskClient, reply: str, **form: str):
    sent = {"csrf_token": csrf(browser.get(reply).text), "phrase": "same as always", **form}
    return browser.post(f"{reply}/teach", data=sent)


def test_one_proposes_and_another_puts_it_live(demo: World, reply: str) -> None:
    nora = demo.member("clinician", name="Nora Quist")
    proposed = propose(nora, reply, meaning="none").location
    page = nora.get(proposed).text
    assert "2 replies that nothing was made of would have been read" in page
    assert "Put it live" not in page
    form = {"csrf_token": csrf(page)}
    refused = nora.post(f"{proposed}/live", data=form)
    assert (refused.status_code, "ask a colleague" in refused.text) == (409, True)
    colleague = demo.member("clinic_admin", name="Dr B. Ito")
    form = {"csrf_token": csrf(colleague.get(proposed).text)}
    assert colleague.post(f"{proposed}/live", data=form).location == "/inbox/phrases"
    listed = " ".join(re.sub(r"<[^>]+>", " ", colleague.get("/inbox/phrases").text).split())
    assert "proposed by Nora Quist" in listed
    assert "put live by Dr B. Ito" in listed
    assert colleague.post(f"{proposed}/retire", data=form).status_code == 302
    assert "retired by Dr B. Ito" in colleague.get("/inbox/phrases").text
    assert colleague.post(f"{proposed}/publish", data=form).status_code == 404


def test_what_may_not_be_taught_is_said_and_kept(demo: World, reply: str) -> None:
    browser = demo.member("clinician")
    answer = propose(browser, reply, phrase="stop it now <b>", meaning="yes")
    assert answer.status_code == 400
    assert "This is read as danger or as STOP" in answer.text
    assert 'value="stop it now &lt;b&gt;"' in answer.text
    other = demo.member("clinician", clinic=demo.other_clinic())
    proposed = propose(browser, reply, meaning="none").location
    assert other.get(proposed).status_code == 404
    assert demo.member("programme_admin").get("/inbox/phrases").status_code == 403
