"""Severity by night as a chart: the own usual range, what changed marked in words, the five states below."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup, escape

from service.domain.counting import counted
from service.entry.web.charts.marks import (
    HOT_SCORE,
    STATES,
    TOP_SCORE,
    Night,
    Size,
    day_words,
    number,
    score_line,
    shape,
    usual_range,
    y_of,
)


@dataclass(frozen=True, slots=True)
class Marker:
    """Something that changed on a date, in a few words."""

    on: date
    words: str


WIDE = Size(width=620, plot=190)
NARROW = Size(width=330, plot=180, left=24, right=10)


def severity_chart(
    nights: Sequence[Night],
    usual: float | None,
    markers: Sequence[Marker],
    size: Size,
    name: str,
) -> Markup:
    """Severity by night over the own usual range, what changed marked, the five states below. `name`: a unique id."""
    step = (size.width - size.left - size.right) / max(len(nights), 1)
    place = {one.night: size.left + step * (at + 0.5) for at, one in enumerate(nights)}
    height = size.top + size.plot + 16 + size.strip + 24
    base = size.top + size.plot
    parts = [
        *usual_range(usual, size),
        *_scale(size),
        *_markers(markers, place, size),
        *score_line(nights, place, size),
        *_dots(nights, place, size),
        *_strip(nights, place, base + 16, size.strip, max(1.6, step * 0.74)),
        *_months(nights, place, height - 6, step),
    ]
    title = f"Severity, last {counted(len(nights), 'night')}"
    return _svg(size.width, height, name, title, _told(nights, usual, markers), parts)


def _scale(size: Size) -> Iterator[str]:
    right = size.width - size.right
    for score in range(0, TOP_SCORE + 1, 2):
        y = y_of(score, size)
        yield f'<line class="grid" x1="{size.left}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text x="{size.left - 8}" y="{y + 4:.1f}" text-anchor="end">{score}</text>'


def _markers(markers: Sequence[Marker], place: dict[date, float], size: Size) -> Iterator[str]:
    shown = [marker for marker in markers if marker.on in place]
    for at, marker in enumerate(sorted(shown, key=lambda one: one.on)):
        x = place[marker.on]
        # Words turn inwards in the right half, and neighbours do not share a line.
        inwards = x > size.width / 2
        side, anchor = (x - 5, "end") if inwards else (x + 5, "start")
        y = 12 + 14 * (at % 2)
        yield f'<line class="mark" x1="{x:.1f}" x2="{x:.1f}" y1="{y - 9}" y2="{size.top + size.plot}"/>'
        yield f'<text class="marktxt" x="{side:.1f}" y="{y}" text-anchor="{anchor}">{escape(marker.words)}</text>'


def _dots(nights: Sequence[Night], place: dict[date, float], size: Size) -> Iterator[str]:
    for one in nights:
        if one.severity is not None:
            hot = one.severity >= HOT_SCORE
            yield (
                f'<circle class="{"hot" if hot else "dot"}" cx="{place[one.night]:.1f}"'
                f' cy="{y_of(one.severity, size):.1f}" r="{4 if hot else 2.6}">'
                f"<title>{day_words(one.night)}: {number(one.severity)}</title></circle>"
            )


def _strip(
    nights: Sequence[Night], place: dict[date, float], top: float, height: float, width: float
) -> Iterator[str]:
    for one in nights:
        left = place[one.night] - width / 2
        yield (
            f"<g><title>{day_words(one.night)}: {STATES[one.state]}</title>"
            f"{shape(one.state, left, top, width, height)}</g>"
        )


def _months(
    nights: Sequence[Night], place: dict[date, float], y: float, step: float
) -> Iterator[str]:
    weekly = step * 7 >= 40 and len(nights) <= 35
    for one in nights:
        if one.night.day == 1 and not weekly:
            yield f'<text x="{place[one.night]:.1f}" y="{y}">{one.night:%b}</text>'
        elif weekly and one.night.weekday() == 0:
            yield (
                f'<text x="{place[one.night]:.1f}" y="{y}" text-anchor="middle">'
                f"{one.night.day} {one.night:%b}</text>"
            )


def _told(nights: Sequence[Night], usual: float | None, markers: Sequence[Marker]) -> str:
    scores = [number(one.severity) for one in nights if one.severity is not None]
    if not scores:
        return "No severity was reported in these nights."
    last = ", ".join(scores[-3:])
    words = f"{counted(len(scores), 'score')}; the last {last}."
    if usual is not None:
        words += f" The usual is {number(usual)}."
    return words + "".join(f" {day_words(marker.on)}: {marker.words}." for marker in markers)


def _svg(
    width: float, height: float, name: str, title: str, told: str, parts: Sequence[str]
) -> Markup:
    return Markup(  # noqa: S704 (parts are numbers and class names; words were escaped where they went in)
        f'<svg class="chart" viewBox="0 0 {width} {height}" role="img"'
        f' aria-labelledby="{name}-t {name}-d"><title id="{name}-t">{escape(title)}</title>'
        f'<desc id="{name}-d">{escape(told)}</desc>{"".join(parts)}</svg>'
    )
