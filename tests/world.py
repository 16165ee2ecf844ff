"""One clinic for a test: a clock that stands still, simulated phones, and words for what people do."""

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from message_templates.catalogue import Catalogue, load
from schedules.recurrence import to_utc
from service.clinic_life import live_until, look_after_patients
from service.dispatch.local import LocalDispatcher
from service.flows.enrol import RecordedConsent, enrol
from service.flows.open_clinic import open_clinic
from service.gateways.base import Gateway
from service.gateways.pager_simulated import SimulatedPager
from service.gateways.simulated import Answers, SimulatedGateway
from service.runtime import Choices, Runtime
from service.store import circumstances, people
from service.store.content import ContentShelf
from service.store.engine import open_engine
from service.store.people import NewClinic, NewPatient
from service.store.records import Clinic, Patient
from service.store.sealed import new_keyring
from service.store.session import SYSTEM, Store
from service.store.tables.audit import AuditEvent
from service.store.tables.inbox import Correction, TaughtPhrase
from service.store.tables.outbox import OutboxText
from service.store.tables.replies import InboundText, Observation, Question, ReadIntent
from service.store.tables.summaries import Alert, NightSummary, PatientStanding
from tests.fakes import StandingClock

ZONE = "America/Halifax"
# A Saturday, 10:00 at the clinic.
START = to_utc(datetime(2026, 11, 21, 10), ZONE)  # noqa: DTZ001 (local wall clock)
CLINIC = NewClinic(
    slug="northside",
    name="Northside Sleep Clinic",
    alias="Northside Clinic",
    zone=ZONE,
    language="en",
    phone="902-555-0140",
    emergency="911",
    crisis="988",
    poison="1-844-764-7669",
    sender="+19025550140",
    synthetic=True,
)
MODELS = {
    model.__tablename__: model
    for model in (
        OutboxText,
        InboundText,
        Observation,
        Question,
        ReadIntent,
        Alert,
        NightSummary,
        PatientStanding,
        Correction,
        TaughtPhrase,
        AuditEvent,
    )
}


@dataclass
class World:
    """A clinic and everything a test does to it."""

    runtime: Runtime
    clock: StandingClock
    gateway: SimulatedGateway
    clinic: Clinic
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    @property
    def store(self) -> Store:
        return self.runtime.store

    def patient(self, *, invited: bool = False, **known: Any) -> Patient:
        """A patient with recorded consent, or only invited."""
        number = next(self.numbers)
        values = {
            "ref": f"NSC-{number:04}",
            "given_name": "Tom",
            "family_name": "Whitfield",
            "born": "1972-05-03",
            "phone": f"+1902555{2000 + number}",
            "zone": ZONE,
            "language": "en",
            "bedtime": time(23),
            "wake_time": time(7),
            "privacy": "plain",
            **known,
        }
        recorded = None if invited else RecordedConsent("paper, folder 7")
        with self.store.transaction(SYSTEM, "test") as tx:
            return enrol(
                self.runtime, tx, self.clinic, NewPatient(**values), recorded, self.clock.now()
            )

    def live(self, **length: float) -> None:
        """Let so much time pass, lived from event to event."""
        live_until(self.runtime, self.clock.now() + timedelta(**length))

    def live_to(self, local: datetime) -> None:
        """Live until the clinic's own wall clock shows `local`."""
        live_until(self.runtime, to_utc(local, ZONE))

    def say(self, patient: Patient, body: str, sid: str | None = None) -> None:
        """The patient texts us, and what follows happens."""
        self.say_from(people.open_phone(self.store.keyring, patient), body, sid)

    def say_from(self, number: str, body: str, sid: str | None = None) -> None:
        """A phone texts us, and what follows happens."""
        name = sid or f"IN{next(self.numbers)}"
        self.gateway.text_from(number, self.clinic.sender, body, self.clock.now(), name)
        self.live(seconds=5)

    def fact(self, patient: Patient, code: str, value: str = "yes") -> None:
        """Something becomes known of the patient today."""
        now = self.clock.now()
        with self.store.transaction(SYSTEM, "test") as tx:
            circumstances.add_fact(tx, patient, code, value, now.astimezone(UTC).date(), now)

    def rows(self, table: str, **where: Any) -> list[Any]:
        """Rows of a table, oldest first, as their columns' names."""
        model: Any = MODELS[table]
        query = select(*model.__table__.columns)
        for name, value in where.items():
            query = query.where(model.__table__.c[name] == value)
        order = [*model.__table__.primary_key.columns]
        with self.store.transaction(SYSTEM, "test", write=False) as tx:
            return list(tx.execute(query.order_by(*order)).all())

    def sent(self, patient: Patient | None = None) -> list[str]:
        """The templates that left for a patient's phone, in order."""
        rows = self.rows("outbox", **({"patient_id": patient.id} if patient else {}))
        gone = [row for row in rows if row.submitted_at is not None]
        return [row.template for row in sorted(gone, key=lambda row: (row.submitted_at, row.id))]

    def bodies(self, patient: Patient) -> list[str]:
        """What stands on the patient's phone."""
        number = people.open_phone(self.store.keyring, patient)
        return [text.body for text, _ in self.gateway.ledger if text.to == number]

    def reread(self, patient: Patient) -> Patient:
        with self.store.transaction(SYSTEM, "test", write=False) as tx:
            return people.patient_by_id(tx, patient.id)


def make_world(
    url: str,
    start: datetime = START,
    gateway: Gateway | None = None,
    answers: Answers | None = None,
    texts: Catalogue | None = None,
) -> World:
    """A clinic on a database, its programmes and texts published: the one that stands there, or a new one.

    `answers`: what its phones reply.
    """
    engine = open_engine(url, durable=False)
    store = Store(engine, new_keyring())
    clock = StandingClock(start)
    phones = SimulatedGateway(answers)
    runtime = Runtime(
        store,
        gateway or phones,
        clock,
        LocalDispatcher(lambda: None),
        ContentShelf(texts or load()),
        Choices(),
        SimulatedPager(),
    )
    with store.transaction(SYSTEM, "test") as tx:
        standing = people.all_clinics(tx)
        clinic = standing[0] if standing else open_clinic(runtime, tx, CLINIC, start)
    # What was published is known before the first patient comes.
    look_after_patients(runtime)
    return World(runtime, clock, phones, clinic)
