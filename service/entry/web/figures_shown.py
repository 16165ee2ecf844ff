"""The figures of a patient's last 28 nights as the page shows them: a value, and the line that keeps it honest."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.domain.counting import counted
from service.domain.figures import Covered, Dose, cut_off_kept, days_covered
from service.store.patient_page import PatientNight, Standing, kept

CUT_OFFS = {
    "caffeine_yn": "Caffeine cut-off kept",
    "alcohol_yn": "Alcohol cut-off kept",
    "nicotine_yn": "Nicotine cut-off kept",
}
SHIFT_WORTH_SAYING_MIN = 15


@dataclass(frozen=True, slots=True)
class Shown:
    """One figure: what it is, its value, and its denominator or window in words."""

    name: str
    value: str
    honest: str


def shown(standing: Standing, window: Sequence[PatientNight], doses: Sequence[Dose]) -> list[Shown]:
    """Every figure there is something to say about; `window` are the 28 nights up to the standing's."""
    figures = standing.figures
    return [
        *_answered(window),
        *_covered(doses),
        *_cut_offs(window),
        *_onset(figures),
        *_change(figures),
    ]


def _answered(window: Sequence[PatientNight]) -> Iterator[Shown]:
    counted = sum(night.counted for night in window)
    answered = sum(night.answered for night in window)
    late = sum(night.late for night in window)
    if counted:
        later = f" · {late} more came late" if late else ""
        yield Shown("Answered in time", f"{answered} of {counted}", f"questions delivered{later}")


def _covered(doses: Sequence[Dose]) -> Iterator[Shown]:
    covered = days_covered(doses)
    if covered.low.of:
        yield Shown(
            "Iron days covered",
            _between(covered),
            f"reported, of {counted(covered.low.of, 'due day')}; the low end counts silence as missed",
        )


def _between(covered: Covered) -> str:
    low, high = covered.low, covered.high
    if low.percent is None or high.percent is None:
        return f"{low.count}–{high.count} of {low.of}" if low != high else low.words
    return f"{low.percent}–{high.percent}%" if low != high else f"{low.percent}%"


def _cut_offs(window: Sequence[PatientNight]) -> Iterator[Shown]:
    for kind, name in CUT_OFFS.items():
        share = cut_off_kept(kept(window, kind))
        if share.of:
            yield Shown(name, share.words, "evenings that were answered")


def _onset(figures: Mapping[str, Any]) -> Iterator[Shown]:
    if not figures.get("onset"):
        return
    shift, count = figures.get("onset_shift_min"), figures.get("onset_n", 0)
    if shift is None:
        moved = "too few to speak of a shift"
    elif abs(shift) < SHIFT_WORTH_SAYING_MIN:
        moved = "no shift since the first reports"
    else:
        direction = "earlier" if shift < 0 else "later"
        moved = f"{_hours(abs(shift))} {direction} than at first"
    yield Shown("Usual onset", figures["onset"], f"median of {counted(count, 'report')} · {moved}")


def _hours(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours else f"{rest} min"


def _change(figures: Mapping[str, Any]) -> Iterator[Shown]:
    change, baseline = figures.get("change"), figures.get("baseline")
    if change is None or baseline is None:
        return
    sign = "+" if change > 0 else "−" if change < 0 else "±"
    yield Shown(
        "Change in severity",
        f"{sign}{abs(change):.1f}",
        f"14-night mean against {baseline:.1f} in the first week; lower is better",
    )
