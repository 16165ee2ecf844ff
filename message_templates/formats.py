"""How a time ({time}, {cutoff}), a date ({date}) and a figure ({mean}, {usual}) are written in each language.

Inside GSM-7; how much room each may take stands in `long_values`.
"""

from collections.abc import Callable
from datetime import date, time

_WEEKDAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    # "sáb" is spelled without its accent: á is not in GSM-7 and would cut a text to 70 characters.
    "es": ("lun", "mar", "mié", "jue", "vie", "sab", "dom"),
}
_MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "es": ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
}

NOT_KNOWN_YET = {"en": "not known yet", "es": "sin dato"}
_DECIMAL_POINT = {"en": ".", "es": ","}


def _time_12(at: time) -> str:
    return f"{at.hour % 12 or 12}:{at.minute:02} {'AM' if at.hour < 12 else 'PM'}"


def _time_24(at: time) -> str:
    return f"{at.hour:02}:{at.minute:02}"


_TIMES: dict[str, Callable[[time], str]] = {"en": _time_12, "es": _time_24}


def clock_time(at: time, language: str) -> str:
    """`at` (wall clock) as a patient reads it: "10:30 PM", "22:30". KeyError: language unknown."""
    return _TIMES[language](at)


def short_date(day: date, language: str) -> str:
    """`day` as a patient reads it: "Mon 23 Nov", "lun 23 nov". KeyError: language unknown."""
    return f"{_WEEKDAYS[language][day.weekday()]} {day.day} {_MONTHS[language][day.month - 1]}"


def short_number(figure: float, language: str) -> str:
    """`figure` to one decimal at most: "4", "4.3", "4,3". KeyError: language unknown."""
    return f"{figure:.1f}".removesuffix(".0").replace(".", _DECIMAL_POINT[language])
