"""Texts: the list, one text looked at and published, its history, and two people at once."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from service.store.session import SYSTEM
from service.store.wordings import PublishedWording, wordings
from tests.texts import without
from tests.web.conftest import World, csrf
from tests.web.test_programmes import form as fields_of_step

PATH = "/texts/CAF-03"
NEW = "Cut-off kept today? Reply YES or NO."
COFFEE = {"uses_caffeine": "yes"}


def form(browser: FlaskClient, path: str = PATH) -> dict[str, str]:
    """The fields of a text's form as the page has them."""
    page = browser.get(path).text
    fields = dict(re.findall(r'name="(based-\w\w)" value="(\d+)"', page))
    for language, body in re.findall(r'name="body-(\w\w)"[^>]*>([^<]*)</textarea>', page):
        fields[f"body-{language}"] = body
    return fields | {"csrf_token": csrf(page), "at": "now", "act": "look"}


def step_form(browser: FlaskClient, path: str) -> dict[str, str]:
    """The fields of a step's form, with its wordings and what they were filled with."""
    page = browser.get(path).text
    typed = dict(re.findall(r'<textarea[^>]* name="([\w-]+)"[^>]*>([^<]*)</textarea>', page))
    was = re.findall(r'name="(was-[\w-]+)" value="([^"]*)"', page)
    return {**fields_of_step(browser, path), **typed, **dict(was)}


def publish(browser: FlaskClient, fields: dict[str, str], path: str = PATH):
    """Look, then publish what was seen."""
    page = browser.post(path, data=fields)
    assert page.status_code == 200, page.text
    seen = re.search(r'name="seen" value="(\w+)"', page.text)[1]
    return browser.post(path, data={**fields, "act": "publish", "seen": seen})


def history(world: World, text_id: str = "CAF-03") -> list[PublishedWording]:
    with world.runtime.store.transaction(SYSTEM, "test", write=False) as tx:
        return wordings(tx, world.clinic.id, text_id)


@pytest.mark.parametrize(
    ("role", "read", "change"),
    [
        ("programme_admin", 200, 200),
        ("clinic_admin", 200, 200),
        ("clinician", 200, 403),
        ("auditor", 403, 403),
    ],
)
def test_who_may_read_and_who_may_change(world: World, role: str, read: int, change: int) -> None:
    browser = world.member(role)
    assert browser.get("/texts").status_code == read
    assert browser.get(PATH).status_code == read
    token = csrf(browser.get("/", follow_redirects=True).text)
    for path in (PATH, f"{PATH}/look"):
        assert browser.post(path, data={"csrf_token": token}).status_code == change
    again = browser.post(f"{PATH}/again", data={"csrf_token": token})
    assert again.status_code == (404 if change == 200 else 403)


def test_the_list_says_what_is_there_and_whose_wording_it_is(world: World) -> None:
    browser = world.member("programme_admin")
    publish(browser, {**form(browser), "body-en": NEW})
    page = browser.get("/texts").text
    row = page.partition(">CAF-03<")[2].partition("</tr>")[0]
    assert NEW[:30] in row
    assert "own wording" in row
    assert "Spanish awaits review" in row
    assert "the answer to words of suicide" in page
    found = browser.get("/texts?q=telenovela").text
    assert "No text has that id" in found
    assert re.findall(r">(\w+-\d\d)</a></th>", browser.get("/texts?q=caf-03").text) == ["CAF-03"]


def test_every_spanish_wording_awaits_its_review(world: World) -> None:
    browser = world.member("programme_admin")
    page = browser.get("/texts").text
    assert (
        '<span class="tag amber">103</span> Spanish wordings await native clinical review' in page
    )
    assert "no Spanish" not in page
    assert "awaits native clinical review" in browser.get("/texts/SLP-03").text


def test_a_text_without_spanish_is_marked(make_world: Callable[..., World]) -> None:
    browser = make_world(texts=without("es", "CAF-02")).member("programme_admin")
    page = browser.get("/texts").text
    assert page.count("no Spanish") == 1
    assert "no Spanish" in page.partition(">CAF-02<")[2].partition("</tr>")[0]


def test_what_is_typed_is_looked_at(world: World) -> None:
    world.patient("Bo", facts=COFFEE)
    world.patient("Wilhelmina", facts=COFFEE)
    browser = world.member("clinician", "programme_admin")
    typed = "Hi {first}, did you “keep” it? Reply YES or QUIT."
    page = browser.post(f"{PATH}/look", data={**form(browser), "body-en": typed}).text
    assert "left double quotation mark" in page
    assert "at place 21" in page
    assert "QUIT may not be the answer" in page
    assert "Hi Bo, did" in page
    assert "Hi Wilhelmina, did" in page
    assert "UCS-2" in page
    assert len(history(world)) == 2  # one a language, as shipped


def test_who_may_not_see_names_sees_others_of_their_length(world: World) -> None:
    world.patient("Zebulon", facts=COFFEE)
    world.patient("Łu", facts=COFFEE)
    browser = world.member("programme_admin")
    page = browser.post(f"{PATH}/look", data={**form(browser), "body-en": "Hi {first}!"}).text
    assert "Zebulon" not in page
    assert "Łu" not in page
    assert "Hi Barbara!" in page
    assert "a first name among these patients holds a character outside GSM-7" in page


def test_the_count_that_decides_stands_beside_the_longest_there_is(world: World) -> None:
    world.patient("Bo", facts=COFFEE)
    browser, path = world.member("clinician", "programme_admin"), "/texts/CAF-01"
    typed = "Hi {first} " + "a" * 140 + " {cutoff}"
    page = browser.post(path, data={**form(browser, path), "body-en": typed}).text
    assert re.findall(r'class="units">(\d+)</b>', page)[0] == "155"
    assert "<b>164</b> of at most 160 with the long values" in page
    assert "Christopher for <code>{first}</code>, here Bo." in page
    assert "164 characters with Christopher for {first}, 12:30 PM for {cutoff}; at most 160" in page
    assert "Hi Christopher aaa" in page
    step = "/programmes/caffeine/steps/heads-up"
    fields = {**step_form(browser, step), "text-CAF-01-en": typed, "act": "preview"}
    page = browser.post(step, data=fields).text
    assert "<b>155</b> of 160 characters" in page
    assert "<b>164</b> of at most 160 with the long values" in page


def test_a_text_counts_the_same_on_the_page_of_its_step(world: World) -> None:
    world.patient("Bo", facts=COFFEE)
    browser = world.member("programme_admin")
    alone = re.findall(r'class="units">(\d+)</b>', browser.get("/texts/CAF-01").text)
    step = browser.get("/programmes/caffeine/steps/heads-up").text
    assert re.findall(r"<b>(\d+)</b> of 160 characters", step)[:2] == alone == ["96", "79"]


def test_a_name_is_counted_as_it_is_sent(world: World) -> None:
    world.patient("Zoë", facts=COFFEE)
    browser = world.member("clinician", "programme_admin")
    page = browser.post(f"{PATH}/look", data={**form(browser), "body-en": "Hi {first}!"}).text
    assert "Hi Zoe!" in page
    assert "UCS-2" not in page


def test_publishing_needs_to_have_been_seen(world: World) -> None:
    world.patient(facts=COFFEE)
    browser = world.member("programme_admin")
    fields = {**form(browser), "body-en": NEW}
    unseen = browser.post(PATH, data={**fields, "act": "publish", "seen": "0" * 32})
    assert unseen.status_code == 200
    assert len(history(world)) == 2
    page = unseen.text
    assert "1 person who reads English may get it, from 1 step" in page
    seen = re.search(r'name="seen" value="(\w+)"', page)[1]
    other = {**fields, "body-en": NEW + " Thanks.", "act": "publish", "seen": seen}
    assert browser.post(PATH, data=other).status_code == 200
    assert len(history(world)) == 2
    done = browser.post(PATH, data={**fields, "act": "publish", "seen": seen})
    assert done.status_code == 302
    assert [one.body for one in history(world)][-1] == NEW


def test_from_the_next_night(world: World) -> None:
    browser = world.member("programme_admin")
    publish(browser, {**form(browser), "body-en": NEW, "at": "next-night"})
    newest = history(world)[-1]
    assert newest.effective_at > newest.published_at
    page = browser.get(PATH).text
    assert "from today 12:00" in page
    assert page.count("Use it now") == page.count("Use this again") == 1
    assert NEW in page.partition("<textarea")[2].partition("</textarea>")[0]


def test_a_faulty_wording_is_not_published(world: World) -> None:
    browser = world.member("programme_admin")
    fields = {**form(browser, "/texts/SYS-11"), "body-en": "Call {crisis} now."}
    page = browser.post("/texts/SYS-11", data=fields)
    assert page.status_code == 400
    assert "{emerg} must stay in every wording" in page.text
    assert 'name="seen"' not in page.text


def test_a_placeholder_that_a_step_cannot_fill_is_not_published(world: World) -> None:
    browser = world.member("programme_admin")
    fields = {**form(browser), "body-en": "Kept it since {cutoff}? Reply YES or NO."}
    page = browser.post(PATH, data=fields)
    assert page.status_code == 400
    assert "needs a cutoff" in page.text


def test_an_earlier_wording_is_used_again_by_one_click(world: World) -> None:
    browser = world.member("programme_admin")
    before = history(world)[0].body
    publish(browser, {**form(browser), "body-en": NEW})
    fields = {"csrf_token": form(browser)["csrf_token"], "language": "en", "number": "1"}
    assert browser.post(f"{PATH}/again", data={**fields, "based-en": "2"}).status_code == 302
    assert [one.body for one in history(world) if one.language == "en"] == [before, NEW, before]
    assert browser.post(f"{PATH}/again", data={**fields, "based-en": "2"}).status_code == 409


def test_the_second_of_two_editors_sees_the_difference(world: World) -> None:
    first, second = world.member("programme_admin"), world.member("clinic_admin")
    theirs, mine = form(first), form(second)
    publish(first, {**theirs, "body-en": NEW})
    conflict = second.post(PATH, data={**mine, "body-en": "Mine? Reply YES or NO."})
    assert conflict.status_code == 409
    assert NEW in conflict.text
    assert "Mine? Reply YES or NO." in conflict.text
    assert "Dr A. Okafor published" in conflict.text


def test_two_editors_of_two_languages_do_not_meet(world: World) -> None:
    first, second = world.member("programme_admin"), world.member("clinic_admin")
    theirs, mine = form(first), form(second)
    publish(first, {**theirs, "body-en": NEW})
    spanish = "¿Lo ha respetado hoy? Responda SI o NO."
    assert publish(second, {**mine, "body-es": spanish}).status_code == 302
    newest = {one.language: one.body for one in history(world)}
    assert newest == {"en": NEW, "es": spanish}


def test_a_step_form_opened_before_does_not_take_a_new_wording_back(world: World) -> None:
    browser, step = world.member("programme_admin"), "/programmes/caffeine/steps/kept"
    fields = step_form(browser, step)
    publish(browser, {**form(browser), "body-en": NEW})
    page = browser.post(step, data={**fields, "amount": "3h", "act": "preview"})
    assert page.status_code == 200
    seen = re.search(r'name="seen" value="(\w+)"', page.text)[1]
    done = {**fields, "amount": "3h", "act": "publish", "seen": seen}
    assert browser.post(step, data=done).status_code == 302
    assert [one.body for one in history(world)][-1] == NEW


def test_a_step_form_says_that_a_wording_was_changed_meanwhile(world: World) -> None:
    browser, step = world.member("programme_admin"), "/programmes/caffeine/steps/kept"
    fields = step_form(browser, step)
    publish(browser, {**form(browser), "body-en": NEW})
    mine = {"text-CAF-03-en": "Mine? Reply YES or NO.", "act": "preview"}
    page = browser.post(step, data={**fields, **mine})
    assert page.status_code == 400
    assert f"somebody changed this wording meanwhile; it is now “{NEW}”" in page.text
    assert 'name="seen"' not in page.text


def test_another_clinics_wordings_are_not_touched(world: World) -> None:
    other = world.other_clinic()
    browser = world.member("programme_admin", clinic=other)
    publish(browser, {**form(browser), "body-en": NEW})
    assert NEW not in {one.body for one in history(world)}
    assert browser.get("/texts/XYZ-99").status_code == 404
