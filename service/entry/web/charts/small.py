"""Small pictures in rows and cards: sparklines, heat strips, a legend's signs, bars. Each says its values as text."""

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup, escape

from service.domain.counting import counted
from service.entry.web.charts.marks import (
    DAY,
    HOT_SCORE,
    STATES,
    Night,
    Size,
    image,
    number,
    score_line,
    shape,
    usual_range,
    y_of,
)


def sparkline(scores: Sequence[float | None], usual: float | None, tall: int = 56) -> Markup:
    """Severity of the last nights without an axis; the usual range shaded, the last score marked."""
    known = [(at, score) for at, score in enumerate(scores) if score is not None]
    words = (
        f"Severity, last {len(scores)} nights: {counted(len(known), 'score')}"
        + (f", usual {number(usual)}" if usual is not None else "")
        + (f", latest {number(known[-1][1])}" if known else "")
    )
    size = Size(width=176, plot=tall, left=4, right=8, top=6)
    step = (size.width - size.left - size.right) / max(len(scores) - 1, 1)
    start = date(2000, 1, 1)
    nights = [Night(start + DAY * at, "none_due", score) for at, score in enumerate(scores)]
    place = {one.night: size.left + step * at for at, one in enumerate(nights)}
    parts = [*usual_range(usual, size), *score_line(nights, place, size)]
    parts += [
        f'<circle class="dot" cx="{size.left + step * at:.1f}" cy="{y_of(score, size):.1f}" r="1.8"/>'
        for at, score in known[:-1]
    ]
    if known:
        at, score = known[-1]
        kind = "hot" if score >= HOT_SCORE else "dot"
        parts.append(
            f'<circle class="{kind}" cx="{size.left + step * at:.1f}" cy="{y_of(score, size):.1f}" r="4"/>'
        )
    return image(size.width, size.top + size.plot + 8, words, parts, "spark")


def heat_strip(states: Sequence[str]) -> Markup:
    """The last nights' states side by side, oldest first."""
    start = date(2000, 1, 1)
    nights = [Night(start + DAY * at, state, None) for at, state in enumerate(states)]
    place = {one.night: 3.5 + 6 * at for at, one in enumerate(nights)}
    shapes = [shape(one.state, place[one.night] - 2.2, 1, 4.4, 16) for one in nights]
    counts = [(states.count(state), words) for state, words in STATES.items()]
    words = ", ".join(f"{count} {state}" for count, state in counts if count)
    return image(6 * len(states) + 1, 18, f"Last {len(states)} nights: {words}", shapes, "heat")


def state_sign(state: str) -> Markup:
    """One state's shape, for a legend."""
    return Markup('<svg viewBox="0 0 14 14" aria-hidden="true">{}</svg>').format(
        Markup(shape(state, 4, 0.8, 6, 12.4))  # noqa: S704 (numbers and class names only)
    )


def bars(columns: Sequence[tuple[str, int]], words: str) -> Markup:
    """Counts by column, each value above its bar."""
    slot, tall = 280 / max(len(columns), 1), 72
    most = max((count for _, count in columns), default=0) or 1
    parts = ['<line class="axis" x1="0" x2="280" y1="97" y2="97"/>']
    for at, (label, count) in enumerate(columns):
        height = tall * count / most
        middle = slot * (at + 0.5)
        width = min(26.0, slot * 0.7)
        parts.append(
            f'<rect class="c-ans" x="{middle - width / 2:.1f}" y="{96 - height:.1f}"'
            f' width="{width:.1f}" height="{height:.1f}" rx="2"/>'
            f'<text x="{middle:.1f}" y="112" text-anchor="middle">{escape(label)}</text>'
        )
        if count:
            parts.append(
                f'<text class="t" x="{middle:.1f}" y="{91 - height:.1f}" text-anchor="middle">{count}</text>'
            )
    return image(280, 118, words, parts, "spark")
