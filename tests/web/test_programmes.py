"""Programmes: who may read and change them, what a change shows before it is published, and what it does."""

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.domain.own_week import CHOSE_WEEK
from service.flows.publish_programme import publish
from service.store import content, programme_versions
from service.store.records import Patient
from service.store.session import SYSTEM
from tests.web.conftest import World, csrf

STEP = "/programmes/caffeine/steps/kept"
WIDE = "08:00-23:30"


def tom(world: World) -> Patient:
    return world.patient(
        "Tom", "Adeyemi", ref="NSC-1182", facts={"uses_caffeine": "yes"}, window=WIDE
    )


def form(browser: FlaskClient, path: str = STEP) -> dict[str, str]:
    """The fields of a step's form as the page has them."""
    page = browser.get(path).text
    fields = dict(
        re.findall(r'<input(?: id="[a-z_]+")? name="([a-z_]+)"[^>]*? value="([^"]*)"', page)
    )
    for name, options in re.findall(
        r'<select id="\w+" name="(\w+)"[^>]*>(.*?)</select>', page, re.DOTALL
    ):
        chosen = re.search(r'value="([^"]*)" selected', options)
        fields[name] = chosen[1] if chosen else ""
    fields["csrf_token"] = csrf(page)
    fields["based_on"] = re.search(r'name="based_on" value="(\d+)"', page)[1]
    return fields


def seen(page: str) -> str:
    """The mark of a preview."""
    return re.search(r'name="seen" value="(\w+)"', page)[1]


def times(page: str, caption: str) -> list[str]:
    """The times of one table of texts."""
    table = page.partition(caption)[2].partition("</table>")[0]
    return re.findall(r'data-label="Time"><span>(\d\d:\d\d)', table)


def versions(world: World) -> list[content.Version]:
    with world.runtime.store.transaction(SYSTEM, "test", write=False) as tx:
        return programme_versions.versions(tx, world.clinic.id, "caffeine")


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
    for path in ("/programmes", "/programmes/caffeine", "/programmes/caffeine/versions/1"):
        assert browser.get(path).status_code == read
    assert browser.get(STEP).status_code == change
    sent = browser.post(
        STEP, data={"csrf_token": csrf(browser.get("/", follow_redirects=True).text)}
    )
    assert sent.status_code == (400 if change == 200 else 403)


def test_a_programme_admin_begins_with_the_programmes(world: World) -> None:
    assert world.member("programme_admin").get("/").location == "/programmes"


def test_the_list_says_whom_each_programme_reaches(world: World) -> None:
    tom(world)
    world.patient()
    page = world.member("programme_admin").get("/programmes").text
    row = page.partition("Caffeine cut-off")[2].partition("</tr>")[0]
    assert "1 of 2" in row
    assert "as shipped" in row


def test_only_a_clinician_sees_a_name_beside_a_reference(world: World) -> None:
    tom(world)
    words = "NSC-1182, Halifax, bed 23:00"
    for path in ("/programmes/caffeine", STEP):
        page = world.member("programme_admin").get(path).text
        assert words in page
        assert "Adeyemi" not in page
    assert f"{words} (Tom Adeyemi)" in world.member("clinician").get("/programmes/caffeine").text


def test_nobody_of_another_clinic_can_be_looked_through(world: World) -> None:
    other = world.other_clinic()
    stranger = world.patient(clinic=other, facts={"uses_caffeine": "yes"})
    browser = world.member("programme_admin")
    assert browser.get(f"/programmes/caffeine?as={stranger.token}").status_code == 404
    assert browser.get("/programmes/caffeine?as=imaginary").status_code == 200
    assert browser.get("/programmes/nothing").status_code == 404
    assert browser.get("/programmes/caffeine/steps/nothing").status_code == 404
    assert browser.get("/programmes/caffeine/versions/9").status_code == 404


def test_a_week_without_scores_says_so_and_an_imaginary_patients_is_seen(
    world: World,
) -> None:
    patient = world.patient(facts={CHOSE_WEEK: "yes"})
    browser = world.member("programme_admin")
    why = "Fewer than three nights of the week had a score"
    real = browser.get(f"/programmes/your_week?as={patient.token}").text
    imagined = browser.get("/programmes/your_week?as=imaginary").text
    # Who joins today has no week to be told on the first Sunday; then each morning has its score.
    assert (real.count(why), imagined.count(why)) == (4, 1)
    assert len(times(imagined, "The next ten texts")) == 10
    unanswered = "as if no question were answered from now on"
    assert (unanswered in real, unanswered in imagined) == (True, False)


def test_a_step_moved_by_an_hour_moves_the_next_ten_texts(world: World) -> None:
    patient = tom(world)
    browser = world.member("programme_admin")
    before = times(browser.get("/programmes/caffeine").text, "The next ten texts")
    assert "21:00" in before
    change = {**form(browser), "amount": "3h", "as": patient.token}
    preview = browser.post(STEP, data={**change, "act": "preview"}).text
    shown = times(preview, "The next ten texts with the change")
    assert "20:00" in shown
    assert "21:00" not in shown
    assert "was 21:00" in preview
    assert len(versions(world)) == 1
    done = browser.post(STEP, data={**change, "act": "publish", "seen": seen(preview)})
    assert done.location == "/programmes/caffeine?published=2"
    page = browser.get(done.location).text
    assert times(page, "The next ten texts") == shown
    published = versions(world)
    assert (published[-1].number, published[0].source.count("\n")) == (
        2,
        published[1].source.count("\n"),
    )
    assert "# ordinary coffee needs 8.8 h" in published[1].source
    assert "+ at = { anchor" in browser.get("/programmes/caffeine/versions/2").text


def test_nothing_is_published_that_was_not_seen(world: World) -> None:
    browser = world.member("clinic_admin")
    change = {**form(browser), "amount": "3h"}
    mark = seen(browser.post(STEP, data={**change, "act": "preview"}).text)
    other = {**change, "amount": "4h", "act": "publish", "seen": mark}
    assert "was 21:00" not in browser.get(STEP).text
    assert browser.post(STEP, data=other).status_code == 200
    assert browser.post(STEP, data={**change, "act": "publish"}).status_code == 200
    assert len(versions(world)) == 1


def test_publishing_twice_publishes_once(world: World) -> None:
    browser = world.member("programme_admin")
    change = {**form(browser), "amount": "3h"}
    mark = seen(browser.post(STEP, data={**change, "act": "preview"}).text)
    publish = {**change, "act": "publish", "seen": mark}
    assert browser.post(STEP, data=publish).status_code == 302
    again = browser.post(STEP, data=publish)
    assert again.status_code in (200, 409)
    assert len(versions(world)) == 2


def test_an_edit_of_an_older_version_is_a_conflict(world: World) -> None:
    first, second = world.member("programme_admin"), world.member("programme_admin")
    mine, theirs = ({**form(one), "amount": how} for one, how in ((first, "3h"), (second, "4h")))
    marks = []
    for browser, change in ((first, mine), (second, theirs)):
        marks.append(seen(browser.post(STEP, data={**change, "act": "preview"}).text))
    assert first.post(STEP, data={**mine, "act": "publish", "seen": marks[0]}).status_code == 302
    for act in ({"act": "preview"}, {"act": "publish", "seen": marks[1]}):
        stale = second.post(STEP, data={**theirs, **act})
        assert stale.status_code == 409
        assert "version 2 meanwhile" in stale.text
    assert len(versions(world)) == 2


def test_a_warning_that_would_come_too_late_is_pointed_out(world: World) -> None:
    tom(world)
    browser = world.member("programme_admin")
    path = "/programmes/caffeine/steps/heads-up"
    change = {**form(browser, path), "amount": "8h30m", "act": "preview"}
    assert "heads-up comes after the cut-off it names" in browser.post(path, data=change).text


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"amount": "soon"}, "amount", "no length of time"),
        ({"useful_for": "0"}, "useful_for", "more than nothing"),
        ({"flex": "a bit"}, "flex", "no length of time"),
        ({"rhythm": "times_per_week", "often": "9"}, "often", "a whole number from 1 to 7"),
        ({"text-CAF-03-en": "Reply STOP or " + "x" * 200}, "text-CAF-03-en", "at most 160"),
        ({"text-CAF-03-en": "Did you keep it by {cutoff}? YES or NO"}, "form", "needs a cutoff"),
    ],
)
def test_a_fault_is_told_at_its_field_and_entries_are_kept(
    world: World, change: dict[str, str], field: str, said: str
) -> None:
    browser = world.member("programme_admin")
    sent = {**form(browser), **change, "act": "publish", "seen": "x"}
    answer = browser.post(STEP, data=sent)
    assert answer.status_code == 400
    assert said in answer.text
    link = "step-form" if field == "form" else field
    assert f'href="#{link}"' in answer.text
    for value in change.values():
        assert value in answer.text
    assert len(versions(world)) == 1


def test_a_rhythm_the_form_does_not_know_stays_as_the_file_says(world: World) -> None:
    browser = world.member("programme_admin")
    path = "/programmes/caffeine/steps/heads-up"
    page = browser.get(path).text
    assert "weeks = &#34;1-4&#34;" in page
    change = {**form(browser, path), "amount": "10h"}
    preview = browser.post(path, data={**change, "act": "preview"}).text
    lines = re.findall(r'<span class="(?:plus|minus)">(.*?)</span>', preview)
    assert [line[:6] for line in lines] == ["- at =", "+ at ="]


def test_a_wording_is_published_with_its_step(world: World) -> None:
    tom(world)
    browser = world.member("programme_admin")
    change = {**form(browser), "text-CAF-03-en": "Cut-off kept today? Reply YES or NO."}
    preview = browser.post(STEP, data={**change, "act": "preview"}).text
    assert "Cut-off kept today?" in preview
    browser.post(STEP, data={**change, "act": "publish", "seen": seen(preview)})
    assert "Cut-off kept today?" in browser.get("/programmes/caffeine").text


def publish_moved(browser: FlaskClient, amount: str) -> None:
    change = {**form(browser), "amount": amount}
    mark = seen(browser.post(STEP, data={**change, "act": "preview"}).text)
    browser.post(STEP, data={**change, "act": "publish", "seen": mark})


def go_back(browser: FlaskClient, to: int) -> TestResponse:
    """Click "Go back to this now"."""
    page = browser.get("/programmes/caffeine").text
    based_on = re.search(r'name="based_on" value="(\d+)"', page)[1]
    sent = {"csrf_token": csrf(page), "based_on": based_on}
    return browser.post(f"/programmes/caffeine/versions/{to}/again", data=sent)


def test_one_click_goes_back_to_an_earlier_version_and_another_undoes_it(world: World) -> None:
    browser = world.member("programme_admin")
    publish_moved(browser, "3h")
    answer = go_back(browser, 1)
    assert answer.status_code == 302
    page = browser.get(answer.location).text
    assert "Version 3, the text of version 1 again, is in force." in page
    assert "Go back to this now" in page
    assert go_back(browser, 2).status_code == 302
    sources = [one.source for one in versions(world)]
    assert sources == [sources[0], sources[1], sources[0], sources[1]]
    assert sources[0] != sources[1]


def test_going_back_leaves_what_others_began_and_sees_what_they_published(world: World) -> None:
    browser, other = world.member("programme_admin"), world.member("programme_admin")
    publish_moved(browser, "3h")
    begun = {**form(other), "amount": "4h", "act": "preview"}
    other.post(STEP, data=begun)
    shown = browser.get("/programmes/caffeine").text
    assert go_back(browser, 1).status_code == 302
    assert 'value="4h"' in other.get(STEP).text
    late = {"csrf_token": csrf(shown), "based_on": "2"}
    answer = browser.post("/programmes/caffeine/versions/1/again", data=late)
    assert answer.status_code == 409
    assert len(versions(world)) == 3


def test_going_back_to_a_weaker_gate_takes_a_second_admin_as_ever(world: World) -> None:
    browser = world.member("programme_admin")
    safe = "safety = true\n"
    with world.runtime.store.transaction(SYSTEM, "test") as tx:
        source = versions(world)[0].source
        gate = source[source.index('not_if = ["pregnant"]') : source.index(safe)] + safe
        stronger = source.replace(gate, gate.replace('["pregnant"]', '["pregnant", "dialysis"]'))
        assert stronger != source
        publish(
            world.runtime, tx, world.clinic, stronger, name="caffeine.toml", at="now",
            now=world.runtime.clock.now(),
        )  # fmt: skip
    answer = go_back(browser, 1)
    assert "needs a second admin" in browser.get(answer.location).text
    assert len(versions(world)) == 2


def test_a_draft_or_a_stranger_goes_back_to_nothing(world: World) -> None:
    browser = world.member("programme_admin")
    publish_moved(browser, "3h")
    token = csrf(browser.get("/programmes/caffeine").text)
    sent = {"csrf_token": token, "based_on": "2"}
    assert browser.post("/programmes/caffeine/versions/9/again", data=sent).status_code == 404
    clinician = world.member("clinician")
    assert "Go back to this" not in clinician.get("/programmes/caffeine").text
