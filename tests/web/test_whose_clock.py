"""Whose clock the times on a page are by, and a past that no new zone tells differently."""

import re
from datetime import timedelta

import pytest

from schedules.night import night_of
from service.clinic_life import live_until
from tests.web.conftest import World
from tests.web.test_pages_patient import page_of, text
from tests.web.test_patient_edit import send

AUCKLAND = "Pacific/Auckland"
SAID = "Times in Auckland, the patient’s own"


def talking(world: World, zone: str) -> list[str]:
    """The pages of a patient who has written, with texts behind and ahead of them."""
    tom = world.patient(zone=zone)
    world.hears(world.phone_of(tom), "is this thing on")
    live_until(world.runtime, world.runtime.clock.now() + timedelta(hours=12))
    nurse, where = world.member("clinician"), f"/patients/{tom.token}"
    night = night_of(world.runtime.clock.now(), zone)
    page = nurse.get(where).text
    reply = re.search(r'href="(/inbox/[\w-]+)">Look or correct', page)
    assert reply
    found = [page, nurse.get(f"{where}/nights/{night}").text, nurse.get(reply[1]).text]
    return [text(one) for one in found]


def test_lists_by_another_clock_say_so_at_their_head(world: World) -> None:
    page, night, reply = talking(world, AUCKLAND)
    assert page.partition("Every text and its fate")[2].strip().startswith(SAID)
    assert page.partition("Next texts")[2].strip().startswith(SAID)
    assert night.count(SAID) == 2
    assert reply.count(SAID) == 1


def test_where_the_clocks_agree_nothing_is_said(world: World) -> None:
    assert not any("Times in" in page for page in talking(world, world.clinic.zone))


def test_a_new_zone_does_not_move_the_day_of_a_consent(world: World) -> None:
    tom = world.patient(zone=AUCKLAND)
    given = "Consent given, 23 Sep 2026"  # there; 22 Sep at the clinic
    assert given in text(page_of(world, tom.token))
    assert send(world.member("clinician"), tom, zone=world.clinic.zone).status_code == 302
    assert given in text(page_of(world, tom.token))


@pytest.mark.parametrize("until", ["2026-12-01", "2027-01-03"])
def test_a_pause_in_a_reason_is_dated_in_words(world: World, until: str) -> None:
    tom = world.patient()
    nurse, where = world.member("clinician"), f"/patients/{tom.token}"
    token = re.search(r'name="csrf_token" value="([^"]+)"', nurse.get(where).text)
    assert token
    nurse.post(f"{where}/pause", data={"csrf_token": token[1], "until": until})
    page = text(nurse.get(where).text)
    assert re.search(r"texts are paused: until (Tue 1 Dec|Sun 3 Jan 2027)\.", page)
    night = night_of(world.runtime.clock.now(), tom.zone)
    assert until not in text(nurse.get(f"{where}/nights/{night}").text)
