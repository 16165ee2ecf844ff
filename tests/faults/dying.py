"""`evenfall serve` that dies at a named moment: for a process of its own, whose ticks come often and leases are short.

The product knows nothing of this: functions of its modules are put into others that end the process.
"""

import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, event

from service import clinic_life
from service.cli import evenfall
from service.entry import serving, ticker
from service.entry.web import webhooks
from service.flows import reconcile, send_outbox, take_reply
from service.runtime import Runtime
from service.store import claiming, outbox, outcomes, receipts, replies

MOST_PAGES = 2**30
LEASE, EVERY_S, SELDOM_S = timedelta(seconds=1), 0.2, 600


@dataclass(frozen=True, slots=True)
class Point:
    """Before or after a function of a module; after: only when it has done something."""

    module: ModuleType
    function: str
    is_after: bool = True


POINTS = {
    "while texts are claimed": Point(claiming, "claim"),
    "between the claim and the request": Point(send_outbox, "claim"),
    "between the answer and its record": Point(send_outbox, "record", is_after=False),
    "while answers are recorded": Point(outcomes, "record"),
    "after answers are recorded": Point(send_outbox, "record"),
    "while a reply is stored": Point(replies, "store_replies"),
    "before a reply is acknowledged": Point(webhooks, "store_replies"),
    "while a reply is read": Point(take_reply, "apply"),
    "after replies are read": Point(take_reply, "read_replies"),
    "while receipts are written": Point(receipts, "receive"),
    "before a receipt is acknowledged": Point(webhooks, "take_receipts"),
    "while texts are planned": Point(outbox, "add_texts"),
    "after texts are planned": Point(clinic_life, "plan_due"),
    "between asking what became of texts and its record": Point(
        reconcile, "_matched", is_after=False
    ),
}


@dataclass(frozen=True, slots=True)
class Death:
    """At the `nth` time that a point is reached."""

    point: str
    nth: int


def serve(environment: Mapping[str, str], log: Path, full: Path, death: Death | None) -> None:
    """Serve until told to stop or until death; while there is a file `full`, the database cannot grow."""
    for name in [name for name in os.environ if name.startswith("EVENFALL_")]:
        del os.environ[name]
    os.environ.update(environment)
    with log.open("a") as out:
        os.dup2(out.fileno(), 2)
    event.listen(Engine, "begin", partial(_limit, full))
    claiming.LEASE = LEASE
    serving.doing = _hurried
    if death is not None:
        _arm(POINTS[death.point], death.nth)
    evenfall(["serve"])


def _limit(full: Path, connection: Connection) -> None:
    # Never below what there is already: SQLite then says that the disk is full.
    pages = 1 if full.exists() else MOST_PAGES
    connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")


def _hurried(runtime: Runtime) -> list[ticker.Tick]:
    return [
        replace(tick, every_s=EVERY_S) if EVERY_S < tick.every_s < SELDOM_S else tick
        for tick in ticker.doing(runtime)
    ]


def _arm(point: Point, nth: int) -> None:
    work: Callable[..., Any] = getattr(point.module, point.function)
    calls = count(1)

    def dying(*given: Any, **named: Any) -> Any:
        if not point.is_after and next(calls) == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        result = work(*given, **named)
        if point.is_after and _has_done(result) and next(calls) == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(point.module, point.function, dying)


def _has_done(result: Any) -> bool:
    return any(result) if isinstance(result, tuple) else result is None or bool(result)
