"""What a publication changes, added up over patients, and how it is said."""

from datetime import UTC, date, datetime, timedelta

import pytest

from schedules.slots import Planned, Withheld
from service.domain import impact_words
from service.domain.impact import Crowd, Impact, crowd

NIGHT = date(2026, 11, 21)
AT = datetime(2026, 11, 21, 17, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def text(step: str = "heads-up", night: date = NIGHT, at: datetime = AT) -> Planned:
    return Planned(
        programme="caffeine",
        step=step,
        night=night,
        on=night,
        due=at,
        at=at,
        not_after=at + HOUR,
        priority="cut_off",
        text="CAF-01",
        sends="CAF-01",
        gated=False,
        ask=None,
        about_date=night,
        cutoff=None,
        unsolicited=True,
    )


def kept(reason: str, step: str = "heads-up", night: date = NIGHT) -> Withheld:
    return Withheld("caffeine", step, night, night, AT, AT, "cut_off", reason, "")


def test_texts_are_added_moved_and_removed() -> None:
    later = NIGHT + timedelta(days=1)
    impact = Impact()
    impact.add(
        [text("stays"), text("moves"), text("goes"), text("other night", later)],
        [text("stays"), text("moves", at=AT + HOUR), text("comes"), text("other night", later)],
        NIGHT,
    )
    impact.add([text()], [text()], NIGHT)
    impact.add([text("late", later)], [], NIGHT)
    assert (impact.patients, impact.affected) == (3, 2)
    assert impact.changes == {"added": 1, "moved": 1, "removed": 2}
    assert impact.within == {"caffeine": impact.changes}
    assert impact.tonight == {
        ("caffeine", "moves"): {"moved": 1},
        ("caffeine", "comes"): {"added": 1},
        ("caffeine", "goes"): {"removed": 1},
    }


def test_only_what_is_newly_withheld_for_want_of_room_is_warned_of() -> None:
    impact = Impact()
    before = [kept("outside_hours"), kept("gap", "kept"), text("a")]
    after = [kept("outside_hours"), kept("outside_hours", "a"), kept("paused"), kept("gap", "kept")]
    impact.add(before, after, NIGHT)
    assert impact.warnings == {(("caffeine", "a"), "outside_hours"): 1}
    (line,) = impact_words.warnings(impact, {"caffeine": "Caffeine cut-off"})
    assert line.startswith("Caffeine cut-off, a: 1 time withheld. It would have come outside")


def test_a_week_that_will_not_be_told_is_said() -> None:
    impact = Impact()
    impact.add([], [kept("too_few_answers", "told")], NIGHT)
    assert impact_words.warnings(impact, {}) == [
        "caffeine, told: 1 time withheld. Fewer than three nights of the week had a score."
    ]


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({}, "no text changes"),
        ({"moved": 1}, "1 text moved"),
        ({"moved": 1380, "removed": 2}, "1,380 texts moved, 2 removed"),
        ({"removed": 1, "added": 3, "moved": 2}, "3 texts added, 2 moved, 1 removed"),
    ],
)
def test_changes_in_words(counts: dict[str, int], said: str) -> None:
    assert impact_words.changes(counts) == said  # type: ignore[arg-type]  # a table of cases


def test_what_follows_in_other_programmes_is_told_apart() -> None:
    impact = Impact()
    impact.add([text(), text("stays")], [text("stays")], NIGHT)
    titles = {"caffeine": "Caffeine cut-off"}
    assert impact_words.apart(impact, "caffeine", titles) == ""
    other = text()._replace(programme="iron")
    impact.add([text()], [other, other._replace(step="late")], NIGHT)
    assert impact_words.apart(impact, "caffeine", titles) == (
        "Caffeine cut-off itself: 2 texts removed."
        " The other programmes, which share nights and limits with it: 2 texts added."
    )


def test_the_headline_and_the_cost() -> None:
    nobody = Impact(patients=3)
    assert impact_words.headline(nobody, 14) == "Nobody’s next 14 nights change."
    assert impact_words.cost(nobody) == "The texts cost the same: 0 segments."
    one = Impact(patients=1, affected=1)
    one.add_sizes([(AT, 1)] * 1200, [(AT, 1)] * 500 + [(AT + HOUR, 2)] * 300)
    one.changes["removed"] = 100
    assert impact_words.headline(one, 14) == (
        "1 of 1 person gets something else in the next 14 nights: 100 texts removed."
    )
    assert impact_words.cost(one) == "1,200 segments before, 1,100 after: 100 fewer."


def crowded(texts: int, segments: int, rate: float, *, before: int = 0) -> Crowd | None:
    """An hour's texts of one size each, due at one instant, after so many before."""
    impact = Impact()
    impact.add_sizes([(AT, 1)] * before, [(AT, segments)] * texts)
    return crowd(impact, rate)


@pytest.mark.parametrize(
    ("texts", "segments", "rate", "said"),
    [
        # 1,000 s = 16 min 40 s.
        (
            1000,
            1,
            1,
            "1,000 texts come due in the hour from now. At 1 segment a second they take 17",
        ),
        # 2,800 s = 46 min 40 s.
        (700, 2, 0.5, "They are 1,400 segments. At 0.5 segments a second they take 47 minutes."),
        # 3,700 s = 61 min 40 s.
        (11100, 1, 3, "they take 62 minutes. That is more than the hour holds"),
    ],
)
def test_an_hour_that_takes_the_sender_long_is_said(
    texts: int, segments: int, rate: float, said: str
) -> None:
    found = crowded(texts, segments, rate)
    assert found is not None
    assert said in impact_words.waiting(found, rate, "now")


def test_what_is_soon_done_or_no_fuller_than_before_is_not_warned_of() -> None:
    assert crowded(600, 1, 1) is None
    assert crowded(601, 1, 1) is not None
    assert crowded(1000, 1, 100) is None
    assert crowded(1000, 1, 1, before=1000) is None
    assert crowded(0, 1, 1) is None


def test_the_fullest_hour_is_named_by_its_beginning() -> None:
    impact = Impact()
    later = [(AT + HOUR + timedelta(minutes=minute), 1) for minute in range(30)]
    impact.add_sizes([], [(AT, 1)] * 20 + later)
    found = crowd(impact, 0.01)
    assert found == Crowd(datetime(2026, 11, 21, 18, tzinfo=UTC), 30, 30, timedelta(seconds=3000))
