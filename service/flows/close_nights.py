"""Wake-up -> questions whose time is over, gates nobody opened, nights that ended: closed, summed up, judged."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import structlog

from schedules.night import night_of
from schedules.open_hours import night_over
from service.domain.consent import INVITATION_FOR, ConsentState
from service.domain.delivery import Kind
from service.runtime import Runtime
from service.store import alarm_clocks, consent, outbox, planning, questions, standings
from service.store.alarm_clocks import EVERYBODY, Due, Shard
from service.store.people import patients_by_id, rhythm_of
from service.store.records import NewText, Patient, Question
from service.store.session import SYSTEM, StoreBusyError, Tx
from service.store.summaries import PatientNight, close_nights, roll_nights

log = structlog.get_logger()

ACTOR = "closer"
CHUNK = 200
DAY = timedelta(days=1)
# Noon of the next day in the zone that is furthest ahead, on UTC's clock of the night's own date.
FIRST_NOON = time(22)
# A question sent without a receipt counts after 24 h: the nights before are summed up once more.
SUM_UP_AGAIN = 2


def close_due(runtime: Runtime, shard: Shard = EVERYBODY) -> int:
    """Close what has ended for the patients of the shard whose wake-up is due; how many there were.

    Their alarm clocks are left as they are: planning sets them, after this.
    """
    now = runtime.clock.now()
    with runtime.store.transaction(SYSTEM, ACTOR, write=False) as tx:
        due = alarm_clocks.due_patients(tx, now, CHUNK, shard)
    try:
        _close_all(runtime, due, now)
    except StoreBusyError:
        raise
    except Exception:  # noqa: BLE001 (found again, and told, for the patient whose it is)
        # Whatever is wrong with one patient must hold up nobody else's figures.
        for one in due:
            _close_alone(runtime, one, now)
    return len(due)


def _close_alone(runtime: Runtime, one: Due, now: datetime) -> None:
    try:
        _close_all(runtime, [one], now)
    except StoreBusyError:
        raise
    except Exception:
        log.exception("a patient's nights could not be closed", patient=one.patient_id)


def _close_all(runtime: Runtime, due: Sequence[Due], now: datetime) -> None:
    """Close what has ended for these patients: read first, then written if there is anything."""
    if not due:
        return
    with runtime.store.transaction(SYSTEM, ACTOR, write=False) as tx:
        ids = [one.patient_id for one in due]
        over = questions.questions_to_close(tx, ids, now)
        # The end of a night is a slot time of its patient: who wakes before it has none to close.
        turning = [one.patient_id for one in due if one.next_slot_at <= now]
        nights = planning.open_nights(tx, turning)
        late = [who for who in turning if who not in nights or _may_be_over(nights[who], now)]
        patients = patients_by_id(tx, {*late, *(question.patient_id for question in over)})
        ended = _ended_nights(patients, {who: nights[who] for who in late if who in nights}, now)
        lapsed = [one for one in patients.values() if _invitation_lapsed(one, now)]
    if over or ended or lapsed:
        with runtime.store.transaction(SYSTEM, ACTOR) as tx:
            _close(tx, patients, over, ended, now)
            for patient in lapsed:
                consent.write_consent(
                    tx, patient, ConsentState.EXPIRED, means="lapsed", evidence="", now=now
                )


def _may_be_over(night: date, now: datetime) -> bool:
    """Whether `night` is over in any zone: it ends at the next noon at the earliest, furthest ahead at UTC+14."""
    return now >= datetime.combine(night, FIRST_NOON, UTC)


def _ended_nights(
    patients: dict[int, Patient], open_nights: dict[int, date], now: datetime
) -> dict[int, list[date]]:
    """The nights of each patient that are over, oldest first."""
    ended: dict[int, list[date]] = {}
    for patient_id, night in open_nights.items():
        rhythm = rhythm_of(patients[patient_id])
        # A long outage leaves many nights open: all but the last weeks are past telling.
        first = max(night, night_of(now, rhythm.zone) - planning.OLDEST_NIGHT)
        while night_over(rhythm, first) <= now:
            ended.setdefault(patient_id, []).append(first)
            first += DAY
    return ended


def _invitation_lapsed(patient: Patient, now: datetime) -> bool:
    return patient.consent == ConsentState.INVITED and now - patient.enrolled_at >= INVITATION_FOR


def _close(
    tx: Tx,
    patients: dict[int, Patient],
    over: Sequence[Question],
    ended: dict[int, list[date]],
    now: datetime,
) -> None:
    questions.close_questions(tx, [question.id for question in over])
    gates = [question for question in over if question.kind == "gate"]
    unopened = [_unopened(patients[gate.patient_id], gate, now) for gate in gates]
    outbox.add_texts(tx, unopened, now)
    closing = [(who, night) for who, nights in ended.items() for night in nights]
    touched: set[PatientNight] = {(question.patient_id, question.night) for question in over}
    for who, night in closing:
        touched |= {(who, night - DAY * n) for n in range(SUM_UP_AGAIN + 1)}
    roll_nights(tx, touched, now)
    close_nights(tx, closing)
    planning.set_open_nights(tx, {who: nights[-1] + DAY for who, nights in ended.items()})
    standings.restand(tx, [patients[who] for who in ended], now)


def _unopened(patient: Patient, gate: Question, now: datetime) -> NewText:
    """The slot behind a gate that nobody opened."""
    behind = gate.behind
    return NewText(
        clinic_id=patient.clinic_id,
        patient_id=patient.id,
        slot=behind["slot"],
        kind=Kind.ANSWER,
        language=patient.language,
        due_at=now,
        not_after=now,
        priority=behind["priority"],
        programme=behind["programme"],
        version=behind["version"],
        step=behind["step"],
        night=gate.night,
        on_date=gate.about_date,
        anchor=behind["text"],
        reason="gate_unopened",
    )
