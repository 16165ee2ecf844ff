"""The lexicons as one phrase tree: which phrases of which concepts start at a word.

A phrase in a lexicon file is words apart by spaces. `a/b` = either, `<set>` = any word of that
set of the same file, `a?` = may be missing, `#` = a number, `*` = up to three other words.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from service.domain.reading.disguise import Disguised
from service.domain.reading.framing import Framing
from service.domain.reading.spelling import deletion_index

LANGUAGES = ("en", "es")
NUMBER = "#"
GAP = "*"
DANGER = ("red.", "despair.")
"""Concepts whose phrases are found also with a word misspelt."""
_SHORTEST_GUESS = 4
_FOLDER = Path(__file__).parent / "lexicon"


@dataclass(slots=True)
class Node:
    """What may follow the words so far, and the concepts whose phrase ends here.

    `branches` keeps one node a slot, so that its words share what follows them.
    """

    branches: dict[tuple[str, ...], "Node"] = field(default_factory=dict)
    next: dict[str, list["Node"]] = field(default_factory=dict)
    concepts: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Both languages at once: patients mix them.

    `tree`: the phrases. `numbers`: number words. `vocabulary`: words that are spelled right.
    `spellings`: common misspellings and what they stand for. `repairable`: the closed list that a
    misspelt word may be repaired to. `near`: that list and the words of danger phrases, by
    deletion. `disguised`: the words that are read also with signs in place of letters. `framing`: what stands
    before and behind what is said.
    """

    tree: Node
    numbers: Mapping[str, int]
    vocabulary: frozenset[str]
    spellings: Mapping[str, str]
    repairable: frozenset[str]
    near: Mapping[str, tuple[str, ...]]
    disguised: Disguised
    framing: Framing


@cache
def load() -> Lexicon:
    """The shipped lexicons, read once."""
    tree, numbers, spellings = Node(), dict[str, int](), dict[str, str]()
    vocabulary, repairable, danger, hidden = set[str](), set[str](), set[str](), set[str]()
    greetings, courtesies = set[str](), set[str]()
    for language in LANGUAGES:
        source = tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
        numbers |= source["numbers"]
        spellings |= source["spellings"]
        vocabulary |= set(source["ordinary"].split())
        repairable |= set(source["repairable"].split())
        hidden |= set(source["disguised"].split())
        greetings |= set(source["greetings"])
        courtesies |= set(source["courtesies"])
        sets = {name: tuple(words.split()) for name, words in source["sets"].items()}
        for concept, phrase in _phrases(source["phrases"]):
            for slots in _slots(phrase, sets):
                # The first words apart, so that a common one leads to one node, not to many.
                for word in slots[0]:
                    _plant(tree, ((word,), *slots[1:]), concept)
                words = {word for slot in slots for word in slot}
                vocabulary |= words
                if concept.startswith(DANGER):
                    danger |= {word for word in words if len(word) >= _SHORTEST_GUESS}
    vocabulary |= set(numbers) | repairable
    return Lexicon(
        tree,
        numbers,
        frozenset(vocabulary),
        spellings,
        frozenset(repairable),
        deletion_index(repairable | danger),
        Disguised(hidden),
        Framing(greetings, courtesies),
    )


def _phrases(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _phrases(value, f"{prefix}{name}.")
        else:
            yield from ((prefix + name, phrase) for phrase in value)


def _slots(
    phrase: str, sets: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[tuple[str, ...], ...]]:
    """The phrase as slots of words, once for each choice of what may be missing."""
    choices: list[tuple[tuple[str, ...], ...]] = []
    for slot in phrase.split():
        bare = slot.removesuffix("?")
        words = tuple(
            word
            for either in bare.split("/")
            for word in (sets[either[1:-1]] if either.startswith("<") else (either,))
        )
        choices.append((words, ()) if slot.endswith("?") else (words,))
    for choice in product(*choices):
        yield tuple(words for words in choice if words)


def _plant(tree: Node, slots: tuple[tuple[str, ...], ...], concept: str) -> None:
    for words in slots:
        if words not in tree.branches:
            tree.branches[words] = node = Node()
            for word in words:
                tree.next.setdefault(word, []).append(node)
        tree = tree.branches[words]
    if concept not in tree.concepts:
        tree.concepts.append(concept)
