"""A programme file's source -> limits -> tomllib -> strict models -> Programme, or every fault.

Limits come before parsing because tomllib can be made to exhaust memory by a small file: size
first, then depth by a linear scan (security design, section 6).
"""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Final

from pydantic import ValidationError

from schedules.fault import Fault, ProgrammeFaults
from schedules.field_words import fault_in_words
from schedules.never_sent import never_sent
from schedules.own_question_links import faults_among
from schedules.programme import Programme
from schedules.step_links import faults_between
from schedules.toml_scan import control_character, line_index, line_of, too_deep

MAX_BYTES: Final = 256 * 1024
MAX_DEPTH: Final = 20
_MEANT: Final = {
    "Invalid value": 'no value can be read here; texts and times stand in quotes, like "17:00"',
    "Expected '='": "a line here is a name, then =, then a value",
    "Invalid statement": "a line here is a name, then =, then a value",
    "Expected newline": "something follows the value; begin a new line, or put a text in quotes",
    "Cannot overwrite a value": "this name stands here for the second time",
    "Duplicate inline table key": "a name stands in these braces for the second time",
    "Cannot declare": "this table stands here for the second time; each step begins with [[step]]",
    "Cannot mutate": "this table stands here for the second time; each step begins with [[step]]",
    "Unterminated string": "a quote is opened here and not closed",
    "Illegal character": "a quote is opened here and not closed on the same line",
    "Unclosed array": "a [ is opened and not closed, or a comma is missing, or a text lacks its quotes",
    "Unclosed inline table": "a { is opened and not closed, or a comma is missing, or a time lacks its quotes",
    "Invalid date or datetime": "there is no such date",
}
"""What the findings of tomllib that people meet mean, by how they begin."""


def load(source: str, name: str) -> Programme:
    """The programme in TOML `source`; ProgrammeFaults, naming the file `name`, lists every fault."""
    document = parsed(source, name)
    try:
        programme = Programme.model_validate(document)
    except ValidationError as error:
        found = [(each["loc"], fault_in_words(each)) for each in error.errors(include_url=False)]
    else:
        found = [*faults_between(programme), *faults_among(programme)]
        found = found or list(never_sent(programme))
        if not found:
            return programme
    index = line_index(source)
    raise ProgrammeFaults([Fault(name, line_of(index, path), reason) for path, reason in found])


@cache
def shipped_sources() -> dict[str, str]:
    """The source of each programme in schedules/programmes, by file name."""
    folder = files("schedules") / "programmes"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return {name: (folder / name).read_text(encoding="utf-8") for name in names}


@cache
def shipped() -> tuple[Programme, ...]:
    """The programmes in schedules/programmes, by slug."""
    return tuple(load(source, name) for name, source in shipped_sources().items())


def parsed(source: str, name: str) -> dict[str, Any]:
    """The TOML in `source` as it stands, within our limits; ProgrammeFaults, naming the file `name`, otherwise."""
    if len(source) > MAX_BYTES or len(source.encode(errors="replace")) > MAX_BYTES:
        reason = "The file is larger than 256 KB; no programme is, so this is another file."
        raise ProgrammeFaults([Fault(name, 1, reason)])
    if source.startswith("\ufeff"):
        reason = (
            "The file begins with U+FEFF (byte order mark), which Notepad may write. It cannot be seen; save the file"
            " as UTF-8 without BOM."
        )
        raise ProgrammeFaults([Fault(name, 1, reason)])
    if line := too_deep(source, MAX_DEPTH):
        reason = f"Brackets or the parts of a key nest deeper than {MAX_DEPTH}; close them first."
        raise ProgrammeFaults([Fault(name, line, reason)])
    if found := control_character(source):
        line, called = found
        reason = f"The control character {called} stands here. It cannot be seen; delete it."
        raise ProgrammeFaults([Fault(name, line, reason)])
    try:
        return tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise ProgrammeFaults([_syntax_fault(source, name, str(error))]) from error
    except (ValueError, RecursionError) as error:
        reason = "This is no TOML that can be read: a number in it is far too long."
        raise ProgrammeFaults([Fault(name, 1, reason)]) from error


def _syntax_fault(source: str, name: str, message: str) -> Fault:
    """tomllib says where in words only: "... (at line 3, column 7)" or "(at end of document)"."""
    reason, _, place = message.rpartition(" (at ")
    digits = place.removeprefix("line ").partition(",")[0]
    line = int(digits) if digits.isdecimal() else source.count("\n") + 1
    reason = reason or message
    meant = next((words for start, words in _MEANT.items() if reason.startswith(start)), reason)
    return Fault(name, line, f"This is not TOML: {meant}.")
