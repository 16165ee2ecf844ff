"""How long a night lasts as typed: one that nobody sleeps is more likely mistyped by twelve hours."""

from collections.abc import Iterator, Mapping
from datetime import time
from typing import Final

SHORTEST_MIN, LONGEST_MIN = 3 * 60, 16 * 60
"""Our default."""
_USUAL: Final = {"bedtime_weekend": "bedtime", "wake_weekend": "wake_time"}


def odd_nights(
    row: Mapping[str, str], times: Mapping[str, time | None], before: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """The column at fault and a sentence for each night of an odd length, of every column in `row` and `times`.

    A night whose columns all stand as they stood `before` may stay: a patient can text a bedtime that we would
    not have typed. The fault is at the column that was changed.
    """
    for bed, wake in (("bedtime", "wake_time"), ("bedtime_weekend", "wake_weekend")):
        to_bed, up = times[bed] or times["bedtime"], times[wake] or times["wake_time"]
        if to_bed is None or up is None or not (row[bed] or row[wake]):
            continue
        borrowed = [_USUAL[name] for name in (wake, bed) if not row[name]]
        filled_first = sorted((wake, bed, *borrowed), key=lambda name: not row[name])
        changed = [name for name in filled_first if row[name] != before.get(name)]
        length = (up.hour * 60 + up.minute - to_bed.hour * 60 - to_bed.minute) % (24 * 60)
        if changed and not SHORTEST_MIN <= length <= LONGEST_MIN:
            lasts = f"{length // 60} h {length % 60:02} min"
            said = f"From bedtime {to_bed:%H:%M} to waking at {up:%H:%M} are {lasts}; the times are of 24 hours."
            yield changed[0], said
