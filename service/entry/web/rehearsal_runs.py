"""The rehearsals of this process: one at a time, watched from a thread, their results kept in memory."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from threading import Event, Lock, Thread
from typing import Final

import structlog

from service import rehearsal
from service.entry.rehearsing import Job, Told, Transcript, begin
from service.rehearsal import Nights
from service.rehearsal_totals import Tally
from service.runtime import Runtime
from service.store.clinic_copy import nameless_copy
from service.store.drafts import Begun
from service.store.records import Clinic
from service.store.sealed import new_token

MOST_KEPT: Final = 4
# How soon a wish to cancel is noticed.
BEAT_S: Final = 0.2

log = structlog.get_logger()


class Stage(StrEnum):
    """Where a rehearsal is."""

    COPYING = "copying"
    LIVING = "living"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(slots=True)
class Run:
    """One rehearsal of one clinic, begun at `begun` (clinic time) with `changes` put in place; `share` is over."""

    clinic: Clinic
    begun: datetime
    nights: Nights
    seed: int
    changes: Sequence[Begun]
    token: str = field(default_factory=new_token)
    stage: Stage = Stage.COPYING
    share: float = 0.0
    totals: Sequence[Tally] = ()
    transcripts: dict[str, Transcript] = field(default_factory=dict)
    cancelled: Event = field(default_factory=Event)

    @property
    def is_under_way(self) -> bool:
        """Whether it still works."""
        return self.stage in {Stage.COPYING, Stage.LIVING}

    def take(self, told: Told) -> bool:
        """Keep what the process told; whether that was the last of it, the totals."""
        if isinstance(told, float):
            self.share = told
        elif isinstance(told, Transcript):
            self.transcripts[told.patient] = told
        else:
            self.totals = told
        return self.totals is told


@dataclass(slots=True)
class RehearsalRuns:
    """The rehearsals that were asked for last; nothing of them is written anywhere."""

    _runs: OrderedDict[str, Run] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def find(self, clinic_id: int, token: str) -> Run | None:
        """A clinic's rehearsal, if this process has it."""
        run = self._runs.get(token)
        return run if run is not None and run.clinic.id == clinic_id else None

    def of_clinic(self, clinic_id: int) -> list[Run]:
        """A clinic's rehearsals, newest first."""
        with self._lock:
            return [run for run in reversed(self._runs.values()) if run.clinic.id == clinic_id]

    def is_busy(self) -> bool:
        """Whether one is under way, for whichever clinic."""
        with self._lock:
            return any(run.is_under_way for run in self._runs.values())

    def begin(self, run: Run, runtime: Runtime) -> bool:
        """Begin a rehearsal in the background; False while another one is under way."""
        with self._lock:
            if any(one.is_under_way for one in self._runs.values()):
                return False
            self._runs[run.token] = run
            while len(self._runs) > MOST_KEPT:
                self._runs.popitem(last=False)
        Thread(target=_rehearse, args=(run, runtime), name="rehearsal", daemon=True).start()
        return True


def _rehearse(run: Run, runtime: Runtime) -> None:
    """Copy, put the changes in place, live it elsewhere; it is over once the copy is gone, however it ended."""
    try:
        with nameless_copy(runtime.store, run.clinic.id, run.begun) as copy:
            rehearsal.put_in_place(copy, run.changes, run.begun)
            copy.engine.dispose()
            assert copy.file is not None  # noqa: S101 (narrows the type: a copy is always a file)
            # Its keys alone: the ciphers made from them stay in this process.
            keys = replace(copy.keyring)
            run.stage = Stage.LIVING
            ended = _follow(run, Job(copy.file, keys, runtime.choices, run.nights, run.seed))
    except Exception:
        log.exception("rehearsal failed", clinic=run.clinic.slug)
        ended = Stage.FAILED
    run.stage = ended


def _follow(run: Run, job: Job) -> Stage:
    """Hear what the process tells until the totals, which come last, or until nobody wants to know any more."""
    process, told = begin(job)
    try:
        while not run.cancelled.is_set():
            if told.poll(BEAT_S) and run.take(told.recv()):
                return Stage.DONE
        return Stage.CANCELLED
    finally:
        process.terminate()
        process.join()
        told.close()
