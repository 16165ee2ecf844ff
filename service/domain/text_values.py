"""What stands in a text's placeholders when it is looked at: the shortest and the longest values there really are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

from message_templates.formats import clock_time, short_date
from message_templates.lint import most_units
from message_templates.long_values import LONG_VALUES
from message_templates.render import filled, known_placeholders
from message_templates.segments import in_gsm, measure
from service.domain.composing import Voice, own_values
from service.domain.own_week import SHORTEST, week_values

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


@dataclass(frozen=True, slots=True)
class Room:
    """A wording filled with the long values the linter counts, where they count otherwise than the longest there are.

    `units` of `most` on the air; `values`: each placeholder that makes the difference, its long value, the longest one.
    """

    body: str
    units: int
    most: int
    values: Sequence[tuple[str, str, str]]


def names_among(names: Iterable[str]) -> Names:
    """The extremes of `names` as they are sent; usual ones where there is none. What GSM-7 lacks costs most."""
    ordered = sorted({in_gsm(name) for name in names if name}, key=_cost)
    return Names(ordered[0], ordered[-1]) if ordered else Names()


def made_up(names: Names) -> Names:
    """Names as long as these that belong to nobody; what GSM-7 cannot spell it cannot spell there either."""
    return Names(_like(names.shortest), _like(names.longest))


def values_for(
    voice: Voice, hints: Iterable[str], language: str, names: Names
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The shortest and the longest value of every placeholder, in one language."""
    spoken = sorted(hints, key=len)
    own = {name: in_gsm(value) for name, value in own_values(voice).items()}
    short = {
        "first": names.shortest,
        "date": short_date(date(2026, 3, 1), language),
        "hint": spoken[0],
        "n": "0",
        "cutoff": clock_time(time(9), language),
        "time": clock_time(time(9), language),
        **week_values(SHORTEST, language),
    }
    long = {**LONG_VALUES[language], "first": names.longest, "hint": spoken[-1]}
    return {**own, **short}, {**long, **own}


def room_of(body: str, language: str, longest: Mapping[str, str]) -> Room | None:
    """The count that decides whether `body` may be published; None where the `longest` values count the same."""
    values = LONG_VALUES[language]
    with_values = filled(body, values)
    units = measure(with_values).units
    if units == measure(filled(body, longest)).units:
        return None
    differing = [
        (name, values[name], longest[name])
        for name in known_placeholders(body)
        if measure(values[name]).units != measure(longest[name]).units
    ]
    return Room(with_values, units, most_units(language), differing)


def _cost(name: str) -> tuple[bool, int, str]:
    length = measure(name)
    return length.encoding == "UCS-2", length.units, name


def _like(name: str) -> str:
    length = measure(name)
    named = {len(one): one for one in _MADE_UP}
    repeated = _LONG_MADE_UP * (length.units // len(_LONG_MADE_UP) + 1)
    like = named.get(length.units) or repeated[: length.units]
    return like if length.encoding == "GSM-7" else _OUTSIDE_GSM + like[1:]
