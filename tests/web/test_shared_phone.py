"""The inbox: whose reply it is where two patients share a phone."""

import re

from tests.web.conftest import World, csrf
from tests.web.test_pages_patient import text


def test_a_reply_is_given_to_one_of_those_who_share_the_phone(world: World) -> None:
    ann = world.patient("Ann", "Early", phone="+19025553333")
    world.patient("Bea", "Late", phone="+19025553333")
    world.hears("+19025553333", "I will take it later today I think")
    nurse = world.member("clinician")
    (token,) = set(re.findall(r"/inbox/([\w-]{20,})", nurse.get("/inbox").text))
    page = nurse.get(f"/inbox/{token}").text
    assert "2 patients share this number" in text(page)
    form = {"csrf_token": csrf(page), "patient": ann.token}
    told = nurse.post(f"/inbox/{token}/whose", data=form, follow_redirects=True)
    assert "It counts as Ann Early" in text(told.text)
    assert "It is theirs" in text(told.text)
    undone = nurse.post(f"/inbox/{token}/whose", data=form | {"patient": ""}, follow_redirects=True)
    assert "It counts as" not in text(undone.text)


def test_a_reply_is_given_to_nobody_else(world: World) -> None:
    ann = world.patient("Ann", "Early")
    other = world.patient("Bea", "Late")
    world.hears(world.phone_of(ann), "what should I do?")
    nurse = world.member("clinician")
    (token,) = set(re.findall(r"/inbox/([\w-]{20,})", nurse.get("/inbox").text))
    page = nurse.get(f"/inbox/{token}").text
    assert "Who wrote it" not in page
    form = {"csrf_token": csrf(page), "patient": other.token}
    assert nurse.post(f"/inbox/{token}/whose", data=form).status_code == 404
