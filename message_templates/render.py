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
    }
)

_PARTS = re.compile(r"\{([^{}]*)\}|([{}])")


class PlaceholderError(ValueError):
    """A brace that is no known placeholder, or a placeholder without a value."""


def placeholders(body: str) -> tuple[str, ...]:
    """The placeholders of `body`, each once, in order. PlaceholderError on any other brace."""
    names: list[str] = []
    for part in _PARTS.finditer(body):
        name = part[1]
        if name is None:
            raise PlaceholderError(f"stray {part[2]!r} at character {part.start() + 1}")
        if name not in PLACEHOLDERS:
            raise PlaceholderError(f"unknown placeholder {part[0]!r}")
        names.append(name)
    return tuple(dict.fromkeys(names))


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
