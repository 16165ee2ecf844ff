"""A change of a programme while it is typed: kept for whoever types it, one source of both views, never lost."""

import html
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from service.store import drafts
from service.store.session import SYSTEM
from service.store.tables.audit import AuditEvent
from tests.texts import without
from tests.web.conftest import PASSWORD, World, csrf, sign_in
from tests.web.test_programme_approval import GATE
from tests.web.test_programmes import STEP, form, seen, tom, versions

FILE = "/programmes/caffeine/source"
AWAY = "/programmes/caffeine/draft"
NOTICE = "You began a change"


def typed_in(page: str) -> str:
    """The text in the file's field, as a browser would send it."""
    found = re.search(r'<textarea class="toml-text"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert found
    return html.unescape(found[1]).replace("\n", "\r\n")


def file_form(browser: FlaskClient, was: str = "", becomes: str = "") -> dict[str, str]:
    page = browser.get(FILE).text
    based_on = re.search(r'name="based_on" value="(\d+)"', page)
    source = typed_in(page)
    assert was in source
    return {
        "csrf_token": csrf(page),
        "based_on": based_on[1] if based_on else "",
        "source": source.replace(was, becomes),
        "at": "now",
    }


def begin(browser: FlaskClient, path: str = STEP, **typed: str) -> str:
    """Type into the form of a step; the part of the page that follows."""
    answer = browser.post(f"{path}/typing", data={**form(browser, path), "amount": "3h", **typed})
    assert answer.status_code == 200
    return answer.text


def test_a_step_that_a_patient_could_not_read_is_refused_in_both_views(
    make_world: Callable[..., World],
) -> None:
    world = make_world(texts=without("es", "CAF-03"))
    tom(world)
    browser = world.member("programme_admin")
    change = {**form(browser), "amount": "3h"}
    assert "has no text in Spanish" not in browser.post(STEP, data=change).text
    world.patient("Ana", language="es")
    refused = "kept has no text in Spanish, which patients read: write CAF-03 in Spanish"
    for path, typed in ((STEP, change), (FILE, file_form(browser, "-2h", "-3h"))):
        answer = browser.post(path, data={**typed, "act": "preview"})
        assert answer.status_code == 400
        assert refused in answer.text
    assert len(versions(world)) == 1
    change["text-CAF-03-es"] = "¿Sin café? Responda SI o NO."
    assert refused not in browser.post(STEP, data={**change, "act": "preview"}).text


def published(browser: FlaskClient, **typed: str) -> None:
    change = {**form(browser), "amount": "3h", **typed}
    mark = seen(browser.post(STEP, data={**change, "act": "preview"}).text)
    assert browser.post(STEP, data={**change, "act": "publish", "seen": mark}).status_code == 302


def test_what_is_typed_is_kept_shown_again_and_not_published(world: World) -> None:
    tom(world)
    browser = world.member("programme_admin")
    begin(browser, at="next-night")
    page = browser.get(STEP).text
    assert NOTICE in page
    assert 'name="amount" value="3h"' in page
    assert re.search(r'value="next-night" checked', page)
    assert "was 21:00" in page
    assert "your draft" in browser.get("/programmes").text.partition("Caffeine")[2]
    programme = browser.get("/programmes/caffeine").text
    assert NOTICE in programme
    assert f'href="{STEP}"' in programme
    assert "20:00" not in programme
    assert len(versions(world)) == 1
    with world.runtime.store.transaction(SYSTEM, "test", write=False) as tx:
        assert not tx.rows(select(AuditEvent.action).where(AuditEvent.about == "caffeine"))


def test_it_is_nobody_elses(world: World) -> None:
    begin(world.member("programme_admin"))
    for other in (
        world.member("programme_admin"),
        world.member("programme_admin", clinic=world.other_clinic()),
    ):
        assert NOTICE not in other.get(STEP).text
        assert "your draft" not in other.get("/programmes").text


@pytest.mark.parametrize("path", [f"{STEP}/typing", f"{FILE}/typing", AWAY])
def test_only_who_may_change_programmes_has_one(world: World, path: str) -> None:
    browser = world.member("clinician")
    token = csrf(browser.get("/").text)
    assert browser.post(path, data={"csrf_token": token}).status_code == 403


def test_it_survives_the_end_of_a_session(world: World) -> None:
    browser = world.member("programme_admin")
    begin(browser, amount="4h")
    with browser.session_transaction() as session:
        session.clear()
    assert browser.get(STEP).status_code == 302
    # Members are numbered from 1; this world has no patients.
    assert sign_in(browser, "member1@example.org", PASSWORD).status_code == 302
    assert 'name="amount" value="4h"' in browser.get(STEP).text


def test_form_file_and_form_again_keep_everything_typed(world: World) -> None:
    browser = world.member("programme_admin")
    typed = {**form(browser), "amount": "3h", "text-CAF-03-en": "Kept it? Reply YES or NO."}
    there = browser.post(STEP, data={**typed, "view": "file"})
    assert there.location == f"{FILE}?as=imaginary"
    page = browser.get(FILE).text
    assert 'offset = "-3h"' in typed_in(page)
    assert "# ordinary coffee needs 8.8 h" in typed_in(page)
    assert "Kept it?" in page
    change = file_form(browser, 'useful_for = "2h"', 'useful_for = "90m"  # agreed')
    back = browser.post(FILE, data={**change, "view": "step-kept"})
    assert back.location == STEP
    page = browser.get(STEP).text
    for said in ('name="amount" value="3h"', 'name="useful_for" value="90m"', "Kept it?"):
        assert said in page
    browser.post(STEP, data={**form(browser), "text-CAF-03-en": "Kept it? Reply YES or NO."})
    source = typed_in(browser.get(FILE).text)
    assert 'useful_for = "90m"  # agreed' in source
    assert 'offset = "-3h"' in source


def test_the_file_is_published_with_the_wordings_begun_in_the_form(world: World) -> None:
    browser = world.member("programme_admin")
    begin(browser, **{"text-CAF-03-en": "Kept it? Reply YES or NO."})
    change = file_form(browser)
    page = browser.post(FILE, data={**change, "act": "preview"}).text
    assert "Kept it?" in page
    done = browser.post(FILE, data={**change, "act": "publish", "seen": seen(page)})
    assert done.status_code == 302
    programme = browser.get("/programmes/caffeine").text
    assert "Kept it?" in programme
    assert NOTICE not in programme
    assert 'offset = "-3h"' in versions(world)[-1].source


def test_an_entry_the_file_cannot_say_is_kept_as_typed(world: World) -> None:
    browser = world.member("programme_admin")
    assert "no length of time" in begin(browser, amount="soon", useful_for="90m")
    page = browser.get(STEP).text
    for said in ('name="amount" value="soon"', 'value="90m"', "no length of time"):
        assert said in page
    change = file_form(browser, 'flex = "-2h"', 'flex = "-1h"')
    refused = browser.post(FILE, data={**change, "act": "preview"})
    assert refused.status_code == 400
    assert "The form of kept says “soon”" in refused.text
    assert 'name="seen"' not in refused.text
    page = browser.get(STEP).text
    for said in ('name="amount" value="soon"', 'value="90m"', 'value="-1h"'):
        assert said in page
    browser.post(f"{FILE}/typing", data=file_form(browser, 'offset = "-2h"', 'offset = "-4h"'))
    assert 'name="amount" value="4h"' in browser.get(STEP).text


def test_a_broken_file_is_kept_and_the_form_waits_for_it(world: World) -> None:
    browser = world.member("programme_admin")
    change = file_form(browser, 'offset = "-2h" }', 'offset = "-2h"')
    told = browser.post(f"{FILE}/typing", data=change)
    assert told.status_code == 200
    assert "This is not TOML" in told.text
    assert browser.get(STEP).location == f"{FILE}?unreadable=kept"
    page = browser.get(f"{FILE}?unreadable=kept").text
    assert typed_in(page) == change["source"]
    assert "cannot be shown" in page
    assert browser.post(f"{STEP}/typing", data={"csrf_token": csrf(page)}).status_code == 409


def test_a_byte_order_mark_that_was_pasted_is_named(world: World) -> None:
    browser = world.member("programme_admin")
    change = file_form(browser, 'offset = "-2h"', 'offset = "-3h"')
    told = browser.post(f"{FILE}/typing", data=change | {"source": "\ufeff" + change["source"]})
    assert "begins with U+FEFF (byte order mark)" in told.text
    assert "save the file as UTF-8 without BOM" in told.text


@pytest.mark.parametrize("nested", ["x = " + "[" * 400, "a" * 300_000, "step = 3", "[[step]]"])
def test_a_hostile_file_breaks_no_page(world: World, nested: str) -> None:
    browser = world.member("programme_admin")
    told = browser.post(f"{FILE}/typing", data={**file_form(browser), "source": nested})
    assert told.status_code == 200
    assert browser.get(STEP).status_code == 302
    assert browser.get("/programmes/caffeine/week").status_code == 200


def test_a_step_written_in_the_file_has_a_form_at_once(world: World) -> None:
    browser = world.member("programme_admin")
    extra = '\r\n[[step]]\r\nkey = "late"\r\nat = { clock = "19:00" }\r\ncadence = { times_per_week = 1 }'
    extra += '\r\nuseful_for = "1h"\r\nsay = ["CAF-02"]\r\n'
    change = file_form(browser)
    browser.post(f"{FILE}/typing", data={**change, "source": change["source"] + extra})
    page = browser.get("/programmes/caffeine/steps/late").text
    assert 'name="amount" value="19:00"' in page


def test_what_the_file_alone_can_say_comes_back_by_choosing_it_again(world: World) -> None:
    browser = world.member("programme_admin")
    path = "/programmes/caffeine/steps/heads-up"
    before = versions(world)[0].source
    browser.post(f"{path}/typing", data={**form(browser, path), "rhythm": "daily", "often": ""})
    assert 'name="rhythm"' in browser.get(path).text
    browser.post(f"{path}/typing", data={**form(browser, path), "rhythm": "keep", "flex": "-1h"})
    source = typed_in(browser.get(FILE).text).replace("\r\n", "\n")
    changed = set(source.splitlines()) ^ set(before.splitlines())
    assert all(line.startswith("flex") for line in changed), changed


def test_a_fault_of_another_step_is_told_with_its_line_and_not_at_this_steps_field(
    world: World,
) -> None:
    browser = world.member("programme_admin")
    broken = file_form(browser, 'useful_for = "30m"', 'useful_for = "0"')
    browser.post(f"{FILE}/typing", data=broken)
    page = browser.get(STEP).text
    assert re.search(r'href="#step-form">line \d+: useful_for: ', page)
    assert re.search(r'id="fault-useful_for" data-live></p>', page)
    begin(browser, "/programmes/caffeine/steps/heads-up", **{"text-CAF-01-en": ""})
    assert 'href="#step-form">CAF-01 in English: a text cannot be empty' in browser.get(STEP).text


def test_typing_and_undoing_leaves_nothing(world: World) -> None:
    browser = world.member("programme_admin")
    begin(browser)
    begin(browser, amount="2h")
    assert NOTICE not in browser.get(STEP).text


def test_it_is_thrown_away_when_asked(world: World) -> None:
    browser = world.member("programme_admin")
    begin(browser)
    token = csrf(browser.get(STEP).text)
    assert browser.post(AWAY, data={"csrf_token": token}).location == "/programmes/caffeine"
    page = browser.get(STEP).text
    assert NOTICE not in page
    assert 'name="amount" value="2h"' in page


def test_what_is_published_is_no_draft_any_more_and_late_typing_makes_none(world: World) -> None:
    browser = world.member("programme_admin")
    late = {**form(browser), "amount": "3h"}
    published(browser)
    assert NOTICE not in browser.get("/programmes/caffeine").text
    told = browser.post(f"{STEP}/typing", data=late)
    assert "Somebody published version 2 meanwhile" in told.text
    assert NOTICE not in browser.get("/programmes/caffeine").text


def test_a_change_of_an_older_version_is_kept_until_it_is_thrown_away(world: World) -> None:
    mine, theirs = world.member("programme_admin"), world.member("programme_admin")
    begin(mine, amount="4h")
    published(theirs)
    page = mine.get(STEP).text
    assert "Somebody published version 2 since" in page
    assert 'name="amount" value="4h"' in page
    assert 'name="based_on" value="1"' in page
    begin(mine, amount="5h")
    stale = mine.post(STEP, data={**form(mine), "act": "preview"})
    assert stale.status_code == 409
    assert "Look at mine" in stale.text
    assert 'name="amount" value="5h"' in mine.get(STEP).text
    mine.post(AWAY, data={"csrf_token": csrf(stale.text)})
    assert 'name="based_on" value="2"' in mine.get(STEP).text


def test_what_a_second_admin_is_asked_for_is_begun_no_more(world: World) -> None:
    browser = world.member("programme_admin")
    change = file_form(browser, GATE.replace("\n", "\r\n"))
    browser.post(FILE, data={**change, "act": "preview"})
    browser.post("/programmes/caffeine/approvals", data={**change, "because": "Asked for."})
    assert versions(world)[-1].state == "awaiting"
    assert NOTICE not in browser.get(FILE).text


def test_an_earlier_version_does_not_take_the_place_of_a_draft_unasked(world: World) -> None:
    browser = world.member("programme_admin")
    published(browser)
    begin(browser, amount="5h")
    page = browser.get(f"{FILE}?from=1").text
    assert "replaces what you typed" in page
    assert 'offset = "-2h"' in typed_in(page)
    assert 'name="amount" value="5h"' in browser.get(STEP).text


def test_the_parts_that_follow_the_typing_are_those_of_the_page(world: World) -> None:
    tom(world)
    browser = world.member("programme_admin")
    parts = begin(browser, **{"text-CAF-03-en": "Kept it? Reply YES or NO."})
    assert "<html" not in parts
    assert "<textarea" not in parts
    page = browser.get(STEP).text
    for part in re.findall(r'<(?:p|span)[^>]* id="[^"]+"[^>]* data-live>.*?</(?:p|span)>', parts):
        assert part in page
    outcome = parts.partition('<div id="outcome"')[2].strip()
    assert outcome
    assert outcome in page
    for caption in ("NSC-1182", "An imaginary patient"):
        assert f"The next ten texts with the change: {caption}" in outcome


def test_a_draft_holds_nothing_of_a_patient(world: World) -> None:
    patient = tom(world)
    browser = world.member("programme_admin")
    begin(browser, **{"as": patient.token})
    with browser.session_transaction() as session:
        assert session
    with world.runtime.store.transaction(SYSTEM, "test", write=False) as tx:
        kept = tx.rows(select(drafts.ProgrammeDraft))
    assert len(kept) == 1
    assert patient.token not in str(kept)
    assert "NSC-1182" not in str(kept)
