"""The long values every wording must have room for, whoever its clinic and its patients are, in each language."""

from collections.abc import Mapping
from datetime import date, time
from typing import Final

from message_templates.formats import NOT_KNOWN_YET, clock_time, short_date, short_number

_ANYWHERE: Final = {
    "clinic": "Riverside RLS Team",
    "first": "Christopher",
    "phone": "1-902-555-0100",
    "emerg": "911",
    "crisis": "988",
    "poison": "1-800-555-0100",
    "n": "10",
    "nights": "7",
    "hard": "5",
}
_HINTS: Final = {"en": "from -100 to 1000", "es": "entre -100 y 1000"}

LONG_VALUES: Final[Mapping[str, Mapping[str, str]]] = {
    language: {
        **_ANYWHERE,
        "hint": hint,
        "date": short_date(date(2026, 11, 23), language),
        "cutoff": clock_time(time(12, 30), language),
        "time": clock_time(time(12, 30), language),
        "mean": short_number(4.4, language),
        "usual": NOT_KNOWN_YET[language],
    }
    for language, hint in _HINTS.items()
}
"""By language and placeholder. All are in GSM-7."""
