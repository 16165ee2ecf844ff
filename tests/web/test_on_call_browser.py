"""The banner that comes by itself to a page that lies open, and the contacts' page in every look."""

from playwright.sync_api import Browser

from service.flows.page_staff import page_staff
from tests.web.browser import NARROW, WIDE, faults_in_every_look, page_of, served
from tests.web.conftest import World
from tests.web.test_on_call import DANGER, PAGE, SECRET, enter, everybody, pager


def test_a_page_that_lies_open_tells_of_danger_by_itself(world: World, browser: Browser) -> None:
    nurse = world.member("clinician")
    with served(world.app) as address, page_of(browser, address, nurse, WIDE) as page:
        page.clock.install()
        page.goto(f"{address}/account")
        assert page.title() == "My account · Evenfall"
        world.hears(world.phone_of(world.patient()), DANGER)
        page.clock.fast_forward(31_000)
        page.get_by_text("nobody has it yet").wait_for()
        assert page.title() == "(1) Act now · My account · Evenfall"
        page.goto(f"{address}/")
        page.get_by_role("button", name="I have it").click()
        page.get_by_text("has it since").wait_for()
        assert not page.title().startswith("(1)")


def test_contacts_in_every_look(world: World, browser: Browser) -> None:
    admin = world.member("clinic_admin")
    everybody(admin)
    enter(admin, "webhook", "https://h.example.org/" + "w" * 200 + "<b>", secret=SECRET)
    pager(world).fault = "It answered 503."
    world.hears(world.phone_of(world.patient("W" * 60)), DANGER)
    page_staff(world.runtime)
    with served(world.app) as address, page_of(browser, address, admin, NARROW) as page:
        for path in (PAGE, "/"):
            page.goto(address + path)
            assert faults_in_every_look(page) == []
