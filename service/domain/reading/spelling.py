"""Misspellings: one Damerau edit away from a closed list, found by shared deletions."""

from collections.abc import Collection, Iterator, Mapping

_LONGEST = 16


def one_edit(left: str, right: str) -> bool:
    """Whether one letter added, lost, changed, or two neighbours swapped turns left into right."""
    if abs(len(left) - len(right)) > 1 or left == right:
        return False
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        start += 1
    a, b = left[start:], right[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


def deletion_index(words: Collection[str]) -> Mapping[str, tuple[str, ...]]:
    """Each word under itself and under each of its forms with one letter less."""
    index: dict[str, list[str]] = {}
    for word in sorted(words):
        for form in _forms(word):
            index.setdefault(form, []).append(word)
    return {form: tuple(found) for form, found in index.items()}


def corrected(word: str, index: Mapping[str, tuple[str, ...]]) -> str | None:
    """The first listed word one edit away, or None. Time grows with the length of `word` only."""
    if len(word) > _LONGEST:
        return None
    for form in _forms(word):
        for candidate in index.get(form, ()):
            if one_edit(word, candidate):
                return candidate
    return None


def _forms(word: str) -> Iterator[str]:
    yield word
    for place in range(len(word)):
        yield word[:place] + word[place + 1 :]
