"""The first publication of a new programme: on a page like any other, seen before it is done, and once."""

import html

import pytest
from playwright.sync_api import Browser

from service.store import programme_versions
from service.store.session import SYSTEM
from tests.web.browser import NARROW, WIDE, faults_in_every_look, page_of, served
from tests.web.conftest import World, csrf
from tests.web.test_programme_impact import words
from tests.web.test_programme_versions import draft_anew
from tests.web.test_programmes import seen, tom

FIRST = "/programmes/night-tips/first/1"


def states(world: World) -> list[str]:
    with world.runtime.store.transaction(SYSTEM, "test", write=False) as tx:
        return [one.state for one in programme_versions.versions(tx, world.clinic.id, "night-tips")]


def test_a_new_programme_is_published_once_its_effect_was_seen(world: World) -> None:
    tom(world)
    draft_anew(world)
    browser = world.member("programme_admin")
    page = browser.get(FIRST).text
    assert "1 of 1 person gets something else" in words(page)
    assert "added" in words(page)
    assert "The next ten texts" in page
    typed = {"csrf_token": csrf(page), "at": "next-night", "act": "publish", "seen": seen(page)}
    # What was seen was the effect of publishing it now.
    again = browser.post(FIRST, data=typed)
    assert again.status_code == 200
    assert states(world) == ["draft"]
    done = browser.post(FIRST, data={**typed, "seen": seen(again.text)})
    assert done.location == "/programmes/night-tips?published=2"
    assert states(world) == ["draft", "published"]
    assert browser.post(FIRST, data=typed).location == "/programmes/night-tips/versions/1"
    assert states(world) == ["draft", "published"]
    assert "New programmes, not published" not in browser.get("/programmes").text


def test_only_a_draft_that_was_never_published_has_the_page(world: World) -> None:
    draft_anew(world)
    browser = world.member("programme_admin")
    assert browser.get("/programmes/night-tips/first/2").status_code == 404
    assert browser.get("/programmes/caffeine/first/1").status_code == 404
    assert world.member("clinician").get(FIRST).status_code == 403
    elsewhere = world.member("programme_admin", clinic=world.other_clinic())
    assert elsewhere.get(FIRST).status_code == 404


def test_a_draft_that_names_a_missing_text_says_so_and_cannot_be_published(world: World) -> None:
    with world.runtime.store.transaction(SYSTEM, "test") as tx:
        source = programme_versions.versions(tx, world.clinic.id, "caffeine")[0].source
        faulty = source.replace('slug = "caffeine"', 'slug = "night-tips"').replace(
            "CAF-03", "CAF-99"
        )
        now = world.runtime.clock.now()
        programme_versions.add_version(
            tx, world.clinic.id, "night-tips", faulty, now, effective_at=None
        )
    page = html.unescape(world.member("programme_admin").get(FIRST).text)
    assert "It cannot be published as it is." in page
    assert "There is no text CAF-99" in page
    assert 'value="publish"' not in page


@pytest.mark.slow
def test_the_page_in_every_look(demo: World, browser: Browser) -> None:
    tom(demo)
    draft_anew(demo)
    member = demo.member("programme_admin")
    for size in (WIDE, NARROW):
        with served(demo.app) as address, page_of(browser, address, member, size) as page:
            page.goto(address + FIRST)
            assert faults_in_every_look(page) == []
