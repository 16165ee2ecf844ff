"""A programme file's source -> limits -> tomllib -> strict models -> Programme, or every fault.

Limits come before parsing because tomllib can be made to exhaust memory by a small file: size
first, then depth by a linear scan (security design, section 6).
"""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from schedules.fault import Fault, ProgrammeFaults
from schedules.programme import PRIORITIES, Programme
from schedules.toml_scan import Path, line_index, line_of, too_deep

MAX_BYTES: Final = 256 * 1024
MAX_DEPTH: Final = 20


def load(source: str, name: str) -> Programme:
    """The programme in TOML `source`; ProgrammeFaults, naming the file `name`, lists every fault."""
    document = _parsed(source, name)
    try:
        programme = Programme.model_validate(document)
    except ValidationError as error:
        found = [(_path(each), _reason(each)) for each in error.errors(include_url=False)]
    else:
        found = _between_steps(programme)
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


def _parsed(source: str, name: str) -> dict[str, Any]:
    if len(source) > MAX_BYTES or len(source.encode(errors="replace")) > MAX_BYTES:
        raise ProgrammeFaults([Fault(name, 1, "The file is larger than 256 KB.")])
    if line := too_deep(source, MAX_DEPTH):
        reason = f"Brackets or the parts of a key nest deeper than {MAX_DEPTH}."
        raise ProgrammeFaults([Fault(name, line, reason)])
    try:
        return tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise ProgrammeFaults([_syntax_fault(source, name, str(error))]) from error
    except (ValueError, RecursionError) as error:
        reason = f"This is no TOML that can be read: {error}."
        raise ProgrammeFaults([Fault(name, 1, reason)]) from error


def _syntax_fault(source: str, name: str, message: str) -> Fault:
    """tomllib says where in words only: "... (at line 3, column 7)" or "(at end of document)"."""
    reason, _, place = message.rpartition(" (at ")
    digits = place.removeprefix("line ").partition(",")[0]
    line = int(digits) if digits.isdecimal() else source.count("\n") + 1
    return Fault(name, line, f"This is not TOML: {reason or message}.")


def _path(error: ErrorDetails) -> Path:
    return error["loc"]


def _reason(error: ErrorDetails) -> str:
    field = next((str(part) for part in reversed(error["loc"]) if isinstance(part, str)), "file")
    match error["type"]:
        case "missing":
            return f"{field} is missing."
        case "extra_forbidden":
            return f"{field} is no field here."
        case "value_error":
            return f"{field}: {error['msg'].removeprefix('Value error, ')}"
        case _:
            return f"{field}: {error['msg']}."


def _between_steps(programme: Programme) -> list[tuple[Path, str]]:
    """Faults that only two steps together can have."""
    keys = [step.key for step in programme.steps]
    steps = {step.key: step for step in programme.steps}
    ranks = {
        s.key: PRIORITIES.index(s.priority or programme.head.priority) for s in programme.steps
    }
    found: list[tuple[Path, str]] = []
    if not keys:
        found.append((("step",), "The programme has no step."))
    for index, step in enumerate(programme.steps):
        at: Path = ("step", index)
        if keys.index(step.key) != index:
            found.append(((*at, "key"), f"There are two steps with the key {step.key}."))
        for name in ("follows", "not_with"):
            other = getattr(step, name)
            if other is None:
                continue
            if other == step.key or other not in steps:
                found.append(((*at, name), f"{name}: there is no other step {other!r}."))
            elif getattr(steps[other], name) is not None:
                found.append(((*at, name), f"{name}: {other} has one itself; chains are not kept."))
            elif name == "follows" and ranks[other] > ranks[step.key]:
                low = PRIORITIES[ranks[other]]
                found.append(((*at, name), f"{other} is placed later, because it is only {low}."))
    return found
