"""One night from noon to noon as SVG: a programme's steps as pins on the patient's clock, bedtime and waking marked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import time

from markupsafe import Markup, escape

from service.domain.programme_view import Pin, minutes_from_noon

_DAY_MIN = 24 * 60
_ROW = 26
_LETTER = 7.4
_RADIUS = 8


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture's own proportions; the text keeps its size in each."""

    name: str
    width: int
    side: int
    every_h: int


WIDE = Frame("wide", 860, 30, 3)
NARROW = Frame("narrow", 330, 20, 6)


@dataclass(frozen=True, slots=True)
class _Label:
    """A mark with its words: which way they run from it, and in which row."""

    x: float
    words: str
    leftwards: bool
    row: int
    pin: Pin | None


def night_picture(pins: Sequence[Pin], bedtime: time, wake: time, frame: Frame) -> Markup:
    """The picture; its words tell the same."""
    labels = _labels(pins, bedtime, wake, frame)
    top = 14 + _ROW * (1 + max(label.row for label in labels))
    height = top + 60
    parts = [
        _sky(top, frame),
        *(_line(label, top) for label in labels),
        *(_mark(label) for label in labels),
        *_hours(top + 26, frame),
    ]
    told = "; ".join(_words(label.pin) if label.pin else label.words for label in labels)
    return Markup(  # noqa: S704 (numbers and class names; words are escaped where they go in)
        f'<svg class="night" viewBox="0 0 {frame.width} {height}" role="img"'
        f' aria-label="One night from noon to noon. {escape(told)}.">{"".join(parts)}</svg>'
    )


def _x(clock: time, frame: Frame) -> float:
    return frame.side + (frame.width - 2 * frame.side) * minutes_from_noon(clock) / _DAY_MIN


def _labels(pins: Sequence[Pin], bedtime: time, wake: time, frame: Frame) -> list[_Label]:
    """Every mark with a row of its own words, so that no two lie over each other."""
    marks: list[tuple[float, str, Pin | None]] = [
        (_x(bedtime, frame), f"bedtime {bedtime:%H:%M}", None),
        (_x(wake, frame), f"wakes {wake:%H:%M}", None),
        *((_x(pin.shown, frame), _words(pin), pin) for pin in pins),
    ]
    taken: list[list[tuple[float, float]]] = []
    labels: list[_Label] = []
    for x, words, pin in sorted(marks, key=lambda mark: (mark[2] is not None, mark[0])):
        if pin is not None and not _fits(x, words, frame):
            # What became of it is in the mark's shape and colour, and in the picture's own words.
            words = f"{pin.step} {pin.shown:%H:%M}"
        long = _long(words)
        right, left = (x - _RADIUS, x + long), (x - long, x + _RADIUS)
        lines = [label.x for label in labels]
        crossed = _crossed(right, x, lines) and left[0] >= 0 and not _crossed(left, x, lines)
        leftwards = crossed or (right[1] > frame.width and (left[0] >= 0 or x > frame.width / 2))
        span = left if leftwards else right
        row = next((at for at, spans in enumerate(taken) if _free(span, spans)), len(taken))
        if row == len(taken):
            taken.append([])
        taken[row].append(span)
        labels.append(_Label(x, words, leftwards, row, pin))
    return labels


def _long(words: str) -> float:
    return 14 + _LETTER * len(words)


def _fits(x: float, words: str, frame: Frame) -> bool:
    """Whether there is room for the words of a mark on either side of it."""
    return x + _long(words) <= frame.width or x - _long(words) >= 0


def _crossed(span: tuple[float, float], own: float, lines: Sequence[float]) -> bool:
    """Whether the line of another mark runs down through these words."""
    return any(span[0] < x < span[1] and x != own for x in lines)


def _free(span: tuple[float, float], spans: Sequence[tuple[float, float]]) -> bool:
    return all(span[1] < other[0] or other[1] < span[0] for other in spans)


def _words(pin: Pin) -> str:
    if pin.placed is None:
        return f"{pin.step} {pin.due:%H:%M}, outside the hours"
    moved = f" (from {pin.due:%H:%M})" if pin.placed != pin.due else ""
    return f"{pin.step} {pin.placed:%H:%M}{moved}"


def _sky(top: int, frame: Frame) -> str:
    stops = ((0, "day"), (0.35, "dusk"), (0.55, "dark"), (0.8, "dusk"), (1, "day"))
    colours = "".join(f'<stop class="at-{kind}" offset="{at}"/>' for at, kind in stops)
    name = f"sky-{frame.name}"
    return (
        f'<defs><linearGradient id="{name}">{colours}</linearGradient></defs>'
        f'<rect fill="url(#{name})" x="{frame.side}" y="{top}"'
        f' width="{frame.width - 2 * frame.side}" height="26" rx="13"/>'
    )


def _y(label: _Label) -> int:
    return 14 + _ROW * label.row


def _line(label: _Label, top: int) -> str:
    """From the mark down to the sky; all of them lie below the words."""
    start = _y(label) + (_RADIUS if label.pin else -_RADIUS)
    kind = "pinl" if label.pin else "mark"
    return (
        f'<line class="{kind}" x1="{label.x:.1f}" x2="{label.x:.1f}" y1="{start}" y2="{top + 26}"/>'
    )


def _mark(label: _Label) -> str:
    y, pin = _y(label), label.pin
    away = 13 if pin else 6
    side, anchor = (label.x - away, "end") if label.leftwards else (label.x + away, "start")
    kind = "t" if pin else "marktxt"
    words = (
        f'<text class="{kind} on-top" x="{side:.1f}" y="{y + 4}" text-anchor="{anchor}">'
        f"{escape(label.words)}</text>"
    )
    if pin is None:
        return words
    if pin.placed is None:
        return f'<path class="pin lost" d="M{label.x - 6:.1f} {y - 6}l12 12m0-12l-12 12"/>{words}'
    moved = " moved" if pin.placed != pin.due else ""
    return f'<circle class="pin{moved}" cx="{label.x:.1f}" cy="{y}" r="{_RADIUS}"/>{words}'


def _hours(base: int, frame: Frame) -> Iterator[str]:
    for hour in range(0, 25, frame.every_h):
        x = frame.side + (frame.width - 2 * frame.side) * hour / 24
        yield (
            f'<line class="axis" x1="{x:.1f}" x2="{x:.1f}" y1="{base}" y2="{base + 8}"/>'
            f'<text x="{x:.1f}" y="{base + 24}" text-anchor="middle">{(12 + hour) % 24:02}:00</text>'
        )
