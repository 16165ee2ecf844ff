"""The checker itself: each fault it looks for is found, and a good history has none."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.faults.history import History, Outside, Said
from tests.faults.invariants import faults

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DIGEST = "8bf2db15e5a4053a6b1b66400d5d4da7d03cb0de0aa13efad369e8e88ebdd834"
HOUR, NIGHT = timedelta(hours=1), "2026-11-22"
PATIENT = {
    "patient_id": 1,
    "ref": "F-1",
    "zone": "Etc/GMT",
    "window": "08:00-20:30",
    "bedtime": "23:00:00",
    "wake_time": "07:00:00",
    "bedtime_weekend": None,
    "wake_weekend": None,
    "tonight_night": None,
    "tonight_bedtime": None,
}


def row(token: str, slot: str, state: str = "accepted", **other: Any) -> dict[str, Any]:
    sent = {
        "kind": "planned",
        "provider_sid": f"SM{token}",
        "submitted_at": NOON,
        "accepted_at": NOON,
        "sent_at": None,
        "delivered_at": None,
        "not_after": NOON + 2 * HOUR,
        "reason": None,
        "inbound_id": None,
        "night": None,
    }
    return {"token": token, "slot": slot, "state": state, **PATIENT, **sent, **other}


def took(token: str, sid: str = "") -> dict[str, str]:
    return {"callback": f"https://clinic.example/status/{token}", "sid": sid or f"SM{token}"}


def came(sid: str, **other: Any) -> dict[str, Any]:
    return {
        "id": 7,
        "provider_sid": sid,
        "received_at": NOON,
        "read_at": NOON,
        "ref": "F-1",
    } | other


def consent(state: str, at: datetime) -> dict[str, Any]:
    return {"ref": "F-1", "state": state, "at": at}


def night(**figures: int) -> dict[str, Any]:
    zero = {"texts": 0, "handed": 0, "delivered": 0, "answered": 0}
    return {"patient_id": 1, "night": NIGHT, **zero, **figures}


def move(old: str, new: str) -> dict[str, str]:
    return {"token": "a", "old": old, "new": new}


def said(**other: Any) -> Said:
    return Said(**{"messages": [], "replies": [], "today": {}} | other)


def act(**other: Any) -> dict[str, Any]:
    # The digest by hand: sha256 of 64 zeros and the JSON of these, keys sorted, no spaces.
    return {
        "chain": 1,
        "number": 1,
        "digest": DIGEST,
        "id": 5,
        "clinic_id": 1,
        "actor": "staff:a",
        "action": "read",
        "about": "b",
        "details": '{"n": 1}',
        "at": NOON,
    } | other


EXPORTED = {"slot": "1", "state": "accepted"}
ACTIVE, STOPPED = consent("active", NOON - 9 * HOUR), consent("stopped", NOON - HOUR)
AFTER = {"submitted_at": NOON + HOUR, "accepted_at": NOON + HOUR}


def test_a_good_history_has_no_fault() -> None:
    texts = [
        row("a", "1", "delivered", delivered_at=NOON, night=NIGHT),
        row("b", "2", "submitting", provider_sid=None),
        row("c", "3", "expired"),
        row("d", "4", kind="stop_confirm", **AFTER),
        row("e", "5", kind="crisis", inbound_id=8, **AFTER),
        row("f", "6", kind="staff", **(AFTER | {"window": "14:00-20:00"})),
    ]
    history = History(
        texts=texts,
        consents=[ACTIVE, consent("stopped", NOON + HOUR / 2), consent("active", NOON + HOUR)],
        inbounds=[came("IN1"), came("IN2", id=8, received_at=NOON + HOUR / 2)],
        alerts=[{"inbound_id": 8, "tier": "RED"}],
        nights=[night(texts=1, handed=1, delivered=1, answered=1)],
        questions=[{"patient_id": 1, "night": NIGHT, "valid": 1}],
        acts=[act()],
        moves=[move("planned", "submitting"), move("submitting", "planned")],
    )
    outside = Outside(
        ledger=[took(one) for one in "abdef"],
        wanted=["1", "2", "3"],
        posted={"IN1", "IN2", "lost"},
        acknowledged={"IN1", "IN2"},
        cries={"IN2"},
        stops={"F-1": NOON + HOUR / 2},
        told={"a": "sent"},
    )
    assert faults(history, outside) == []


@pytest.mark.parametrize(
    ("texts", "taken", "wanted", "found"),
    [
        ([row("a", "1")], "aa", "", "I1: 1 was sent 2 times"),
        ([row("a", "1"), row("b", "1")], "ab", "", "I1: 1 was sent 2 times"),
        ([row("a", "1"), row("b", "1", "expired")], "a", "", "I1: 1 twice"),
        ([], "a", "", "I2: sent without a row: a"),
        ([row("a", "1", provider_sid="SMx")], "a", "", "another text"),
        ([row("a", "1")], "", "", "the provider never saw it"),
        ([row("a", "1", not_after=NOON - HOUR)], "a", "", "I4"),
        ([row("a", "1", "planned", provider_sid=None)], "", "", "I8: 1 still waits"),
        ([row("a", "1", "planned", provider_sid=None)], "a", "", "was sent and is planned"),
        ([row("a", "1", "cancelled")], "a", "", "was sent and is cancelled"),
        ([row("a", "1", "lost")], "", "", "no state"),
        ([row("a", "1")], "a", "12", "I8: no row for 2"),
    ],
)
def test_a_text_too_many_too_late_or_lost_is_found(
    texts: list[dict[str, Any]], taken: str, wanted: str, found: str
) -> None:
    outside = Outside(ledger=[took(one) for one in taken], wanted=[*wanted])
    assert any(found in fault for fault in faults(History(texts=texts), outside))


@pytest.mark.parametrize(
    ("changes", "is_open"),
    [
        ({}, True),
        ({"window": "08:00-12:00"}, False),
        ({"zone": "Asia/Tokyo"}, False),
        ({"zone": "Asia/Tokyo", "window": "20:00-02:00"}, True),
        ({"zone": "Asia/Tokyo", "window": "bedtime"}, True),
        ({"zone": "Asia/Tokyo", "window": "bedtime", "bedtime": "20:45:00"}, False),
        ({"zone": "Asia/Tokyo", "window": "bedtime", "bedtime_weekend": "20:45"}, True),
        (
            {
                "zone": "Asia/Tokyo",
                "window": "bedtime",
                "tonight_night": NIGHT,
                "tonight_bedtime": "20:45",
            },
            False,
        ),
        ({"window": "bedtime", "bedtime": "05:00", "wake_time": "13:00"}, False),
        ({"window": "08:00-12:00", "kind": "crisis"}, True),
        ({"window": "08:00-12:00", "kind": "staff"}, False),
    ],
)
def test_a_text_outside_of_the_patients_own_hours_is_found(
    changes: dict[str, Any], is_open: bool
) -> None:
    history = History(texts=[row("a", "1", **changes)])
    found = faults(history, Outside(ledger=[took("a")]))
    assert found == ([] if is_open else ["I3: 1 left outside of the hours"])


@pytest.mark.parametrize(
    ("history", "outside", "found"),
    [
        (
            History(texts=[row("a", "1")], consents=[ACTIVE, STOPPED]),
            Outside(ledger=[took("a")]),
            "I5: 1 left after F-1 had stopped",
        ),
        (
            History(texts=[row("a", "1")], consents=[ACTIVE, consent("stopped", NOON + HOUR)]),
            Outside(ledger=[took("a")], stops={"F-1": NOON - HOUR}),
            "I5: 1 left after the STOP of F-1 was acknowledged",
        ),
        (
            History(
                texts=[row(one, one, kind="stop_confirm") for one in "ab"],
                consents=[ACTIVE, STOPPED],
            ),
            Outside(ledger=[took("a"), took("b")]),
            "I5: F-1 was told 2 times of 1 STOP",
        ),
        (History(consents=[ACTIVE]), Outside(stops={"F-1": NOON}), "I5: the STOP of F-1"),
        (History(), Outside(acknowledged={"IN1"}), "I6: IN1 was acknowledged and is not stored"),
        (History(inbounds=[came("IN1"), came("IN1")]), Outside(), "I6: IN1 is stored 2 times"),
        (History(inbounds=[came("IN1")]), Outside(posted={"IN2"}), "I6: IN1 is stored and nobody"),
        (History(inbounds=[came("IN1", read_at=None)]), Outside(), "I6: IN1 was never read"),
        (History(inbounds=[came("IN1")]), Outside(cries={"IN1"}), "I6: IN1 speaks of danger"),
        (
            History(
                texts=[row("a", "1", "unknown", kind="crisis", inbound_id=7)],
                inbounds=[came("IN1")],
                alerts=[{"inbound_id": 7, "tier": "RED"}] * 2,
            ),
            Outside(cries={"IN1"}),
            "I6: IN1 speaks of danger",
        ),
        (History(moves=[move("delivered", "sent")]), Outside(), "I7: a went from delivered"),
        (History(moves=[move("unknown", "planned")]), Outside(), "I7: a went from unknown"),
        (History(moves=[move("expired", "submitting")]), Outside(), "I7: a went from expired"),
        (History(moves=[move("accepted", "cancelled")]), Outside(), "I7: a went from accepted"),
        (
            History(texts=[row("a", "1", "sent")]),
            Outside(ledger=[took("a")], told={"a": "delivered"}),
            "I7: 1 was told to be delivered and is sent",
        ),
        (
            History(texts=[row("a", "1", accepted_at=NOON - HOUR)]),
            Outside(ledger=[took("a")]),
            "I7: 1 was taken before it left",
        ),
        (
            History(texts=[row("a", "1", night=NIGHT)], nights=[night(texts=1)]),
            Outside(ledger=[took("a")]),
            "I9: the night 2026-11-22 of patient 1 says handed 0, counted 1",
        ),
        (
            History(texts=[row("a", "1", "delivered", night=NIGHT)]),
            Outside(ledger=[took("a")]),
            "I9: the night 2026-11-22 of patient 1 has no figures",
        ),
        (History(nights=[night(texts=1)]), Outside(), "and no rows"),
        (
            History(texts=[row("a", "1")]),
            Outside(said=said()),
            "I9: 1 (accepted) is stored 1 times",
        ),
        (History(), Outside(said=said(messages=[EXPORTED])), "I9: 1 (accepted) is stored 0 times"),
        (History(inbounds=[came("IN1")]), Outside(said=said()), "I9: the reply IN1 is stored 1"),
        (
            History(texts=[row("a", "1")]),
            Outside(said=said(messages=[EXPORTED], today={"delivered": 1})),
            "I9: Today says {'delivered': 1}, counted {'accepted': 1}",
        ),
        (History(acts=[act(number=2)]), Outside(), "I10: after act 0 of clinic 1 comes act 2"),
        (History(acts=[act(actor="x")]), Outside(), "I10: act 1 of clinic 1 is not what was"),
        (History(acts=[act(id=None)]), Outside(), "I10: act 1 of clinic 1 is not what was"),
    ],
)
def test_what_else_is_wrong_is_found(history: History, outside: Outside, found: str) -> None:
    assert any(found in fault for fault in faults(history, outside))
