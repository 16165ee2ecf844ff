"""The editor of programmes in a real browser: what follows the typing, drafts, both views and weeks."""

import pytest
from playwright.sync_api import Browser, Page, expect

from service.entry.web.impact_runs import INLINE
from tests.waiting import wait_until
from tests.web.browser import NARROW, WIDE, faults_in_every_look, follow, page_of, served
from tests.web.conftest import World
from tests.web.test_programme_impact import enrol
from tests.web.test_programme_weeks import WEEK
from tests.web.test_programmes import STEP, tom, versions
from tests.web.test_tasks_browser import FILLS, HOSTILE

pytestmark = pytest.mark.slow

FILE = "/programmes/caffeine/source"


def status(page: Page, words: str) -> None:
    """Wait until what was typed is answered for."""
    expect(page.locator("#status")).to_contain_text(words)


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


@pytest.mark.parametrize("fill", ["empty", "hostile"])
def test_drafts_faults_and_weeks_in_every_look(world: World, browser: Browser, fill: str) -> None:
    FILLS[fill](world)
    member = world.member("clinician", "programme_admin")
    with served(world.app) as address, page_of(browser, address, member, WIDE) as page:
        page.goto(address + STEP)
        page.fill("[name=text-CAF-03-en]", HOSTILE)
        page.fill("#amount", "W" * 60)
        status(page, "not understood")
        assert faults_in_every_look(page) == []
        for path in ("/programmes", FILE, WEEK, f"{WEEK}?from=2027-03-10"):
            page.goto(address + path)
            assert faults_in_every_look(page) == []


def test_the_next_texts_and_the_lengths_follow_the_typing(world: World, browser: Browser) -> None:
    tom(world)
    member = world.member("programme_admin")
    with served(world.app) as address, page_of(browser, address, member, WIDE) as page:
        page.goto(address + STEP)
        page.fill("#amount", "3h")
        status(page, "Texts that differ")
        assert page.locator("#outcome section").count() == 2
        assert page.locator("#outcome td:has-text('was 21:00')").count() > 0
        assert focused(page) == "amount"
        page.locator("[name=text-CAF-03-en]").press("End")
        page.keyboard.type(" Thanks")
        expect(page.locator("[id='text-CAF-03-en-hint'] b")).to_have_text("88")
        expect(page.locator("#outcome")).to_contain_text("fine. Thanks")
        assert focused(page) == "text-CAF-03-en"
        page.fill("#amount", "soon")
        expect(page.locator("#fault-amount")).to_contain_text("no length of time")
        assert page.get_attribute("#amount", "aria-invalid") == "true"
        page.fill("#amount", "3h")
        expect(page.locator("#fault-amount")).to_be_empty()
        assert page.get_attribute("#amount", "aria-invalid") is None
        page.select_option("#as", "imaginary")
        expect(page.locator("#outcome section")).to_have_count(1)
        assert focused(page) == "amount"
        assert len(versions(world)) == 1


def test_the_file_follows_the_typing_and_its_faults_name_their_line(
    world: World, browser: Browser
) -> None:
    tom(world)
    member = world.member("programme_admin")
    with served(world.app) as address, page_of(browser, address, member, WIDE) as page:
        page.goto(address + FILE)
        source = page.input_value("#source")
        page.fill("#source", source.replace('offset = "-2h"', 'offset = "-3x"'))
        expect(page.locator("#outcome .fault-list")).to_contain_text("line 37")
        page.fill("#source", source.replace('offset = "-2h"', 'offset = "-3h"'))
        status(page, "Texts that differ")
        assert page.locator("#outcome td:has-text('was 21:00')").count() > 0
        follow(page, "button[value=step-kept]")
        assert page.input_value("#amount") == "3h"


def test_who_leaves_at_once_finds_it_kept(world: World, browser: Browser) -> None:
    member = world.member("programme_admin")
    with served(world.app) as address, page_of(browser, address, member, WIDE) as page:
        page.goto(address + STEP)
        page.fill("#amount", "3h")
        page.click("nav >> text=Programmes")
        wait_until(lambda: "your draft" in member.get("/programmes").text)


def test_what_was_seen_before_the_typing_is_not_offered_for_publication(
    world: World, browser: Browser
) -> None:
    tom(world)
    member = world.member("programme_admin")
    with served(world.app) as address, page_of(browser, address, member, WIDE) as page:
        page.goto(address + STEP)
        page.fill("#amount", "3h")
        page.press("#amount", "Enter")
        page.wait_for_selector("button[value=publish]")
        # The script that follows the typing runs once the page has loaded.
        page.wait_for_load_state()
        page.fill("#amount", "4h")
        expect(page.locator("button[value=publish]")).to_have_count(0)
        page.click("button[value=preview]")
        page.click("button[value=publish]")
        page.wait_for_selector("text=Version 2")
        assert page.locator(".begun").count() == 0
        assert 'offset = "-4h"' in versions(world)[-1].source


def test_a_counting_in_the_background_arrives_by_itself(world: World, browser: Browser) -> None:
    enrol(world, INLINE + 1)
    member = world.member("programme_admin")
    with served(world.app) as address, page_of(browser, address, member, WIDE) as page:
        page.goto(address + STEP)
        page.fill("#amount", "3h")
        page.click("button[value=preview]")
        page.wait_for_selector("#impact progress")
        page.wait_for_selector("button[value=publish]", timeout=60_000)


def test_a_session_that_ends_while_typing_loses_nothing_and_leaves_nothing_in_the_browser(
    world: World, browser: Browser
) -> None:
    member = world.member("programme_admin")
    with served(world.app) as address, page_of(browser, address, member, WIDE) as page:
        page.goto(address + STEP)
        page.fill("#amount", "3h")
        status(page, "Kept")
        cookies = page.context.cookies()
        page.context.clear_cookies()
        page.fill("#amount", "4h")
        status(page, "Not kept: you may be signed out")
        assert page.evaluate("localStorage.length + sessionStorage.length") == 0
        page.context.add_cookies(cookies)
        page.goto(address + "/programmes")
        follow(page, "text=Caffeine cut-off")
        follow(page, "text=Go on")
        assert page.input_value("#amount") == "3h"


def test_both_views_and_the_draft_work_without_script(world: World, browser: Browser) -> None:
    tom(world)
    member = world.member("programme_admin")
    with (
        served(world.app) as address,
        page_of(browser, address, member, WIDE, script=False) as page,
    ):
        page.goto(address + STEP)
        page.fill("#amount", "3h")
        follow(page, "button[value=file]")
        assert 'offset = "-3h"' in page.input_value("#source")
        follow(page, "button[value=preview]")
        assert page.locator("td:has-text('was 21:00')").count() > 0
        follow(page, "text=Week by week")
        assert "With your change" in page.inner_text("main")
        follow(page, "text=Later")
        assert "20:00 kept" in " ".join(page.inner_text(".week").split())
        page.goto(address + STEP)
        follow(page, "text=Throw it away")
        assert page.locator(".begun").count() == 0


def test_the_week_is_a_list_of_days_where_windows_are_narrow(
    world: World, browser: Browser
) -> None:
    tom(world)
    member = world.member("programme_admin")
    with served(world.app) as address:
        for look, columns in ((WIDE, 7), (NARROW, 1)):
            with page_of(browser, address, member, look) as page:
                page.goto(address + WEEK)
                boxes = [one.bounding_box() for one in page.locator(".week > li").all()]
                assert len({round(box["x"]) for box in boxes if box}) == columns
