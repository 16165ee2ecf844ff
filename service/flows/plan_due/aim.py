"""A change of everybody's plan -> each patient's earliest slot under it -> alarms that ring in time for it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from schedules.facts import Fact, Facts
from schedules.soonest import Changed, changed, soonest, time_facts
from service.runtime import Runtime
from service.store import given_up, plan_changes
from service.store.content import Content
from service.store.people import clinic_by_id, rhythm_of
from service.store.plan_changes import PlanChange
from service.store.records import Sleep
from service.store.session import SYSTEM

ACTOR = "planner"
# As many alarms as a writing transaction of 50 ms sets with ease.
CHUNK = 1_000
_INSTANT = timedelta(microseconds=1)


def aim_alarms(runtime: Runtime) -> bool:
    """Set the alarms of a chunk of patients for the oldest change that has come; whether there was one.

    Planning everybody anew at once would hold up the texts that are due meanwhile.
    """
    now = runtime.clock.now()
    with runtime.store.transaction(SYSTEM, ACTOR, write=False) as tx:
        change = plan_changes.oldest_due(tx, now)
        if change is None:
            return False
        content = runtime.shelf.content(tx, clinic_by_id(tx, change.clinic_id))
        rules = _rules(content, change)
        sleepers = plan_changes.next_sleepers(tx, change, CHUNK)
        codes = time_facts(rule for rule, _ in rules)
        facts = plan_changes.facts_with_times(tx, [who for who, _ in sleepers], codes)
    alarms = _alarms(sleepers, facts, rules, content.spread, now)
    last = sleepers[-1][0] if len(sleepers) == CHUNK else None
    with runtime.store.transaction(SYSTEM, ACTOR) as tx:
        given_up.take_back(tx, [who for who, _ in sleepers], change.at)
        plan_changes.bring_forward(tx, alarms)
        plan_changes.keep_progress(tx, change, last)
    return True


def _rules(content: Content, change: PlanChange) -> list[Changed]:
    """The rules in force for anybody from the change on, against those of the moment before."""
    before = [] if change.afresh else content.in_force(change.at - _INSTANT)
    return changed(before, content.in_force(change.at))


def _alarms(
    sleepers: Sequence[tuple[int, Sleep]],
    facts: Mapping[int, Sequence[Fact]],
    rules: Sequence[Changed],
    spread: timedelta,
    now: datetime,
) -> dict[int, datetime]:
    """The soonest slot of each patient; those who sleep alike have the same."""
    known: dict[object, datetime] = {}
    alarms = {}
    for who, sleep in sleepers:
        mine = tuple(facts.get(who, ()))
        if (sleep, mine) not in known:
            known[sleep, mine] = soonest(rules, rhythm_of(sleep), Facts(mine), now, spread)
        alarms[who] = known[sleep, mine]
    return alarms
