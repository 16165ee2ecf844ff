"""A real browser on a real server: Debian's Chromium through Playwright, and axe for what assistive tools need."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from wsgiref.types import StartResponse, WSGIEnvironment

from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from tests.browser_setup import find_chromium

ARGUMENTS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)
GRAVE = {"serious", "critical"}


@dataclass(frozen=True)
class Look:
    """How wide a window is, and whether it is dark."""

    width: int
    scheme: str

    @property
    def height(self) -> int:
        return 800 if self.width > 600 else 740


WIDE, NARROW = Look(1280, "light"), Look(360, "dark")


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser, closed at the end."""
    path = find_chromium()
    assert path, (
        "No Chromium was found: `make test` installs one, or name one by EVENFALL_TEST_CHROMIUM"
    )
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The application on a free port of this machine; its address."""

    def whole(environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
        # This server never closes the file of an answer whose browser has gone away meanwhile.
        with closing(app(environ, start)) as answer:  # type: ignore[type-var]  # Flask's has a close
            return list(answer)

    server = make_server("127.0.0.1", 0, whole, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def page_of(
    browser: Browser, address: str, member: FlaskClient | None, look: Look, *, script: bool = True
) -> Iterator[Page]:
    """A page with a member's session, that fails on anything the page's policy or script complains of."""
    context = browser.new_context(
        viewport={"width": look.width, "height": look.height},
        color_scheme=look.scheme,  # type: ignore[arg-type]  # light or dark
        java_script_enabled=script,
    )
    cookie = member.get_cookie("evenfall") if member else None
    if cookie is not None:
        context.add_cookies([{"name": "evenfall", "value": cookie.value, "url": address}])
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
    yield page
    context.close()
    # That an address answers 404 or 410 is what the test asked for.
    wrong = [one for one in complaints if "responded with a status of" not in one]
    assert not wrong, wrong


def faults_in_every_look(page: Page) -> list[str]:
    """What is wrong with the open page: by axe wide and light, narrow and dark; wider than these windows or the least.

    The style sheets never colour by width, so two looks see every colour and every layout. The page is turned,
    not loaded again, and whatever it folds away is opened first.
    """
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    found = []
    for look in (WIDE, NARROW, Look(320, "dark")):
        page.set_viewport_size({"width": look.width, "height": look.height})
        page.emulate_media(color_scheme=look.scheme)  # type: ignore[arg-type]  # light or dark
        faults = grave_faults(page) if look.width != 320 else []
        if (wider := overflow(page)) > 0:
            faults.append(f"{wider} px wider than its window")
        found += [f"{page.url} {look}: {fault}" for fault in faults]
    return found


def follow(page: Page, selector: str) -> None:
    """Click what leads to another page, and be there: a click alone returns while the old page still stands."""
    with page.expect_navigation():
        page.click(selector)


def grave_faults(page: Page) -> list[str]:
    """What axe finds serious or critical on a page."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate("axe.run({resultTypes: ['violations']}).then(found => found.violations)")
    return [
        f"{one['id']}: {one['help']} ({node['html'][:160]})"
        for one in found
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]


def overflow(page: Page) -> int:
    """By how many pixels a page is wider than its window; tables may scroll inside themselves."""
    return int(
        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )
