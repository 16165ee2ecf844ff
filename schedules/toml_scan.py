"""What tomllib does not tell about a TOML source: how deep it nests, what cannot be seen, on which line a key stands.

Each reads tokens only, so a hostile source costs time linear in its length.
"""

import re
import unicodedata
from collections import deque
from collections.abc import Iterator
from typing import Final

Path = tuple[str | int, ...]
Index = dict[Path, int]
Marks = deque[tuple[str, int]]

_ENDS_KEY: Final = ("=", "\n", ",", "[", "]", "{", "}")
_ENDS_VALUE: Final = (",", "\n", "]", "}")

_TOKEN: Final = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*(?:"{3,5}|\Z)'
    r"|'''(?:[^']|'(?!''))*(?:'{3,5}|\Z)"
    r'|"(?:[^"\\\n]|\\[^\n])*"?|' + r"'[^'\n]*'?|#[^\n]*|[\[\]{}=,.\n]|[^\s\[\]{}=,.#\"']+",
    re.DOTALL,
)

# TOML allows none but the tab and the ends of lines, in no place.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)")


def _marks(source: str) -> Iterator[tuple[str, int]]:
    """Each token that is no comment, with its line from 1."""
    line = 1
    for found in _TOKEN.finditer(source):
        mark = found[0]
        if not mark.startswith("#"):
            yield mark, line
        line += mark.count("\n")


def too_deep(source: str, limit: int) -> int | None:
    """The first line on which brackets, braces or the parts of one key exceed `limit`."""
    depth, parts = 0, 1
    for mark, line in _marks(source):
        if mark in ("[", "{"):
            depth += 1
        elif mark in ("]", "}"):
            depth = max(0, depth - 1)
        if mark == ".":
            parts += 1
        elif mark in _ENDS_KEY:
            parts = 1
        if depth > limit or parts > limit:
            return line
    return None


def control_character(source: str) -> tuple[int, str] | None:
    """The first control character that TOML forbids: its line, and how it is called, like `U+0000 (null)`."""
    found = _CONTROL.search(source)
    if found is None:
        return None
    code = ord(found[0])
    # Control characters have no names; their pictures do.
    picture = unicodedata.name(chr(0x2421 if code == 0x7F else 0x2400 + code))
    name = picture.removeprefix("SYMBOL FOR ").lower()
    return source.count("\n", 0, found.start()) + 1, f"U+{code:04X} ({name})"


def line_index(source: str) -> Index:
    """The line of every table, key and array item of a source that tomllib accepts.

    Arrays of tables are numbered from 0: ("step", 2, "say").
    """
    index: Index = {}
    tables: dict[Path, int] = {}
    table: Path = ()
    marks = deque(_marks(source))
    while marks:
        if marks[0][0] == "\n":
            marks.popleft()
        elif marks[0][0] == "[":
            table = _header(marks, tables, index)
        else:
            _pair(marks, table, index)
    return index


def line_of(index: Index, location: Path) -> int:
    """The line of `location`, or of the nearest thing around it that stands in the source."""
    path: Path = ()
    for part in location:
        if (*path, part) in index:
            path = (*path, part)
        elif isinstance(part, str):
            break
    return index.get(path, 1)


def _header(marks: Marks, tables: dict[Path, int], index: Index) -> Path:
    """Read [a.b] or [[a.b]]: the path of the table it opens. `tables` counts the [[...]]."""
    line = marks.popleft()[1]
    repeated = marks[0][0] == "["
    if repeated:
        marks.popleft()
    keys = _keys(marks)
    path: Path = ()
    for key in keys:
        path = (*path, key)
        index.setdefault(path, line)
        if repeated and len(path) - sum(isinstance(part, int) for part in path) == len(keys):
            tables[path] = tables.get(path, -1) + 1
        if path in tables:
            path = (*path, tables[path])
        index.setdefault(path, line)
    if repeated:
        marks.popleft()
    return path


def _keys(marks: Marks) -> list[str]:
    """The parts of a dotted key; the mark that ends it is taken as well."""
    keys: list[str] = []
    while (mark := marks.popleft()[0]) not in _ENDS_KEY:
        if mark != ".":
            keys.append(mark[1:-1] if mark[0] in "\"'" else mark)
    return keys


def _pair(marks: Marks, base: Path, index: Index) -> None:
    line = marks[0][1]
    for key in _keys(marks):
        base = (*base, key)
        index.setdefault(base, line)
    _value(marks, base, index)


def _value(marks: Marks, path: Path, index: Index) -> None:
    """Read one value, noting what stands inside an inline table or array."""
    opened = marks.popleft()[0]
    if opened not in ("{", "["):
        while marks and marks[0][0] not in _ENDS_VALUE:
            marks.popleft()
        return
    closing = "}" if opened == "{" else "]"
    item = 0
    while (mark := marks[0])[0] != closing:
        if mark[0] in (",", "\n"):
            marks.popleft()
        elif opened == "{":
            _pair(marks, path, index)
        else:
            index[*path, item] = mark[1]
            _value(marks, (*path, item), index)
            item += 1
    marks.popleft()
