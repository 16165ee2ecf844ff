"""Outbox -> gateway: claim what may leave, send it with no session open, record what became of it."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from random import SystemRandom
from typing import TypeVar

import structlog

from service.domain.exchange import Accepted, Outcome, SendError, Text
from service.domain.pacing import after, full_speed
from service.domain.provider_codes import CodeClass, meaning
from service.runtime import Runtime
from service.store import channels, claiming, consent, delivery_history, outcomes, staff_phones
from service.store.session import SYSTEM, Tx

ACTOR = "sender"
# How often finished requests are recorded and free places filled; and, with nothing under way, how often it is
# looked for texts whose wake-up call was lost or came from another process.
BEAT_S, SWEEP_S = 0.05, 1.0
# So many parts of the places are refilled apart: while one is recorded and claimed, the others are on their way.
PARTS = 4

T = TypeVar("T")
log = structlog.get_logger()


def claim(runtime: Runtime, places: int) -> list[Text]:
    """Due texts, their guards read, marked as submitting; none where the channel is stopped.

    One transaction, and another as long as all it found was to be ended: nothing waits behind what is of no use.
    """
    clock, channel = runtime.clock, runtime.gateway.name
    if _is_clock_unlooked_at(runtime):
        return []
    while True:
        with runtime.store.transaction(SYSTEM, ACTOR) as tx:
            texts, ended = claiming.claim(
                tx, channel, places, clock.now(), clock.wall(), runtime.choices.send_rate
            )
        if texts or not ended:
            return texts


def expire(runtime: Runtime) -> None:
    """One transaction: texts whose time passed while nothing could leave are ended."""
    if _is_clock_unlooked_at(runtime):
        return
    with runtime.store.transaction(SYSTEM, ACTOR) as tx:
        claiming.expire(tx, runtime.clock.now())


def _is_clock_unlooked_at(runtime: Runtime) -> bool:
    """Whether the clock jumped a moment ago: whoever watches it holds what is to wait, and then it is looked again."""
    return runtime.watch.is_unlooked_at(runtime.clock.wall(), runtime.clock.steady())


def record(runtime: Runtime, answers: Sequence[Outcome]) -> int:
    """One transaction: what the provider answered. How many answers were written."""
    now = runtime.clock.now()
    refused = [one for one in answers if isinstance(one, SendError)]
    opted_out = [one.token for one in refused if one.kind is CodeClass.OPT_OUT]
    with runtime.store.transaction(SYSTEM, ACTOR) as tx:
        failed = outcomes.record(tx, answers, now)
        delivery_history.doubt_numbers(tx, failed, now)
        consent.opt_out_by_provider(tx, opted_out, now)
        staff_phones.opt_out_by_provider(tx, opted_out, now)
        _judge_channel(tx, runtime.gateway.name, answers, now)
    for one in refused:
        log.warning("not accepted", text=one.token, kind=one.kind, code=one.code)
    return len(answers)


def _judge_channel(tx: Tx, name: str, answers: Sequence[Outcome], now: datetime) -> None:
    """A refusal that would meet every text stops the channel; a text taken since then resumes it."""
    taken = [one.token for one in answers if isinstance(one, Accepted)]
    if channels.prove(tx, name, taken, now, delivered=False):
        log.info("sending resumed", channel=name)
    refused = [one for one in answers if isinstance(one, SendError)]
    too_fast = [one.token for one in refused if one.code and meaning(one.code).slows]
    channels.rest_senders(tx, outcomes.senders_of(tx, too_fast), now)
    for one in refused:
        if one.kind is CodeClass.ACCOUNT and channels.stop(
            tx, name, one.reason, now, until_delivered=False
        ):
            log.error("sending stopped", channel=name, code=one.code)


async def send_due(runtime: Runtime) -> int:
    """Send everything due now and wait for it: for a clock that travels. How many texts left."""
    count, places = 0, runtime.choices.send_concurrency
    while texts := claim(runtime, places):
        record(runtime, [outcome async for outcome in runtime.gateway.send(texts)])
        count += len(texts)
        if len(texts) < places:
            break
    return count


class Pipeline:
    """The three stations side by side, on an event loop of their own in a thread of their own.

    The loop's thread never touches SQL: one database thread serves it, and nothing else does its work there, where
    a name that is looked up for long would hold up the recording. A slow request holds up nobody: free
    places are filled as they appear, and finished requests are recorded every 50 ms. How many places there are
    follows what the provider bears.
    """

    def __init__(self, concurrency: int) -> None:
        self._pace = full_speed(concurrency)
        self._chance = SystemRandom()
        self._database = ThreadPoolExecutor(1, thread_name_prefix="sender-db")
        self._loop = asyncio.new_event_loop()
        self._thread: threading.Thread | None = None
        self._woken = asyncio.Event()
        self._stopping = False
        self._rests = False
        self._at_work = False
        self._under_way: set[asyncio.Task[None]] = set()
        self._finished: list[Outcome] = []

    def start(self, runtime: Runtime) -> None:
        """Begin to claim and send, with what is due already."""
        self._woken.set()
        self._thread = threading.Thread(
            target=self._run, args=[runtime], name="sender", daemon=True
        )
        self._thread.start()

    def wake(self) -> None:
        """There may be something to send; callable from any thread."""
        if self._loop.is_running():
            self._loop.call_soon_threadsafe(self._woken.set)

    @contextmanager
    def resting(self) -> Iterator[None]:
        """Claim nothing for a while, requests under way having ended: a clock is about to travel."""
        self._rests = True
        while self._at_work or self._under_way or self._finished:
            time.sleep(BEAT_S)
        try:
            yield
        finally:
            self._rests = False
            self.wake()

    def cease(self) -> None:
        """Claim nothing more; requests under way finish and are recorded meanwhile. Callable from any thread."""
        self._stopping = True
        self.wake()

    def stop(self, patience_s: float = 10.0) -> None:
        """Stop claiming, let requests under way finish, record them."""
        self.cease()
        if self._thread is not None:
            self._thread.join(patience_s)

    def _run(self, runtime: Runtime) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._beat(runtime))
        finally:
            self._database.shutdown(wait=True)
            self._loop.close()

    async def _beat(self, runtime: Runtime) -> None:
        while not self._stopping or self._under_way or self._finished:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), SWEEP_S if self._is_idle() else BEAT_S)
            self._woken.clear()
            # Between a claim or a record and what it comes to, nothing else shows that a text is under way.
            self._at_work = True
            await self._record(runtime)
            if not (self._stopping or self._rests or self._is_resting()):
                await self._claim(runtime)
            self._at_work = False
        await runtime.gateway.close()

    def _is_idle(self) -> bool:
        busy = self._under_way or self._finished or self._stopping
        return not busy and not self._is_resting()

    def _is_resting(self) -> bool:
        return self._loop.time() < self._pace.rest_until

    async def _claim(self, runtime: Runtime) -> None:
        free = self._pace.places - len(self._under_way)
        if free <= 0:
            return
        if self._pace.alone:
            # The one text that may leave now must not be looked for among those of no use any more.
            await self._in_database(lambda: expire(runtime))
        texts = await self._in_database(lambda: claim(runtime, free))
        for text in texts or ():
            task = self._loop.create_task(self._send(runtime, text))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        if texts and len(texts) == free:
            self._woken.set()

    async def _send(self, runtime: Runtime, text: Text) -> None:
        began = self._loop.time()
        async for outcome in runtime.gateway.send([text]):
            self._finished.append(outcome)
            if len(self._finished) * PARTS >= self._pace.places:
                self._woken.set()
            now, chance = self._loop.time(), self._chance.random()
            self._pace = after(self._pace, outcome, began, now, chance)

    async def _record(self, runtime: Runtime) -> None:
        if self._finished:
            answers, self._finished = self._finished, []
            if await self._in_database(lambda: record(runtime, answers)) is None:
                self._finished = answers + self._finished

    async def _in_database(self, work: Callable[[], T]) -> T | None:
        """Do database work off the loop; a busy database is tried again at the next beat."""
        try:
            return await self._loop.run_in_executor(self._database, work)
        except Exception:
            log.exception("sender database work failed")
            return None
