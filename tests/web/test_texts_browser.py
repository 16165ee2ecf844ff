"""The texts editor in a real browser: the counter against the server's, typing, the keyboard alone, and no script."""

import pytest
from playwright.sync_api import Browser, Page

from message_templates.render import filled
from message_templates.segments import measure
from tests.web.browser import NARROW, WIDE, faults_in_every_look, follow, page_of, served
from tests.web.conftest import World

pytestmark = pytest.mark.slow

HOSTILE = "<script>alert(1)</script>\u202egnol '\"{{7*7}}" + "W" * 60
PATH = "/texts/CAF-03"
# One a line: GSM-7 and UCS-2 at each limit, pairs at a cut, the extension table, white space, placeholders.
TYPED = [
    "", " ", "a", "Kept it? Reply YES or NO.", "x" * 159, "x" * 160, "x" * 161, "x" * 306, "x" * 307,
    "€", "€" * 80, "€" * 81, "x" * 152 + "€" + "y" * 10, "[]{}|~^\\", "ñ é à ü ¿ ¡ Ç", "á", "á" * 70,
    "á" * 71, "á" * 134, "á" * 135, "🌙" * 35, "🌙" * 36, "x" * 66 + "🌙" + "y" * 20, "“quoted”",
    "a\n\nb\tc  d", "\u00a0a\u00a0\u2003b ", "{first}", "{first} {firsts} {first", "{clinic}: {phone}",
    "é{first}" * 20, "👩‍⚕️ ok", "tab\x1cseparated",
]  # fmt: skip


def counted(page: Page) -> tuple[str, str, str]:
    """What the counter under the English wording says: units, texts, alphabet."""
    line = page.locator("#count-en")
    units, texts = line.locator(".units").inner_text(), line.locator(".segments").inner_text()
    return units, texts.split()[0], line.locator(".encoding").inner_text()


def test_the_counter_equals_the_servers(world: World, browser: Browser) -> None:
    world.patient("Wilhelmina", facts={"uses_caffeine": "yes"})
    member = world.member("clinician", "programme_admin")
    with served(world.app) as address, page_of(browser, address, member, WIDE) as page:
        page.goto(address + PATH)
        longest = page.evaluate("JSON.parse(document.getElementById('body-en').dataset.longest)")
        assert longest["first"] == "Wilhelmina"
        assert len(TYPED) >= 30
        for typed in TYPED:
            page.fill("#body-en", typed)
            length = measure(filled(" ".join(typed.split()), longest))
            told = (str(length.units), str(length.segments), length.encoding)
            assert counted(page) == told, typed


def test_what_is_typed_is_looked_at_without_a_click(world: World, browser: Browser) -> None:
    member = world.member("programme_admin")
    with served(world.app) as address, page_of(browser, address, member, NARROW) as page:
        page.goto(address + PATH)
        page.fill("#body-en", "Did you — really? Reply YES or NO.")
        page.get_by_text("at place 9 is em dash; write -").wait_for()
        look = page.locator("#look-en")
        local = counted(page)
        server = [look.get_attribute(f"data-{name}") for name in ("units", "segments", "encoding")]
        assert list(local) == server
        assert page.locator("#body-en").get_attribute("aria-invalid") == "true"
        assert page.locator("#looked").inner_text() == "not in GSM-7: —"
        page.fill("#body-en", "Did you? Reply YES or NO.")
        page.wait_for_selector("#body-en:not([aria-invalid])")


def test_a_wording_is_published_by_the_keyboard_alone(world: World, browser: Browser) -> None:
    member = world.member("programme_admin")
    with served(world.app) as address, page_of(browser, address, member, WIDE) as page:
        page.goto(address + PATH)
        page.focus("#body-en")
        page.keyboard.press("Control+A")
        page.keyboard.type("Cut-off kept? Reply YES or NO.")
        page.focus("button[value=look]")
        page.keyboard.press("Enter")
        page.wait_for_selector("button[value=publish]")
        # The browser moves the focus once the page has been laid out.
        page.locator("#effect-title:focus").wait_for(state="attached")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.value") == "publish"
        page.keyboard.press("Enter")
        page.get_by_text("The next text that is sent has it.").wait_for()


def test_it_works_without_script(world: World, browser: Browser) -> None:
    member = world.member("programme_admin")
    with (
        served(world.app) as address,
        page_of(browser, address, member, NARROW, script=False) as page,
    ):
        page.goto(address + PATH)
        page.fill("#body-en", "Kept “it”? Reply YES or NO.")
        follow(page, "button[value=look]")
        assert "left double quotation mark" in page.content()
        page.fill("#body-en", "Kept it? Reply YES or NO.")
        follow(page, "button[value=look]")
        follow(page, "button[value=publish]")
        assert "The next text that is sent has it." in page.content()
        follow(page, "text=Use this again")
        assert page.locator(".history li").count() == 4


@pytest.mark.parametrize("fill", ["empty", "hostile"])
def test_every_page_in_every_look(world: World, browser: Browser, fill: str) -> None:
    if fill == "hostile":
        world.patient(HOSTILE, HOSTILE, facts={"uses_caffeine": "yes"})
    member = world.member("clinician", "programme_admin")
    paths = ["/texts", "/texts?q=zzz", PATH, "/texts/SYS-11", "/texts/SYM-01", "/texts/CAF-02"]
    with served(world.app) as address, page_of(browser, address, member, WIDE) as page:
        for path in paths:
            page.goto(address + path)
            assert faults_in_every_look(page) == []
        page.goto(address + PATH)
        page.fill("#body-en", HOSTILE + " {first} —")
        page.click("button[value=look]")
        assert faults_in_every_look(page) == []
