"""Read the text files of one language: TOML to checked entries, every fault with its line."""

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from message_templates.fault import Fault

Kind = Literal["system", "question", "tip"]

HINTS_FILE = "hints.toml"
_HEADER = re.compile(r"^\[([^\]]+)\]", re.MULTILINE)
_TEXT_ID = re.compile(r"[A-Z]+-\d\d")
_REVIEW_MARK = "native_review_pending"
_MARK = "\ufeff"
_MARKED = (
    "U+FEFF (byte order mark), which Notepad may write, begins the file; it cannot be seen: save the file as UTF-8"
    " without BOM"
)
_STRICT = ConfigDict(extra="forbid", frozen=True, strict=True)


class Wording(BaseModel):
    """One text in a language other than English: what belongs to the id stands in English."""

    model_config = _STRICT
    text: str = Field(min_length=1)


class Entry(Wording):
    """One text in English, with the properties that its id has in every language."""

    kind: Kind
    asks: str | None = None
    starred: bool = False
    discreet: str | None = None
    gate: bool = False
    behind: str | None = None
    only_if: list[str] = []
    not_if: list[str] = []
    safety: bool = False


class Hints(BaseModel):
    """The {hint} of a language by kind of question; `yes_no` is that family's."""

    model_config = _STRICT
    yes_no: str
    iron_yn: str
    bedtime_ask: str
    onset_time: str
    weekly_3: str
    nights_0_7: str


WordingT = TypeVar("WordingT", bound=Wording)
ModelT = TypeVar("ModelT", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Found(Generic[WordingT]):
    """An entry and where it stands: file relative to the package, line from 1."""

    entry: WordingT
    file: str
    line: int
    review_pending: bool


@dataclass(slots=True)
class LanguageFiles(Generic[WordingT]):
    """What one language folder holds, and what is wrong with it."""

    language: str
    texts: dict[str, Found[WordingT]] = field(default_factory=dict)
    hints: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def blame(self, file: str, line: int, text_id: str, reason: str) -> None:
        """Note one fault."""
        self.faults.append(Fault(file, line, text_id, self.language, reason))


def read_language(folder: Path, model: type[WordingT]) -> LanguageFiles[WordingT]:
    """Every text and hint in `folder` (named by its language). Faults are collected, not raised."""
    found = LanguageFiles[WordingT](folder.name)
    for path in sorted(folder.glob("*.toml")):
        _read_file(path, f"{folder.name}/{path.name}", model, found)
    if not found.hints:
        found.blame(f"{folder.name}/{HINTS_FILE}", 0, "", "no hints")
    return found


def _read_file(
    path: Path, file: str, model: type[WordingT], found: LanguageFiles[WordingT]
) -> None:
    try:
        source = path.read_text(encoding="utf-8")
        if source.startswith(_MARK):
            found.blame(file, 1, "", _MARKED)
            return
        tables = tomllib.loads(source)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        found.blame(file, 0, "", f"not a TOML file: {error}")
        return
    lines = {m[1].strip(): source.count("\n", 0, m.start()) + 1 for m in _HEADER.finditer(source)}
    pending = tables.pop(_REVIEW_MARK, False) is True
    for name, table in tables.items():
        line = lines.get(name, 0)
        if path.name == HINTS_FILE:
            hints = _checked(Hints, table, file, line, name, found)
            found.hints.update(hints.model_dump() if hints else {})
        elif not _TEXT_ID.fullmatch(name):
            found.blame(file, line, name, "an id is capitals, a dash and two digits")
        elif name in found.texts:
            found.blame(file, line, name, f"also in {found.texts[name].file}")
        elif entry := _checked(model, table, file, line, name, found):
            found.texts[name] = Found(entry, file, line, pending)


def _checked(
    model: type[ModelT],
    table: Any,
    file: str,
    line: int,
    name: str,
    found: LanguageFiles[WordingT],
) -> ModelT | None:
    try:
        return model.model_validate(table)
    except ValidationError as error:
        for detail in error.errors():
            where = ".".join(str(part) for part in detail["loc"])
            found.blame(file, line, name, f"{where}: {detail['msg']}" if where else detail["msg"])
        return None
