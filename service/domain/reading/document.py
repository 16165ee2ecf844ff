"""A text ready to be read: its tokens, spelled right, and the marks of every concept in it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from service.domain.reading.lexicon import GAP, NUMBER, Lexicon, Node
from service.domain.reading.normalise import normalise
from service.domain.reading.spelling import corrected
from service.domain.reading.tokens import Token, tokenise

_DRAWN_OUT = re.compile(r"(.)\1{2,}")
_WIDEST_GAP = 3
_SHORTEST_REPAIR = 4


@dataclass(frozen=True, slots=True)
class Mark:
    """A phrase of a concept at tokens [start, end)."""

    concept: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """A text, its tokens and its marks by concept, each list in order of start."""

    raw: str
    tokens: tuple[Token, ...]
    marks: dict[str, tuple[Mark, ...]]

    @property
    def words(self) -> tuple[str, ...]:
        """The words alone."""
        return tuple(token.word for token in self.tokens)

    def all(self, *concepts: str) -> list[Mark]:
        """The marks of these concepts, in order of start; the longer first."""
        found = [mark for concept in concepts for mark in self.marks.get(concept, ())]
        return sorted(found, key=lambda mark: (mark.start, -mark.end))

    def has(self, *concepts: str) -> bool:
        """Whether any of these concepts is in the text."""
        return any(concept in self.marks for concept in concepts)

    def only(self, *concepts: str) -> bool:
        """Whether the text is nothing but phrases of these concepts."""
        rest = set(range(len(self.tokens)))
        for mark in self.all(*concepts):
            rest.difference_update(range(mark.start, mark.end))
        return not rest

    def quote(self, start: int, end: int) -> str:
        """The patient's own words of tokens [start, end)."""
        return self.raw[self.tokens[start].start : self.tokens[end - 1].end] if end > start else ""

    def statements(self) -> "Document":
        """The text without the sentences that are questions from their first word on."""
        asking = {
            self.tokens[mark.start].sentence
            for mark in self.all("question")
            if mark.start == 0 or self._opens_sentence(mark.start)
        }
        kept = [place for place, token in enumerate(self.tokens) if token.sentence not in asking]
        if not asking or not kept:
            return self.keep(0, 0) if asking else self
        return self.keep(kept[0], kept[-1] + 1)

    def _opens_sentence(self, place: int) -> bool:
        return self.tokens[place].sentence != self.tokens[place - 1].sentence

    def keep(self, start: int, end: int) -> "Document":
        """The part of this text in tokens [start, end), as a text of its own."""
        marks = {
            concept: inside
            for concept, found in self.marks.items()
            if (
                inside := tuple(
                    Mark(m.concept, m.start - start, m.end - start)
                    for m in found
                    if start <= m.start and m.end <= end
                )
            )
        }
        return Document(self.raw, self.tokens[start:end], marks)


def parse(raw: str, lexicon: Lexicon) -> Document:
    """Tokens and marks of a text. Time grows with its length only."""
    plain = normalise(raw)
    typed = tokenise(plain)
    shortest = _SHORTEST_REPAIR - (len(typed) == 1)
    tokens = tuple(_respelled(token, lexicon, shortest) for token in typed)
    marks: dict[str, list[Mark]] = {}
    for start in range(len(tokens)):
        ends: dict[str, int] = {}
        for end, concept in _endings(tokens, start, lexicon.tree):
            ends[concept] = max(end, ends.get(concept, 0))
        for concept, end in ends.items():
            marks.setdefault(concept, []).append(Mark(concept, start, end))
    return Document(plain.raw, tokens, {name: tuple(found) for name, found in marks.items()})


def _endings(tokens: Sequence[Token], start: int, tree: Node) -> Iterator[tuple[int, str]]:
    """Where the phrases that begin at `start` end: (end, concept). No phrase leaves its sentence."""
    sentence = tokens[start].sentence
    paths = [(start, tree)]
    while paths:
        place, node = paths.pop()
        for concept in node.concepts:
            yield place, concept
        for gap in node.next.get(GAP, ()):
            paths.extend((place + width, gap) for width in range(_WIDEST_GAP + 1))
        if place < len(tokens) and tokens[place].sentence == sentence:
            token = tokens[place]
            paths.extend((place + 1, following) for following in node.next.get(token.word, ()))
            if token.is_number:
                paths.extend((place + 1, following) for following in node.next.get(NUMBER, ()))


def _respelled(token: Token, lexicon: Lexicon, shortest: int) -> Token:
    """The token with a drawn-out or misspelt word of the closed lists put right."""
    word = token.word
    if token.is_number or word in lexicon.vocabulary:
        return token
    for letters in (r"\1", r"\1\1"):
        short = _DRAWN_OUT.sub(letters, word)
        if short in lexicon.vocabulary:
            return replace(token, word=short)
    if len(word) >= shortest and (repaired := corrected(word, lexicon.repairs)):
        return replace(token, word=repaired)
    return token
