"""The inbox in a real browser: its keys, the length of an answer while it is typed, and every look of its pages."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from message_templates.segments import measure
from tests.web.browser import WIDE, faults_in_every_look, page_of, served
from tests.web.conftest import World

pytestmark = pytest.mark.slow

HOSTILE = "<script>alert(1)</script>\u202egnol '\"{{7*7}}" + "W" * 90


def test_a_morning_at_the_inbox_by_keyboard_alone(world: World, browser: Browser) -> None:
    tom, ana = world.patient(), world.patient("Ana", HOSTILE[:70])
    world.hears(world.phone_of(tom), "what do you think?", timedelta(minutes=30))
    world.hears(world.phone_of(ana), HOSTILE + "?", timedelta(minutes=20))
    world.hears("+19025559999", "is this the clinic", timedelta(minutes=10))
    member = world.member("clinician")
    with served(world.app) as address, page_of(browser, address, member, WIDE) as page:
        page.goto(f"{address}/inbox")
        assert faults_in_every_look(page) == []
        page.set_viewport_size({"width": WIDE.width, "height": WIDE.height})
        page.reload()
        for key in "jjk":
            page.keyboard.press(key)
        assert "Tom Whitfield" in page.evaluate("document.activeElement.textContent")
        page.keyboard.press("r")
        page.wait_for_selector("#body:focus")
        page.keyboard.type("Take “care”, jek")
        length = measure("Take “care”, jek")
        assert page.locator("#count .units").inner_text() == str(length.units)
        assert page.locator("#count .encoding").inner_text() == "UCS-2"
        page.get_by_role("link", name="please call us").click()
        assert "please call us at 902-555-0140" in page.input_value("#body")
        assert page.locator("#count .encoding").inner_text() == "GSM-7"
        # A key counts only once its page has loaded what listens for it.
        with page.expect_navigation():
            page.get_by_role("button", name="Send", exact=True).press("Enter")
        page.wait_for_selector("#resting")
        with page.expect_navigation():
            page.keyboard.press("j")
        page.wait_for_selector("text=Ana")
        assert faults_in_every_look(page) == []
        with page.expect_navigation():
            page.keyboard.press("e")
        page.wait_for_selector("text=This is the next one.")
        with page.expect_navigation():
            page.keyboard.press("e")
        page.wait_for_selector("text=No reply waits for a person.")
