"""My account and the own simulated phone in a real browser: in every look, and the walk from number to test text."""

import re

import pytest
from playwright.sync_api import Browser

from tests.web.browser import NARROW, WIDE, faults_in_every_look, page_of, served
from tests.web.conftest import World
from tests.web.test_account import prove

pytestmark = pytest.mark.slow


def test_every_page_in_every_look(demo: World, browser: Browser) -> None:
    fresh, proved = demo.member("clinician"), demo.member("programme_admin")
    prove(proved)
    with served(demo.app) as address:
        for member in (fresh, proved):
            with page_of(browser, address, member, WIDE) as page:
                for path in ("/account", "/phone/own"):
                    page.goto(address + path)
                    assert faults_in_every_look(page) == []


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_walk_from_a_number_to_a_test_text(
    demo: World,
    browser: Browser,
    script: bool,
) -> None:
    member = demo.member("programme_admin")
    with (
        served(demo.app) as address,
        page_of(browser, address, member, NARROW, script=script) as page,
    ):
        page.goto(address + "/account")
        page.fill("#number", "902 555 0188")
        page.click("text=Text me a code")
        page.click("text=Look at the simulated phone")
        code = re.search(r"\d{6}", page.inner_text(".talk"))[0]
        page.goto(address + "/account")
        page.fill("#code", code)
        page.keyboard.press("Enter")
        page.get_by_text("and to no other number").wait_for()
        page.goto(address + "/texts/CAF-03")
        page.fill("#body-es", "¿Lo ha respetado hoy, {first}? Responda SI o NO.")
        page.click("text=Send me the Spanish")
        page.click("text=Look at the simulated phone")
        assert "TEST: ¿Lo ha respetado hoy, Tom? Responda SI o NO." in page.inner_text(".talk")
