"""Where the words of a picture of one night lie: beside their marks, in rows, no line or other words across them."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.domain.programme_view import Pin

LETTER = 7.7
RADIUS = 8
_APART = 2
# How many layouts are tried side by side where the first is crossed, and up to how many marks.
_KEPT = 24
_LOOKED_INTO = 12


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment at `x` with its line down from its row; `wordings`, the fullest first; `pin` None for an anchor."""

    x: float
    wordings: Sequence[str]
    pin: Pin | None

    @property
    def away(self) -> int:
        """How far from its line the words begin."""
        return 13 if self.pin else 6


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a mark, from `start` to `end`, and which way they run from it."""

    mark: Mark
    said: str
    leftwards: bool
    start: float
    end: float

    @property
    def span(self) -> tuple[float, float]:
        """From where to where they reach with the mark itself."""
        return min(self.start, self.mark.x - RADIUS), max(self.end, self.mark.x + RADIUS)


Layout = tuple[Words, ...]


def in_rows(marks: Sequence[Mark], width: float) -> list[tuple[Words, int]]:
    """The words of each mark with their row from the top."""
    found = _turned(marks, width, kept=1)
    if _order(found)[1] and len(marks) <= _LOOKED_INTO:
        found = _turned(marks, width, kept=_KEPT)
    ordered, crossed = _order(found)
    rows: list[tuple[Words, int]] = []
    for one in (*ordered, *crossed):
        rows.append((one, _row(one, rows)))
    return rows


def _turned(marks: Sequence[Mark], width: float, kept: int) -> Layout:
    """The way each one's words run, the fullest words first, of `kept` layouts that are tried side by side."""
    layouts: list[Layout] = [()]
    for mark in sorted(marks, key=lambda one: one.x, reverse=True):
        ways = _ways(mark, width)
        grown = [(*layout, way) for layout in layouts for way in ways]
        clear = [layout for layout in grown if not _order(layout)[1]]
        layouts = sorted(clear or grown, key=_shortened)[:kept]
    return layouts[0]


def _shortened(layout: Layout) -> int:
    return sum(one.mark.wordings.index(one.said) for one in layout)


def _ways(mark: Mark, width: float) -> list[Words]:
    """Every way in which the words of a mark stay inside; where none does, the shortest to the right."""
    ways = []
    for said in mark.wordings:
        long = LETTER * len(said)
        right, left = mark.x + mark.away, mark.x - mark.away
        ways += [
            Words(mark, said, False, right, right + long),
            Words(mark, said, True, left - long, left),
        ]
    return [one for one in ways if one.start >= 0 and one.end <= width] or ways[-2:-1]


def _order(layout: Layout) -> tuple[list[Words], list[Words]]:
    """From the top down, so that no line cuts the words of another; and those for which there is no such order."""
    ordered: list[Words] = []
    waiting = list(layout)
    while waiting:
        free = [one for one in waiting if not any(_crosses(one, other) for other in waiting)]
        if not free:
            break
        # One at a time and the leftmost first, which makes for few rows.
        chosen = min(free, key=lambda one: one.mark.x)
        waiting.remove(chosen)
        ordered.append(chosen)
    return ordered, waiting


def _crosses(one: Words, other: Words) -> bool:
    """Whether the line of `one` would cut the words of `other` below it."""
    return one is not other and other.start - _APART < one.mark.x < other.end + _APART


def _row(chosen: Words, rows: Sequence[tuple[Words, int]]) -> int:
    """The highest row where it overlaps nothing and cuts nothing that lies below."""
    row = 1 + max((at for one, at in rows if _crosses(chosen, one)), default=-1)
    while any(at == row and _overlap(chosen, one) for one, at in rows):
        row += 1
    return row


def _overlap(one: Words, other: Words) -> bool:
    return one.span[0] <= other.span[1] and other.span[0] <= one.span[1]
