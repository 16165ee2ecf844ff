"""One night from noon to noon as SVG: a programme's steps as pins on the patient's clock, bedtime and waking marked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import time

from markupsafe import Markup, escape

from service.domain.programme_view import Pin, minutes_from_noon
from service.entry.web.night_labels import RADIUS, Mark, Words, in_rows

_DAY_MIN = 24 * 60
_ROW = 26


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture's own proportions; the text keeps its size in each."""

    name: str
    width: int
    side: int
    every_h: int


WIDE = Frame("wide", 860, 30, 3)
NARROW = Frame("narrow", 330, 20, 6)


_Label = tuple[Words, int]


def night_picture(pins: Sequence[Pin], bedtime: time, wake: time, frame: Frame) -> Markup:
    """The picture; its words tell the same."""
    marks = _marks(pins, bedtime, wake, frame)
    labels = in_rows(marks, frame.width)
    top = 14 + _ROW * (1 + max(row for _, row in labels))
    height = top + 60
    parts = [
        _sky(top, frame),
        *(_line(label, top) for label in labels),
        *(_mark(label) for label in labels),
        *_hours(top + 26, frame),
    ]
    told = "; ".join(mark.wordings[0] for mark in sorted(marks, key=lambda mark: mark.x))
    return Markup(  # noqa: S704 (numbers and class names; words are escaped where they go in)
        f'<svg class="night" viewBox="0 0 {frame.width} {height}" role="img"'
        f' aria-label="One night from noon to noon. {escape(told)}.">{"".join(parts)}</svg>'
    )


def _x(clock: time, frame: Frame) -> float:
    return frame.side + (frame.width - 2 * frame.side) * minutes_from_noon(clock) / _DAY_MIN


def _marks(pins: Sequence[Pin], bedtime: time, wake: time, frame: Frame) -> list[Mark]:
    """Bedtime, waking and each step; where there is no room, a step's shape, colour and place tell the rest."""
    return [
        Mark(_x(bedtime, frame), [f"bedtime {bedtime:%H:%M}"], None),
        Mark(_x(wake, frame), [f"wakes {wake:%H:%M}"], None),
        *(
            Mark(
                _x(pin.shown, frame), [_words(pin), f"{pin.step} {pin.shown:%H:%M}", pin.step], pin
            )
            for pin in pins
        ),
    ]


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


def _y(row: int) -> int:
    return 14 + _ROW * row


def _line(label: _Label, top: int) -> str:
    """From the mark down to the sky; all of them lie below the words."""
    mark, y = label[0].mark, _y(label[1])
    start, kind = (y + RADIUS, "pinl") if mark.pin else (y - RADIUS, "mark")
    return (
        f'<line class="{kind}" x1="{mark.x:.1f}" x2="{mark.x:.1f}" y1="{start}" y2="{top + 26}"/>'
    )


def _mark(label: _Label) -> str:
    words, y = label[0], _y(label[1])
    x, pin = words.mark.x, words.mark.pin
    side, anchor = (words.end, "end") if words.leftwards else (words.start, "start")
    kind = "t" if pin else "marktxt"
    text = (
        f'<text class="{kind} on-top" x="{side:.1f}" y="{y + 4}" text-anchor="{anchor}">'
        f"{escape(words.said)}</text>"
    )
    if pin is None:
        return text
    if pin.placed is None:
        return f'<path class="pin lost" d="M{x - 6:.1f} {y - 6}l12 12m0-12l-12 12"/>{text}'
    moved = " moved" if pin.placed != pin.due else ""
    return f'<circle class="pin{moved}" cx="{x:.1f}" cy="{y}" r="{RADIUS}"/>{text}'


def _hours(base: int, frame: Frame) -> Iterator[str]:
    for hour in range(0, 25, frame.every_h):
        x = frame.side + (frame.width - 2 * frame.side) * hour / 24
        yield (
            f'<line class="axis" x1="{x:.1f}" x2="{x:.1f}" y1="{base}" y2="{base + 8}"/>'
            f'<text x="{x:.1f}" y="{base + 24}" text-anchor="middle">{(12 + hour) % 24:02}:00</text>'
        )
