"""Finds a Chromium for the browser tests, or installs one: `python -m tests.browser_setup`."""

# ruff: noqa: S603, S607 (commands of our own, found on the path as anybody would)

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")


def find_chromium() -> str | None:
    """A Chromium on this machine: EVENFALL_TEST_CHROMIUM, one on the path, or Playwright's own."""
    named = os.environ.get("EVENFALL_TEST_CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None) or _playwrights_own()


def _playwrights_own() -> str | None:
    # Its browsers live below the user's cache; asking it starts no browser.
    found = subprocess.run(
        [sys.executable, "-c", _ASK], capture_output=True, text=True, check=False
    ).stdout.strip()
    return found if found and os.path.exists(found) else None  # noqa: PTH110 (a plain question)


_ASK = (
    "from playwright.sync_api import sync_playwright as p\n"
    "with p() as w: print(w.chromium.executable_path)"
)


def install() -> None:
    """Install Chromium from the distribution's packages where that is allowed, else by Playwright."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=False)
    if find_chromium() is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


if __name__ == "__main__":
    if find_chromium() is None:
        print("Installing a Chromium for the browser tests…")
        install()
    if find_chromium() is None:
        sys.exit("No Chromium was found and none could be installed; the browser tests need one.")
