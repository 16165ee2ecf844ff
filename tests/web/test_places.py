"""A night's page says which texts stood where a withheld one would have gone."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from schedules.night import night_of
from service.clinic_life import live_until
from service.entry.web.places import Place, instead
from tests.web.conftest import World
from tests.web.test_pages_patient import text

NOON = datetime(2026, 11, 21, 16, tzinfo=UTC)  # 12:00 at the clinic
ZONE = "America/Halifax"
TITLES = {"caffeine": "Caffeine cut-off", "check_in": "Morning check-in"}
TAKEN = [
    Place(NOON - timedelta(hours=2), "check_in", is_capped=True, asks=True),
    Place(NOON - timedelta(hours=1), "iron", is_capped=False, asks=False),
    Place(NOON + timedelta(hours=1), "caffeine", is_capped=True, asks=False),
]


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (
            "cap_night",
            "The places went to Morning check-in at 10:00 and Caffeine cut-off at 13:00.",
        ),
        ("gap", "Near it: iron at 11:00 and Caffeine cut-off at 13:00."),
        ("question_open", "Asked before it: Morning check-in at 10:00."),
        ("paused", ""),
        ("cap_week", ""),
    ],
)
def test_what_stood_in_the_way(reason: str, said: str) -> None:
    assert instead(reason, NOON, TAKEN, TITLES, ZONE) == said
    assert instead(reason, NOON, [], TITLES, ZONE) == ""


def test_a_night_over_its_cap_names_what_was_sent(world: World) -> None:
    facts = {
        "uses_caffeine": "yes",
        "uses_nicotine": "yes",
        "exercise_cleared": "yes",
        "drinks": "fri,sat,sun",
        "medicine_change": "2026-11-20",
    }
    tom = world.patient(facts=facts, window="08:00-23:30")
    live_until(world.runtime, world.runtime.clock.now() + timedelta(days=3))
    browser = world.member("clinician")
    last = night_of(world.runtime.clock.now(), tom.zone)
    pages = [
        text(browser.get(f"/patients/{tom.token}/nights/{last - timedelta(days=back)}").text)
        for back in range(4)
    ]
    lead = r"limit of texts had already been reached\. "
    told = re.findall(lead + r"(The places went to [^.]+ at \d\d:\d\d\.)", " ".join(pages))
    assert told
    assert all(" and " in one for one in told)
