"""A clock is believed while it goes as time does and agrees with others within a minute."""

from datetime import UTC, datetime, timedelta

import pytest

from service.domain.clock_doubt import DATABASE, PROVIDER, ClockWatch

START = datetime(2026, 11, 21, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wall_s", "steady_s", "others", "doubt"),
    [
        (2, 2, {}, None),
        (2 + 60, 2, {}, None),
        (2 - 60, 2, {}, None),
        # Three days asleep: the steady clock has gone on, so nothing jumped.
        (3 * 86_400, 3 * 86_400, {}, None),
        (2 + 61, 2, {}, "This machine’s clock jumped 1 minute forward."),
        (2 + 12 * 3600, 2, {}, "This machine’s clock jumped 12 hours forward."),
        (2 - 3 * 86_400, 2, {}, "This machine’s clock jumped 3 days back."),
        (2, 2, {DATABASE: 59}, None),
        (2, 2, {DATABASE: 600}, "This machine’s clock is 10 minutes behind the database’s."),
        (2, 2, {PROVIDER: -300}, "This machine’s clock is 5 minutes ahead of the provider’s."),
    ],
)
def test_what_is_doubted(
    wall_s: float, steady_s: float, others: dict[str, float], doubt: str | None
) -> None:
    watch = ClockWatch()
    assert watch.look(START, 1000.0, {}) is None
    ahead = {source: timedelta(seconds=s) for source, s in others.items()}
    assert watch.look(START + timedelta(seconds=wall_s), 1000.0 + steady_s, ahead) == doubt


def test_a_clock_set_back_agrees_again() -> None:
    watch = ClockWatch()
    watch.look(START, 0.0, {})
    assert watch.look(START + timedelta(hours=3), 1.0, {})
    assert watch.look(START + timedelta(hours=3, seconds=9), 10.0, {})
    assert watch.look(START + timedelta(seconds=20), 20.0, {}) is None


def test_what_a_person_accepts_is_doubted_no_more_until_it_changes() -> None:
    watch = ClockWatch()
    off = {DATABASE: timedelta(minutes=5)}
    assert watch.look(START, 0.0, off)
    watch.accept(START, 0.0, off)
    assert watch.look(START + timedelta(seconds=2), 2.0, off) is None
    assert watch.look(START + timedelta(seconds=4), 4.0, {DATABASE: timedelta(minutes=7)})
