"""The pages in a real browser: axe, narrow windows, keyboard, hostile texts, and no script."""

import itertools

import pytest
from playwright.sync_api import Browser

from tests.web.browser import NARROW, WIDE, faults_in_every_look, page_of, served
from tests.web.conftest import World

pytestmark = pytest.mark.slow

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "{{ 7 * 7 }} ${7*7} '--",
    "\u202egnol\u202c line\x00\x1b[31m" + "\u0301" * 60,
    "W" * 400,
    "chest pain </blockquote></ul></main>",
)


def fill_nothing(world: World) -> str | None:
    del world
    return None


def fill_normally(world: World) -> str:
    tom = world.patient(facts={"treatment_start": "2026-10-12", "last_ferritin": "48@2026-10-20"})
    world.nights(tom, [4.0, 5.0, None, 4.0, 3.0] * 10 + [8.0, 9.0, 9.0], onset="20:40")
    world.hears(world.phone_of(tom), "9 again. up till 4. is it the new allergy pill?")
    quiet = world.patient("Grace", "Abara")
    world.nights(
        quiet,
        [3.0, 3.0, None, None, None, None, None, 2.0],
        [
            "answered",
            "answered",
            "no_answer",
            "not_delivered",
            "not_sent",
            "paused",
            "paused",
            "answered",
        ],
    )
    world.patient("Rose", "Rossi", invited=True)
    return tom.token


def fill_hostile(world: World) -> str:
    worst = world.patient(HOSTILE[0], HOSTILE[4][:90], ref='"><svg/onload=alert(3)>')
    world.nights(worst, [10.0] * 28)
    for body in HOSTILE:
        world.hears(world.phone_of(worst), body)
        world.hears("+19025559999", body)
    return worst.token


FILLS = {"empty": fill_nothing, "normal": fill_normally, "hostile": fill_hostile}


@pytest.mark.parametrize("fill", FILLS)
def test_every_page_in_every_look(world: World, browser: Browser, fill: str) -> None:
    token = FILLS[fill](world)
    member = world.member("clinician")
    paths = ["/", "/patients", "/nothing-here"] + ([f"/patients/{token}"] if token else [])
    with served(world.app) as address, page_of(browser, address, member, WIDE) as page:
        for path in paths:
            page.goto(address + path)
            assert faults_in_every_look(page) == []


@pytest.mark.parametrize("path", ["/sign-in", "/join/an-old-one"])
def test_the_doors_in_every_look(world: World, browser: Browser, path: str) -> None:
    with served(world.app) as address, page_of(browser, address, None, WIDE) as page:
        page.goto(address + path)
        assert faults_in_every_look(page) == []


def test_a_keyboard_reaches_the_reason_and_resolves_it(world: World, browser: Browser) -> None:
    fill_normally(world)
    member = world.member("clinician")
    with (
        served(world.app) as address,
        page_of(browser, address, member, WIDE) as page,
    ):
        page.goto(address + "/")
        before = page.locator(".person").count()
        assert before > 0
        for _ in range(40):
            page.keyboard.press("Tab")
            if "Resolve" in page.evaluate("document.activeElement.textContent"):
                break
        page.keyboard.press("Enter")
        page.keyboard.type("called, coming in on Monday")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        tags = page.locator(".person .tag").all_inner_texts()
        assert page.locator(".person").count() == before - 1 or "Bad nights" not in tags


def test_focus_is_seen_at_every_stop(world: World, browser: Browser) -> None:
    token = fill_normally(world)
    member = world.member("clinician")
    with (
        served(world.app) as address,
        page_of(browser, address, member, WIDE) as page,
    ):
        for path in ("/", "/patients", f"/patients/{token}"):
            page.goto(address + path)
            for _ in range(25):
                page.keyboard.press("Tab")
                stop, style = page.evaluate(
                    "[document.activeElement.tagName, getComputedStyle(document.activeElement).outlineStyle]"
                )
                assert style != "none" or stop == "BODY", (path, stop)


def test_without_a_script_a_patient_can_be_read_paused_and_resumed(
    world: World, browser: Browser
) -> None:
    token = fill_normally(world)
    member = world.member("clinician")
    with (
        served(world.app) as address,
        page_of(browser, address, member, NARROW, script=False) as page,
    ):
        page.goto(f"{address}/patients/{token}")
        assert page.locator(".for-narrow svg.chart").is_visible()
        assert not page.locator(".for-wide svg.chart").is_visible()
        page.get_by_text("Pause texts").click()
        page.get_by_label("Until the morning of").fill("2026-12-01")
        with page.expect_navigation():
            page.get_by_role("button", name="Pause", exact=True).click()
        assert "until Tue 1 Dec" in page.locator(".banner").inner_text()
        with page.expect_navigation():
            page.get_by_role("button", name="Resume texts").click()
        assert "Pause texts" in page.locator(".banner").inner_text()


def test_the_five_states_differ_without_colour(world: World, browser: Browser) -> None:
    quiet = world.patient("Vera", "Novak")
    states = ["answered", "no_answer", "not_delivered", "not_sent", "paused", "none_due"]
    world.nights(quiet, [2.0, None, None, None, None, None], states)
    member = world.member("clinician")
    with (
        served(world.app) as address,
        page_of(browser, address, member, WIDE) as page,
    ):
        page.goto(f"{address}/patients/{quiet.token}")
        signs = page.locator(".legend svg")
        shapes = {sign.inner_html() for sign in signs.all()}
        assert signs.count() == len(states)
        assert len(shapes) == len(states)


@pytest.mark.parametrize("fill", ["normal", "hostile"])
def test_the_buttons_of_a_patient_stand_on_one_line(
    world: World, browser: Browser, fill: str
) -> None:
    token = FILLS[fill](world)
    with (
        served(world.app) as address,
        page_of(browser, address, world.member("clinician"), WIDE) as page,
    ):
        page.goto(f"{address}/patients/{token}")
        opening = page.locator(".banner .acts > .btn, .banner .acts summary")
        assert opening.count() == 3

        def places() -> list[dict[str, float]]:
            return [box for one in opening.all() if (box := one.bounding_box())]

        for opened in (None, "Pause texts…", "They want no more texts…"):
            if opened:
                page.locator(".banner summary", has_text=opened).click()
            assert len({box["y"] for box in places()}) == 1
        page.set_viewport_size({"width": NARROW.width, "height": NARROW.height})
        lines = sorted({box["y"] for box in places()})
        gaps = [below - above - 40 for above, below in itertools.pairwise(lines)]
        assert all(0 < gap < 12 for gap in gaps)
        assert max(box["x"] + box["width"] for box in places()) <= NARROW.width
