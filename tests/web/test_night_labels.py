"""The words of a picture of one night: no line or other words across them, none outside, for every programme."""

from datetime import time
from itertools import combinations
from xml.etree.ElementTree import Element, fromstring

import pytest

from schedules.facts import FACTS
from schedules.loading import shipped
from schedules.night import Rhythm
from schedules.programme import Programme
from service.domain.programme_view import Pin, pins
from service.entry.web.night_picture import NARROW, WIDE, Frame, night_picture
from tests.unit.schedules_patient import MONDAY, facts, patient

# The widest that Chromium needs for a letter of these labels, on average.
LETTER = 7.7
HALF_LINE = 7
LIKELY = {
    "flag": "yes",
    "flag or time": "yes",
    "weekdays": "mon,tue",
    "date": "2026-06-11",
    "time": "08:00",
    "whole number": "40",
    "number@date": "50@2026-06-01",
    "rhythm": "daily",
}
SLEEPERS = [
    (time(23), time(7)),
    (time(8, 30), time(16, 30)),
    (time(0), time(8)),
    (time(12), time(11, 30)),
]


def drawn(found: list[Pin], bedtime: time, wake: time, frame: Frame) -> Element:
    return fromstring(str(night_picture(found, bedtime, wake, frame)))  # noqa: S314 (our own)


def pins_of(one: Programme, bedtime: time, wake: time) -> list[Pin]:
    """The steps of somebody for whom everything holds that lets one in."""
    items = {*one.head.only_if, *(item for step in one.steps for item in step.only_if)}
    items |= {step.at.fact for step in one.steps if step.at.by_date and step.at.fact}
    known = facts(**{code: LIKELY[FACTS[code].value] for code in items & FACTS.keys()})
    rhythm = Rhythm("America/New_York", bedtime=bedtime, wake=wake)
    return pins(one, patient([one], facts=known, rhythm=rhythm), MONDAY)


def boxes(svg: Element) -> list[tuple[str, float, float, float]]:
    """Each label: its words, from where to where they reach, and the middle of their row."""
    found = []
    for one in svg.iter("text"):
        if "on-top" in (one.get("class") or ""):
            said, x = one.text or "", float(one.get("x", "0"))
            start = x - LETTER * len(said) if one.get("text-anchor") == "end" else x
            found.append((said, start, start + LETTER * len(said), float(one.get("y", "0")) - 4))
    return found


def faults(svg: Element, width: int) -> list[str]:
    labels = boxes(svg)
    outside = [said for said, start, end, _ in labels if start < 0 or end > width]
    crossed = [
        said
        for said, start, end, y in labels
        for line in svg.iter("line")
        if line.get("class") in {"mark", "pinl"}
        if start < float(line.get("x1", "0")) < end
        if float(line.get("y1", "0")) < y + HALF_LINE and float(line.get("y2", "0")) > y - HALF_LINE
    ]
    over = [
        f"{one[0]} on {other[0]}"
        for one, other in combinations(labels, 2)
        if one[1] < other[2] and other[1] < one[2] and abs(one[3] - other[3]) < 2 * HALF_LINE
    ]
    return outside + crossed + over


@pytest.mark.parametrize("frame", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize(("bedtime", "wake"), SLEEPERS, ids=lambda at: f"{at:%H%M}")
@pytest.mark.parametrize("one", shipped(), ids=lambda one: one.slug)
def test_every_shipped_programme_can_be_read(
    one: Programme, bedtime: time, wake: time, frame: Frame
) -> None:
    found = pins_of(one, bedtime, wake)
    assert found
    svg = drawn(found, bedtime, wake, frame)
    assert len(boxes(svg)) == len(found) + 2
    assert faults(svg, frame.width) == []


@pytest.mark.parametrize("frame", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("hour", range(24))
def test_a_step_at_any_hour_can_be_read(hour: int, frame: Frame) -> None:
    for minute in (0, 10, 30, 50):
        at = time(hour, minute)
        found = [
            Pin("dose", time(7, 30), time(8)),
            Pin("wind-down", at, None),
            Pin("tip", at, time(hour, 40)),
        ]
        for bedtime, wake in SLEEPERS:
            assert faults(drawn(found, bedtime, wake, frame), frame.width) == []
