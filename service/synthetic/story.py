"""The demo's history: a clinic opens, people join, its nights are lived by the real engine, up to now."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from service.clinic_life import live_until
from service.flows.enrol import enrol
from service.flows.open_clinic import open_clinic
from service.gateways.simulated import Fault, SimulatedGateway
from service.runtime import Runtime
from service.store import users
from service.store.records import Clinic
from service.store.session import SYSTEM
from service.synthetic.clinic import CLINIC, DEAD_NUMBER, Cast

ACTOR = "demo"
# The clock of the demo's past stops every ten minutes only, or building it would take minutes.
STEP = timedelta(minutes=10)
NUMBER_DIES_NIGHTS_BEFORE_END = 8
UNKNOWN_NUMBER = 30005
PATIENTS_JOIN_AT = timedelta(hours=22)

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Account:
    """One sign-in of the demo."""

    role: str
    email: str
    name: str
    password_hash: str


def live_story(
    runtime: Runtime,
    gateway: SimulatedGateway,
    parts: Sequence[Cast],
    accounts: Sequence[Account],
    nights: int,
    end: datetime,
    progress: Progress,
) -> Clinic:
    """Live `nights` nights up to `end` (UTC), from event to event."""
    begin = end - timedelta(days=nights)
    runtime.clock.hold(begin)
    clinic = _open(runtime, accounts, begin)
    length = (end - begin).total_seconds()

    def report(now: datetime) -> None:
        progress((now - begin).total_seconds() / length)
        if end - now < timedelta(days=NUMBER_DIES_NIGHTS_BEFORE_END):
            gateway.faults[DEAD_NUMBER] = Fault(undelivered=UNKNOWN_NUMBER)

    for part in sorted(parts, key=lambda part: part.enrolled_night):
        joins = min(begin + timedelta(days=part.enrolled_night) + PATIENTS_JOIN_AT, end)
        live_until(runtime, joins, step=STEP, progress=report)
        _enrol(runtime, clinic, part)
    live_until(runtime, end, step=STEP, progress=report)
    runtime.clock.rejoin()
    return clinic


def _open(runtime: Runtime, accounts: Sequence[Account], begin: datetime) -> Clinic:
    with runtime.store.transaction(SYSTEM, ACTOR) as tx:
        clinic = open_clinic(runtime, tx, CLINIC, begin)
        for one in accounts:
            users.add_user(tx, clinic.id, one.email, one.name, [one.role], one.password_hash, begin)
        return clinic


def _enrol(runtime: Runtime, clinic: Clinic, part: Cast) -> None:
    with runtime.store.transaction(SYSTEM, ACTOR) as tx:
        enrol(runtime, tx, clinic, part.patient, None, runtime.clock.now())
