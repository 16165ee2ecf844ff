"""Versions of a programme: who has which, what each changed, who did it, and what waits for whom."""

import html
import re

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from service.cli.opening import ACTOR
from service.entry.web.imaginary import IMAGINARY
from service.flows.publish_programme import TakesEffect, publish
from service.store.session import SYSTEM
from tests.web.browser import WIDE, faults_in_every_look, page_of, served
from tests.web.conftest import World, csrf
from tests.web.test_programme_approval import FILE, asked, weaker
from tests.web.test_programmes import STEP, form, seen, times, tom, versions

PAGE = "/programmes/caffeine"
NEXT_TEXTS = "The next ten texts"


def publish_at(world: World, amount: str, at: TakesEffect | None, actor: str = "test") -> None:
    """The next version of caffeine, with its question `amount` before bedtime; `at` None keeps a draft."""
    source = versions(world)[0].source
    changed = re.sub(r'(key = "kept"\nat = .*?)"-2h"', rf'\1"-{amount}"', source)
    assert changed != source
    with world.runtime.store.transaction(SYSTEM, actor) as tx:
        publish(
            world.runtime, tx, world.clinic, changed, name="caffeine.toml", at=at,
            now=world.runtime.clock.now(),
        )  # fmt: skip


def part(page: str, start: str, end: str) -> str:
    """The words of a page from `start` to the next `end`, without its markup."""
    assert start in page
    inner = page.partition(start)[2].partition(end)[0]
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", inner)).split())


def seen_by(browser: FlaskClient, token: str) -> tuple[str, str, list[str]]:
    """A programme's picture, its steps and the times of its next texts, as one patient has it."""
    page = browser.get(f"{PAGE}?as={token}").text
    picture = part(page, '<div class="for-wide">', "</div>")
    return picture, part(page, 'id="steps"', "</section>"), times(page, NEXT_TEXTS)


def test_picture_steps_and_texts_are_of_the_version_the_person_has(world: World) -> None:
    patient = tom(world)
    browser = world.member("programme_admin")
    publish_at(world, "3h", "new-patients")
    picture, steps, coming = seen_by(browser, patient.token)
    assert "kept 21:00" in picture
    assert "2 hours before bedtime" in steps
    assert ("21:00" in coming, "20:00" in coming) == (True, False)
    picture, steps, coming = seen_by(browser, IMAGINARY)
    assert "kept 20:00" in picture
    assert "3 hours before bedtime" in steps
    assert "20:00" in coming


def test_the_page_counts_who_has_the_newest_version_and_who_an_older_one(world: World) -> None:
    tom(world)
    browser = world.member("programme_admin")
    assert "1 person gets it." in part(browser.get(PAGE).text, "<h1>", "</header>")
    publish_at(world, "3h", "new-patients")
    page = browser.get(PAGE).text
    header = part(page, "<h1>", "</header>")
    assert "Nobody gets version 2 yet" in header
    assert "1 person gets version 1" in header
    assert "What follows is version 1" in part(page, 'id="night"', "</section>")
    listed = part(browser.get("/programmes").text, "Caffeine cut-off", "</tr>")
    assert "1 of 1" in listed
    assert "2 new patients only Nobody has it yet 1 person has version 1" in listed


def test_a_version_that_a_later_one_overtakes_never_begins_and_says_so(world: World) -> None:
    tom(world)
    browser = world.member("programme_admin")
    publish_at(world, "3h", "next-night")
    assert "from tomorrow" in browser.get(PAGE).text or "from today" in browser.get(PAGE).text
    publish_at(world, "4h", "now")
    page = browser.get(PAGE).text
    assert "replaced before it began" in page
    assert "from tomorrow" not in page


def test_a_request_that_was_overtaken_says_so_and_can_only_be_refused(world: World) -> None:
    where = asked(world, world.member("programme_admin"))
    second = world.member("programme_admin")
    decision = {"csrf_token": csrf(second.get(where).text), "because": "Agreed."}
    publish_at(world, "3h", "now")
    page = html.unescape(second.get(where).text)
    assert (
        "Version 3 was published after this was asked for, so it can no longer be approved" in page
    )
    assert "Approve and publish" not in page
    assert "-3h" not in part(page, "Lines that change", "</section>")
    answer = second.post(where, data={**decision, "act": "approve"})
    assert answer.status_code == 409
    assert "Version 3 was published after this was asked for" in answer.text
    assert "Nothing in the programme itself" not in answer.text
    assert second.post(where, data={**decision, "act": "refuse"}).status_code == 302
    assert versions(world)[1].state == "retired"


def test_a_decided_request_still_shows_what_it_weakened(world: World) -> None:
    where = asked(world, world.member("programme_admin"))
    second = world.member("programme_admin")
    decision = {"csrf_token": csrf(second.get(where).text), "because": "Agreed.", "act": "approve"}
    assert second.post(where, data=decision).status_code == 302
    publish_at(world, "3h", "now")
    page = second.get(where).text
    assert "not_if" in part(page, "What it weakens", "Lines that change")
    lines = part(page, "Lines that change", "</section>")
    assert "safety = true" in lines
    assert "-3h" not in lines


def refuse(browser: FlaskClient, where: str) -> None:
    decision = {"csrf_token": csrf(browser.get(where).text), "because": "No.", "act": "refuse"}
    assert browser.post(where, data=decision).status_code == 302


def test_each_version_says_who_made_it_and_who_decided(world: World) -> None:
    asking = world.member("programme_admin", name="R. Stone")
    second = world.member("clinic_admin", name="L. Mercer")
    where = asked(world, asking)
    assert "asked for by R. Stone" in part(second.get(PAGE).text, "Version 2", "</li>")
    refuse(second, where)
    box = part(second.get(PAGE).text, "Version 2", "</li>")
    assert "asked for by R. Stone, refused by L. Mercer" in box
    page = part(second.get(f"{PAGE}/versions/2").text, "<h1>", "</header>")
    assert "L. Mercer refused: “No.”" in page
    assert "A draft" not in page
    assert "Refused by L. Mercer: “No.”" in part(second.get(where).text, "<h1>", "</header>")
    refuse(asking, asked(world, asking))
    assert "asked for by R. Stone, who took it back" in part(
        second.get(PAGE).text, "Version 3", "</li>"
    )


def test_what_the_command_line_did_says_so(world: World) -> None:
    browser = world.member("programme_admin")
    publish_at(world, "3h", None, ACTOR)
    publish_at(world, "4h", "now", ACTOR)
    page = browser.get(PAGE).text
    assert "kept by the command line" in part(page, "Version 2", "</li>")
    assert "by the command line" in part(page, "Version 3", "</li>")
    assert "as shipped" in part(page, "Version 1", "</li>")
    published = part(browser.get(f"{PAGE}/versions/3").text, "<h1>", "</header>")
    assert "by the command line" in published
    assert "the command line" in part(browser.get("/programmes").text, "Caffeine cut-off", "</tr>")


def test_a_version_is_compared_with_the_one_in_force_before_it_and_not_with_a_draft(
    world: World,
) -> None:
    browser = world.member("programme_admin")
    publish_at(world, "3h", None)
    publish_at(world, "4h", "now")
    page = browser.get(f"{PAGE}/versions/3").text
    lines = part(page, "What it changed about version 1", "</section>")
    assert ('- at = { anchor = "bedtime", offset = "-2h" }' in lines, "-3h" in lines) == (
        True,
        False,
    )
    draft = browser.get(f"{PAGE}/versions/2").text
    assert "-3h" in part(draft, "What it would change about version 1", "</section>")
    opened = part(browser.get(f"{PAGE}/source?from=2").text, "<h1>", "</header>")
    assert "again" not in opened
    assert "Version 2, a draft that was never published, in place of version 3" in opened


def test_a_request_that_waits_stands_at_the_top_of_the_list(world: World) -> None:
    asking = world.member("programme_admin", name="R. Stone")
    second = world.member("clinic_admin")
    assert "Waits for a second admin" not in second.get("/programmes").text
    where = asked(world, asking)
    page = second.get("/programmes").text
    told = part(page, "Waits for a second admin", "</section>")
    assert "Caffeine cut-off, version 2" in told
    assert "asked for by R. Stone" in told
    assert "Our midwife asked." in told
    assert f'href="{where}"' in page
    assert page.index(where) < page.index("<table")
    assert "another admin decides" in part(
        asking.get("/programmes").text, "Waits for a second admin", "</section>"
    )
    assert where not in world.member("clinician").get("/programmes").text
    publish_at(world, "3h", "now")
    assert "overtaken by version 3" in part(
        second.get("/programmes").text, "Waits for a second admin", "</section>"
    )
    refuse(second, where)
    assert where not in second.get("/programmes").text


def test_drafts_of_the_command_line_are_on_the_list(world: World) -> None:
    browser = world.member("programme_admin")
    publish_at(world, "3h", None, ACTOR)
    assert "draft 2" in part(browser.get("/programmes").text, "Caffeine cut-off", "</tr>")
    publish_at(world, "4h", "now")
    assert "draft 2" not in part(browser.get("/programmes").text, "Caffeine cut-off", "</tr>")


def draft_anew(world: World) -> None:
    """A programme that never was published, as the command line keeps it."""
    source = versions(world)[0].source.replace('slug = "caffeine"', 'slug = "night-tips"')
    with world.runtime.store.transaction(SYSTEM, ACTOR) as tx:
        publish(
            world.runtime, tx, world.clinic, source, name="night-tips.toml", at=None,
            now=world.runtime.clock.now(),
        )  # fmt: skip


def test_a_new_programme_kept_as_a_draft_has_a_page(world: World) -> None:
    browser = world.member("programme_admin")
    draft_anew(world)
    told = part(browser.get("/programmes").text, "New programmes, not published", "</section>")
    assert "Caffeine cut-off, version 1" in told
    assert "kept by the command line" in told
    answer = browser.get("/programmes/night-tips", follow_redirects=True)
    assert answer.status_code == 200
    assert "nobody gets anything by it" in answer.text
    assert "See what publishing it does" in answer.text
    reader = world.member("clinician").get("/programmes/night-tips/versions/1").text
    assert "See what publishing it does" not in reader
    assert 'href="/programmes/night-tips"' not in answer.text


def test_who_decides_reads_what_is_weakened_and_no_advice_to_the_editor(world: World) -> None:
    where = asked(world, world.member("programme_admin"))
    told = part(world.member("programme_admin").get(where).text, "What it weakens", "</ul>")
    assert "step heads-up: the safety gate not_if = pregnant is removed or widened." in told
    assert "second admin" not in told
    assert "line 1:" not in told


def test_a_file_that_only_weakens_a_gate_is_not_called_misunderstood(world: World) -> None:
    browser = world.member("programme_admin")
    typed = weaker(world, browser)
    for path, act in ((FILE, {"act": "preview"}), (f"{FILE}/typing", {})):
        page = html.unescape(browser.post(path, data={**typed, **act}).text)
        assert "not understood" not in page.lower()
        assert "It weakens a safety gate, so the texts are shown as they are now." in page
    assert "a second admin can approve it" in page
    broken = {**typed, "source": typed["source"].replace("CAF-03", "CAF-99")}
    page = browser.post(f"{FILE}/typing", data=broken).text
    assert "not understood" in page
    assert "Not understood yet" in page


@pytest.mark.slow
def test_pages_with_every_kind_of_version_in_every_look(demo: World, browser: Browser) -> None:
    patient = tom(demo)
    asking, member = demo.member("programme_admin"), demo.member("programme_admin")
    refuse(asking, asked(demo, asking))
    where = asked(demo, asking)
    publish_at(demo, "4h", None, ACTOR)
    publish_at(demo, "3h", "new-patients")
    paths = ["/programmes", f"{PAGE}?as={patient.token}", f"{PAGE}?as={IMAGINARY}", where]
    paths += [f"{PAGE}/versions/{number}" for number in (2, 3, 4, 5)]
    with served(demo.app) as address, page_of(browser, address, member, WIDE) as page:
        for path in paths:
            page.goto(address + path)
            assert faults_in_every_look(page) == []


def stop(browser: FlaskClient, stopped: int) -> None:
    """Follow the link that stops the programme, or lets it go on, and publish what it shows."""
    page = browser.get(f"{FILE}?stop={stopped}").text
    typed = html.unescape(re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)[1])
    fields = {"csrf_token": csrf(page), "source": typed, "takes_effect": "now", "act": "publish"}
    fields["alone"] = "1"
    fields["based_on"] = re.search(r'name="based_on" value="(\d+)"', page)[1]
    assert browser.post(FILE, data={**fields, "seen": seen(page)}).status_code == 302


def test_the_page_of_a_stop_says_that_all_texts_go(world: World) -> None:
    patient = tom(world)
    page = world.member("programme_admin").get(f"{FILE}?stop=1&as={patient.token}").text
    assert "Stop: Caffeine cut-off" in part(page, "<h1>", "</h1>")
    all_go = r"Texts that differ: all \d+ go for NSC-\d+, all \d+ go for the imaginary patient\."
    assert re.search(all_go, page)
    assert page.count("None: the programme is stopped.") == 2


def test_a_version_is_called_by_its_title(world: World) -> None:
    page = world.member("programme_admin").get(f"{PAGE}/versions/1").text
    assert part(page, "<h1>", "</h1>") == "Version 1 of Caffeine cut-off"
    assert "<title>Caffeine cut-off, version 1" in page


def test_a_programme_is_stopped_and_goes_on_again(world: World) -> None:
    patient = tom(world)
    browser = world.member("programme_admin")
    before = seen_by(browser, patient.token)[2]
    assert before
    stop(browser, 1)
    page = browser.get(PAGE).text
    assert "Stopped Nothing of it is sent. Let it go on" in part(page, "<h1>", "</header>")
    assert "Nobody gets it" in part(page, "<h1>", "</header>")
    assert "0 of 1" in part(browser.get("/programmes").text, "Caffeine cut-off", "</tr>")
    assert times(browser.get(f"{PAGE}?as={patient.token}").text, NEXT_TEXTS) == []
    assert "None: the programme is stopped." in page
    assert "noon to noon" not in page
    stop(browser, 0)
    assert seen_by(browser, patient.token)[2] == before
    assert [one.source for one in versions(world)[::2]] == [versions(world)[0].source] * 2


def test_a_wording_begun_and_faulty_neither_holds_up_a_stop_nor_goes_out_with_it(
    world: World,
) -> None:
    browser = world.member("programme_admin")
    browser.post(STEP, data={**form(browser), "text-CAF-03-en": "Kept it? ☃", "act": "preview"})
    stop(browser, 1)
    page = browser.get(PAGE).text
    assert "Nothing of it is sent" in page
    assert "☃" not in page
