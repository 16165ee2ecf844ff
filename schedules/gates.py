"""Whether any patient can pass a set of gates: facts are independent of each other, numbers are not."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise, product
from math import ceil, floor

from schedules.facts import FACTS, SET, Fact, Facts, bound_of, code_of

Gate = Sequence[str]


def can_pass(gates: Sequence[Gate], against: Gate) -> bool:
    """Whether somebody could have a fact of each of `gates` and none of `against`."""
    choices = (sorted({code_of(item) for item in gate}) for gate in gates)
    return any(_all_held(choice, gates, against) for choice in product(*choices))


def _all_held(choice: Sequence[str], gates: Sequence[Gate], against: Gate) -> bool:
    """Whether one patient can pass each of `gates` by the fact that `choice` names for it."""
    return all(
        _held(
            code,
            [gate for named, gate in zip(choice, gates, strict=True) if named == code],
            against,
        )
        for code in set(choice)
    )


def _held(code: str, gates: Sequence[Gate], against: Gate) -> bool:
    """Whether some value of the fact `code` passes all `gates` alone and meets nothing of `against`."""
    mine = [[item for item in gate if code_of(item) == code] for gate in gates]
    avoided = [item for item in against if code_of(item) == code]
    for value in _values(code, [item for gate in [*mine, avoided] for item in gate]):
        known = Facts([Fact(code, value, date.min)])
        if not any(known.holds(item, date.min) for item in avoided) and all(
            any(known.holds(item, date.min) for item in gate) for gate in mine
        ):
            return True
    return False


def _values(code: str, items: Sequence[str]) -> Iterator[str]:
    """Values of a fact that differ for `items`: its bounds, what lies between, and beyond both ends."""
    kind = FACTS[code].value
    if kind not in ("whole number", "number@date"):
        yield SET
        return
    bounds = sorted({0.0, *(bound for item in items if (bound := bound_of(item)) is not None)})
    between = [(low + high) / 2 for low, high in pairwise(bounds)]
    for number in {*bounds, *between, bounds[-1] + 1}:
        if kind == "number@date":
            yield f"{number}@{date.min}"
        else:
            yield from (str(whole) for whole in {floor(number), ceil(number)})
