"""Fill the placeholders of a text: `{` + a name of the closed list + `}`, and nothing else.

No template language and no str.format: those reach attributes and make text of any length.
"""

import re
from collections.abc import Mapping

PLACEHOLDERS = frozenset(
    {
        "clinic",
        "first",
        "phone",
        "emerg",
        "crisis",
        "poison",
        "date",
        "hint",
        "n",
        "cutoff",
        "time",
        "mean",
        "usual",
        "nights",
        "hard",
    }
)

_PARTS = re.compile(r"\{([^{}]*)\}|([{}])")


class PlaceholderError(ValueError):
    """A brace that is no known placeholder, or a placeholder without a value."""


def placeholders(body: str) -> tuple[str, ...]:
    """The placeholders of `body`, each once, in order. PlaceholderError names every other brace."""
    if strange := strange_braces(body):
        raise PlaceholderError("; ".join(strange))
    return known_placeholders(body)


def known_placeholders(body: str) -> tuple[str, ...]:
    """The placeholders of the closed list that `body` has, each once, in order, whatever else is in braces."""
    names = (part[1] for part in _PARTS.finditer(body))
    return tuple(dict.fromkeys(name for name in names if name in PLACEHOLDERS))


def strange_braces(body: str) -> list[str]:
    """What is wrong with each brace that is no placeholder of the closed list."""
    return [
        f"stray {part[2]!r} at character {part.start() + 1}"
        if part[1] is None
        else f"unknown placeholder {part[0]!r}"
        for part in _PARTS.finditer(body)
        if part[1] not in PLACEHOLDERS
    ]


def filled(body: str, values: Mapping[str, str]) -> str:
    """`body` with the placeholders that `values` names, to look at while it is written: nothing is refused."""
    return _PARTS.sub(lambda part: values.get(part[1] or "", part[0]), body)


def render(body: str, values: Mapping[str, str]) -> str:
    """`body` with every placeholder replaced. Values are not read for placeholders again.

    PlaceholderError if one of them is missing or empty, or the body has any other brace.
    """
    missing = [name for name in placeholders(body) if not values.get(name)]
    if missing:
        raise PlaceholderError("no value for " + ", ".join(f"{{{name}}}" for name in missing))
    return _PARTS.sub(lambda part: values[part[1]], body)
