"""The patient's page: somebody who told the clinic that they want no more texts."""

import re

import pytest

from tests.web.conftest import World, csrf
from tests.web.test_pages_patient import text


def test_a_spoken_stop_is_noted_and_shown(world: World) -> None:
    tom = world.patient()
    nurse = world.member("clinician", name="Nora Quist")
    where = f"/patients/{tom.token}"
    before = nurse.get(where).text
    assert "They want no more texts" in text(before)
    form = {"csrf_token": csrf(before), "how": "phone", "note": "Rang at ten"}
    answer = nurse.post(f"{where}/stop-texts", data=form, follow_redirects=True)
    page = text(answer.text)
    assert "stopped, 21 Nov 2026, told to Nora Quist" in page
    assert "No text goes to them any more" in page
    assert "They want no more texts" not in page
    assert "Pause texts" not in page


def test_a_stop_by_text_names_nobody(world: World) -> None:
    tom = world.patient()
    world.hears(world.phone_of(tom), "STOP")
    page = text(world.member("clinician").get(f"/patients/{tom.token}").text)
    assert "stopped, 21 Nov 2026" in page
    assert "told to" not in page


@pytest.mark.parametrize("how", ["", "pigeon"])
def test_how_it_was_said_must_be_known(world: World, how: str) -> None:
    tom = world.patient()
    nurse = world.member("clinician")
    where = f"/patients/{tom.token}"
    form = {"csrf_token": csrf(nurse.get(where).text), "how": how}
    assert nurse.post(f"{where}/stop-texts", data=form).status_code == 400


def test_who_may_not_act_is_not_offered_it(world: World) -> None:
    tom = world.patient()
    auditor = world.member("auditor")
    page = auditor.get(f"/patients/{tom.token}").text
    assert "no more texts" not in page
    form = {"csrf_token": csrf(page), "how": "phone"}
    assert auditor.post(f"/patients/{tom.token}/stop-texts", data=form).status_code == 403


def test_the_inbox_leads_to_it(world: World) -> None:
    tom = world.patient()
    world.hears(world.phone_of(tom), "please tell the clinic enough is enough now, what now?")
    nurse = world.member("clinician")
    (token,) = set(re.findall(r"/inbox/([\w-]{20,})", nurse.get("/inbox").text))
    page = nurse.get(f"/inbox/{token}").text
    assert f'href="/patients/{tom.token}?stop=#stop"' in page
    opened = nurse.get(f"/patients/{tom.token}?stop=").text
    assert 'id="stop" open' in opened
