"""Lives the flows through time, from event to event: the demo's history, the phone's travel, rehearsals, fault runs."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from service.domain.exchange import Inbound, Receipt
from service.flows.ask_after import ask_after
from service.flows.close_nights import close_due
from service.flows.plan_due import CHUNK, plan_due
from service.flows.plan_due.aim import aim_alarms
from service.flows.send_outbox import send_due
from service.flows.take_receipt import take_receipts
from service.flows.take_reply import read_replies, store_replies
from service.flows.watch_clock import keeps_time
from service.runtime import Runtime
from service.store import alarm_clocks
from service.store.alarm_clocks import EVERYBODY, NEVER, Shard
from service.store.session import SYSTEM

Progress = Callable[[datetime], None]
# Events one second apart are told apart; a history may be lived in coarser steps.
FINEST = timedelta(seconds=1)
# What happens at one instant settles in a few rounds.
MOST_ROUNDS = 50


def look_after_patients(runtime: Runtime, shard: Shard = EVERYBODY) -> bool:
    """Close what has ended and plan what is due, for a chunk of those whose wake-up has come; whether more may wait.

    A change of programmes first has alarms set for it, a chunk at a time too, by the first shard for all.
    """
    aimed = shard.index == 0 and aim_alarms(runtime)
    planned = plan_due(runtime, shard) if close_due(runtime, shard) else 0
    return aimed or planned == CHUNK


def look_after_all(runtime: Runtime, shard: Shard = EVERYBODY) -> None:
    """Chunk after chunk until nobody waits: what is due in one minute must not take turns of two seconds.

    Nobody is planned for by a clock in doubt.
    """
    if keeps_time(runtime):
        while look_after_patients(runtime, shard):
            pass


def hear(runtime: Runtime) -> int:
    """Take in what a simulated carrier has to say by now, and read the replies; how much there was."""
    told = runtime.gateway.drain(runtime.clock.now())
    came = [event for event in told if isinstance(event, Inbound)]
    receipts = [event for event in told if isinstance(event, Receipt)]
    if receipts:
        take_receipts(runtime, receipts)
    if came:
        store_replies(runtime, came)
        read_replies(runtime)
    return len(told)


def settle(runtime: Runtime) -> None:
    """Take in what the provider says, asked, of texts of which nothing was heard for a day."""
    if told := ask_after(runtime):
        take_receipts(runtime, told)


def live_until(
    runtime: Runtime,
    target: datetime,
    *,
    step: timedelta = FINEST,
    progress: Progress | None = None,
) -> None:
    """Live from event to event until `target` (clinic time), never jumping over one.

    The clock stops at whole multiples of `step` only: what happens between two stops is taken at the later
    one, as a tick of the real clock takes what has become due since the last. It is left held at `target`.
    """
    clock = runtime.clock
    clock.hold(clock.now())
    with asyncio.Runner() as runner:
        while True:
            following = _live_now(runtime, runner)
            if progress is not None:
                progress(clock.now())
            if clock.now() >= target:
                return
            stop = target if following is None else _stop_after(following, step)
            clock.hold(min(max(stop, clock.now()), target))


def _live_now(runtime: Runtime, runner: asyncio.Runner) -> datetime | None:
    """Everything that is due at this instant, in rounds until nothing more is; the next event's instant."""
    now = runtime.clock.now()
    for _ in range(MOST_ROUNDS):
        heard = runtime.gateway.next_event()
        if heard is not None and heard <= now:
            hear(runtime)
        due = _due(runtime)
        if due.wake <= now:
            look_after_patients(runtime)
            due = _due(runtime)
        if due.text <= now:
            runner.run(send_due(runtime))
            due = _due(runtime)
        following = min(due.wake, due.text, runtime.gateway.next_event() or NEVER)
        if following > now:
            return None if following == NEVER else following
    # A row that nothing can help must not stop the clock.
    return now + FINEST


def _stop_after(instant: datetime, step: timedelta) -> datetime:
    """The first multiple of `step` (counted from midnight, UTC) at or after `instant`."""
    midnight = instant.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + -((midnight - instant) // step) * step


def _due(runtime: Runtime) -> alarm_clocks.Ahead:
    with runtime.store.transaction(SYSTEM, "life", write=False) as tx:
        return alarm_clocks.ahead(tx)
