"""Changes of everybody's plan: kept until each patient's alarm clock has been set for them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, case, delete, select, update

from schedules.facts import Fact
from service.domain.consent import ConsentState
from service.store.records import Sleep
from service.store.rows import as_record, columns, grouped, table
from service.store.session import Tx
from service.store.tables.people import Clinic as ClinicRow
from service.store.tables.people import Patient as PatientRow
from service.store.tables.planning import PatientCursor, PatientFact
from service.store.tables.planning import PlanChange as PlanChangeRow


@dataclass(frozen=True, slots=True)
class PlanChange:
    """One change (see the table of the same name)."""

    id: int
    clinic_id: int
    at: datetime
    done_to: int
    afresh: bool


def add_plan_change(tx: Tx, clinic_id: int, at: datetime, *, afresh: bool = False) -> None:
    """From `at` on (UTC) everybody at the clinic may have another plan; what changes then too is one change."""
    row = {"clinic_id": clinic_id, "at": at, "done_to": 0, "afresh": afresh}
    tx.upsert(table(PlanChangeRow), [row], "clinic_id", "at", "afresh")


def content_changed(tx: Tx, clinic_id: int, effective_at: datetime) -> None:
    """Whoever holds the clinic's content reads it again, and alarms are set for what it brings."""
    tx.execute(
        update(ClinicRow)
        .where(ClinicRow.id == clinic_id)
        .values(content_number=ClinicRow.content_number + 1)
    )
    add_plan_change(tx, clinic_id, effective_at)


def oldest_due(tx: Tx, now: datetime) -> PlanChange | None:
    """The first change that has come and that not everybody's alarm is set for."""
    row = tx.row(_DUE, now=now)
    return as_record(PlanChange, row) if row else None


def next_sleepers(tx: Tx, change: PlanChange, limit: int) -> list[tuple[int, Sleep]]:
    """The next patients with consent, by id, whose alarms are not set for `change` yet, and how they sleep."""
    found = tx.rows(_SLEEPERS, clinic=change.clinic_id, after=change.done_to, most=limit)
    return [(row[0], Sleep(*row[1:])) for row in found]


def facts_with_times(
    tx: Tx, patient_ids: Sequence[int], codes: Collection[str]
) -> Mapping[int, Sequence[Fact]]:
    """Of these patients' facts those of `codes`, ended ones too."""
    if not codes or not patient_ids:
        return {}
    return grouped(tx.rows(_FACTS, ids=list(patient_ids), codes=list(codes)), Fact)


def bring_forward(tx: Tx, alarms: Mapping[int, datetime]) -> None:
    """Let each patient's alarm ring at that instant (UTC) or before."""
    if alarms:
        tx.execute(_BRING_FORWARD, [{"who": who, "instant": at} for who, at in alarms.items()])


def keep_progress(tx: Tx, change: PlanChange, done_to: int | None) -> None:
    """Alarms are set up to the patient of id `done_to`; None: of all."""
    mine = PlanChangeRow.id == change.id
    if done_to is None:
        tx.execute(delete(PlanChangeRow).where(mine))
    else:
        tx.execute(update(PlanChangeRow).where(mine).values(done_to=done_to))


_DUE = (
    select(*columns(PlanChangeRow, PlanChange))
    .where(PlanChangeRow.at <= bindparam("now"))
    .order_by(PlanChangeRow.at, PlanChangeRow.id)
    .limit(1)
)
_SLEEPERS = (
    select(PatientRow.id, *columns(PatientRow, Sleep))
    .where(
        and_(
            PatientRow.clinic_id == bindparam("clinic"),
            PatientRow.id > bindparam("after"),
            PatientRow.consent == ConsentState.ACTIVE,
        )
    )
    .order_by(PatientRow.id)
    .limit(bindparam("most"))
)
_FACTS = select(
    PatientFact.code,
    PatientFact.value,
    PatientFact.valid_from,
    PatientFact.valid_to,
    PatientFact.patient_id,
).where(
    and_(
        PatientFact.patient_id.in_(bindparam("ids", expanding=True)),
        PatientFact.code.in_(bindparam("codes", expanding=True)),
    )
)
_CURSOR = table(PatientCursor)
_EARLIER = case(
    (_CURSOR.c.next_wake_at < bindparam("instant"), _CURSOR.c.next_wake_at),
    else_=bindparam("instant"),
)
_BRING_FORWARD = (
    update(_CURSOR)
    .where(
        _CURSOR.c.patient_id == bindparam("who"),
        _CURSOR.c.next_slot_at > bindparam("instant"),
    )
    .values(next_slot_at=bindparam("instant"), next_wake_at=_EARLIER)
)
