"""The demo's history: a clinic opens, people join, its nights are lived by the real engine, up to now."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from schedules.recurrence import to_local
from service.clinic_life import live_until
from service.flows.enrol import enrol
from service.flows.open_clinic import open_clinic
from service.gateways.simulated import Fault, SimulatedGateway
from service.runtime import Runtime
from service.store import audit, inbox, on_call, overview, users
from service.store.records import Clinic
from service.store.session import SYSTEM, Tx
from service.synthetic.clinic import CLINIC, DEAD_NUMBER, ON_CALL, Cast, cast
from service.synthetic.people import People

ACTOR = "demo"
# The clock of the demo's past stops every ten minutes only, or building it would take minutes; the last day, of
# which pages say how late its texts left, is lived to the second.
STEP = timedelta(minutes=10)
TO_THE_SECOND = timedelta(hours=26)
NUMBER_DIES_NIGHTS_BEFORE_END = 8
UNKNOWN_NUMBER = 30005
DEALT_WITH_IN = timedelta(days=6)
EVERY_REPLY = 1000
PATIENTS_JOIN_AT = timedelta(hours=22)

Progress = Callable[[float], None]
STORY = "story"


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

    def live(target: datetime) -> None:
        live_until(runtime, min(target, end - TO_THE_SECOND), step=STEP, progress=report)
        live_until(runtime, target, progress=report)

    for part in sorted(parts, key=lambda part: part.enrolled_night):
        joins = min(begin + timedelta(days=part.enrolled_night) + PATIENTS_JOIN_AT, end)
        live(joins)
        _enrol(runtime, clinic, part)
    live(end)
    _look_after_replies(runtime, clinic, end)
    runtime.clock.rejoin()
    return clinic


def _look_after_replies(runtime: Runtime, clinic: Clinic, now: datetime) -> None:
    """The clinic has dealt with every reply that is some days old."""
    with runtime.store.transaction(SYSTEM, ACTOR) as tx:
        for reply in overview.replies_waiting(tx, clinic.id, EVERY_REPLY):
            if reply.received_at < now - DEALT_WITH_IN and inbox.close(tx, reply.token):
                audit.write(tx, clinic.id, "reply dealt with", reply.token, now)


@dataclass(frozen=True, slots=True)
class Story:
    """What the demo's people are made from; the same values make the same people again. `end` is in UTC."""

    patients: int
    nights: int
    seed: int
    end: datetime

    def parts(self) -> list[Cast]:
        """Everybody in it."""
        last_day = to_local(self.end, CLINIC.zone).date()
        return cast(self.patients, self.nights, last_day, self.seed)

    def people(self) -> People:
        """How they answer."""
        persons = {part.person.phone: part.person for part in self.parts()}
        return People(persons, self.end, self.seed)


def remember(tx: Tx, story: Story) -> None:
    """Keep what the people are made from, so that they go on answering when the clinic is served."""
    values = {**asdict(story), "end": story.end.isoformat()}
    audit.set_installation_value(tx, STORY, json.dumps(values))


def remembered(tx: Tx) -> Story | None:
    """The story this installation tells, if it is a demo's."""
    kept = audit.installation_value(tx, STORY)
    if kept is None:
        return None
    values = json.loads(kept)
    return Story(**{**values, "end": datetime.fromisoformat(values["end"])})


def phones_of(story: Story) -> SimulatedGateway:
    """The phones after the story's end: its people answer on, and the dead number stays dead."""
    gateway = SimulatedGateway(story.people())
    gateway.faults[DEAD_NUMBER] = Fault(undelivered=UNKNOWN_NUMBER)
    return gateway


def _open(runtime: Runtime, accounts: Sequence[Account], begin: datetime) -> Clinic:
    with runtime.store.transaction(SYSTEM, ACTOR) as tx:
        clinic = open_clinic(runtime, tx, CLINIC, begin)
        for one in accounts:
            users.add_user(tx, clinic.id, one.email, one.name, [one.role], one.password_hash, begin)
        for channel, line, address, secret in ON_CALL:
            on_call.add(tx, clinic.id, channel, line, address, secret, begin)
        return clinic


def _enrol(runtime: Runtime, clinic: Clinic, part: Cast) -> None:
    with runtime.store.transaction(SYSTEM, ACTOR) as tx:
        enrol(runtime, tx, clinic, part.patient, None, runtime.clock.now())
