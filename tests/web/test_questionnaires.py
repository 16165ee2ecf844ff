"""A clinic's own questionnaire on the pages: what it does before it is published, and what was answered."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from service.clinic_life import live_until
from service.flows.publish_programme import publish
from service.store import exports, people
from service.store.records import Patient
from service.store.session import SYSTEM
from tests.web.conftest import World, csrf

EXAMPLE = (Path(__file__).parents[2] / "docs" / "examples" / "evening_check.toml").read_text(
    encoding="utf-8"
)
PAGE = "/programmes/evening_check"


@pytest.fixture
def asked(world: World) -> Patient:
    """A patient who was asked and answered with hostile words at the end."""
    # Everybody else's first day: the questionnaire begins with the programme.
    daily = EXAMPLE.replace("every_n_days = 14", "daily = true").replace("18:00", "12:30")
    with world.runtime.store.transaction(SYSTEM, "test") as tx:
        clinic = people.clinic_by_id(tx, world.clinic.id)
        now = world.runtime.clock.now()
        publish(world.runtime, tx, clinic, daily, name="own.toml", at="now", now=now)
    patient = world.patient(privacy="plain", window="08:00-22:00")
    live_until(world.runtime, now + timedelta(hours=5, minutes=20))
    for body in ("8", "no", "<b>bold</b> words"):
        world.hears(world.phone_of(patient), body, ago=timedelta(0))
        live_until(world.runtime, world.runtime.clock.now() + timedelta(seconds=5))
    return patient


def text(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def test_the_patients_page_shows_question_and_answer(world: World, asked: Patient) -> None:
    page = world.member("clinician").get(f"/patients/{asked.token}").text
    part = page.partition('id="own"')[2].partition("</section>")[0]
    said = text(part)
    assert "Evening check" in said
    assert "How many hours did you sleep last night? Reply 0 to 12. 8" in said
    assert "Did you nap in the day? Reply YES or NO. no" in said
    assert "“&lt;b&gt;bold&lt;/b&gt; words”" in said
    assert "<b>bold" not in page


def test_who_was_asked_nothing_has_no_table(world: World) -> None:
    tom = world.patient()
    assert 'id="own"' not in world.member("clinician").get(f"/patients/{tom.token}").text


@pytest.mark.usefixtures("asked")
def test_the_programmes_pages_show_its_questions(world: World) -> None:
    browser = world.member("programme_admin")
    assert "How many hours did you sleep last night?" in browser.get(PAGE).text
    step = browser.get(f"{PAGE}/steps/begin")
    assert step.status_code == 200
    assert "The questions of this step stand in" in step.text
    assert browser.get(f"{PAGE}/source").status_code == 200
    assert browser.get(f"{PAGE}/versions/1").status_code == 200


@pytest.mark.usefixtures("asked")
def test_the_export_keeps_words_apart(world: World) -> None:
    with world.runtime.store.transaction(SYSTEM, "test", write=False) as tx:
        plain = list(exports.questionnaires(tx, world.clinic.id, None, with_phi=False))
        told = list(exports.questionnaires(tx, world.clinic.id, None, with_phi=True))
    assert [(row["question"], row["version"], row["answer"]) for row in plain] == [
        ("EVE-01", 1, "8"),
        ("EVE-03", 1, "no"),
        ("EVE-05", 1, ""),
    ]
    assert all("bold" not in str(row) and "sleep" not in str(row) for row in plain)
    assert told[-1]["said"] == "<b>bold</b> words"
    assert "How many hours" in told[0]["body"]


def test_what_was_not_understood_waits_in_the_inbox(world: World, asked: Patient) -> None:
    live_until(world.runtime, world.runtime.clock.now() + timedelta(days=1))
    for body in ("the dog", "the dog again"):
        world.hears(world.phone_of(asked), body, ago=timedelta(0))
        live_until(world.runtime, world.runtime.clock.now() + timedelta(seconds=5))
    browser = world.member("clinician")
    page = browser.get("/inbox")
    assert page.status_code == 200
    assert "the dog again" in page.text
    link = re.search(r'href="(/inbox/[^"?#]+)', page.text)
    assert link
    assert browser.get(link[1]).status_code == 200


def test_a_colleague_says_in_the_inbox_what_an_answer_means(world: World, asked: Patient) -> None:
    browser = world.member("clinician")
    unsure = world.runtime.clock.now() + timedelta(days=1)
    live_until(world.runtime, unsure)
    for body in ("hard to say", "as I told you"):
        world.hears(world.phone_of(asked), body, ago=timedelta(0))
        live_until(world.runtime, world.runtime.clock.now() + timedelta(seconds=5))
    inbox = browser.get("/inbox").text
    reply = re.findall(r'<h2><a href="(/inbox/[^"]+)"', inbox)[-1]
    page = browser.get(reply).text
    form = page.partition('<form class="meaning"')[2].partition("</form>")[0]
    assert "How many hours did you sleep last night?" in form
    assert 'type="number" name="value" min="0" max="12"' in form
    sent = {
        "csrf_token": csrf(page),
        "question": form.partition('name="question" value="')[2].partition('"')[0],
    }
    assert browser.post(f"{reply}/means", data=sent | {"value": "13"}).status_code == 400
    told = browser.post(f"{reply}/means", data=sent | {"value": "5.5"}, follow_redirects=True)
    assert "answered: 5.5" in text(told.text)
    own = browser.get(f"/patients/{asked.token}").text.partition('id="own"')[2]
    assert "Reply 0 to 12. 5.5" in text(own.partition("</section>")[0])
