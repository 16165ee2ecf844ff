"""Many patients in a database, some of whom have lived a few days: what a tick is measured on."""

from datetime import datetime, time, timedelta
from pathlib import Path

from sqlalchemy import update

from message_templates.catalogue import load
from service.clinic_life import live_until, look_after_patients
from service.clock import Clock
from service.dispatch.local import LocalDispatcher
from service.flows.enrol import RecordedConsent, enrol
from service.flows.open_clinic import open_clinic
from service.gateways.pager_simulated import SimulatedPager
from service.gateways.simulated import SimulatedGateway
from service.runtime import Choices, Runtime
from service.store import schema
from service.store.content import ContentShelf
from service.store.engine import open_engine
from service.store.people import NewPatient
from service.store.sealed import new_keyring
from service.store.session import SYSTEM, Store
from service.store.tables.planning import PatientCursor
from service.synthetic.clinic import CLINIC

FACTS = {"uses_caffeine": "yes", "iron_oral": "daily", "iron_start": "2026-10-01", "drinks": "fri"}
CONSENT_SINCE = timedelta(days=20)
# Like the demo's past: what happens meanwhile is taken at the next stop.
STEP = timedelta(minutes=10)


class HeldClock(Clock):
    """A clock that shows what it is set to."""

    def __init__(self, instant: datetime) -> None:
        super().__init__()
        self.hold(instant)


def crowd(where: Path | str, enrolled: int, now: datetime) -> Runtime:
    """A clinic of `enrolled` patients with consent since 20 days at `now`, on a durable SQLite file or at a URL."""
    url = where if isinstance(where, str) else f"sqlite:///{where}"
    store = Store(open_engine(url), new_keyring())
    schema.upgrade(store.engine)
    clock = HeldClock(now - CONSENT_SINCE)
    runtime = Runtime(
        store,
        SimulatedGateway(),
        clock,
        LocalDispatcher(lambda: None),
        ContentShelf(load()),
        Choices(),
        SimulatedPager(),
    )
    with store.transaction(SYSTEM, "bench") as tx:
        clinic = open_clinic(runtime, tx, CLINIC, clock.now())
    # What was published is known before the first patient comes.
    look_after_patients(runtime)
    for start in range(0, enrolled, 500):
        with store.transaction(SYSTEM, "bench") as tx:
            for number in range(start, min(start + 500, enrolled)):
                enrol(runtime, tx, clinic, _patient(number), RecordedConsent("bench"), clock.now())
    clock.hold(now)
    return runtime


def _patient(number: int) -> NewPatient:
    return NewPatient(
        ref=f"B-{number}",
        given_name="Tom",
        family_name="Whitfield",
        born="1970-01-01",
        phone=f"+1902{5550000 + number}",
        zone=CLINIC.zone,
        language="en",
        bedtime=time(23),
        wake_time=time(7),
        facts=FACTS,
    )


def live(runtime: Runtime, patients: range, until: datetime) -> None:
    """Let these patients live from now `until` then, their texts sent and unanswered; the others sleep."""
    make_due(runtime, patients, runtime.clock.now())
    live_until(runtime, until, step=STEP)


def make_due(runtime: Runtime, patients: range, now: datetime) -> None:
    """Let exactly the patients with ids in `patients` be due now, the others in ten days."""
    with runtime.store.transaction(SYSTEM, "bench") as tx:
        later = now + timedelta(days=10)
        tx.execute(update(PatientCursor).values(next_wake_at=later, next_slot_at=later))
        some = update(PatientCursor).where(
            PatientCursor.patient_id.between(patients.start, patients.stop - 1)
        )
        tx.execute(some.values(next_wake_at=now, next_slot_at=now))
