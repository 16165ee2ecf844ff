"""One APScheduler job for each patient in a SQLAlchemy job store, sent with the stock SDK client: all due now."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from bench.peers.endpoint import taken
from bench.peers.stock_client import send, stock_client

THREADS = 20
_clients = {}


def send_text(provider: str, number: int) -> None:
    """One text, with the client its provider has."""
    send(_clients[provider], number)


def texts_a_second(file: Path, provider: str, texts: int) -> float:
    """From the start of a scheduler whose jobs are all due until the provider has taken the last."""
    _clients[provider] = stock_client(provider)
    scheduler = BackgroundScheduler(
        jobstores={"default": SQLAlchemyJobStore(f"sqlite:///{file}")},
        executors={"default": ThreadPoolExecutor(THREADS)},
        timezone=UTC,
    )
    scheduler.start(paused=True)
    due = datetime.now(UTC) - timedelta(seconds=1)
    for number in range(texts):
        arguments = [provider, number]
        scheduler.add_job(
            send_text, "date", run_date=due, args=arguments, id=str(number), misfire_grace_time=None
        )
    before, begin = taken(provider), time.perf_counter()
    scheduler.resume()
    while taken(provider) < before + texts:
        time.sleep(0.01)
    rate = texts / (time.perf_counter() - begin)
    scheduler.shutdown()
    return rate
