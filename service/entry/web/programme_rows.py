"""A programme as its pages show it for one patient: the next texts, and what a draft would change about them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from message_templates.formats import clock_time
from message_templates.kept_words import OF_THE_WEEK
from schedules.programme import Programme
from schedules.recurrence import to_local
from schedules.slots import Planned, Withheld
from service.domain.composing import compose
from service.entry.web.imaginary import IMAGINARY, imaginary_case
from service.entry.web.words import place
from service.entry.web.words import withheld as words_of
from service.flows.plan_due.ahead import foresee
from service.store.content import Content
from service.store.people import open_person, patient_by_token
from service.store.planning import planning_cases
from service.store.records import Clinic, Patient, PlanningCase
from service.store.session import Tx

NEXT_TEXTS = 10
LOOKS = (28, 56, 120)
"""So many nights are looked through for them, then more: ten texts of a daily step lie near, of a monthly one far."""


@dataclass(frozen=True, slots=True)
class NextText:
    """One coming text, or one withheld (`withheld` says why); times are the patient's own.

    `was` is its time before the draft, None where the draft leaves it; `is_new` where there was none.
    """

    step: str
    night: date
    on: date
    at: datetime
    due: datetime
    text: str
    body: str
    gated: bool
    withheld: str
    was: datetime | None = None
    is_new: bool = False


def label(tx: Tx, patient: Patient, *, named: bool) -> str:
    """`NSC-1182, Halifax, bed 23:00`; the name only for a clinician."""
    said = f"{patient.ref}, {place(patient.zone)}, bed {patient.bedtime:%H:%M}"
    if not named:
        return said
    person = open_person(tx.keyring, patient)
    return f"{said} ({person.given_name} {person.family_name})"


def case_of(
    tx: Tx, clinic: Clinic, programme: Programme, token: str, now: datetime
) -> PlanningCase | None:
    """The patient a programme is seen by, real or imaginary; None where there is none of that token."""
    if token == IMAGINARY:
        return imaginary_case(clinic, programme, now)
    patient = patient_by_token(tx, token)
    return planning_cases(tx, [patient.id], now)[0] if patient else None


def next_texts(case: PlanningCase, content: Content, slug: str, now: datetime) -> list[NextText]:
    """The next ten texts of one programme, and what is withheld up to the last; planned with all programmes."""
    for nights in LOOKS:
        slots = [slot for slot in foresee(case, content, now, nights) if slot.programme == slug]
        planned = sorted(slot.at for slot in slots if isinstance(slot, Planned))
        if len(planned) >= NEXT_TEXTS:
            break
    last = planned[NEXT_TEXTS - 1] if len(planned) >= NEXT_TEXTS else now + timedelta(days=LOOKS[0])
    near = [slot for slot in slots if slot.at <= max([last, *planned[:NEXT_TEXTS]])]
    return [shown(slot, case, content) for slot in sorted(near, key=lambda slot: slot.at)]


def shown(slot: Planned | Withheld, case: PlanningCase, content: Content) -> NextText:
    """A slot of a plan as the pages show it."""
    zone, language = case.patient.zone, case.patient.language
    text, body, gated, withheld = "", "", False, ""
    if isinstance(slot, Planned):
        # Whose name and whose week's figures it will be is not said here.
        values = {name: f"{{{name}}}" for name in ("first", *OF_THE_WEEK)}
        if slot.cutoff is not None:
            values["cutoff"] = clock_time(slot.cutoff, language)
        text, gated = slot.sends, slot.gated
        catalogue = content.catalogue(slot.at, case.patient.consented_at)
        body = compose(catalogue, case.clinic, slot.sends, language, values).body
    else:
        withheld = words_of(slot.reason, slot.detail, to_local(slot.at, zone).date())
    return NextText(
        step=slot.step,
        night=slot.night,
        on=to_local(slot.at, zone).date(),
        at=to_local(slot.at, zone),
        due=to_local(slot.due, zone),
        text=text,
        body=body,
        gated=gated,
        withheld=withheld,
    )


def compared(before: Sequence[NextText], after: Sequence[NextText]) -> list[NextText]:
    """`after` with what is new and what moved marked, against `before`."""
    known = {(one.step, one.night): one for one in before if not one.withheld}
    last = max((one.at for one in before), default=None)
    marked = []
    for one in after:
        old = known.get((one.step, one.night))
        if old is not None and old.at != one.at:
            one = replace(one, was=old.at)
        elif old is None and not one.withheld and last is not None and one.at <= last:
            one = replace(one, is_new=True)
        marked.append(one)
    return marked
