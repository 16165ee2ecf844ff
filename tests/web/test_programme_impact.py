"""The effect of a publication on everybody, as the page counts it before anything is published."""

import html
import re
from dataclasses import replace
from math import ceil

import pytest
from flask.testing import FlaskClient

from service.entry.web.impact_runs import INLINE
from service.entry.web.site import attach, site_of
from tests.waiting import wait_until
from tests.web.conftest import World, csrf
from tests.web.test_programmes import STEP, WIDE, form, seen, tom, versions

SOURCE = "/programmes/caffeine/source"


def enrol(world: World, count: int) -> None:
    for _ in range(count):
        world.patient(facts={"uses_caffeine": "yes"}, window=WIDE)


def words(page: str) -> str:
    """The part of the page about everybody, without its marks."""
    part = page.partition('id="impact"')[2].partition("</div>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", part).split())


def test_the_effect_is_counted_before_anything_is_published(world: World) -> None:
    enrol(world, 12)
    world.patient(facts={}, window=WIDE)
    browser = world.member("programme_admin")
    page = browser.post(STEP, data={**form(browser), "amount": "3h", "act": "preview"}).text
    said = words(page)
    moved = re.search(r"12 of 12 people get something else .*? (\d+) texts moved", said)
    assert moved, said
    assert 12 * 3 <= int(moved[1]) <= 12 * 4
    assert "The texts cost the same" in said
    # It is morning: the night in course ends at noon, and what people call tonight comes after it.
    assert re.search(r"Today and tonight Caffeine cut-off, kept: \d texts? moved", said)
    assert len(versions(world)) == 1


def test_a_step_that_finds_no_room_is_warned_of(world: World) -> None:
    enrol(world, 2)
    browser = world.member("programme_admin")
    change = {**form(browser), "moment": "after bedtime", "amount": "2h", "flex": "0"}
    said = words(browser.post(STEP, data={**change, "act": "preview"}).text)
    assert "Newly withheld" in said
    assert "Caffeine cut-off, kept" in said
    assert "It would have come outside the patient" in said
    assert "removed" in said
    assert "fewer" in said


def test_when_it_takes_effect_is_part_of_what_was_seen(world: World) -> None:
    tom(world)
    browser = world.member("programme_admin")
    change = {**form(browser), "amount": "3h"}
    page = browser.post(STEP, data={**change, "at": "next-night", "act": "preview"}).text
    now = {**change, "at": "now", "act": "publish", "seen": seen(page)}
    assert browser.post(STEP, data=now).status_code == 200
    assert len(versions(world)) == 1
    later = {**change, "at": "next-night", "act": "publish", "seen": seen(page)}
    assert browser.post(STEP, data=later).status_code == 302
    published = versions(world)[-1]
    assert published.effective_at is not None
    assert published.effective_at > world.runtime.clock.now()


def test_a_large_clinic_is_counted_in_the_background_tonight_first(world: World) -> None:
    enrol(world, INLINE + 1)
    browser = world.member("programme_admin")
    change = {**form(browser), "amount": "3h", "act": "preview"}
    page = browser.post(STEP, data=change).text
    assert f"{INLINE + 1} people counted for" in words(page)
    assert 'name="seen"' not in page
    again = re.search(r'data-again="([^"]+)"', page)[1]
    wait_until(lambda: "data-again" not in browser.get(again).text, patience_s=60)
    counted = browser.get(again).text
    assert f"{INLINE + 1} of {INLINE + 1} people get something else" in words(counted)
    done = {**change, "act": "publish", "seen": seen(counted)}
    assert browser.post(STEP, data=done).status_code == 302


@pytest.mark.parametrize("role", ["programme_admin", "clinician"])
def test_a_counting_belongs_to_its_clinic(world: World, role: str) -> None:
    tom(world)
    browser = world.member("programme_admin")
    page = browser.post(STEP, data={**form(browser), "amount": "3h", "act": "preview"}).text
    path = f"/programmes/caffeine/impact/{world.clinic.content_number}-{seen(page)}"
    assert browser.get(path).status_code == 200
    other = world.member(role, clinic=world.other_clinic())
    assert other.get(path).status_code == (404 if role == "programme_admin" else 403)


def edited(world: World, browser: FlaskClient, was: str, becomes: str) -> dict[str, str]:
    """The form of the file with one change."""
    page = browser.get(SOURCE).text
    return {
        "csrf_token": csrf(page),
        "based_on": str(versions(world)[-1].number),
        "source": versions(world)[-1].source.replace(was, becomes).replace("\n", "\r\n"),
        "at": "now",
    }


def test_the_file_is_edited_with_its_effect_and_its_comments(world: World) -> None:
    enrol(world, 2)
    browser = world.member("programme_admin")
    before = versions(world)[0].source
    was, becomes = 'offset = "-2h" }', 'offset = "-3h" }  # earlier, as we agreed'
    change = edited(world, browser, was, becomes)
    page = browser.post(SOURCE, data={**change, "act": "preview"}).text
    assert "2 of 2 people get something else" in words(page)
    done = browser.post(SOURCE, data={**change, "act": "publish", "seen": seen(page)})
    assert done.status_code == 302
    assert versions(world)[-1].source == before.replace(was, becomes)


def test_an_earlier_version_is_two_clicks_away(world: World) -> None:
    enrol(world, 2)
    browser = world.member("programme_admin")
    change = edited(world, browser, 'offset = "-2h"', 'offset = "-3h"')
    page = browser.post(SOURCE, data={**change, "act": "preview"}).text
    browser.post(SOURCE, data={**change, "act": "publish", "seen": seen(page)})
    assert f"{SOURCE}?from=1" in browser.get("/programmes/caffeine").text
    page = browser.get(f"{SOURCE}?from=1").text
    assert "2 of 2 people get something else" in words(page)
    back = {
        "csrf_token": csrf(page),
        "based_on": "2",
        "source": versions(world)[0].source,
        "at": "now",
    }
    done = browser.post(SOURCE, data={**back, "act": "publish", "seen": seen(page)})
    assert done.status_code == 302
    assert [one.source for one in versions(world)][::2] == [versions(world)[0].source] * 2


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ('offset = "-2h"', 'offset = "-2x"', "line 37"),
        ("[[step]]", "[[step", "not TOML"),
        ('slug = "caffeine"', 'slug = "coffee"', "does not change its name"),
        ("safety = true", "", "safety gate"),
    ],
)
def test_a_faulty_file_is_kept_as_typed(world: World, was: str, becomes: str, said: str) -> None:
    browser = world.member("programme_admin")
    change = edited(world, browser, was, becomes)
    answer = browser.post(SOURCE, data={**change, "act": "preview"})
    assert answer.status_code == 400
    assert said in html.unescape(answer.text)
    assert becomes in html.unescape(answer.text)
    assert len(versions(world)) == 1


def test_a_file_changed_under_ones_hands_shows_the_others_change(world: World) -> None:
    browser = world.member("programme_admin")
    theirs = edited(world, browser, 'offset = "-2h"', 'offset = "-3h"')
    page = browser.post(SOURCE, data={**theirs, "act": "preview"}).text
    mine = edited(world, browser, 'offset = "-2h"', 'offset = "-4h"')
    browser.post(SOURCE, data={**theirs, "act": "publish", "seen": seen(page)})
    answer = browser.post(SOURCE, data={**mine, "act": "preview"})
    assert answer.status_code == 409
    assert 'offset = "-3h"' in html.unescape(answer.text)
    assert len(versions(world)) == 2


def test_what_takes_the_sender_long_is_warned_of(world: World) -> None:
    enrol(world, 13)
    # Twice a week each, on days of their own: how many share the fullest evening is what is read here.
    site = site_of(world.app)
    slow = replace(site.runtime.choices, send_rate=0.001)
    attach(world.app, replace(site, runtime=replace(site.runtime, choices=slow)))
    browser = world.member("programme_admin")
    change = {**form(browser), "amount": "3h", "act": "preview"}
    said = words(browser.post(STEP, data=change).text)
    found = re.search(
        r"(\d+) texts come due in the hour from ([^.]+)\. .*they take (\d+) min", said
    )
    assert found, said
    assert "20:00" in found[2]
    assert int(found[3]) == ceil(int(found[1]) * 1000 / 60)
