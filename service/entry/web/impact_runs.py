"""The impact of a publication, counted before it: at once for a small clinic, in the background for a large one."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock, Thread
from typing import Final

import structlog

from service.domain.impact import NIGHTS, Impact
from service.flows.plan_due.preview import Proposal, take_in
from service.runtime import Runtime
from service.store.programme_pages import programme_titles
from service.store.session import ClinicScope, Tx

INLINE: Final = 150
"""So many patients are counted while the page waits (under two seconds)."""
CHUNK: Final = 50
FRESH: Final = timedelta(minutes=5)
"""A counting is shown again for so long: what patients do meanwhile changes little."""
UNTIL_TONIGHT: Final = 2
"""In nights: in the morning the night in course and the one to come."""
MOST_KEPT: Final = 16
ACTOR: Final = "impact"

Key = tuple[int, str]
"""A clinic, and the mark of a draft with the number of the content it would change."""

log = structlog.get_logger()


@dataclass(slots=True)
class Run:
    """One counting, for version `number`.

    `tonight` is complete before `impact` is begun; `done` counts patients in the one under way; `titles`: the
    programmes' names for people, `zone` the clinic's.
    """

    total: int
    number: int
    begun: datetime
    zone: str
    doubts: Sequence[str]
    titles: Mapping[str, str]
    done: int = 0
    tonight: Impact = field(default_factory=Impact)
    impact: Impact = field(default_factory=Impact)
    counting: bool = True
    failed: bool = False


@dataclass(slots=True)
class ImpactRuns:
    """The countings of this process that were asked for last."""

    _runs: OrderedDict[Key, Run] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def find(self, key: Key) -> Run | None:
        """The run of a draft, if this process has it."""
        with self._lock:
            return self._runs.get(key)

    def run(
        self, key: Key, runtime: Runtime, tx: Tx, proposal: Proposal, patient_ids: Sequence[int]
    ) -> Run:
        """Count now within `tx`, or begin to count in the background where there are too many."""
        found = self.find(key)
        if found is not None and (found.counting or proposal.now - found.begun < FRESH):
            return found
        titles = programme_titles(proposal.after)
        run = Run(
            len(patient_ids),
            proposal.number,
            proposal.now,
            proposal.clinic.zone,
            proposal.doubts,
            titles,
        )
        if run.total <= INLINE:
            take_in(tx, proposal, patient_ids, NIGHTS, run.impact)
            run.done, run.counting = run.total, False
        else:
            work = (runtime, proposal, tuple(patient_ids), run)
            Thread(target=_count, args=work, name="impact", daemon=True).start()
        with self._lock:
            self._runs[key] = run
            while len(self._runs) > MOST_KEPT:
                self._runs.popitem(last=False)
        return run


def _count(runtime: Runtime, proposal: Proposal, patient_ids: Sequence[int], run: Run) -> None:
    """Tonight first, since it cannot wait; then all nights. A chunk is one short reading transaction."""
    scope = ClinicScope(proposal.clinic.id)
    try:
        for impact, nights in ((run.tonight, UNTIL_TONIGHT), (run.impact, NIGHTS)):
            run.done = 0
            for start in range(0, len(patient_ids), CHUNK):
                chunk = patient_ids[start : start + CHUNK]
                with runtime.store.transaction(scope, ACTOR, write=False) as tx:
                    take_in(tx, proposal, chunk, nights, impact)
                run.done += len(chunk)
    except Exception:
        log.exception("impact not counted", clinic=proposal.clinic.slug)
        run.failed = True
    run.counting = False
