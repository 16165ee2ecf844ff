"""Lives the flows through time, from event to event: the demo's history, the phone's travel, rehearsals, fault runs."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from service.domain.exchange import Inbound, Receipt
from service.flows.close_nights import close_due
from service.flows.plan_due import plan_due
from service.flows.send_outbox import send_due
from service.flows.take_receipt import take_receipts
from service.flows.take_reply import read_replies, store_replies
from service.runtime import Runtime
from service.store import planning
from service.store.session import SYSTEM

Progress = Callable[[datetime], None]
# Events one second apart are told apart; a history may be lived in coarser steps.
FINEST = timedelta(seconds=1)
# What happens at one instant settles in a few rounds; a row that cannot be helped must not stop the clock.
MOST_ROUNDS = 50


def look_after_patients(runtime: Runtime) -> int:
    """Close what has ended and plan what is due, for the patients whose wake-up has come."""
    return plan_due(runtime) if close_due(runtime) else 0


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


def live_until(
    runtime: Runtime,
    target: datetime,
    *,
    step: timedelta = FINEST,
    progress: Progress | None = None,
) -> None:
    """Live from event to event until `target` (clinic time), never jumping over one.

    Events closer together than `step` are taken together, as one tick of the real clock would take them.
    The clock is left held at `target`.
    """
    clock = runtime.clock
    clock.hold(clock.now())
    with asyncio.Runner() as runner:
        while True:
            for _ in range(MOST_ROUNDS):
                _live_now(runtime, runner)
                now, following = clock.now(), _next_event(runtime)
                if following is None or following > now:
                    break
            if progress is not None:
                progress(now)
            if now >= target:
                return
            at = max(following, now + step) if following is not None else target
            clock.hold(min(at, target))


def _live_now(runtime: Runtime, runner: asyncio.Runner) -> None:
    """One round of everything that is due at this instant."""
    hear(runtime)
    look_after_patients(runtime)
    runner.run(send_due(runtime))


def _next_event(runtime: Runtime) -> datetime | None:
    """The earliest of the next wake-up, the next text due and the carrier's next word."""
    with runtime.store.transaction(SYSTEM, "life", write=False) as tx:
        ours = planning.next_event(tx)
    events = [event for event in (ours, runtime.gateway.next_event()) if event is not None]
    return min(events, default=None)
