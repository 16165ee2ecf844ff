"""A text ready to be read: its tokens, spelled right, and the marks of every concept in it."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from service.domain.reading.lexicon import DANGER, GAP, NUMBER, Lexicon, Node
from service.domain.reading.normalise import normalise
from service.domain.reading.spelling import near
from service.domain.reading.tokens import ABOUT, Token, tokenise

_DRAWN_OUT = re.compile(r"(.)\1{2,}")
_WIDEST_GAP = 3
_SHORTEST_REPAIR = 3


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
    words: tuple[str, ...]
    marks: dict[str, tuple[Mark, ...]]

    def all(self, *concepts: str) -> list[Mark]:
        """The marks of these concepts, in order of start; the longer first."""
        found = [mark for concept in concepts for mark in self.marks.get(concept, ())]
        return sorted(found, key=_by_place)

    def between(self, start: int, end: int, *concepts: str) -> list[Mark]:
        """The marks of these concepts that begin at tokens [start, end), in order of start."""
        found: list[Mark] = []
        for concept in concepts:
            marks = self.marks.get(concept, ())
            first = bisect_left(marks, start, key=_start)
            found += marks[first : bisect_left(marks, end, lo=first, key=_start)]
        return sorted(found, key=_by_place)

    def in_sentence(self, place: int, *concepts: str) -> list[Mark]:
        """The marks of these concepts in the sentence of a token."""
        sentence = self.tokens[place].sentence
        start = bisect_left(self.tokens, sentence, key=_sentence)
        return self.between(start, bisect_right(self.tokens, sentence, key=_sentence), *concepts)

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
            if (mark.start == 0 or self._opens_sentence(mark.start))
            and (self.tokens[mark.start].asked or mark.end - mark.start > 1)
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
        return Document(self.raw, self.tokens[start:end], self.words[start:end], marks)


def _start(mark: Mark) -> int:
    return mark.start


def _by_place(mark: Mark) -> tuple[int, int]:
    return mark.start, -mark.end


def _sentence(token: Token) -> int:
    return token.sentence


def parse(raw: str, lexicon: Lexicon) -> Document:
    """Tokens and marks of a text. Time grows with its length only."""
    plain = normalise(raw)
    plain = replace(plain, text=lexicon.disguised.revealed(plain.text))
    typed = tokenise(plain)
    spelled = {word: _spelled(word, lexicon) for word in {token.word for token in typed} | {"and"}}
    tokens = tuple(
        token if (word := spelled[token.word][0]) == token.word else replace(token, word=word)
        for token in _joined(typed)
    )
    guesses = tuple(spelled[token.word][1] for token in typed)
    marks: dict[str, list[Mark]] = {}
    for start in range(len(tokens)):
        for concept, end in _longest_phrases(tokens, guesses, start, lexicon.tree).items():
            marks.setdefault(concept, []).append(Mark(concept, start, end))
    words = tuple(token.word for token in tokens)
    return Document(plain.raw, tokens, words, {name: tuple(m) for name, m in marks.items()})


def _joined(typed: Sequence[Token]) -> Iterator[Token]:
    """The tokens with "n" between two others as "and": by itself, or at an end, it may be a no."""
    last = len(typed) - 1
    for place, token in enumerate(typed):
        joins = token.word == "n" and 0 < place < last
        joins = joins and token.glue == typed[place + 1].glue == " "
        yield replace(token, word="and") if joins else token


def _longest_phrases(
    tokens: Sequence[Token], guesses: Sequence[Sequence[str]], start: int, tree: Node
) -> dict[str, int]:
    """Where the longest phrase of each concept that begins at `start` ends, in its sentence.

    Only a gap crosses a comma. A phrase of danger may hold guesses, one to every word in doubt:
    what its other words say makes them likely.
    """
    sentence = tokens[start].sentence
    ends: dict[str, int] = {}
    paths = [(start, tree, True, 0)]
    while paths:
        place, node, free, guessed = paths.pop()
        for concept in node.concepts:
            sure = not guessed or (concept.startswith(DANGER) and _likely(guessed, place - start))
            if sure and ends.get(concept, 0) < place:
                ends[concept] = place
        following = node.next
        if not following:
            continue
        if GAP in following:
            gaps = range(place, min(place + _WIDEST_GAP, len(tokens)) + 1)
            paths += [(after, gap, True, guessed) for gap in following[GAP] for after in gaps]
        if place == len(tokens):
            continue
        token = tokens[place]
        if token.sentence == sentence and (free or token.part == tokens[place - 1].part):
            if token.word in following:
                paths += [(place + 1, after, False, guessed) for after in following[token.word]]
            if NUMBER in following and token.is_number:
                paths += [(place + 1, after, False, guessed) for after in following[NUMBER]]
            for word in guesses[place]:
                for after in following.get(word, ()):
                    paths.append((place + 1, after, False, guessed + 1))
    return ends


def _likely(guessed: int, words: int) -> bool:
    """Whether about half of a phrase is as it was typed."""
    return words > 1 and 2 * guessed <= words + 1


def _spelled(word: str, lexicon: Lexicon) -> tuple[str, tuple[str, ...]]:
    """A word, put right if it is a misspelt one of the closed lists, and what else it may be."""
    if word.isdigit() or word in lexicon.vocabulary:
        return word, ()
    if word in lexicon.spellings:
        return lexicon.spellings[word], ()
    if word.removesuffix(ABOUT) in lexicon.numbers:
        return word.removesuffix(ABOUT), ()
    if word[-2:-1] == word[-1:] and word[:-1] in lexicon.numbers:
        return word[:-1], ()  # a key held a moment: "sixx"
    for letters in (r"\1", r"\1\1") if _DRAWN_OUT.search(word) else ():
        short = _DRAWN_OUT.sub(letters, word)
        if short in lexicon.vocabulary:
            return short, ()
    if word.endswith("in") and f"{word}g" in lexicon.vocabulary:
        return f"{word}g", ()  # "naggin", "gettin"
    if len(word) < _SHORTEST_REPAIR:
        return word, ()
    guesses = near(word, lexicon.near)
    repaired = next((guess for guess in guesses if guess in lexicon.repairable), word)
    return repaired, tuple(guess for guess in guesses if guess != repaired)
