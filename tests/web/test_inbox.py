"""The inbox: what waits and why, a meaning and its undoing, an answer by text, handing over, closing."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from service.clinic_life import live_until
from service.store.records import Patient
from tests.web.conftest import NOW, World, csrf

HOSTILE = "<script>alert(1)</script>\u202egnol {{7*7}} " + "W" * 90


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def waiting(browser: FlaskClient, path: str = "/inbox") -> list[str]:
    """The addresses of the replies that wait, as listed."""
    return re.findall(r'<h2><a href="(/inbox/[^"]+)"', browser.get(path).text)


def post(browser: FlaskClient, path: str, **form: str) -> str:
    """Send a form of a reply's page and open what follows."""
    token = csrf(browser.get(path.rpartition("/")[0]).text)
    answer = browser.post(path, data={"csrf_token": token, **form}, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


def severity_question(page: str) -> str:
    """The question about the last night's severity, among those offered."""
    forms = re.findall(r'<form class="meaning".*?</form>', page, re.DOTALL)
    mine = next(form for form in forms if 'value="10"' in form)
    return mine.partition('name="question" value="')[2].partition('"')[0]


def once(page: str) -> str:
    return page.partition('name="once" value="')[2].partition('"')[0]


@pytest.fixture
def unsure(demo: World) -> Patient:
    """Somebody whose answer about last night was not understood, twice."""
    patient = demo.patient(privacy="plain")
    live_until(demo.runtime, NOW + timedelta(days=1, hours=1))
    for body in ("well it went as it goes", "as it goes, I said"):
        demo.hears(demo.phone_of(patient), body, timedelta(0))
    return patient


def test_the_longest_wait_stands_first_with_why(world: World) -> None:
    tom, ana = world.patient(), world.patient("Ana", "Ruiz")
    world.hears(world.phone_of(tom), "what do you think?", timedelta(days=3))
    world.hears("+19025559999", "hello there", timedelta(days=2))
    world.hears(world.phone_of(ana), "bad nausea since the new tablets", timedelta(hours=1))
    world.hears(world.phone_of(ana), "thanks", timedelta(minutes=9))
    page = world.member("clinician").get("/inbox").text
    found = [
        text(row) for row in re.findall(r"<li class=.card. data-row>.*?</li>", page, re.DOTALL)
    ]
    assert [row.split(":")[0].strip() for row in found] == [
        "Tom Whitfield",
        "Unknown number",
        "Ana Ruiz",
    ]
    assert ["A question" in found[0], "Whose is it?" in found[1], "A side effect" in found[2]]
    assert "3 replies wait for a person" in page
    assert '<span class="count">3<span class="unseen"> wait</span>' in page


def test_pages_follow_one_another(world: World) -> None:
    for number in range(27):
        world.hears(f"+1902555{9000 + number}", f"hello {number}", timedelta(hours=30 - number))
    browser = world.member("auditor")
    page = browser.get("/inbox").text
    assert len(waiting(browser)) == 25
    following = re.search(r'rel="next" href="([^"]+)"', page)
    assert following
    assert len(waiting(browser, following[1].replace("&amp;", "&"))) == 2
    assert "<form" not in page.partition("<main")[2]  # who only reads changes nothing


def test_a_meaning_is_noted_shown_everywhere_and_undone(demo: World, unsure: Patient) -> None:
    browser = demo.member("clinician", name="Nora Quist")
    [path] = waiting(browser)
    page = browser.get(path).text
    assert "no answer so far" in page
    page = post(browser, f"{path}/means", question=severity_question(page), value="4")
    assert "severity 4 says Nora Quist" in text(page)
    assert waiting(browser) == []
    patient = browser.get(f"/patients/{unsure.token}").text
    assert "severity 4 , as a person says" in text(patient)
    assert ": 4" in patient.partition("Severity by night")[2]
    page = post(browser, f"{path}/undo")
    assert "What was read counts again" in page
    assert waiting(browser) == [path]


def test_a_wrong_reading_is_corrected_from_the_patients_page(demo: World) -> None:
    patient = demo.patient(privacy="plain")
    live_until(demo.runtime, NOW + timedelta(days=1, hours=1))
    demo.hears(demo.phone_of(patient), "7", timedelta(0))
    browser = demo.member("clinician")
    page = browser.get(f"/patients/{patient.token}").text
    path = re.search(r'href="(/inbox/[^"]+)">Look or correct', page)
    page = post(browser, f"{path[1]}/means")
    assert "no answer says Dr A. Okafor" in text(page)
    assert "severity 7 so far" not in text(page)


def test_an_answer_that_its_patient_moved_says_so(demo: World) -> None:
    patient = demo.patient(privacy="plain")
    live_until(demo.runtime, NOW + timedelta(days=1, hours=1))
    for body in ("7 pm", "that was for yesterday"):
        demo.hears(demo.phone_of(patient), body, timedelta(0))
    browser = demo.member("clinician")
    page = browser.get(f"/patients/{patient.token}").text
    assert "a correction: that was for the day before" in text(page)
    paths = re.findall(r'href="(/inbox/[^"#]+)"', page)
    assert any(
        "symptoms from 19:00 says the patient, by text" in text(browser.get(p).text) for p in paths
    )


@pytest.mark.usefixtures("unsure")
def test_what_the_page_does_not_offer_is_refused(demo: World) -> None:
    browser = demo.member("clinician")
    [path] = waiting(browser)
    page = browser.get(path).text
    sent = {"csrf_token": csrf(page), "question": severity_question(page)}
    for form in ({"value": "11"}, {"value": ""}, {}, {"value": "4", "question": "no"}):
        assert browser.post(f"{path}/means", data={**sent, **form}).status_code in {400, 404}
    assert waiting(browser) == [path]


def test_an_answer_leaves_the_reply_no_longer_waits_and_automatic_answers_rest(
    world: World,
) -> None:
    tom = world.patient()
    world.hears(world.phone_of(tom), "what do you think?", timedelta(minutes=20))
    browser = world.member("clinician")
    [path] = waiting(browser)
    page = browser.get(f"{path}?with=STF-02").text
    assert "please call us at 902-555-0140" in page
    assert "It leaves at once" in page
    page = post(browser, f"{path}/answer", once=once(page), body="We will call you.")
    assert "Automatic answers rest until" in text(page)
    assert "We will call you." in page
    assert waiting(browser) == []
    page = post(browser, f"{path}/answers-again")
    assert "Automatic answers rest until" not in text(page)


def test_the_patients_page_says_that_automatic_answers_rest_and_lets_them_begin_again(
    world: World,
) -> None:
    tom = world.patient()
    world.hears(world.phone_of(tom), "what do you think?", timedelta(minutes=20))
    browser = world.member("clinician")
    [path] = waiting(browser)
    post(browser, f"{path}/answer", once=once(browser.get(path).text), body="We will call you.")
    where = f"/patients/{tom.token}"
    page = browser.get(where).text
    assert re.search(r"Automatic answers rest until today \d\d:\d\d: somebody", text(page))
    reader = world.member("auditor")
    sent = {"csrf_token": csrf(reader.get(where).text)}
    assert reader.post(f"{where}/answers-again", data=sent).status_code == 403
    sent = {"csrf_token": csrf(page)}
    assert browser.post(f"{where}/answers-again", data=sent).status_code == 302
    page = browser.get(where).text
    assert "Automatic answers" not in text(page)
    # Once more, from a page of before, changes nothing.
    assert browser.post(f"{where}/answers-again", data=sent).status_code == 302


def test_what_cannot_be_sent_is_kept_and_said(world: World) -> None:
    tom = world.patient()
    world.hears(world.phone_of(tom), "what do you think?", timedelta(minutes=20))
    browser = world.member("clinician")
    [path] = waiting(browser)
    page = browser.get(path).text
    form = {"csrf_token": csrf(page), "once": once(page), "body": "x" * 500}
    answer = browser.post(f"{path}/answer", data=form)
    assert answer.status_code == 400
    assert "Nothing was sent." in answer.text
    assert "x" * 500 in answer.text
    assert browser.post(f"{path}/answer", data={**form, "once": "a:b"}).status_code == 400
    assert waiting(browser) == [path]


def test_at_night_the_page_says_when_it_would_leave(world: World) -> None:
    tom = world.patient()
    world.hears(world.phone_of(tom), "what do you think?", timedelta(hours=3))
    world.runtime.clock.hold(NOW + timedelta(hours=15))
    browser = world.member("clinician")
    [path] = waiting(browser)
    assert "It waits: it is 23:02 there" in browser.get(path).text


def test_handed_over_it_shows_for_the_colleague(world: World) -> None:
    tom = world.patient()
    world.hears(world.phone_of(tom), "what do you think?")
    world.hears(world.phone_of(tom), "shall I take more?")
    browser = world.member("clinician")
    colleague = world.member("clinic_admin", name="Nora Quist")
    world.member("auditor", name="Only Reads")
    [path, _] = waiting(browser)
    page = browser.get(path).text
    assert "Only Reads" not in page
    to = re.search(r'value="(staff:[^"]+)">Nora Quist', page)
    post(browser, f"{path}/hand-over", to=to[1])
    assert waiting(colleague, "/inbox?for=me") == [path]
    assert "1 handed to you" in colleague.get("/inbox").text
    assert "for Nora Quist" in browser.get("/inbox").text
    sent = {"csrf_token": csrf(page), "to": "staff:nobody"}
    assert browser.post(f"{path}/hand-over", data=sent).status_code == 400


def test_closed_it_leads_to_the_next_and_can_be_put_back(world: World) -> None:
    tom = world.patient()
    world.hears(world.phone_of(tom), "what do you think?")
    world.hears(world.phone_of(tom), "shall I take more?")
    browser = world.member("clinician")
    [first, second] = waiting(browser)
    page = post(browser, f"{first}/close")
    assert "shall I take more?" in page
    assert waiting(browser) == [second]
    post(browser, f"{first}/put-back")
    assert waiting(browser) == [first, second]


def test_a_shared_phones_reply_is_given_to_whom_it_belongs(demo: World) -> None:
    tom = demo.patient(privacy="plain", phone="+19025557777")
    ana = demo.patient("Ana", "Ruiz", privacy="plain", phone="+19025557777")
    live_until(demo.runtime, NOW + timedelta(days=1, hours=1))
    demo.hears("+19025557777", "4", timedelta(0))
    browser = demo.member("clinician")
    [path] = waiting(browser)
    page = browser.get(path).text
    part = page.partition("Ana Ruiz, who shares the number")[2]
    post(browser, f"{path}/means", question=severity_question(part), value="4")
    assert ": 4" in browser.get(f"/patients/{ana.token}").text.partition("Severity by night")[2]
    assert "“4”" not in browser.get("/inbox").text
    assert "severity 4" in browser.get(f"/patients/{ana.token}").text.partition("Conversation")[2]
    toms = browser.get(f"/patients/{tom.token}").text
    assert ": 4" not in toms.partition("Severity by night")[2]


def test_another_clinics_reply_is_not_there(world: World) -> None:
    tom = world.patient()
    world.hears(world.phone_of(tom), "what do you think?")
    [path] = waiting(world.member("clinician"))
    other = world.member("clinician", clinic=world.other_clinic())
    token = csrf(other.get("/").text)
    assert other.get(path).status_code == 404
    for act in ("means", "undo", "answer", "answers-again", "hand-over", "close", "put-back"):
        form = {"csrf_token": token, "once": "x" * 20, "body": "hi"}
        assert other.post(f"{path}/{act}", data=form).status_code == 404, act


def test_hostile_words_only_show(world: World) -> None:
    tom = world.patient("<b>Tom</b>", HOSTILE[:60])
    world.hears(world.phone_of(tom), HOSTILE + "?")
    browser = world.member("clinician")
    [path] = waiting(browser)
    for page in (browser.get("/inbox").text, browser.get(path).text):
        assert "<script>alert" not in page
        assert "<b>Tom" not in page
        assert "\u202e" not in page
