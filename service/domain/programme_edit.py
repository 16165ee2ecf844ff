"""One step of a programme file <-> the fields of a form. What was not changed stays byte for byte.

The form knows the moments and rhythms most steps have; any other stays as the file says it (`KEEP`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, cast

import tomlkit
from tomlkit.items import AoT, Item, Table

from schedules.durations import parse_duration, spell_duration
from schedules.facts import WEEKDAYS, parse_value
from schedules.fault import ProgrammeFaults
from schedules.loading import parsed
from schedules.toml_scan import line_index

KEEP: Final = "keep"
MOMENTS: Final = {
    "before bedtime": ("bedtime", "-"),
    "after bedtime": ("bedtime", ""),
    "before waking": ("wake", "-"),
    "after waking": ("wake", ""),
}
CLOCK: Final = "clock"
DAILY, TIMES, DAYS, EVERY = "daily", "times_per_week", "weekdays", "every_n_days"
_RHYTHMS: Final = (DAILY, TIMES, DAYS, EVERY)


@dataclass(frozen=True, slots=True)
class StepForm:
    """What a person sees and types of one step, all as text.

    `moment` is a key of MOMENTS, CLOCK or KEEP; `amount` its length ("2h30m") or clock time ("17:00").
    `rhythm` is one of DAILY, TIMES, DAYS, EVERY or KEEP; `often` its number, or days as "mon,thu".
    `useful_for` and `flex` are spelled as in the file.
    """

    moment: str
    amount: str
    rhythm: str
    often: str
    useful_for: str
    flex: str


class FieldError(ValueError):
    """A field of the form that cannot be understood."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field, self.reason = field, reason


def form_of(source: str, key: str) -> StepForm:
    """The form of a step as the file has it; KeyError when it has no such step."""
    step = _step(tomlkit.parse(source), key).unwrap()
    moment, amount = _moment(step["at"])
    rhythm, often = _rhythm(step.get("cadence"))
    return StepForm(
        moment=moment,
        amount=amount,
        rhythm=rhythm,
        often=often,
        useful_for=str(step.get("useful_for", "2h")),
        flex=str(step.get("flex", "0")),
    )


def form_if_any(source: str, key: str) -> StepForm | None:
    """The form of a step in a file that somebody is typing; None where the file or the step cannot be read."""
    try:
        parsed(source, "")
        return form_of(source, key)
    except (ProgrammeFaults, KeyError, TypeError, ValueError, AttributeError):
        return None


def as_written(source: str, key: str, field: str) -> str:
    """A field of a step as its TOML text, for those the form leaves alone."""
    item = _step(tomlkit.parse(source), key).get(field)
    return cast("Item", item).as_string() if item is not None else ""


def edited(source: str, key: str, form: StepForm) -> str:
    """`source` with the changed fields of one step written anew; FieldError names a field that is wrong."""
    before = form_of(source, key)
    document = tomlkit.parse(source)
    step = _step(document, key)
    changed = {
        field.name
        for field in fields(StepForm)
        if getattr(form, field.name).strip() != getattr(before, field.name)
    }
    if changed & {"moment", "amount"} and form.moment != KEEP:
        _set_moment(step, form)
    if changed & {"rhythm", "often"} and form.rhythm != KEEP:
        step["cadence"] = _value(_cadence(form))
    for field in ("useful_for", "flex"):
        if field in changed:
            step[field] = _length(field, getattr(form, field))
    return tomlkit.dumps(document)


def with_stop(source: str, *, stopped: bool) -> str:
    """`source` as a programme of which nothing is sent, or as one that goes on."""
    document = tomlkit.parse(source)
    head = cast("Table", document["programme"])
    head.pop("stopped", None)
    if stopped:
        head["stopped"] = True
    return tomlkit.dumps(document)


def lines_of(source: str, key: str) -> set[int]:
    """The lines of a file that can be read on which something of a step stands."""
    number = [step.get("key") for step in parsed(source, "")["step"]].index(key)
    return {line for path, line in line_index(source).items() if path[:2] == ("step", number)}


def put_back(source: str, base: str, key: str, field: str) -> str:
    """`source` with a field of a step as `base` has it, comments included."""
    if as_written(source, key, field) == as_written(base, key, field):
        return source
    document = tomlkit.parse(source)
    _step(document, key)[field] = _step(tomlkit.parse(base), key)[field]
    return tomlkit.dumps(document)


def _step(document: Mapping[str, Any], key: str) -> Table:
    for step in cast("AoT", document["step"]):
        if step["key"] == key:
            return cast("Table", step)
    raise KeyError(key)


def _moment(at: Mapping[str, Any]) -> tuple[str, str]:
    if set(at) == {"clock"}:
        return CLOCK, str(at["clock"])
    if "anchor" not in at:
        return KEEP, ""
    offset = str(at.get("offset", "0"))
    sign = "-" if offset.startswith("-") else ""
    known = [words for words, parts in MOMENTS.items() if parts == (at["anchor"], sign)]
    return (known[0], spell_duration(abs(parse_duration(offset)))) if known else (KEEP, "")


def _rhythm(cadence: object) -> tuple[str, str]:
    entry = cadence[0] if isinstance(cadence, list) and len(cadence) == 1 else cadence
    if not isinstance(entry, dict) or len(entry) != 1:
        return KEEP, ""
    ((name, value),) = entry.items()
    if name == DAYS and isinstance(value, list):
        return DAYS, ",".join(value)
    if name in (TIMES, EVERY):
        return name, str(value)
    return (DAILY, "") if name == DAILY else (KEEP, "")


def _set_moment(step: Table, form: StepForm) -> None:
    """Change only the offset or the clock where the kind of moment stays: comments and spacing stay with it."""
    at = cast("dict[str, Any]", step["at"])
    if form.moment == CLOCK:
        clock = _clock(form.amount)
        if set(at) == {"clock"}:
            at["clock"] = clock
        else:
            step["at"] = _value(f'{{ clock = "{clock}" }}')
        return
    anchor, sign = MOMENTS.get(form.moment, (None, ""))
    if anchor is None:
        raise FieldError("moment", "Choose one of the moments.")
    length = _length("amount", form.amount)
    if length[0] in "+-":
        raise FieldError(
            "amount", "Write the length alone, like 2h30m; before or after is chosen beside it."
        )
    offset = sign + length
    if set(at) == {"anchor", "offset"}:
        at["anchor"], at["offset"] = anchor, offset
    else:
        step["at"] = _value(f'{{ anchor = "{anchor}", offset = "{offset}" }}')


def _cadence(form: StepForm) -> str:
    if form.rhythm not in _RHYTHMS:
        raise FieldError("rhythm", "Choose one of the rhythms.")
    if form.rhythm == DAILY:
        return "{ daily = true }"
    if form.rhythm == DAYS:
        days = [day for day in form.often.split(",") if day]
        if not days or not set(days) <= set(WEEKDAYS):
            raise FieldError("often", "Choose at least one day.")
        named = ", ".join(f'"{day}"' for day in WEEKDAYS if day in days)
        return f"{{ weekdays = [{named}] }}"
    if not form.often.strip().isdecimal():
        raise FieldError("often", "Write how many, as a whole number.")
    return f"{{ {form.rhythm} = {int(form.often)} }}"


def _value(toml: str) -> Item:
    """A value as it is written in our files, spaces included."""
    return cast("Item", tomlkit.parse(f"x = {toml}\n")["x"])


def _length(field: str, text: str) -> str:
    text = text.strip().replace(" ", "").replace("−", "-")
    try:
        parse_duration(text)
    except ValueError as fault:
        raise FieldError(field, str(fault)) from None
    return text


def _clock(text: str) -> str:
    try:
        return parse_value("iron_time", text.strip())
    except ValueError:
        raise FieldError("amount", "Write the clock time like 17:00.") from None
