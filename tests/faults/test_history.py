"""The checker itself: each fault it looks for is found, and a good history has none."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.faults.history import faults

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def row(token: str, slot: str, state: str = "accepted", **other: Any) -> dict[str, Any]:
    sent = {
        "provider_sid": f"SM{token}",
        "submitted_at": NOON,
        "not_after": NOON + timedelta(hours=2),
    }
    return {"token": token, "slot": slot, "state": state, **sent, **other}


def took(token: str, sid: str = "") -> dict[str, str]:
    return {"callback": f"https://clinic.example/status/{token}", "sid": sid or f"SM{token}"}


def test_a_good_history_has_no_fault() -> None:
    rows = [row("a", "1"), row("b", "2", "submitting", provider_sid=None), row("c", "3", "expired")]
    assert faults(rows, [took("a"), took("b")], ["1", "2", "3"]) == []


@pytest.mark.parametrize(
    ("rows", "ledger", "wanted", "found"),
    [
        ([row("a", "1")], [took("a"), took("a")], [], "I1: 1 was sent 2 times"),
        ([row("a", "1"), row("b", "1")], [took("a"), took("b")], [], "I1: 1 was sent 2 times"),
        ([], [took("a")], [], "I2: sent without a row: a"),
        ([row("a", "1", provider_sid="SMx")], [took("a")], [], "another text"),
        ([row("a", "1")], [], [], "the provider never saw it"),
        ([row("a", "1", not_after=NOON - timedelta(minutes=1))], [took("a")], [], "I4"),
        ([row("a", "1", "planned", provider_sid=None)], [], [], "I8: 1 still waits"),
        ([row("a", "1", "planned", provider_sid=None)], [took("a")], [], "was sent and is planned"),
        ([row("a", "1")], [took("a")], ["1", "2"], "I8: no row for 2"),
    ],
)
def test_what_is_wrong_is_found(
    rows: list[dict[str, Any]], ledger: list[dict[str, str]], wanted: list[str], found: str
) -> None:
    assert any(found in fault for fault in faults(rows, ledger, wanted))
