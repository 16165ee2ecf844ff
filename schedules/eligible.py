"""Which steps could ever have a slot for a patient, by the codes of the facts recorded of him."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from schedules.facts import code_of
from schedules.programme import Priority, Rule


@dataclass(frozen=True, slots=True, eq=False)
class Eligible:
    """The steps that could have a slot on some date, and of their `not_if` what could ever hold.

    `by_fact` has those whose clock time may be a fact's, `by_priority` those that take one of the week's
    places: all but the prompts of doses.
    """

    rules: tuple[Rule, ...]
    against: Mapping[Rule, tuple[str, ...]]
    by_fact: frozenset[Rule]
    by_priority: Mapping[Priority, tuple[Rule, ...]]


@lru_cache(maxsize=1024)
def eligible(programmes: tuple[tuple[Rule, ...], ...], recorded: frozenset[str]) -> Eligible:
    """What the facts that were `recorded` at any time (their codes) leave of the programmes' rules.

    An only_if gate that asks for a fact never recorded holds on no date, and no step falls on the date of one.
    """

    def ever(items: Sequence[str]) -> tuple[str, ...]:
        return tuple(item for item in items if code_of(item) in recorded)

    rules = tuple(
        rule
        for programme in programmes
        for rule in programme
        if all(map(ever, rule.only_if))
        and not (rule.dated and rule.step.at.fact and rule.step.at.fact not in recorded)
    )
    against = {rule: ever(rule.not_if) for rule in rules}
    by_priority: dict[Priority, tuple[Rule, ...]] = {}
    for rule in filter(lambda rule: not rule.dose, rules):
        by_priority[rule.priority] = (*by_priority.get(rule.priority, ()), rule)
    by_fact = frozenset(rule for rule in rules if not recorded.isdisjoint(rule.at.time_facts))
    return Eligible(rules, against, by_fact, by_priority)
