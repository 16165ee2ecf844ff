"""A programme week by week, by the clocks of the patient it is seen by; clock changes found, shown and explained."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from service.store.records import Patient
from tests.web.conftest import World
from tests.web.test_programme_drafts import FILE, begin, file_form
from tests.web.test_programmes import WIDE, tom

WEEK = "/programmes/caffeine/week"
TONIGHT = date(2026, 11, 20)  # 08:02 in Halifax: the night is not over


def nights(page: str) -> dict[str, str]:
    """The words of each night, by its heading."""
    found = {}
    for part in page.partition('<ol class="week">')[2].split("<h2>")[1:]:
        words = " ".join(re.sub(r"<[^>]*>", " ", part).split()).removeprefix("Night of ")
        head, _, rest = words.partition(" bed ")
        found[head] = rest
    return found


def of_zone(world: World, zone: str) -> Patient:
    return world.patient(zone=zone, facts={"uses_caffeine": "yes"}, window=WIDE)


@pytest.mark.parametrize(
    ("role", "code"),
    [("programme_admin", 200), ("clinician", 200), ("clinic_admin", 200), ("auditor", 403)],
)
def test_who_may_read_it(world: World, role: str, code: int) -> None:
    assert world.member(role).get(WEEK).status_code == code


def test_nobody_of_another_clinic_can_be_looked_through(world: World) -> None:
    stranger = world.patient(clinic=world.other_clinic(), facts={"uses_caffeine": "yes"})
    browser = world.member("programme_admin")
    assert browser.get(f"{WEEK}?as={stranger.token}").status_code == 404
    assert browser.get("/programmes/nothing/week").status_code == 404


def test_its_weeks_hold_what_the_next_ten_texts_say(world: World) -> None:
    tom(world)
    browser = world.member("programme_admin")
    page = browser.get("/programmes/caffeine").text
    listed = re.findall(
        r'data-label="Day">([^<]+)</td>\s*<td[^>]*data-label="Time"><span>(\d\d:\d\d)', page
    )
    found = []
    for start in range(0, 70, 7):
        week = browser.get(f"{WEEK}?from={TONIGHT + timedelta(days=start)}").text
        for night, words in nights(week).items():
            sent = re.findall(r"(?<!due at )(\d\d:\d\d) (?:kept|heads-up)", words)
            found += [(night, at) for at in sent]
    assert len(listed) >= 10
    assert found[: len(listed)] == listed


@pytest.mark.parametrize("asked", ["", "soon", "2020-01-01", "0001-01-01"])
def test_it_begins_tonight_where_nothing_later_is_asked_for(world: World, asked: str) -> None:
    tom(world)
    page = world.member("programme_admin").get(f"{WEEK}?from={asked}").text
    assert next(iter(nights(page))) == "Fri 20 Nov"
    assert len(nights(page)) == 7
    assert "Earlier" not in page
    assert "from=2026-11-27" in page


def test_a_week_too_far_ahead_is_the_last_one(world: World) -> None:
    page = world.member("programme_admin").get(f"{WEEK}?from=9999-12-31").text
    assert next(iter(nights(page))) == "Sat 25 Dec"
    assert "Later" not in page


@pytest.mark.parametrize(
    ("zone", "night", "said"),
    [
        ("America/Halifax", "Sat 13 Mar", "Clocks go forward 02:00–03:00 does not come."),
        ("Europe/Berlin", "Sat 27 Mar", "Clocks go forward 02:00–03:00 does not come."),
        ("Australia/Sydney", "Sat 3 Apr", "Clocks go back 02:00–03:00 comes twice."),
    ],
)
def test_the_next_clock_change_of_the_patients_own_zone_is_one_click_away(
    world: World, zone: str, night: str, said: str
) -> None:
    patient = of_zone(world, zone)
    browser = world.member("programme_admin")
    page = browser.get(f"{WEEK}?as={patient.token}").text
    assert "Clocks go" not in page
    link = re.search(r'href="([^"]+)">The next clock change, in the night of ([^<]+)<', page)
    assert link
    assert link[2].startswith(night)
    week = browser.get(link[1].replace("&amp;", "&")).text
    assert said in nights(week)[night]
    assert sum("Clocks go" in words for words in nights(week).values()) == 1
    assert "The clock change after that" in week


def test_a_text_keeps_its_time_of_day_over_a_clock_change(world: World) -> None:
    patient = of_zone(world, "America/Halifax")
    browser = world.member("programme_admin")
    browser.post(
        f"{FILE}/typing", data=file_form(browser, "times_per_week = 2", "every_n_days = 1")
    )
    page = browser.get(f"{WEEK}?as={patient.token}&from=2027-03-10&change=1").text
    assert "With your change" in page
    assert set(re.findall(r"(\d\d:\d\d) kept", str(nights(page)))) == {"21:00"}
    assert "21:00 kept" in nights(page)["Sat 13 Mar"]


def test_a_zone_whose_clocks_never_change_is_told_of(world: World) -> None:
    patient = of_zone(world, "America/Phoenix")
    page = world.member("programme_admin").get(f"{WEEK}?as={patient.token}").text
    assert "The clocks of America/Phoenix are never put forward or back." in page
    assert "clock change" not in page


def test_what_is_withheld_is_shown_with_its_reason(world: World) -> None:
    patient = world.patient(facts={"uses_caffeine": "yes"}, window="08:00-12:00")
    page = world.member("programme_admin").get(f"{WEEK}?as={patient.token}&from=2026-11-21").text
    assert "withheld, was due at" in page
    assert "outside the patient" in page


def test_the_week_of_ones_own_change_is_nobody_elses(world: World) -> None:
    tom(world)
    browser = world.member("programme_admin")
    begin(browser)
    assert "with my change" in browser.get(WEEK).text
    week = f"{WEEK}?from=2026-11-21&change=1"
    assert "20:00 kept" in str(nights(browser.get(week).text))
    assert "20:00 kept" not in str(nights(browser.get(week.partition("&")[0]).text))
    other = world.member("programme_admin").get(week).text
    assert "20:00 kept" not in str(nights(other))
    assert "with my change" not in other


def test_the_night_under_way_may_be_the_one_of_the_change(world: World) -> None:
    patient = of_zone(world, "America/Halifax")
    world.runtime.clock.hold(datetime(2027, 3, 14, 5, tzinfo=UTC))
    page = world.member("programme_admin").get(f"{WEEK}?as={patient.token}").text
    assert "02:00–03:00 does not come" in nights(page)["Sat 13 Mar"]
