"""Changing a patient on the page: who may, faults at their fields, what came meanwhile, and what was saved in words."""

import html
import json
import re
from datetime import time

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.entry.web.patient_fields import as_columns, as_typed
from service.store import circumstances, people
from service.store.records import Patient
from service.store.session import SYSTEM
from tests.web.conftest import NOW, World, csrf

FACTS = {"uses_caffeine": "yes", "drinks": "fri,sat", "calcium": "12:00"}


@pytest.fixture
def tom(world: World) -> Patient:
    return world.patient("Tom", "Adeyemi", facts=FACTS)


def opened(page: str) -> dict[str, str]:
    """What a form carries along of how things stood."""
    (carried,) = re.findall(r'name="opened" value="([^"]*)"', page)
    return json.loads(html.unescape(carried))


def fields(page: str) -> dict[str, str]:
    """What a browser would send of an open form that nobody touched."""
    stood = opened(page)
    return {
        **as_typed(stood),
        "when": "today",
        "csrf_token": csrf(page),
        "opened": json.dumps(stood),
    }


def send(browser: FlaskClient, patient: Patient, **changes: str) -> TestResponse:
    where = f"/patients/{patient.token}/edit"
    return browser.post(where, data={**fields(browser.get(where).text), **changes})


def reread(world: World, patient: Patient) -> Patient:
    with world.runtime.store.transaction(SYSTEM, "test", write=False) as tx:
        return people.patient_by_id(tx, patient.id)


def known(world: World, patient: Patient) -> dict[str, str]:
    with world.runtime.store.transaction(SYSTEM, "test", write=False) as tx:
        facts = circumstances.facts_of(tx, patient.id)
    return {fact.code: fact.value for fact in facts if facts.holds(fact.code, NOW.date())}


@pytest.mark.parametrize(
    ("role", "status"),
    [("clinician", 200), ("clinic_admin", 200), ("programme_admin", 403), ("auditor", 403)],
)
def test_who_may_change_a_patient(world: World, tom: Patient, role: str, status: int) -> None:
    browser = world.member(role)
    assert browser.get(f"/patients/{tom.token}/edit").status_code == status
    if status == 403:
        typed = {"csrf_token": csrf(browser.get("/account").text), "opened": "{}"}
        assert browser.post(f"/patients/{tom.token}/edit", data=typed).status_code == 403


def test_another_clinics_patient_is_not_there(world: World, tom: Patient) -> None:
    own = fields(world.member("clinician").get(f"/patients/{tom.token}/edit").text)
    stranger = world.member("clinician", clinic=world.other_clinic())
    assert stranger.get(f"/patients/{tom.token}/edit").status_code == 404
    typed = {**own, "zone": "Europe/Berlin", "csrf_token": csrf(stranger.get("/account").text)}
    assert stranger.post(f"/patients/{tom.token}/edit", data=typed).status_code == 404
    assert reread(world, tom) == tom


def test_the_patients_page_leads_here_for_whoever_may(world: World, tom: Patient) -> None:
    link = f'href="/patients/{tom.token}/edit"'
    assert link in world.member("clinician").get(f"/patients/{tom.token}").text
    assert link not in world.member("auditor").get(f"/patients/{tom.token}").text


def test_a_form_nobody_touched_changes_nothing(world: World, tom: Patient) -> None:
    answer = send(world.member("clinician"), tom)
    assert answer.location == f"/patients/{tom.token}"
    assert (reread(world, tom), known(world, tom)) == (tom, FACTS)


def test_what_was_saved_is_said_on_the_patients_page(world: World, tom: Patient) -> None:
    browser = world.member("clinician")
    changes = {
        "zone": "Europe/Berlin",
        "hours": "bedtime",
        "language": "es",
        "fact-pregnant": "yes",
    }
    answer = send(browser, tom, **changes, **{"fact-drinks-fri": "", "fact-drinks-sat": ""})
    assert answer.status_code == 302
    page = browser.get(answer.location).text
    news = page.partition('id="saved"')[2].partition("</div>")[0]
    for line in (
        "Time zone: Europe/Berlin, from now on.",
        "Hours for texts: until bedtime, from now on.",
        "Language: Spanish, from now on.",
        "Pregnant, from Sat 21 Nov on: no alcohol texts, caffeine cut-off 12 h before bed.",
        "Usually drinks on fri, sat: ends on Sat 21 Nov.",
    ):
        assert f"<li>{line}</li>" in news
    assert news.count("<li>") == 5
    assert 'id="saved"' not in browser.get(f"/patients/{tom.token}").text
    assert 'id="saved"' not in world.member("clinician").get(answer.location).text
    assert known(world, tom) == {"uses_caffeine": "yes", "calcium": "12:00", "pregnant": "yes"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"zone": ""}, "zone"),
        ({"zone": "Moon/Base"}, "zone"),
        ({"bedtime": "25:00"}, "bedtime"),
        ({"wake_time": "01:30"}, "wake_time"),
        ({"language": "xx"}, "language"),
        ({"privacy": ""}, "privacy"),
        ({"hours": "own", "opens": "9", "closes": ""}, "window"),
        ({"when": "day", "day": "2036-11-21"}, "day"),
        ({"when": "day", "day": "<b>"}, "day"),
        ({"fact-onset_age": "old; drinks=fri"}, "fact-onset_age"),
        ({"fact-last_ferritin": "48"}, "fact-last_ferritin"),
        ({"zone": "<script>alert(1)</script>\u202e" + "W" * 500}, "zone"),
    ],
)
def test_a_fault_is_told_at_its_field_and_what_was_typed_is_kept(
    world: World, tom: Patient, changes: dict[str, str], field: str
) -> None:
    answer = send(world.member("clinician"), tom, **{"wake_weekend": "08:15", **changes})
    assert answer.status_code == 400
    summary = answer.text.partition('id="faults"')[2].partition("</ul>")[0]
    assert summary.count("href=") == 1
    assert f'href="#{field}"' in summary
    assert f'id="{field}"' in answer.text
    assert f'id="fault-{field}"' in answer.text
    assert 'value="08:15"' in answer.text
    assert "<b>Nothing was saved" in answer.text
    assert "<script>alert" not in answer.text
    assert (reread(world, tom), known(world, tom)) == (tom, FACTS)


def test_what_came_meanwhile_is_shown_and_saving_again_keeps_both(
    world: World, tom: Patient
) -> None:
    browser = world.member("clinician")
    where = f"/patients/{tom.token}/edit"
    first = fields(browser.get(where).text)
    send(world.member("clinician"), tom, bedtime="22:00", **{"fact-calcium-at": ""})
    answer = browser.post(where, data={**first, "wake_time": "06:30", "bedtime": "23:30"})
    assert answer.status_code == 409
    news = answer.text.partition('id="meanwhile"')[2].partition("</ul>")[0]
    assert [re.sub(r"<[^>]+>", "", one) for one in re.findall(r"<li>.*?</li>", news)] == [
        "Bedtime: was 23:00, is 22:00 now; you sent 23:30.",
        "Calcium or antacids: was 12:00, is not recorded now; you had left it alone.",
    ]
    assert f"{reread(world, tom).wake_time}" == "07:00:00"
    assert 'name="bedtime" type="time" autocomplete="off" value="23:30"' in answer.text
    assert 'name="wake_time" type="time" autocomplete="off" value="06:30"' in answer.text
    again = {**fields(answer.text), "wake_time": "06:30", "bedtime": "22:00"}
    assert browser.post(where, data=again).status_code == 302
    saved = reread(world, tom)
    assert (f"{saved.bedtime:%H:%M}", f"{saved.wake_time:%H:%M}") == ("22:00", "06:30")
    assert "calcium" not in known(world, tom)


def test_a_hold_in_force_stays_until_it_is_released(world: World, tom: Patient) -> None:
    world.hears(world.phone_of(tom), "I'm pregnant")
    browser = world.member("clinician")
    page = browser.get(f"/patients/{tom.token}/edit").text
    assert 'name="fact-tip_hold"' not in page
    assert "Tips and cut-off texts are on hold." in page
    untouched = fields(page)
    del untouched["fact-tip_hold"]
    browser.post(f"/patients/{tom.token}/edit", data={**untouched, "bedtime": "22:00"})
    assert f"{reread(world, tom).bedtime:%H:%M}" == "22:00"
    assert "tip_hold" in known(world, tom)


@pytest.mark.parametrize("carried", ["", "[]", "{", '{"clinic_id": "2"}', '{"zone": 7}'])
def test_a_form_without_what_it_was_opened_on_is_refused(
    world: World, tom: Patient, carried: str
) -> None:
    assert send(world.member("clinician"), tom, opened=carried, zone="UTC").status_code == 400
    assert reread(world, tom) == tom


@pytest.mark.parametrize(
    "known_as",
    [
        {"window": "08:00-20:30"},
        {"window": "bedtime"},
        {"window": "17:00-08:00"},
        {"window": "bedtime", "fact-last_ferritin": "48@2026-10-02", "fact-calcium": "yes"},
        {"window": "bedtime", "fact-calcium": "12:00", "fact-drinks": "mon,sun"},
        {"window": "bedtime", "fact-iron_oral": "alternate", "fact-onset_age": "41"},
    ],
)
def test_what_is_known_goes_into_the_fields_and_comes_back(known_as: dict[str, str]) -> None:
    columns = as_columns(as_typed(known_as), ())
    facts = dict(one.partition("=")[::2] for one in columns["facts"].split(";") if one)
    assert columns["window"] == known_as["window"]
    assert {f"fact-{code}": value or "yes" for code, value in facts.items()} == {
        name: value for name, value in known_as.items() if name != "window"
    }


def test_a_bedtime_that_came_by_text_for_tonight_is_told(world: World, tom: Patient) -> None:
    browser, where = world.member("clinician"), f"/patients/{tom.token}/edit"
    assert "came by text" not in browser.get(where).text
    world.hears(world.phone_of(tom), "bedtime 1am tonight")
    assert "For tonight a bedtime of 01:00 came by text" in browser.get(where).text


def test_a_bedtime_that_came_by_text_stands_in_nobodys_way(world: World, tom: Patient) -> None:
    with world.runtime.store.transaction(SYSTEM, "patient") as tx:
        people.set_patient(tx, tom.id, NOW, bedtime=time(6))
    browser = world.member("clinician")
    assert send(browser, tom, language="es").status_code == 302
    assert reread(world, tom).language == "es"
    refused = send(browser, tom, bedtime="05:30")
    assert refused.status_code == 400
    assert 'id="fault-bedtime"' in refused.text
    assert "From bedtime 05:30 to waking at 07:00 are 1 h 30 min" in refused.text
    assert 'id="fault-wake_time"' in send(browser, tom, wake_time="08:00").text
    assert 'id="fault-bedtime_weekend"' in send(browser, tom, bedtime_weekend="04:30").text
    assert reread(world, tom).bedtime == time(6)


def test_a_change_that_costs_tonights_texts_says_how_many(world: World, tom: Patient) -> None:
    browser = world.member("clinician")
    page = send(browser, tom, zone="Pacific/Kiritimati")
    assert "not come any more" in browser.get(page.location).text
    page = send(browser, tom, zone="America/Sao_Paulo")
    assert "leaves in two minutes" in browser.get(page.location).text
    page = send(browser, tom, zone=tom.zone)
    assert "not come any more" not in browser.get(page.location).text
