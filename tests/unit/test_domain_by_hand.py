"""A person's text: when it leaves, and whether it may leave outside of the patient's hours."""

from datetime import UTC, datetime, time, timedelta

import pytest

from schedules.night import Rhythm
from service.domain.by_hand import leaves_at, rests_until
from service.domain.guards import Verdict, judge
from tests.unit.test_domain_delivery import candidate

RHYTHM = Rhythm("America/Halifax", time(23), time(7))
NOON = datetime(2026, 11, 21, 16, tzinfo=UTC)
NIGHT = datetime(2026, 11, 22, 5, 30, tzinfo=UTC)
OPENS = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("now", "heard_at", "leaves"),
    [
        (NOON, None, NOON),
        (NIGHT, None, OPENS),
        (NIGHT, NIGHT - 59 * MINUTE, NIGHT),
        (NIGHT, NIGHT - 60 * MINUTE, OPENS),
    ],
)
def test_it_leaves_within_the_hours_or_to_who_has_just_written(
    now: datetime, heard_at: datetime | None, leaves: datetime
) -> None:
    assert leaves_at(RHYTHM, heard_at, now) == leaves


@pytest.mark.parametrize(
    ("kind", "minutes", "verdict"),
    [
        ("staff", 59, Verdict.GO),
        ("staff", 65, Verdict.GO),  # it waited a moment for its turn
        ("staff", 71, Verdict.OUTSIDE_HOURS),
        ("staff", None, Verdict.OUTSIDE_HOURS),
        ("planned", 5, Verdict.OUTSIDE_HOURS),
    ],
)
def test_at_night_only_a_person_answers_and_only_who_has_just_written(
    kind: str, minutes: int | None, verdict: Verdict
) -> None:
    heard = NIGHT - minutes * MINUTE if minutes is not None else None
    text = candidate(kind, heard_at=heard, rhythm=RHYTHM, not_after=OPENS)
    assert judge(text, NIGHT) is verdict


def test_automatic_answers_rest_until_an_instant_and_no_longer() -> None:
    assert rests_until(NOON + MINUTE, NOON) == NOON + MINUTE
    assert rests_until(NOON, NOON) is None
    assert rests_until(None, NOON) is None
