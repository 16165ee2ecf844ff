"""Charts without a browser: values as text, gaps that stay gaps, shapes that differ, words that cannot break out."""

from datetime import date, time, timedelta
from xml.etree.ElementTree import Element, fromstring

import pytest

from service.domain.programme_view import Pin
from service.entry.web import charts, night_picture
from service.entry.web.charts import NARROW, STATES, WIDE, Marker, Night

FIRST = date(2026, 10, 25)
SVG = "{http://www.w3.org/2000/svg}"


def nights(*scores: float | None) -> list[Night]:
    return [
        Night(FIRST + timedelta(days=at), "answered" if score is not None else "no_answer", score)
        for at, score in enumerate(scores)
    ]


def parsed(svg: str) -> Element:
    return fromstring(str(svg).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))  # noqa: S314 (our own)


def chart(
    *scores: float | None, usual: float | None = 4, markers: tuple[Marker, ...] = ()
) -> Element:
    return parsed(charts.severity_chart(nights(*scores), usual, markers, WIDE, "c"))


def of_class(svg: Element, tag: str, name: str) -> list[Element]:
    return [one for one in svg.iter(SVG + tag) if one.get("class") == name]


@pytest.mark.parametrize(
    ("scores", "lines"),
    [
        ((), 0),
        ((4,), 0),
        ((4, 5), 1),
        ((4, None, None, 5), 1),
        ((4, None, None, None, 5), 0),
        ((4, 5, None, None, None, 5, 4), 2),
    ],
)
def test_the_line_breaks_over_long_gaps(scores: tuple[float | None, ...], lines: int) -> None:
    assert len(of_class(chart(*scores), "polyline", "sev")) == lines


def test_higher_is_worse_and_higher() -> None:
    low, high = [float(dot.get("cy", 0)) for dot in of_class(chart(0, 7), "circle", "dot")]
    assert low == WIDE.top + WIDE.plot
    assert high < low


def test_hot_scores_are_larger_not_only_red() -> None:
    svg = chart(4, 8)
    [hot], [dot] = of_class(svg, "circle", "hot"), of_class(svg, "circle", "dot")
    assert float(hot.get("r", 0)) > float(dot.get("r", 0))


@pytest.mark.parametrize(("usual", "bands"), [(None, 0), (4, 1), (0, 1), (10, 1)])
def test_the_usual_range_stays_on_the_scale(usual: float | None, bands: int) -> None:
    found = of_class(chart(4, 4, usual=usual), "rect", "bandf")
    assert len(found) == bands
    for band in found:
        top = float(band.get("y", 0))
        assert WIDE.top <= top
        assert top + float(band.get("height", 0)) <= WIDE.top + WIDE.plot


def test_what_it_shows_is_told() -> None:
    marker = Marker(FIRST + timedelta(days=1), "ferritin 48")
    svg = chart(4, 5, 9, usual=4, markers=(marker,))
    told = svg.find(SVG + "desc")
    assert told is not None
    assert told.text == "3 scores; the last 4, 5, 9. The usual is 4. Mon 26 Oct: ferritin 48."
    assert svg.get("aria-labelledby") == "c-t c-d"


def test_markers_outside_are_left_out_and_words_turn_inwards() -> None:
    markers = (
        Marker(FIRST - timedelta(days=1), "before"),
        Marker(FIRST, "at first"),
        Marker(FIRST + timedelta(days=9), "at last"),
    )
    svg = chart(*[4.0] * 10, markers=markers)
    words = {one.text: one.get("text-anchor") for one in of_class(svg, "text", "marktxt")}
    assert words == {"at first": "start", "at last": "end"}


def test_words_cannot_break_out() -> None:
    svg = chart(4, markers=(Marker(FIRST, '</text><script>"'),))
    assert not list(svg.iter(SVG + "script"))
    assert of_class(svg, "text", "marktxt")[0].text == '</text><script>"'


def test_everything_lies_within_each_size() -> None:
    for size in (WIDE, NARROW):
        svg = parsed(charts.severity_chart(nights(*[5.0] * 28), 4, (), size, "c"))
        for dot in svg.iter(SVG + "circle"):
            assert size.left <= float(dot.get("cx", 0)) <= size.width - size.right


def test_states_are_told_apart_by_shape() -> None:
    assert len({str(charts.state_sign(state)) for state in STATES}) == len(STATES)
    strip = parsed(charts.heat_strip(["answered", "answered", "paused"]))
    assert strip.get("aria-label") == "Last 3 nights: 2 answered, 1 paused"


def test_a_sparkline_says_its_values() -> None:
    svg = parsed(charts.sparkline([None, 4.0, 8.5], 4))
    assert svg.get("aria-label") == "Severity, last 3 nights: 2 scores, usual 4, latest 8.5"
    assert len(of_class(svg, "circle", "hot")) == 1
    empty = parsed(charts.sparkline([None] * 3, None))
    assert empty.get("aria-label") == "Severity, last 3 nights: 0 scores"


def test_bars_carry_their_counts() -> None:
    svg = parsed(charts.bars([("20", 3), ("21", 0)], "by hour"))
    assert [one.text for one in svg.iter(SVG + "text")] == ["20", "3", "21"]


@pytest.mark.parametrize("made", [charts.bars([], "none"), charts.heat_strip([]), chart().tag])
def test_nothing_to_show_is_no_fault(made: str) -> None:
    assert made


def test_no_style_attribute_anywhere() -> None:
    assert "style=" not in str(charts.severity_chart(nights(4, 9, None), 4, (), WIDE, "c"))


@pytest.mark.parametrize("hour", range(24))
def test_no_words_of_a_night_leave_a_narrow_picture(hour: int) -> None:
    pins = [Pin("wind-down", time(hour), None), Pin("tips", time(hour), time(hour, 40))]
    frame = night_picture.NARROW
    svg = parsed(night_picture.night_picture(pins, time(23), time(7), frame))
    assert f"wind-down {hour:02}:00, outside the hours" in svg.get("aria-label", "")
    for words in (*of_class(svg, "text", "t on-top"), *of_class(svg, "text", "marktxt on-top")):
        long, x = 6.5 * len(words.text or ""), float(words.get("x", "0"))
        start = x - long if words.get("text-anchor") == "end" else x
        assert start >= 0
        assert start + long <= frame.width
