"""Totals of a rehearsal: a slot behind a gate is one, one that moved is one, and who never gets a text is counted."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from schedules.loading import load
from service.rehearsal_totals import STARVES_FROM, Tally, steps_of, tallies
from service.rehearsal_words import starving
from service.store.transcripts import Line

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SLOT: dict[str, Any] = {"programme": "tips", "step": "learn", "template": "EDU-01"}
THRICE = """
[programme]
slug = "tips"
title = "Tips"
priority = "tip"
[[step]]
key = "learn"
at = { clock = "12:00" }
useful_for = "2h"
cadence = { times_per_week = 3 }
say = ["EDU-01"]
"""
STEPS = steps_of([load(THRICE, "tips.toml")])


def line(day: int = 0, patient: str = "P001", **fields: Any) -> Line:
    begun = {"body": None, "night": date(2026, 11, 23) + timedelta(days=day), "week": day // 7}
    return Line(patient, "UTC", NOW + timedelta(days=day), "planned", **{**begun, **SLOT, **fields})


def total(*lines: Line) -> Tally:
    (found,) = tallies(lines, STEPS)
    return found


@pytest.mark.parametrize(
    ("gate", "behind", "came_to"),
    [
        ({"body": "Reply OK"}, None, (0, 0, 1)),
        ({"body": "Reply OK"}, {"body": "Kept?"}, (1, 0, 0)),
        ({"body": "Reply OK"}, {"reason": "gate_unopened"}, (0, 1, 0)),
        ({"reason": "paused"}, None, (0, 1, 0)),
        (None, {"body": "Kept?"}, (1, 0, 0)),
        (None, {}, (0, 0, 1)),
    ],
    ids=["not yet opened", "opened", "not opened", "gate withheld", "no gate", "waiting"],
)
def test_a_slot_behind_a_gate_is_one_slot(
    gate: dict[str, str] | None, behind: dict[str, str] | None, came_to: tuple[int, int, int]
) -> None:
    lines = [line(**{**gate, "is_gate": True})] if gate is not None else []
    lines += [line(**{**behind, "is_slot": True})] if behind is not None else []
    found = total(*lines)
    assert (found.sent, found.withheld.total(), found.waiting) == came_to
    assert found.wanted == 1


def week(*reasons: str | None) -> Iterator[Line]:
    """One day after the other, sent where there is no reason."""
    for day, reason in enumerate(reasons):
        yield line(day, is_slot=True, reason=reason, body=None if reason else "Did you know?")


@pytest.mark.parametrize(
    ("reasons", "sent", "withheld"),
    [
        ((None, None, None), 3, {}),
        (("cap_night", None, None, None), 3, {}),
        (("cap_night", "gap", None, "cap_week", None), 2, {"cap_week": 1}),
        (("cap_week",) * 7, 0, {"cap_week": 3}),
        (("paused", "cap_week", None, None), 2, {"paused": 1}),
        (("paused",) * 3, 0, {"paused": 3}),
        ((None, "not_eligible", None, None), 3, {}),
    ],
    ids=[
        "all sent",
        "one moved",
        "two moved",
        "moved all week",
        "a pause moves none",
        "paused",
        "ruled out",
    ],
)
def test_a_slot_that_moves_within_its_week_is_wanted_once(
    reasons: tuple[str | None, ...], sent: int, withheld: dict[str, int]
) -> None:
    found = total(*week(*reasons))
    assert (found.sent, dict(found.withheld)) == (sent, withheld)
    assert found.wanted == 3


def weeks(patient: str, sent: str) -> list[Line]:
    """One slot a week, sent where `sent` has an x."""
    return [
        line(7 * number, patient, is_slot=True, **({"body": "A"} if one == "x" else {"reason": "cap_week"}))
        for number, one in enumerate(sent)
        if one != " "
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("everybody", "starved"),
    [
        (["." * STARVES_FROM], 1),
        (["." * (STARVES_FROM - 1)], 0),
        (["." * (STARVES_FROM - 1) + "x" + "." * (STARVES_FROM - 1)], 0),
        (["..... ....."], 0),
        (["x" + "." * STARVES_FROM, "." * 12, "x" * 12], 2),
        (["x"], 0),
    ],
)
def test_who_gets_nothing_for_weeks_on_end_starves(everybody: list[str], starved: int) -> None:
    lines = [one for number, sent in enumerate(everybody) for one in weeks(f"P{number}", sent)]
    assert total(*lines).starved == starved


def test_it_is_said_of_how_many() -> None:
    assert starving(Tally("tips", starved=2)) == (
        "It starves: 2 people got none of its texts in 6 weeks that each had one."
    )
