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


def near(word: str, index: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The listed words one edit away. Time grows with the length of `word` only."""
    if len(word) > _LONGEST:
        return ()
    listed = dict.fromkeys(found for form in _forms(word) for found in index.get(form, ()))
    return tuple(found for found in listed if one_edit(word, found))


def _forms(word: str) -> Iterator[str]:
    yield word
    for place in range(len(word)):
        yield word[:place] + word[place + 1 :]
