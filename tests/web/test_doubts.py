"""A text of unknown fate on its own page: said by whoever cares for patients, once, and only of their own clinic."""

import re

import pytest
from playwright.sync_api import Browser

from service.store.uncertain import LOOKED_FOR
from tests.web.browser import WIDE, faults_in_every_look, page_of, served
from tests.web.conftest import World, csrf
from tests.web.test_messages import write
from tests.web.test_pages_browser import HOSTILE
from tests.web.test_sending import acts, doubt, text


def path_of(page: str) -> str:
    (path,) = set(re.findall(r'href="(/texts/[\w-]+/doubt)"', page))
    return path


def test_today_and_messages_lead_to_it_and_a_persons_word_ends_it(world: World) -> None:
    doubt(world)
    browser = world.member("clinician")
    path = path_of(browser.get("/").text)
    assert path_of(browser.get("/messages?fate=unknown").text) == path
    page = browser.get(path).text
    assert "Ana Ruiz" in page
    assert "It cannot be sent once more. A text of this kind is not sent twice." in text(page)
    lacking = browser.post(path, data={"csrf_token": csrf(page), "said": "arrived"})
    assert lacking.status_code == 409
    assert "Say both" in lacking.text
    said = {"csrf_token": csrf(page), "said": "arrived", "source": "patient"}
    assert browser.post(path, data=said).status_code == 302
    assert browser.post(path, data=said).status_code == 409
    assert "may not have arrived" not in browser.get("/").text
    assert "Delivered A colleague says so." in text(browser.get("/messages").text)
    assert len(acts(world, "doubtful text settled")) == 1


@pytest.mark.parametrize("role", ["auditor", "programme_admin"])
def test_others_may_not(world: World, role: str) -> None:
    doubt(world)
    path = path_of(world.member("clinician").get("/").text)
    browser = world.member(role)
    assert browser.get(path).status_code == 403
    token = csrf(browser.get("/account").text)
    form = {"csrf_token": token, "said": "lost", "source": "seen"}
    assert browser.post(path, data=form).status_code == 403


def test_another_clinics_text_is_not_there(world: World) -> None:
    doubt(world)
    path = path_of(world.member("clinician").get("/").text)
    stranger = world.member("clinician", clinic=world.other_clinic())
    assert stranger.get(path).status_code == stranger.get("/texts/none/doubt").status_code == 404
    token = csrf(stranger.get("/").text)
    form = {"csrf_token": token, "said": "lost", "source": "seen"}
    assert stranger.post(path, data=form).status_code == 404
    assert "may not have arrived" in world.member("clinician").get("/").text


@pytest.mark.slow
@pytest.mark.parametrize("body", HOSTILE)
def test_it_is_sent_once_more_in_every_look(world: World, browser: Browser, body: str) -> None:
    now, wall = world.runtime.clock.now(), world.runtime.clock.wall()
    patient = world.patient(given=HOSTILE[0], window="bedtime")
    left = {"state": "unknown", "submitted_at": now, "lease_until": wall - 2 * LOOKED_FOR}
    token = write(world, patient, body, **left)
    nurse = world.member("clinician")
    with served(world.app) as address, page_of(browser, address, nurse, WIDE) as page:
        page.goto(f"{address}/texts/{token}/doubt")
        assert faults_in_every_look(page) == []
        page.check("text=send it once more")
        page.select_option("#source", "patient")
        page.click("button:has-text('Save')")
        assert "may not have arrived" not in page.inner_text("main")
    assert len(acts(world, "doubtful text settled")) == 1
