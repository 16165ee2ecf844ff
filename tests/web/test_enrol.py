"""Enrolling: what is checked, what is shown before anything is sent, and that nobody is enrolled twice."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from schedules.facts import FACTS
from service.entry.web.fact_fields import GROUPS, spelled
from service.store import circumstances, people
from service.store.records import Patient
from service.store.session import SYSTEM
from service.store.tables.outbox import OutboxText
from tests.web.conftest import World, csrf

TYPED = {
    "ref": "NSC-1182",
    "given_name": "Tom",
    "family_name": "Adeyemi",
    "born": "1972-05-03",
    "phone": "902 555 1003",
    "zone": "America/Halifax",
    "language": "en",
    "bedtime": "23:00",
    "wake_time": "07:00",
    "hours": "default",
    "privacy": "discreet",
    "consent": "invite",
}


def patients(world: World) -> list[Patient]:
    with world.runtime.store.transaction(SYSTEM, "test", write=False) as tx:
        return people.all_patients(tx, world.clinic.id)


def waiting(world: World) -> list[str]:
    with world.runtime.store.transaction(SYSTEM, "test", write=False) as tx:
        return [row[0] for row in tx.rows(select(OutboxText.template))]


def send(browser: FlaskClient, **changes: str) -> TestResponse:
    token = csrf(browser.get("/enrol").text)
    return browser.post("/enrol", data={**TYPED, "csrf_token": token, **changes})


@pytest.mark.parametrize(
    ("role", "status"),
    [("clinician", 200), ("clinic_admin", 200), ("programme_admin", 403), ("auditor", 403)],
)
def test_who_may_enrol(world: World, role: str, status: int) -> None:
    assert world.member(role).get("/enrol").status_code == status


def test_checking_shows_what_was_understood_and_sends_nothing(world: World) -> None:
    page = send(world.member("clinician"), act="check").text
    assert "+1 902-555-1003" in page
    assert "Northside Clinic: Hi Tom. We can text you evening tips and check-ins." in page
    assert "SYS-01" in page
    assert patients(world) == []
    assert waiting(world) == []


def test_a_number_that_somebody_has_is_told(world: World) -> None:
    world.patient(ref="NSC-9", phone="+19025551003")
    page = send(world.member("clinician"), act="check").text
    assert "NSC-9 has this number too." in page


def test_the_invitation_is_shown_in_the_language_chosen(world: World) -> None:
    page = send(world.member("clinician"), act="check", language="es").text
    assert "Responda SI" in page
    assert 'lang="es"' in page


def test_enrolling_invites_and_leads_to_the_patient(world: World) -> None:
    answer = send(world.member("clinician"), act="enrol")
    (patient,) = patients(world)
    assert answer.location == f"/patients/{patient.token}"
    assert patient.consent == "invited"
    assert waiting(world) == ["SYS-01"]


def test_a_recorded_consent_is_in_force_at_once(world: World) -> None:
    browser = world.member("clinician")
    evidence = "form signed 2 Oct"
    shown = send(browser, act="check", consent="recorded", consent_evidence=evidence).text
    assert f"“{evidence}”" in shown
    send(browser, act="enrol", consent="recorded", consent_evidence=evidence)
    assert [one.consent for one in patients(world)] == ["active"]
    assert waiting(world) == []


def test_everything_typed_is_kept(world: World) -> None:
    facts = {
        "fact-uses_caffeine": "yes",
        "fact-drinks-fri": "yes",
        "fact-drinks-sat": "yes",
        "fact-iron_oral": "alternate",
        "fact-last_ferritin": "48",
        "fact-last_ferritin-on": "2026-10-02",
        "fact-calcium-at": "12:00",
        "fact-onset_age": "41",
    }
    own = {"hours": "own", "opens": "17:00", "closes": "08:00", "bedtime_weekend": "23:45"}
    send(world.member("clinician"), act="enrol", **facts, **own)
    (patient,) = patients(world)
    assert patient.window == "17:00-08:00"
    assert f"{patient.bedtime_weekend}" == "23:45:00"
    with world.runtime.store.transaction(SYSTEM, "test", write=False) as tx:
        known = {fact.code: fact.value for fact in circumstances.facts_of(tx, patient.id)}
    assert known == {
        "uses_caffeine": "yes",
        "drinks": "fri,sat",
        "iron_oral": "alternate",
        "last_ferritin": "48@2026-10-02",
        "calcium": "12:00",
        "onset_age": "41",
    }


def test_a_form_sent_twice_enrols_once(world: World) -> None:
    browser = world.member("clinician")
    first, second = send(browser, act="enrol"), send(browser, act="enrol")
    assert first.location == second.location
    assert len(patients(world)) == 1
    assert waiting(world) == ["SYS-01"]


def test_a_reference_in_use_is_refused(world: World) -> None:
    browser = world.member("clinician")
    send(browser, act="enrol")
    for act in ("check", "enrol"):
        answer = send(browser, act=act, phone="902 555 1004")
        assert answer.status_code == 400
        assert "There is a patient NSC-1182 already" in answer.text
    assert len(patients(world)) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ref": ""}, "ref"),
        ({"phone": "12"}, "phone"),
        ({"born": "yesterday"}, "born"),
        ({"zone": "Moon/Base"}, "zone"),
        ({"wake_time": "23:30"}, "wake_time"),
        ({"hours": "own", "opens": "9", "closes": ""}, "window"),
        ({"consent": "recorded"}, "consent_evidence"),
        ({"fact-last_ferritin": "48"}, "fact-last_ferritin"),
        ({"fact-onset_age": "old; drinks=fri"}, "fact-onset_age"),
        ({"given_name": "<b>\u202e</b>"}, "given_name"),
    ],
)
def test_a_fault_is_summed_up_linked_and_keeps_what_was_typed(
    world: World, changes: dict[str, str], field: str
) -> None:
    answer = send(world.member("clinician"), act="enrol", **changes)
    assert answer.status_code == 400
    summary = answer.text.partition('id="faults"')[2].partition("</ul>")[0]
    assert summary.count("href=") == 1
    assert f'href="#{field}"' in summary
    assert f'id="{field}"' in answer.text
    assert f'id="fault-{field}"' in answer.text
    assert 'value="Adeyemi"' in answer.text
    assert "<b>" not in answer.text.partition('id="given_name"')[2].partition(">")[0]
    assert patients(world) == []


def test_every_fact_stands_in_one_group_once() -> None:
    codes = [field.code for fields in GROUPS.values() for field in fields]
    assert sorted(codes) == sorted(FACTS)


def test_fields_left_alone_are_no_facts() -> None:
    assert spelled({"fact-onset_age": " ", "fact-calcium": "", "given_name": "Tom"}) == ""
    assert spelled({"fact-calcium": "yes", "fact-iron_start": "2026-10-02"}) == (
        "iron_start=2026-10-02;calcium"
    )
