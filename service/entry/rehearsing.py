"""A rehearsal in a process of its own, behind the service: what it says is sent home as it goes."""

import os
import pickle
import signal
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from message_templates.catalogue import load
from service import boot, rehearsal
from service.rehearsal import Nights
from service.rehearsal_totals import Tally
from service.runtime import Choices
from service.store.clinic_copy import open_copy
from service.store.sealed import Keyring
from service.store.transcripts import REPLY, Line

# Whoever sends a text, answers a webhook or a page comes first; a tenth of a busy core still gets it done.
NICENESS = 10


@dataclass(frozen=True, slots=True)
class Job:
    """What to live, on which copy. The process knows nothing else: neither the clinic's database nor its keys."""

    file: Path
    keyring: Keyring
    choices: Choices
    nights: Nights
    seed: int


@dataclass(frozen=True, slots=True)
class Transcript:
    """One patient's nights, packed: a large clinic's would otherwise fill the memory."""

    patient: str
    sent: int
    replies: int
    packed: bytes

    def lines(self) -> list[Line]:
        """The lines, in the order they came."""
        found: list[Line] = pickle.loads(zlib.decompress(self.packed))  # noqa: S301 (from our own process)
        return found


Told = float | Transcript | Sequence[Tally]
"""The share of the nights that is over; then each patient's transcript; last of all the totals."""


def begin(job: Job) -> tuple[BaseProcess, Connection]:
    """Begin a rehearsal; the connection brings what it has to tell, and EOFError if it ends before the totals.

    A process, not a thread: planning is arithmetic from end to end and would hold Python's one lock, and
    every statement of every page would wait for its turn. It is begun afresh rather than forked, so that
    it holds none of the service's connections, locks and keys, and ends with the service.
    """
    anew = get_context("spawn")
    here, there = anew.Pipe(duplex=False)
    process = anew.Process(target=live_apart, args=(job, there), name="rehearsal", daemon=True)
    process.start()
    there.close()
    return process, here


def live_apart(job: Job, home: Connection) -> None:
    """Live the nights and tell of it; where nobody listens any more, it ends."""
    os.nice(NICENESS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    copy = open_copy(job.file, job.keyring)
    shipped = load()
    answers = rehearsal.simulated_patients(copy, shipped, job.nights.end, job.seed)
    runtime, gateway = boot.travelling_runtime(job.choices, copy, answers)
    try:
        rehearsal.live(runtime, gateway, job.nights, home.send)
        lines = rehearsal.read_transcript(copy, job.nights)
        for patient, mine in groupby(lines, lambda line: line.patient):
            home.send(_packed(patient, list(mine)))
        home.send(rehearsal.totals(runtime, lines))
    except BrokenPipeError:
        return
    finally:
        copy.engine.dispose()


def _packed(patient: str, lines: Sequence[Line]) -> Transcript:
    sent = sum(line.kind != REPLY and line.body is not None for line in lines)
    replies = sum(line.kind == REPLY for line in lines)
    return Transcript(patient, sent, replies, zlib.compress(pickle.dumps(lines)))
