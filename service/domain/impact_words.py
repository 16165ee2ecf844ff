"""The impact of a publication in sentences an admin reads before publishing."""

from collections.abc import Mapping
from datetime import timedelta
from math import ceil
from typing import Final

from schedules.slots import reason_words
from service.domain.counting import counted
from service.domain.impact import Change, Crowd, Impact

AN_HOUR: Final = timedelta(hours=1)
_ORDER: Final[tuple[Change, ...]] = ("added", "moved", "removed")


def headline(impact: Impact, nights: int) -> str:
    """`12 of 60 people get something else in the next 14 nights: 3 texts added, 31 moved.`"""
    if not impact.affected:
        return f"Nobody’s next {nights} nights change."
    who = f"{impact.affected:,} of {counted(impact.patients, 'person', 'people')}"
    verb = "gets" if impact.affected == 1 else "get"
    return f"{who} {verb} something else in the next {nights} nights: {changes(impact.changes)}."


def changes(counts: Mapping[Change, int]) -> str:
    """`3 texts added, 31 moved`."""
    said = [f"{counts[change]:,} {change}" for change in _ORDER if counts.get(change)]
    if not said:
        return "no text changes"
    number, _, rest = said[0].partition(" ")
    return ", ".join([f"{number} {'text' if number == '1' else 'texts'} {rest}", *said[1:]])


def tonight(impact: Impact, titles: Mapping[str, str]) -> list[str]:
    """`Caffeine cut-off, heads-up: 31 texts moved`, one line a step; empty where tonight stays as it is."""
    return [
        f"{titles.get(programme, programme)}, {step}: {changes(counts)}"
        for (programme, step), counts in sorted(impact.tonight.items())
    ]


def cost(impact: Impact) -> str:
    """`5,534 segments before, 5,600 after: 66 more.`"""
    was, becomes = impact.segments
    more = becomes - was
    if not more:
        return f"The texts cost the same: {was:,} segments."
    return (
        f"{was:,} segments before, {becomes:,} after:"
        f" {abs(more):,} {'more' if more > 0 else 'fewer'}."
    )


def warnings(impact: Impact, titles: Mapping[str, str]) -> list[str]:
    """`Caffeine cut-off, heads-up: 12 times withheld. It would have come outside the patient's hours …`"""
    return [
        f"{titles.get(programme, programme)}, {step}: {counted(times, 'time', 'times')} withheld."
        f" {reason_words(reason, '')}"
        for ((programme, step), reason), times in impact.warnings.most_common()
    ]


def waiting(crowd: Crowd, rate: float, when: str) -> str:
    """`1,000 texts come due in the hour from 18:00 today. At 1 segment a second they take 17 minutes.`"""
    texts = counted(crowd.texts, "text comes", "texts come")
    of = "" if crowd.segments == crowd.texts else f" They are {crowd.segments:,} segments."
    minutes = ceil(crowd.takes / timedelta(minutes=1))
    said = (
        f"{texts} due in the hour from {when}.{of}"
        f" At {rate:g} {'segment' if rate == 1 else 'segments'} a second they take {minutes:,} minutes."
    )
    if crowd.takes <= AN_HOUR:
        return said
    return f"{said} That is more than the hour holds: a text whose time has passed is not sent."
