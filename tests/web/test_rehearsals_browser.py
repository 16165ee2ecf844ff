"""Rehearsals in a real browser: in every look, and the page that follows itself until the result is there."""

import pytest
from playwright.sync_api import Browser

from tests.web.browser import NARROW, WIDE, faults_in_every_look, page_of, served
from tests.web.conftest import World

pytestmark = pytest.mark.slow
FACTS = {"uses_caffeine": "yes"}
PATIENCE_MS = 180_000


def test_from_the_form_to_a_transcript_in_every_look(demo: World, browser: Browser) -> None:
    demo.patient(facts=FACTS, window="08:00-23:30")
    member = demo.member("programme_admin")
    with served(demo.app) as address, page_of(browser, address, member, WIDE) as page:
        page.goto(address + "/programmes")
        page.click("text=Rehearse the coming nights")
        page.fill("#nights", "2")
        page.click("main button:has-text('Begin')")
        page.wait_for_selector("table.rehearsed", timeout=PATIENCE_MS)
        result = page.url
        for path in (f"{address}/rehearsals", result, f"{result}/P001"):
            page.goto(path)
            assert faults_in_every_look(page) == []


def test_without_a_script_one_looks_again(demo: World, browser: Browser) -> None:
    demo.patient(facts=FACTS, window="08:00-23:30")
    member = demo.member("programme_admin")
    with (
        served(demo.app) as address,
        page_of(browser, address, member, NARROW, script=False) as page,
    ):
        page.goto(address + "/rehearsals")
        page.fill("#nights", "30")
        page.click("main button:has-text('Begin')")
        page.click("text=Look again")
        page.click("main button:has-text('Cancel')")
        page.wait_for_url("**/rehearsals/*")
        assert page.locator("h1").inner_text()
