"""Commands that are signed: "PAUSE 3 Tom", "HELP - Tom", "BED 23:30 thanks Ann"."""

import re
from collections.abc import Sequence

from service.domain.reading.labels import Reading
from service.domain.reading.lexicon import Lexicon
from service.domain.reading.normalise import normalise
from service.domain.reading.tokens import tokenise

# One or two names, each with a capital only where it begins.
_NAME = r"[^\W\d_a-zß-ÿ][^\W\d_A-ZÀ-Þ]{1,14}"
_SIGNED = re.compile(
    rf"(?P<said>.*?[^\s,–—-])(?P<gap>[\s,–—-]+)(?P<names>{_NAME}(?:\s{_NAME})?)\W*", re.DOTALL
)
# "Para Juan" may be for Juan: only where Juan writes it is it signed.
_ALSO_FOR = "para"
# Longer texts are no commands.
_LONGEST = 80
_DASHES = frozenset("-–—\n")
_AROUND = " \t\n\u00a0,.:;-–—("
# Parts of names that are no name alone: "stop the texts for la" is signed by nobody.
_PARTICLES = frozenset(
    {"de", "del", "la", "las", "el", "los", "y", "da", "do", "van", "von", "der"}
)
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
    if signed is None or normalise(signed["said"]).text == _ALSO_FOR:
        return None
    known = (normalise(name).text in lexicon.vocabulary for name in signed["names"].split())
    return signed["said"] if _DASHES.intersection(signed["gap"]) or not any(known) else None


def without_own_name(text: str, names: Sequence[str]) -> str | None:
    """The text without the name of its writer that ends it, in any case; None where it ends in none of `names`.

    `names`: given and family name of each who may have written it. Any part of one will do, be it a word too: a Will
    may sign.
    """
    if len(text) > _LONGEST:
        return None
    said = tokenise(normalise(text))
    for name in names:
        spelt = {token.word for token in tokenise(normalise(name))}
        start = len(said)
        while start and said[start - 1].word in spelt:
            start -= 1
        if start and {token.word for token in said[start:]} - _PARTICLES:
            return text[: said[start].start].rstrip(_AROUND)
    return None


def is_command(command: Reading, reading: Reading, *, by_name: bool) -> bool:
    """Whether `command`, read without what may be a signature, holds rather than the `reading` of the whole text.

    It must do nothing but command. A writer's own name (`by_name`) keeps no opt-out from being one ("quit tom" where
    smoking is asked about), but never hides danger.
    """
    if not all(one.name in _COMMANDS for one in command.intents):
        return False
    stops = any(one.name == "stop" for one in command.intents)
    in_danger = any(one.name == "red_flag" for one in reading.intents)
    return nothing_in(reading) or (by_name and stops and not in_danger)


def nothing_in(reading: Reading) -> bool:
    """Whether a text is not understood."""
    return not reading.machine_made and all(one.name == "unknown" for one in reading.intents)
