"""A weaker safety gate takes two admins, each with a reason."""

import html
import re

from flask.testing import FlaskClient
from sqlalchemy import select

from service.entry.web.impact_runs import INLINE
from service.store.session import SYSTEM
from service.store.tables.audit import AuditEvent
from tests.waiting import wait_until
from tests.web.conftest import World, csrf
from tests.web.test_programmes import form, versions

FILE = "/programmes/caffeine/source"
ASK = "/programmes/caffeine/approvals"
# The one gate of the file: nobody pregnant gets the shorter cut-off.
GATE = 'not_if = ["pregnant"]                          # they have the longer cut-off below\nsafety = true\n'


def weaker(world: World, browser: FlaskClient) -> dict[str, str]:
    source = versions(world)[0].source
    assert GATE in source
    return {
        "csrf_token": csrf(browser.get(FILE).text),
        "based_on": "1",
        "source": source.replace(GATE, "").replace("\n", "\r\n"),
    }


def asked(world: World, browser: FlaskClient) -> str:
    """Ask for the weaker file; the page on which it is decided."""
    answer = browser.post(ASK, data={**weaker(world, browser), "because": "Our midwife asked."})
    assert answer.status_code == 302
    return str(answer.location)


def test_one_admin_may_not_publish_it_but_may_ask(world: World) -> None:
    browser = world.member("programme_admin")
    page = browser.post(FILE, data={**weaker(world, browser), "act": "preview"})
    assert page.status_code == 400
    assert "needs a second admin" in page.text
    where = asked(world, browser)
    assert versions(world)[-1].state == "awaiting"
    shown = html.unescape(browser.get(where).text)
    assert "Our midwife asked." in shown
    assert "not_if = pregnant" in shown
    assert "Take it back" in shown
    assert "Approve and publish" not in shown
    assert "waits for a second admin" in browser.get("/programmes/caffeine").text


def test_who_asked_cannot_approve(world: World) -> None:
    browser = world.member("programme_admin")
    where = asked(world, browser)
    decision = {"csrf_token": csrf(browser.get(where).text), "because": "Yes.", "act": "approve"}
    answer = browser.post(where, data=decision)
    assert answer.status_code == 409
    assert "cannot approve it" in answer.text
    assert versions(world)[-1].state == "awaiting"


def test_a_second_admin_approves_with_a_reason_and_both_are_kept(world: World) -> None:
    where = asked(world, world.member("programme_admin"))
    second = world.member("programme_admin")
    decision = {"csrf_token": csrf(second.get(where).text), "act": "approve"}
    assert second.post(where, data=decision).status_code == 409
    done = second.post(where, data={**decision, "because": "Agreed at the ward round."})
    assert done.location == "/programmes/caffeine?published=2"
    version = versions(world)[-1]
    assert (version.state, version.approved_because) == ("published", "Agreed at the ward round.")
    assert version.asked_by != version.approved_by
    with world.runtime.store.transaction(SYSTEM, "test", write=False) as tx:
        acts = {row[0] for row in tx.rows(select(AuditEvent.action))}
    assert {"approval asked", "approved and published"} <= acts
    again = second.post(where, data={**decision, "because": "Twice."})
    assert again.status_code == 409


def test_a_refusal_leaves_everything_as_it_is(world: World) -> None:
    where = asked(world, world.member("programme_admin"))
    second = world.member("clinic_admin")
    decision = {"csrf_token": csrf(second.get(where).text), "act": "refuse", "because": "No."}
    assert second.post(where, data=decision).status_code == 302
    assert versions(world)[-1].state == "retired"
    assert "refused" in second.get("/programmes/caffeine").text
    assert "Refused by Dr A. Okafor" in second.get(where).text


def test_only_a_weaker_gate_is_asked_for_and_no_other_fault_passes(world: World) -> None:
    browser = world.member("programme_admin")
    typed = weaker(world, browser)
    plain = {**typed, "source": versions(world)[0].source, "because": "Why not."}
    assert browser.post(ASK, data=plain).status_code == 409
    broken = {**typed, "source": typed["source"].replace("CAF-03", "CAF-99")}
    page = browser.post(FILE, data={**broken, "act": "preview"}).text
    assert "needs a second admin" not in page
    answer = browser.post(ASK, data={**broken, "because": "Why not."})
    assert (answer.status_code, "CAF-99" in answer.text) == (409, True)
    assert len(versions(world)) == 1


def test_another_clinic_decides_nothing(world: World) -> None:
    where = asked(world, world.member("programme_admin"))
    other = world.member("programme_admin", clinic=world.other_clinic())
    assert other.get(where).status_code == 404


def test_of_two_requests_only_the_first_decided_passes(world: World) -> None:
    first, second = world.member("programme_admin"), world.member("programme_admin")
    one, two = asked(world, first), asked(world, first)
    decision = {"csrf_token": csrf(second.get(one).text), "act": "approve", "because": "Yes."}
    assert second.post(one, data=decision).status_code == 302
    assert second.post(two, data=decision).status_code == 409
    assert [version.state for version in versions(world)] == ["published", "published", "awaiting"]


def test_a_file_of_another_programme_is_not_asked_for(world: World) -> None:
    browser = world.member("programme_admin")
    mistaken = {**weaker(world, browser), "because": "By mistake."}
    assert browser.post("/programmes/education/approvals", data=mistaken).status_code == 409


def test_what_was_approved_is_not_asked_about_again(world: World) -> None:
    where = asked(world, world.member("programme_admin"))
    second = world.member("programme_admin")
    decision = {"csrf_token": csrf(second.get(where).text), "act": "approve", "because": "Agreed."}
    second.post(where, data=decision)
    shown = html.unescape(second.get("/programmes/caffeine/versions/2").text)
    assert "Our midwife asked." in shown
    assert "approved: “Agreed.”" in shown
    step = "/programmes/caffeine/steps/kept"
    change = {**form(second, step), "amount": "3h", "act": "preview"}
    assert second.post(step, data=change).status_code == 200


def test_who_decides_on_a_large_clinic_is_shown_the_effect_and_no_button_to_publish(
    world: World,
) -> None:
    for _ in range(INLINE + 1):
        world.patient(facts={"uses_caffeine": "yes"})
    where = asked(world, world.member("programme_admin"))
    second = world.member("programme_admin")
    again = html.unescape(re.search(r'data-again="([^"]+)"', second.get(where).text)[1])
    wait_until(lambda: "data-again" not in second.get(again).text, patience_s=60)
    counted = second.get(again).text
    assert "next 14 nights" in counted
    assert 'value="publish"' not in counted
