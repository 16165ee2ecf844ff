"""One patient's coming nights: what would be sent, what not, and why, if nobody answers."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from schedules.day_plan import plan
from schedules.night import night_of
from schedules.slots import Planned, Withheld
from service.domain.consent import ConsentState
from service.domain.projection import Phase, project
from service.flows.plan_due.case import past_of, subject_of
from service.runtime import Runtime
from service.store import planning
from service.store.content import Content
from service.store.people import clinic_by_id
from service.store.records import PlanningCase
from service.store.session import Tx


def forecast(runtime: Runtime, tx: Tx, patient_id: int, nights: int) -> list[Planned | Withheld]:
    """What a patient would be sent in the coming `nights`, and what not and why, from now on."""
    now = runtime.clock.now()
    case = planning.planning_cases(tx, [patient_id], now)[0]
    content = runtime.shelf.content(tx, clinic_by_id(tx, case.clinic.id))
    return foresee(case, content, now, nights)


def no_more(
    before: Sequence[Planned | Withheld], after: Sequence[Planned | Withheld], until: datetime
) -> int:
    """How many texts that were to go out before `until` (UTC) are not to go out any more, however moved."""
    was, comes = (
        {(one.programme, one.step, one.night) for one in slots if isinstance(one, Planned)}
        for slots in ([one for one in before if one.at < until], after)
    )
    return len(was - comes)


def passed_over(runtime: Runtime, tx: Tx, patient_id: int) -> list[Withheld]:
    """What was withheld since the patient's last wake-up: its row is written at the next, with its own instant."""
    now = runtime.clock.now()
    case = planning.planning_cases(tx, [patient_id], now)[0]
    if case.patient.consent != ConsentState.ACTIVE:
        return []
    content = runtime.shelf.content(tx, clinic_by_id(tx, case.clinic.id))
    programmes = [one for _, one in content.programmes(now, case.patient.consented_at)]
    tonight = night_of(now, case.patient.zone)
    nights = [tonight - timedelta(days=1), tonight]
    slots = plan(subject_of(case, content, now), programmes, past_of(case, now), nights)
    return [slot for slot in slots if isinstance(slot, Withheld) and slot.at <= now]


def foresee(
    case: PlanningCase, content: Content, now: datetime, nights: int
) -> list[Planned | Withheld]:
    """The same from what was read already, with any content: a draft shows its effect this way.

    A version or wording published for later counts from its own instant on; nobody answers meanwhile.
    """
    joined, last = case.patient.consented_at, now + timedelta(days=nights + 1)
    starts = [now, *sorted(at for at in content.changes_after(now) if at < last)]
    patient = case.patient
    phases = [
        Phase(
            at,
            [one for _, one in content.programmes(at, joined)],
            content.wordings(patient.language, patient.privacy, at, joined),
            content.begun(at, joined),
        )
        for at in starts
    ]
    return project(subject_of(case, content, now), phases, past_of(case, now), now, nights + 1)
