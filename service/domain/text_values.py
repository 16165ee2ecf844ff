"""What stands in a text's placeholders when it is looked at: the shortest and the longest values there really are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time

from message_templates.formats import clock_time, short_date
from message_templates.segments import measure
from service.domain.composing import Voice, own_values
from service.domain.own_week import LONGEST, SHORTEST, week_values

MEANINGS: Mapping[str, str] = {
    "clinic": "what the clinic calls itself in texts",
    "first": "the patient’s first name",
    "phone": "the clinic’s number",
    "emerg": "the emergency number",
    "crisis": "the crisis line",
    "poison": "the poison centre",
    "date": "a day, like Mon 23 Nov",
    "hint": "how to answer, like YES or NO",
    "n": "a number: what the patient sent, 0 to 10, or how many are missing",
    "cutoff": "the time of the step’s cut-off",
    "time": "a time, like 10:30 PM",
    "mean": "the average of the week’s scores, like 4.3",
    "usual": "the patient’s own usual score, like 5",
    "nights": "how many nights of the week were scored, 3 to 7",
    "hard": "how many of these were scored 7 or more",
}
# Stand in for a name of the same length, for who may not learn names.
_MADE_UP = [
    "Al",
    "Ann",
    "Rosa",
    "Maria",
    "Teresa",
    "Barbara",
    "Patricia",
    "Alexandra",
    "Maximilian",
    "Christopher",
]
_LONG_MADE_UP = "Maximiliana-Alexandrina-Bernadette-"
_OUTSIDE_GSM = "Ł"


@dataclass(frozen=True, slots=True)
class Names:
    """The shortest and the longest first name among the patients a text may go to, as units on the air."""

    shortest: str = "Tom"
    longest: str = "Christopher"


def names_among(names: Iterable[str]) -> Names:
    """The extremes of `names`; usual ones where there is none. One that GSM-7 cannot spell costs most."""
    ordered = sorted({name for name in names if name}, key=_cost)
    return Names(ordered[0], ordered[-1]) if ordered else Names()


def made_up(names: Names) -> Names:
    """Names as long as these that belong to nobody; what GSM-7 cannot spell it cannot spell there either."""
    return Names(_like(names.shortest), _like(names.longest))


def values_for(
    voice: Voice, hints: Iterable[str], language: str, names: Names
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The shortest and the longest value of every placeholder, in one language."""
    spoken = sorted(hints, key=len)
    own = own_values(voice)
    short = {
        "first": names.shortest,
        "date": short_date(date(2026, 3, 1), language),
        "hint": spoken[0],
        "n": "0",
        "cutoff": clock_time(time(9), language),
        "time": clock_time(time(9), language),
    }
    long = {
        "first": names.longest,
        "date": short_date(date(2026, 11, 23), language),
        "hint": spoken[-1],
        "n": "10",
        "cutoff": clock_time(time(12, 30), language),
        "time": clock_time(time(12, 30), language),
    }
    return (
        {**own, **short, **week_values(SHORTEST, language)},
        {**own, **long, **week_values(LONGEST, language)},
    )


def _cost(name: str) -> tuple[bool, int, str]:
    length = measure(name)
    return length.encoding == "UCS-2", length.units, name


def _like(name: str) -> str:
    length = measure(name)
    named = {len(one): one for one in _MADE_UP}
    repeated = _LONG_MADE_UP * (length.units // len(_LONG_MADE_UP) + 1)
    like = named.get(length.units) or repeated[: length.units]
    return like if length.encoding == "GSM-7" else _OUTSIDE_GSM + like[1:]
