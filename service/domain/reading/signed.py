"""Commands that are signed: "PAUSE 3 Tom", "HELP - Tom", "BED 23:30 thanks Ann"."""

import re

from service.domain.reading.labels import Reading
from service.domain.reading.lexicon import Lexicon
from service.domain.reading.normalise import normalise

# One or two names, each with a capital only where it begins.
_NAME = r"[^\W\d_a-zß-ÿ][^\W\d_A-ZÀ-Þ]{1,14}"
_SIGNED = re.compile(
    rf"(?P<said>.*?[^\s,–—-])(?P<gap>[\s,–—-]+)(?P<names>{_NAME}(?:\s{_NAME})?)\W*", re.DOTALL
)
# Longer texts are no commands.
_LONGEST = 80
_DASHES = frozenset("-–—\n")
_COMMANDS = frozenset(
    {
        "stop",
        "start",
        "help",
        "pause",
        "resume",
        "bedtime_change",
        "time_pref",
        "later",
        "topic_stop",
    }
    | {"language", "own_week", "relief", "status", "amount", "menu"}
)


def unsigned(text: str, lexicon: Lexicon) -> str | None:
    """The text without the names that end it, which are no words of the lexicon; None where there are none."""
    signed = _SIGNED.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    if signed is None:
        return None
    known = (normalise(name).text in lexicon.vocabulary for name in signed["names"].split())
    return signed["said"] if _DASHES.intersection(signed["gap"]) or not any(known) else None


def commands_only(reading: Reading) -> bool:
    """Whether a text does nothing but command, so that a name behind it can only be its writer's."""
    return all(one.name in _COMMANDS for one in reading.intents)


def nothing_in(reading: Reading) -> bool:
    """Whether a text is not understood."""
    return not reading.machine_made and all(one.name == "unknown" for one in reading.intents)
