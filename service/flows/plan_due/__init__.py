"""Clock tick -> patients whose wake-up is due -> day plan -> texts: what is due is written, the alarm set anew."""

from collections.abc import Sequence
from datetime import datetime

import structlog

from service.flows.plan_due.decide import Decided, decide
from service.runtime import Runtime
from service.store import alarm_clocks, outbox, planning, questions, standings
from service.store.alarm_clocks import EVERYBODY, Alarm, Shard
from service.store.people import patients_by_id
from service.store.records import PlanningCase
from service.store.session import SYSTEM, StoreBusyError, Tx
from service.store.summaries import roll_nights

ACTOR = "planner"
# As many as a writing transaction of 50 ms can take.
CHUNK = 200
LANE = 3

log = structlog.get_logger()


def plan_due(runtime: Runtime, shard: Shard = EVERYBODY) -> int:
    """Plan the patients of the shard whose wake-up is due, at most a chunk; how many there were.

    Everything is computed while reading; the writing transaction then takes only those whose alarm clock
    still shows what was read, so that a change made meanwhile is never overwritten.
    """
    now = runtime.clock.now()
    with runtime.store.transaction(SYSTEM, ACTOR, write=False) as tx:
        due = alarm_clocks.due_patients(tx, now, CHUNK, shard)
        changed = [one.patient_id for one in due if one.next_slot_at <= now]
        cases = planning.planning_cases(tx, changed, now) if changed else []
        made, failing = _decided(runtime, tx, cases, now)
    if due:
        with runtime.store.transaction(SYSTEM, ACTOR) as tx:
            alarm_clocks.sleep_on(tx, [one for one in due if one.next_slot_at > now], now)
            alarm_clocks.postpone(tx, failing, now)
            _write(runtime, tx, made, now)
    return len(due)


def _decided(
    runtime: Runtime, tx: Tx, cases: Sequence[PlanningCase], now: datetime
) -> tuple[list[Decided], list[PlanningCase]]:
    """What each wake-up comes to, and the patients for whom nothing can be made of what is stored.

    Whatever is wrong with one patient, or with one clinic's content, must hold up nobody else's texts.
    """
    made: list[Decided] = []
    failing: list[PlanningCase] = []
    for case in cases:
        try:
            content = runtime.shelf.content(tx, case.clinic)
            made.append(decide(case, content, now, tx.keyring))
        except StoreBusyError:
            raise
        except Exception:
            log.exception("no plan could be made", patient=case.patient.token)
            failing.append(case)
    return made, failing


def _write(runtime: Runtime, tx: Tx, made: Sequence[Decided], now: datetime) -> None:
    if not made:
        return
    holding = alarm_clocks.still_due(tx, [one.alarm for one in made])
    kept = [one for one in made if one.alarm.patient_id in holding]
    texts = [text for one in kept for text in one.texts]
    written = outbox.add_texts(tx, texts, now)
    questions.forget_nudges(tx, [nudged for one in kept for nudged in one.nudged])
    alarm_clocks.set_alarms(tx, [one.alarm for one in kept])
    _sum_up_again(tx, kept, now)
    runtime.dispatcher.submit(tx, written, now, LANE)


def _sum_up_again(tx: Tx, made: Sequence[Decided], now: datetime) -> None:
    """Nights that were closed before their last slot was decided: withheld late, or after an outage."""
    late = {
        (one.alarm.patient_id, text.night)
        for one in made
        for text in one.texts
        if text.night is not None and one.open_night is not None and text.night < one.open_night
    }
    moved = roll_nights(tx, late, now)
    standings.restand(tx, list(patients_by_id(tx, moved).values()), now)


__all__ = ["Alarm", "plan_due"]
