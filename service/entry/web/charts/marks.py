"""What charts are drawn from: nights as shapes, scores as a line, the own usual range; colours are the stylesheet's."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup, escape

from service.domain.trends import USUAL_SPREAD

TOP_SCORE = 10
HOT_SCORE = 8
# A longer silence than this breaks the line: nothing is drawn over what nobody told.
LONGEST_BRIDGE = 3
DAY = timedelta(days=1)

STATES = {
    "answered": "answered",
    "no_answer": "no answer",
    "not_delivered": "not delivered",
    "not_sent": "not sent",
    "paused": "paused",
    "none_due": "nothing due",
}
"""The states of a night, as a legend and a table say them."""


@dataclass(frozen=True, slots=True)
class Night:
    """One night of a chart."""

    night: date
    state: str
    severity: float | None


@dataclass(frozen=True, slots=True)
class Size:
    """A chart's own proportions; text keeps its size in each."""

    width: int
    plot: int
    left: int = 30
    right: int = 14
    top: int = 34
    strip: int = 20


def number(value: float) -> str:
    """A number without a needless `.0`."""
    return f"{value:.1f}".removesuffix(".0")


def y_of(score: float, size: Size) -> float:
    """Where a score lies."""
    return size.top + size.plot * (1 - score / TOP_SCORE)


def usual_range(usual: float | None, size: Size) -> Iterator[str]:
    """The own usual and a point either side of it, shaded."""
    if usual is None:
        return
    top = y_of(min(TOP_SCORE, usual + USUAL_SPREAD), size)
    bottom = y_of(max(0, usual - USUAL_SPREAD), size)
    right = size.width - size.right
    yield (
        f'<rect class="bandf" x="{size.left}" y="{top:.1f}" width="{right - size.left}"'
        f' height="{bottom - top:.1f}"/>'
    )
    y = y_of(usual, size)
    yield f'<line class="med" x1="{size.left}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>'


def score_line(nights: Sequence[Night], place: dict[date, float], size: Size) -> Iterator[str]:
    """The scores as a line that breaks where nothing was told for long; `place` gives each night its x."""
    run: list[Night] = []
    for one in [night for night in nights if night.severity is not None]:
        if run and (one.night - run[-1].night).days > LONGEST_BRIDGE:
            yield _polyline(run, place, size)
            run = []
        run.append(one)
    yield _polyline(run, place, size)


def _polyline(run: Sequence[Night], place: dict[date, float], size: Size) -> str:
    if len(run) < 2:
        return ""
    points = " ".join(f"{place[one.night]:.1f},{y_of(one.severity or 0, size):.1f}" for one in run)
    return f'<polyline class="sev" points="{points}"/>'


def shape(state: str, x: float, y: float, width: float, height: float) -> str:
    """A night's state as a shape that survives greyscale: full, hollow, crossed, a dash, two bars, a point."""
    middle = y + height / 2
    box = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="1"'
    if state == "answered":
        return f'<rect class="c-ans" {box}/>'
    if state == "no_answer":
        return f'<rect class="c-no" {box}/>'
    if state == "not_delivered":
        cross = (
            f"M{x:.1f} {y:.1f}L{x + width:.1f} {y + height:.1f}"
            f"M{x + width:.1f} {y:.1f}L{x:.1f} {y + height:.1f}"
        )
        return f'<rect class="c-no" {box}/><path class="c-und" d="{cross}"/>'
    if state == "not_sent":
        return f'<rect class="c-not" x="{x:.1f}" y="{middle - 1.5:.1f}" width="{width:.1f}" height="3"/>'
    if state == "paused":
        bar = width / 3
        return (
            f'<rect class="c-pau" x="{x:.1f}" y="{y:.1f}" width="{bar:.1f}" height="{height:.1f}"/>'
            f'<rect class="c-pau" x="{x + 2 * bar:.1f}" y="{y:.1f}" width="{bar:.1f}" height="{height:.1f}"/>'
        )
    return f'<circle class="c-nil" cx="{x + width / 2:.1f}" cy="{middle:.1f}" r="1.2"/>'


def day_words(night: date) -> str:
    """`Sat 21 Nov`."""
    return f"{night:%a} {night.day} {night:%b}"


def image(width: float, height: float, words: str, parts: Sequence[str], kind: str) -> Markup:
    """A picture whose label says all there is to see; `parts` are numbers and class names, or escaped already."""
    return Markup(  # noqa: S704 (see `parts`)
        f'<svg class="{kind}" viewBox="0 0 {width} {height}" role="img"'
        f' aria-label="{escape(words)}">{"".join(parts)}</svg>'
    )
