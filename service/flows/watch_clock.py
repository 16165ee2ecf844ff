"""This machine's clock -> whether texts may be planned by it; while it is in doubt, every clinic's wait."""

from datetime import timedelta
from threading import Lock

import structlog

from service.domain.clock_doubt import DATABASE, PROVIDER
from service.domain.delivery import Cause
from service.runtime import Runtime
from service.store import halts, machine, people
from service.store.session import SYSTEM

ACTOR = "clock watch"
# What one thread has just held, another that had read before it would take for let go by a person.
_ONE_AT_A_TIME = Lock()

log = structlog.get_logger()


def keeps_time(runtime: Runtime) -> bool:
    """Look at the clock; False while clinics' texts wait for one that is in doubt, in this process or another.

    They go on by themselves once the clock agrees again, or when a person at one of the clinics says that it is
    right. A process that finds them waiting when it begins has not seen why, and leaves it to a person.
    """
    with _ONE_AT_A_TIME:
        return _looked_at(runtime)


def _looked_at(runtime: Runtime) -> bool:
    watch, clock = runtime.watch, runtime.clock
    begins = watch.seen is None
    now_seen = clock.wall(), clock.steady(), _others(runtime)
    with runtime.store.transaction(SYSTEM, ACTOR, write=False) as tx:
        standing = halts.clinics_kept_back(tx, Cause.CLOCK)
    if begins and standing:
        watch.held, watch.for_a_person = standing, True
    if watch.held - standing:
        watch.accept(*now_seen)
        _let_go(runtime, standing)
        standing = frozenset()
    doubt = watch.look(*now_seen)
    if doubt and not watch.held:
        _hold(runtime, doubt)
    elif watch.held and not doubt and not watch.for_a_person:
        _let_go(runtime, standing)
        standing = frozenset()
    return not (watch.held or standing)


def _others(runtime: Runtime) -> dict[str, timedelta]:
    """By how much the clocks that can be asked are ahead of this one."""
    known, clock = {}, runtime.clock
    ahead = machine.database_ahead(runtime.store, clock.wall())
    if ahead is not None:
        known[DATABASE] = ahead
    told = runtime.gateway.told_time
    if told is not None:
        at, steady = told
        known[PROVIDER] = at + timedelta(seconds=clock.steady() - steady) - clock.wall()
    return known


def _hold(runtime: Runtime, doubt: str) -> None:
    now = runtime.clock.now()
    with runtime.store.transaction(SYSTEM, ACTOR) as tx:
        clinics = people.all_clinics(tx)
        for clinic in clinics:
            halts.begin(tx, clinic.id, Cause.CLOCK, doubt, now)
    runtime.watch.held, runtime.watch.for_a_person = frozenset(one.id for one in clinics), False
    log.error("planning held", why=doubt)


def _let_go(runtime: Runtime, standing: frozenset[int]) -> None:
    now = runtime.clock.now()
    with runtime.store.transaction(SYSTEM, ACTOR) as tx:
        for clinic_id in sorted(standing):
            halts.end(tx, clinic_id, Cause.CLOCK, now)
    runtime.watch.held, runtime.watch.for_a_person = frozenset(), False
    log.info("planning goes on")
