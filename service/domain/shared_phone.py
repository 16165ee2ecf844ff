"""People who share one phone: who of them a text names, so that nobody has to be guessed. Pure."""

from collections.abc import Sequence

from service.domain.reading.normalise import normalise
from service.domain.reading.tokens import tokenise

ASKS_WHO = "SYS-34"
# "Ann YES", "yes please Ann"; a name in a longer text may be about somebody.
_MOST_WORDS = 2
_AROUND = " \t\n,.:;-!"


def named(body: str, names: Sequence[str]) -> tuple[int, str] | None:
    """The place in `names` (first names) that a short answer begins or ends with, and the answer without it.

    None where it names nobody, or more people than one have that name.
    """
    found = [(place, rest) for place, name in enumerate(names) for rest in _without(body, name)]
    return found[0] if len(found) == 1 else None


def _without(body: str, name: str) -> list[str]:
    """What a text says beside a name it begins or ends with; empty where it does not, or says too much."""
    said, spelt = tokenise(normalise(body)), _words(name)
    beside = len(said) - len(spelt)
    if not spelt or not 0 < beside <= _MOST_WORDS:
        return []
    words = [token.word for token in said]
    if words[: len(spelt)] == spelt:
        return [body[said[len(spelt) - 1].end :].strip(_AROUND)]
    if words[-len(spelt) :] == spelt:
        return [body[: said[beside].start].strip(_AROUND)]
    return []


def _words(name: str) -> list[str]:
    return [token.word for token in tokenise(normalise(name))]
