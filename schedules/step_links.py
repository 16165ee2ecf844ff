"""Faults that steps of one programme have together: keys, `follows` and `not_with`."""

from collections.abc import Iterator, Mapping

from schedules.fields import shown
from schedules.programme import PRIORITIES, Head, Programme, Step
from schedules.toml_scan import Path

Found = Iterator[tuple[Path, str]]


def faults_between(programme: Programme) -> Found:
    """Each place in the file where two steps do not fit each other, with the sentence."""
    steps = {step.key: step for step in programme.steps}
    taken: set[str] = set()
    if not steps:
        yield ("step",), "The programme has no step; a step begins with [[step]]."
    for index, step in enumerate(programme.steps):
        at: Path = ("step", index)
        if step.key in taken:
            yield (
                (*at, "key"),
                f"There are two steps with the key {step.key}; give this one another.",
            )
        taken.add(step.key)
        for name in ("follows", "not_with"):
            reason = _link(step, name, steps, programme.head)
            if reason:
                yield (*at, name), reason


def _link(step: Step, name: str, steps: Mapping[str, Step], head: Head) -> str:
    """What is wrong with the step that `follows` or `not_with` names; empty if nothing is."""
    named = getattr(step, name)
    if named is None:
        return ""
    other = steps.get(named)
    if other is None or named == step.key:
        return f"{name}: there is no other step {shown(named)}; write the key of one."
    if step.key in (other.follows, other.not_with):
        return f"{name}: {step.key} and {named} name each other in a circle; one of them must not."
    if (third := getattr(other, name)) is not None:
        return f"{name}: {named} has one itself, {third}, and chains are not kept; name {third}."
    if name == "not_with":
        both = step.follows == named
        return f"{name}: the step follows {named}, so it cannot keep away from it." if both else ""
    mine, its = step.priority or head.priority, other.priority or head.priority
    if PRIORITIES.index(its) > PRIORITIES.index(mine):
        return (
            f"{name}: {named} is placed later, because it is only {its};"
            f" give it the priority {mine} or higher."
        )
    return ""
