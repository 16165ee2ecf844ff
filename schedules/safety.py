"""The safety gates a programme must keep, and which of them a file lacks.

Source: the bold gates of clinical section 3. An edit may not remove one; only a second admin's
approval with a reason may. The safety gates of single texts stand with the texts.
"""

from dataclasses import dataclass
from typing import Final, Literal

from schedules.programme import Head, Programme, Step


@dataclass(frozen=True, slots=True)
class SafetyGate:
    """`items` that must stand in `field` of a programme, or of one step of it."""

    programme: str
    step: str | None
    field: Literal["only_if", "not_if"]
    items: tuple[str, ...]


SAFETY_GATES: Final = (
    SafetyGate("alcohol", None, "not_if", ("pregnant", "in_recovery", "opioid", "sedative")),
    SafetyGate("iron", None, "only_if", ("iron_oral",)),
    SafetyGate("iron", None, "not_if", ("iron_iv_only", "iron_overload")),
    SafetyGate("iron_diet", None, "not_if", ("ckd", "dialysis", "iron_overload")),
    SafetyGate("movement", None, "only_if", ("exercise_cleared",)),
    SafetyGate("compression", None, "only_if", ("compression_ordered",)),
    SafetyGate(
        "compression",
        None,
        "not_if",
        ("arterial_disease", "neuropathy", "heart_failure", "broken_skin"),
    ),
    SafetyGate("caffeine", "heads-up", "not_if", ("pregnant",)),
    SafetyGate("labs", "eve", "only_if", ("iron_oral",)),
)


def missing_gates(programme: Programme) -> list[str]:
    """A sentence for each shipped safety gate that `programme` lacks or has loosened.

    An `only_if` is loosened by any further fact, since one that holds is enough. A gate of a step
    that the file no longer has is not missing: what is not sent needs no gate.
    """
    return [
        _sentence(gate)
        for gate in SAFETY_GATES
        if gate.programme == programme.slug
        for table in _tables(programme, gate.step)
        if not _kept(gate, table)
    ]


def safety_gates(programme: Programme) -> frozenset[tuple[str, str, str]]:
    """What a file itself marks `safety = true`: (step key or "", field, item), to compare two."""
    tables: list[tuple[str, Head | Step]] = [("", programme.head)]
    tables += [(step.key, step) for step in programme.steps]
    return frozenset(
        (key, field, item)
        for key, table in tables
        if table.safety
        for field, items in (("only_if", table.only_if), ("not_if", table.not_if))
        for item in items
    )


def _tables(programme: Programme, key: str | None) -> list[Head] | list[Step]:
    if key is None:
        return [programme.head]
    return [step for step in programme.steps if step.key == key]


def _kept(gate: SafetyGate, table: Head | Step) -> bool:
    if gate.field == "only_if":
        return table.safety and bool(table.only_if) and set(table.only_if) <= set(gate.items)
    return table.safety and set(gate.items) <= set(table.not_if)


def _sentence(gate: SafetyGate) -> str:
    where = f"step {gate.step} of {gate.programme}" if gate.step else f"programme {gate.programme}"
    items = '", "'.join(gate.items)
    return f'{where} must keep its safety gate {gate.field} = ["{items}"] with safety = true.'
