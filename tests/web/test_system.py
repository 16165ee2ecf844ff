"""System: sending switched off with a reason and a second click, said on every page, and switched on again."""

import re
from datetime import timedelta

import pytest

from service.domain.delivery import Cause
from service.flows.send_outbox import claim
from service.store import halts
from service.store.session import SYSTEM
from tests.web.conftest import World, csrf

WHY = "A wrong text went out <b>"


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def press(browser, path: str, **form: str):
    token = csrf(browser.get("/system").text)
    return browser.post(path, data={"csrf_token": token, **form})


def switch_off(browser) -> None:
    assert press(browser, "/system/pause", reason=WHY, confirmed="yes").status_code == 302


def test_a_first_click_says_what_it_does_and_does_nothing(world: World) -> None:
    world.patient(invited=True)
    admin = world.member("clinic_admin")
    page = press(admin, "/system/pause", reason=WHY)
    said = text(page.text)
    assert "1 text waits to leave now" in said
    assert "Answers to danger, STOP and HELP still go." in said
    assert "A wrong text went out &lt;b&gt;" in page.text
    assert "switched off at" not in text(admin.get("/").text)
    assert len(claim(world.runtime, 10)) == 1


def test_every_page_says_it_to_everybody_while_it_stands(world: World) -> None:
    admin = world.member("clinic_admin", name="Dr Ines <Roy>")
    switch_off(admin)
    world.patient(invited=True)
    assert claim(world.runtime, 10) == []
    for role, paths in {
        "clinician": ("/", "/patients", "/account"),
        "programme_admin": ("/programmes", "/texts"),
        "auditor": ("/", "/system"),
    }.items():
        browser = world.member(role)
        for path in paths:
            page = browser.get(path).text
            assert page.count('class="tag red">No texts') == 1
            assert "by Dr Ines &lt;Roy&gt;: “A wrong text went out &lt;b&gt;”" in page
    assert "and sending has stopped." in admin.get("/").text
    stranger = world.member("clinician", clinic=world.other_clinic())
    assert "No texts" not in stranger.get("/").text
    assert press(admin, "/system/resume/kill_switch").status_code == 302
    assert "No texts" not in admin.get("/").text
    assert len(claim(world.runtime, 10)) == 1


@pytest.mark.parametrize("path", ["/system/pause", "/system/resume/kill_switch"])
@pytest.mark.parametrize("role", ["clinician", "auditor", "programme_admin"])
def test_others_can_neither_stop_nor_start(world: World, role: str, path: str) -> None:
    switch_off(world.member("clinic_admin"))
    browser = world.member(role)
    token = csrf(browser.get("/account").text)
    form = {"csrf_token": token, "reason": "No", "confirmed": "yes"}
    assert browser.post(path, data=form).status_code == 403
    assert "A wrong text went out" in browser.get("/account").text


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201])
def test_a_reason_is_needed(world: World, reason: str) -> None:
    admin = world.member("clinic_admin")
    answer = press(admin, "/system/pause", reason=reason, confirmed="yes")
    assert answer.status_code == 400
    assert "No texts" not in admin.get("/").text


def test_what_the_command_line_did_is_said_so(world: World) -> None:
    now = world.runtime.clock.now() - timedelta(minutes=5)
    with world.runtime.store.transaction(SYSTEM, "command line") as tx:
        halts.begin(tx, world.clinic.id, Cause.KILL_SWITCH, "Fault", now, everything=True)
    said = text(world.member("clinic_admin").get("/").text)
    assert "switched off at 07:57 today from the command line: “Fault”." in said
    assert "Nothing leaves at all, not even answers to danger, STOP and HELP." in said


def test_there_is_no_other_halt_to_end(world: World) -> None:
    assert press(world.member("clinic_admin"), "/system/resume/weather").status_code == 404
