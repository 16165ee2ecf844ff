"""Enrol, Programmes and Phone in a real browser: axe, narrow windows, hostile data, a walk, and no script."""

import pytest
from playwright.sync_api import Browser

from service.store.records import Patient
from tests.web.browser import (
    NARROW,
    WIDE,
    faults_in_every_look,
    follow,
    grave_faults,
    page_of,
    served,
)
from tests.web.conftest import World

pytestmark = pytest.mark.slow

HOSTILE = "<script>alert(1)</script>\u202egnol '\"{{7*7}}" + "W" * 60
STEP = "/programmes/caffeine/steps/kept"


def fill_nothing(world: World) -> Patient | None:
    del world
    return None


def fill_normally(world: World) -> Patient:
    facts = {"uses_caffeine": "yes", "iron_oral": "daily", "thyroid_pill": "07:00"}
    patient = world.patient("Tom", "Adeyemi", ref="NSC-1182", facts=facts, window="08:00-23:30")
    world.hears(world.phone_of(patient), "4")
    return patient


def fill_hostile(world: World) -> Patient:
    patient = world.patient(
        HOSTILE, HOSTILE, ref='"><svg/onload=alert(3)>', facts={"uses_caffeine": "yes"}
    )
    for body in (HOSTILE, "W" * 400, "chest pain </ol></main>"):
        world.hears(world.phone_of(patient), body)
    return patient


FILLS = {"empty": fill_nothing, "normal": fill_normally, "hostile": fill_hostile}


@pytest.mark.parametrize("fill", ["empty", "hostile"])
def test_every_page_in_every_look(demo: World, browser: Browser, fill: str) -> None:
    patient = FILLS[fill](demo)
    member = demo.member("clinician", "programme_admin")
    paths = ["/enrol", "/programmes", "/programmes/caffeine", "/programmes/iron", STEP, "/phone"]
    paths += ["/programmes/caffeine/versions/1", "/programmes/check_in/steps/score"]
    if patient:
        paths += [f"/phone/{patient.token}", f"/patients/{patient.token}/edit"]
    with served(demo.app) as address, page_of(browser, address, member, WIDE) as page:
        for path in paths:
            page.goto(address + path)
            assert faults_in_every_look(page) == []


def test_faults_and_previews_in_every_look(demo: World, browser: Browser) -> None:
    fill_hostile(demo)
    member = demo.member("clinician", "programme_admin")
    with served(demo.app) as address, page_of(browser, address, member, WIDE) as page:
        page.goto(address + "/enrol")
        page.fill("#given_name", HOSTILE)
        page.click("button[value=check]")
        page.wait_for_selector("#faults:focus")
        assert faults_in_every_look(page) == []
        page.goto(address + STEP)
        page.fill("#amount", "W" * 90)
        page.fill("[name=text-CAF-03-en]", HOSTILE)
        page.click("button[value=preview]")
        page.wait_for_selector("#faults:focus")
        assert faults_in_every_look(page) == []


@pytest.mark.parametrize("script", [True, False])
def test_a_step_is_moved_published_and_seen_in_the_next_ten_texts(
    demo: World, browser: Browser, script: bool
) -> None:
    fill_normally(demo)
    member = demo.member("programme_admin")
    with (
        served(demo.app) as address,
        page_of(browser, address, member, WIDE, script=script) as page,
    ):
        page.goto(address + "/")
        follow(page, "text=Caffeine cut-off")
        assert "Adeyemi" not in page.content()
        follow(page, "a:has-text('Change kept')")
        page.fill("#amount", "3h")
        assert not page.locator("button[value=publish]").count()
        follow(page, "button[value=preview]")
        assert page.locator("td:has-text('was 21:00')").count() > 0
        # axe itself needs scripts.
        assert not script or grave_faults(page) == []
        follow(page, "button[value=publish]")
        assert "Version 2" in page.inner_text(".notice")
        times = page.locator(".texts td[data-label=Time]").all_inner_texts()
        assert any("20:00" in one for one in times)
        assert not any("21:00" in one for one in times)


def test_somebody_is_enrolled_and_says_yes_on_the_phone(demo: World, browser: Browser) -> None:
    member = demo.member("clinician")
    typed = {
        "ref": "NSC-1190",
        "given_name": "Ada",
        "family_name": "Moreau",
        "born": "1961-02-03",
        "phone": "902 555 1090",
        "bedtime": "22:30",
        "wake_time": "06:30",
    }
    with served(demo.app) as address, page_of(browser, address, member, WIDE) as page:
        page.goto(address + "/enrol")
        for name, value in typed.items():
            page.fill(f"#{name}", value)
        page.check("#fact-uses_caffeine")
        follow(page, "button[value=check]")
        assert "+1 902-555-1090" in page.inner_text(".understood")
        assert "Hi Ada." in page.inner_text(".understood blockquote")
        assert grave_faults(page) == []
        follow(page, "button[value=enrol]")
        assert page.inner_text("h1") == "Ada Moreau"
        page.goto(address + "/phone")
        follow(page, "text=Show the phone")
        follow(page, "button[value=next-text]")
        assert "Reply YES to join" in page.inner_text(".talk")
        page.fill("#body", "YES")
        follow(page, "button:has-text('Send')")
        assert "You're in!" in page.inner_text(".talk")


@pytest.mark.parametrize("script", [True, False])
def test_a_patient_is_changed_by_keyboard_and_what_came_meanwhile_takes_the_focus(
    demo: World, browser: Browser, script: bool
) -> None:
    patient = fill_normally(demo)
    member = demo.member("clinician")
    with (
        served(demo.app) as address,
        page_of(browser, address, member, WIDE, script=script) as page,
        page_of(browser, address, member, NARROW, script=script) as slower,
    ):
        slower.goto(f"{address}/patients/{patient.token}/edit")
        page.goto(f"{address}/patients/{patient.token}")
        page.focus("a:text-is('Change')")
        page.keyboard.press("Enter")
        page.wait_for_url("**/edit")
        page.focus("summary:text-is('Conditions')")
        page.keyboard.press("Enter")
        page.focus("#fact-pregnant")
        page.keyboard.press("Space")
        page.keyboard.press("Enter")
        page.wait_for_selector("#saved")
        assert "Pregnant, from Sat 21 Nov on: no alcohol texts" in page.inner_text("#saved")
        assert not script or faults_in_every_look(page) == []
        slower.fill("#bedtime", "22:00")
        slower.click("button:has-text('Save')")
        slower.wait_for_selector("#meanwhile:focus")
        assert "Pregnant, confirmed by staff: was not recorded" in slower.inner_text("#meanwhile")
        assert not script or faults_in_every_look(slower) == []
        slower.click("button:has-text('Save')")
        slower.wait_for_selector("#saved")
        assert "Bedtime: 22:00, from now on." in slower.inner_text("#saved")
