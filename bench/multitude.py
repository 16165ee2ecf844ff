"""A clinic far larger than could be enrolled one by one: rows copied within the database from a few real patients."""

from datetime import time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, Table, cast, func, insert, literal, select

from service.flows.enrol import RecordedConsent, enrol
from service.runtime import Runtime
from service.store.people import NewPatient, clinic_by_id
from service.store.rows import table
from service.store.session import SYSTEM, Tx
from service.store.tables.people import Patient
from service.store.tables.planning import PatientCursor, PatientFact

FACTS = {"uses_caffeine": "yes", "iron_oral": "daily", "iron_start": "2026-10-01", "drinks": "fri"}
ZONES = ("America/Halifax", "America/Toronto", "America/Winnipeg", "America/Vancouver")
BEDTIMES = [time(hour, minute) for hour in (21, 22, 23) for minute in (0, 15, 30, 45)]
# Alarms of those who are copied: nothing is due while something else is measured.
RESTING = timedelta(days=10)


def multiply(runtime: Runtime, enrolled: int) -> None:
    """Let about `enrolled` patients with consent be there: some of each way of sleeping, their rows copied."""
    now = runtime.clock.now()
    with runtime.store.transaction(SYSTEM, "bench") as tx:
        clinic = clinic_by_id(tx, 1)
        models = []
        for number, (zone, bedtime) in enumerate((z, b) for z in ZONES for b in BEDTIMES):
            new = NewPatient(
                ref=f"X-{number}",
                given_name="Tom",
                family_name="Whitfield",
                born="1970-01-01",
                phone=f"+1506{5550000 + number}",
                zone=zone,
                language="en",
                bedtime=bedtime,
                wake_time=time(7),
                facts=FACTS,
            )
            models.append(enrol(runtime, tx, clinic, new, RecordedConsent("bench"), now).id)
    copies = enrolled // len(models)
    for model in models:
        with runtime.store.transaction(SYSTEM, "bench") as tx:
            _copy(tx, model, copies)
    with runtime.store.transaction(SYSTEM, "bench") as tx:
        later = now + RESTING
        tx.execute(table(PatientCursor).update().values(next_wake_at=later, next_slot_at=later))


def _copy(tx: Tx, model: int, copies: int) -> None:
    """As many more patients like `model`: only what must be unique differs."""
    patient, cursor, fact = table(Patient), table(PatientCursor), table(PatientFact)
    last = (tx.row(select(func.max(patient.c.id))) or (0,))[0]
    count = select(literal(1).label("n")).cte("count", recursive=True)
    count = count.union_all(select(count.c.n + 1).where(count.c.n < copies))
    own = {
        "id": last + count.c.n,
        "token": _named(f"m{model}-", count.c.n),
        "ref": _named(f"M{model}-", count.c.n),
        "phone_index": _named(f"m{model}-", count.c.n),
    }
    insert_copies(
        tx,
        patient,
        own,
        select(count, patient).select_from(count.join(patient, patient.c.id == model)),
    )
    for rows in (cursor, fact):
        theirs = {"patient_id": last + count.c.n}
        insert_copies(
            tx,
            rows,
            theirs,
            select(count, rows).select_from(count.join(rows, rows.c.patient_id == model)),
        )


def _named(prefix: str, number: ColumnElement[int]) -> ColumnElement[str]:
    return literal(prefix) + cast(number, String)


def insert_copies(tx: Tx, rows: Table, own: dict[str, Any], source: Any) -> None:
    """Insert what `source` selects of `rows`, the `own` columns calculated instead."""
    names = [name for name in rows.c.keys() if name != "id" or "id" in own]  # noqa: SIM118 (columns)
    chosen = source.with_only_columns(
        *(own[name].label(name) if name in own else rows.c[name] for name in names),
        maintain_column_froms=True,
    )
    tx.execute(insert(rows).from_select(names, chosen))
