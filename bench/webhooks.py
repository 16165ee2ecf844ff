"""Webhooks a second (signature, store, commit, 204) among 100,000 patients, beside a view that checks the signature.

And from a reply's webhook to its answer accepted by the provider, with everything running.
"""

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from sqlalchemy import select, update

from bench.crowd import crowd
from bench.multitude import multiply
from bench.peers.endpoint import endpoint
from bench.posting import a_second, at_a_rate, signed
from bench.running import free_port, handed_over, running, texting
from bench.waiting_texts import one_each
from service.clock import Clock
from service.runtime import Runtime
from service.store.session import SYSTEM
from service.store.tables.outbox import OutboxText
from service.store.tables.replies import InboundText
from service.synthetic.clinic import CLINIC

PATIENTS, WRITERS = 100_000, 2_000
POSTS, ROUNDS, LEAST_RATIO = 2_000, 5, 0.5
RATE, REPLIES, MOST_S = 50, 1_500, 2.0
INBOUND, STATUS = "/webhooks/twilio/inbound", "/webhooks/twilio/status/"

Posts = Callable[[int], Sequence[bytes]]


def figures() -> Iterator[dict[str, Any]]:
    """Answers first: what is stored without a reader would be read meanwhile."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        runtime = crowd(folder / "evenfall.db", WRITERS, Clock().now())
        multiply(runtime, PATIENTS - WRITERS)
        tokens = _accepted(runtime)
        handed_over(runtime, folder)
        yield _answered(runtime, folder)
        runtime.store.engine.dispose()
        yield _ratio("inbound webhooks", folder, lambda round_: _replies(POSTS, f"r{round_}"))
        yield _ratio("status callbacks", folder, lambda round_: _told(tokens[round_]))


def _accepted(runtime: Runtime) -> list[list[str]]:
    """Texts the provider has, for each round its own."""
    now = runtime.clock.now()
    half = POSTS // 2
    with runtime.store.transaction(SYSTEM, "bench") as tx:
        rounds = [one_each(tx, range(1, half + 1), f"w{round_}", now) for round_ in range(ROUNDS)]
        tx.execute(update(OutboxText).values(state="accepted", submitted_at=now, accepted_at=now))
    return rounds


def _replies(count: int, batch: str) -> list[bytes]:
    """A reply from each of `count` patients, answered by a confirmation."""
    return [
        signed(
            INBOUND,
            {
                "MessageSid": f"SM{batch}{number}",
                "From": f"+1902{5550000 + number}",
                "To": CLINIC.sender,
                "Body": "bedtime 10:30pm",
                "NumMedia": "0",
            },
        )
        for number in range(count)
    ]


def _told(tokens: Sequence[str]) -> list[bytes]:
    """Of each text that it was sent, then that it was delivered, as the provider tells it."""
    return [
        signed(STATUS + token, {"MessageSid": f"SM{token}", "MessageStatus": word, "To": "+1"})
        for word in ("sent", "delivered")
        for token in tokens
    ]


def _answered(runtime: Runtime, folder: Path) -> dict[str, Any]:
    """From the webhook to the accepted answer, at a steady rate, over `evenfall serve`."""
    port, posts = free_port(), _replies(REPLIES, "a")
    with (
        endpoint() as address,
        running("service.cli", "serve", env=texting(folder, port, address), port=port),
    ):
        at_a_rate(port, posts, RATE)
        deadline = time.perf_counter() + 20
        while len(took := _took_s(runtime)) < REPLIES and time.perf_counter() < deadline:
            time.sleep(0.2)
    worst = quantiles(took, n=100)[98] if len(took) > 1 else float("inf")
    return {
        "figure": f"webhook to accepted answer at {RATE} replies/s, p99, s",
        "value": round(worst, 2),
        "limit": MOST_S,
        "met": worst < MOST_S and len(took) == REPLIES,
        "median_s": round(median(took), 2) if took else None,
        "answered": f"{len(took)} of {REPLIES}",
    }


def _took_s(runtime: Runtime) -> list[float]:
    query = (
        select(InboundText.received_at, OutboxText.accepted_at)
        .join(OutboxText, OutboxText.inbound_id == InboundText.id)
        .where(OutboxText.accepted_at.is_not(None))
    )
    with runtime.store.transaction(SYSTEM, "bench", write=False) as tx:
        return [(accepted - came).total_seconds() for came, accepted in tx.rows(query)]


def _ratio(figure: str, folder: Path, posts: Posts) -> dict[str, Any]:
    """Ours and the bare view in turn, on the same server software."""
    port, bare_port = free_port(), free_port()
    ours, bare = [], []
    env = texting(folder, port, "http://127.0.0.1:1")
    with (
        running("bench.pages_alone", env=env, port=port),
        running("bench.peers.bare_view", str(bare_port), env=os.environ, port=bare_port),
    ):
        for round_ in range(ROUNDS):
            sent = posts(round_)
            bare.append(a_second(bare_port, sent))
            ours.append(a_second(port, sent))
    rate, peer = median(ours[1:]), median(bare[1:])
    return {
        "figure": f"{figure}, {PATIENTS} patients, against a bare signed view",
        "ratio": round(rate / peer, 3),
        "limit": LEAST_RATIO,
        "met": rate / peer >= LEAST_RATIO,
        "a_second": round(rate),
        "bare_view_a_second": round(peer),
    }
