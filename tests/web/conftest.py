"""A site on a temporary database: clinics, staff and patients made by the store's own functions."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache, FileSystemBytecodeCache
from playwright.sync_api import Browser

from message_templates.catalogue import Catalogue, load
from service.clinic_life import live_until
from service.clock import Clock
from service.dispatch.local import LocalDispatcher
from service.domain.exchange import Inbound
from service.entry.web import Site, create_app
from service.entry.web.passwords import hash_password
from service.flows.enrol import RecordedConsent, enrol
from service.flows.open_clinic import open_clinic
from service.flows.take_reply import read_replies, store_replies
from service.gateways.pager_simulated import SimulatedPager
from service.gateways.simulated import SimulatedGateway
from service.runtime import Choices, Runtime
from service.store import people, planning, standings, users
from service.store.content import ContentShelf
from service.store.engine import open_engine
from service.store.people import NewClinic, NewPatient
from service.store.records import Clinic, Patient
from service.store.rows import table
from service.store.sealed import new_keyring
from service.store.session import SYSTEM, Store
from service.store.tables.summaries import NightSummary
from tests.web.browser import chromium

NOW = datetime(2026, 11, 21, 12, 2, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=60)
LAST_NIGHT = date(2026, 11, 20)
PASSWORD = "correct horse battery"
PASSWORD_HASH = hash_password(PASSWORD)
SHIPPED = load()
CLINIC = NewClinic(
    slug="northside",
    name="Northside Sleep Clinic",
    alias="Northside Clinic",
    zone="America/Halifax",
    language="en",
    phone="902-555-0140",
    emergency="911",
    crisis="988",
    poison="1-844-764-7669",
    sender="+19025550140",
    synthetic=True,
)


# For one file at a time: while it runs, its event loop would refuse another test's.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@dataclass
class World:
    """One site with its first clinic, and what a test adds to it."""

    app: Flask
    runtime: Runtime
    clinic: Clinic
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(1, 10_000)))

    def member(
        self, *roles: str, clinic: Clinic | None = None, name: str = "Dr A. Okafor"
    ) -> FlaskClient:
        """A signed-in browser of a new member of staff."""
        email = f"member{next(self.numbers)}@example.org"
        whose = clinic or self.clinic
        with self.runtime.store.transaction(SYSTEM, "test") as tx:
            users.add_user(tx, whose.id, email, name, roles, PASSWORD_HASH, LONG_AGO)
        browser = self.app.test_client()
        answer = sign_in(browser, email, PASSWORD)
        assert answer.status_code == 302, answer.text
        return browser

    def other_clinic(self) -> Clinic:
        """A second clinic of the same installation."""
        other = NewClinic(**{**_values(CLINIC), "slug": "southside", "sender": "+19025550199"})
        with self.runtime.store.transaction(SYSTEM, "test") as tx:
            return open_clinic(self.runtime, tx, other, LONG_AGO)

    def patient(
        self,
        given: str = "Tom",
        family: str = "Whitfield",
        *,
        clinic: Clinic | None = None,
        invited: bool = False,
        **known: object,
    ) -> Patient:
        """A patient enrolled 60 days ago, with consent unless only invited."""
        number = next(self.numbers)
        new = NewPatient(
            **{
                "ref": f"NSC-{1000 + number}",
                "given_name": given,
                "family_name": family,
                "born": "1972-05-03",
                "phone": f"+1902555{2000 + number}",
                "zone": CLINIC.zone,
                "language": "en",
                "bedtime": time(23),
                "wake_time": time(7),
                **known,
            }
        )
        recorded = None if invited else RecordedConsent("paper, folder 7")
        whose, at = clinic or self.clinic, NOW if invited else LONG_AGO
        with self.runtime.store.transaction(SYSTEM, "test") as tx:
            return enrol(self.runtime, tx, whose, new, recorded, at)

    def nights(
        self,
        patient: Patient,
        scores: Sequence[float | None],
        states: Sequence[str] = (),
        onset: str | None = None,
    ) -> None:
        """The last nights, oldest first, summed up; the standing and its alerts follow by the rules."""
        self._sum_up(patient, scores, states, onset)
        with self.runtime.store.transaction(SYSTEM, "test") as tx:
            planning.set_open_nights(tx, {patient.id: LAST_NIGHT + timedelta(days=1)})
            standings.restand(tx, [people.patient_by_id(tx, patient.id)], self.runtime.clock.now())

    def tonight(self, patient: Patient, score: float) -> None:
        """An answer for the night that is not over yet."""
        self._sum_up(patient, [score], (), None, last=LAST_NIGHT + timedelta(days=1))

    def _sum_up(
        self,
        patient: Patient,
        scores: Sequence[float | None],
        states: Sequence[str],
        onset: str | None,
        last: date = LAST_NIGHT,
    ) -> None:
        given = list(states) or ["answered" if one is not None else "no_answer" for one in scores]
        first = last - timedelta(days=len(scores) - 1)
        rows = [
            {
                "clinic_id": patient.clinic_id,
                "patient_id": patient.id,
                "night": first + timedelta(days=at),
                "state": state,
                "severity": score,
                "onset": onset if score is not None else None,
                "texts": 2,
                "delivered": 2,
                "handed": 2,
                "counted": 2,
                "answered": 2 if state == "answered" else 0,
                "late": 0,
                "kept": {"caffeine_yn": "yes"} if score is not None else {},
                "closed": last == LAST_NIGHT,
            }
            for at, (score, state) in enumerate(zip(scores, given, strict=True))
        ]
        with self.runtime.store.transaction(SYSTEM, "test") as tx:
            tx.upsert(table(NightSummary), rows, "patient_id", "night")

    def hears(self, number: str, body: str, ago: timedelta = timedelta(hours=1)) -> None:
        """A text that came in from a number, read by the real reader."""
        at = self.runtime.clock.now() - ago
        sid = f"SM{next(self.numbers):08d}"
        store_replies(self.runtime, [Inbound(sid, number, CLINIC.sender, body, at, 0)])
        read_replies(self.runtime)

    def phone_of(self, patient: Patient) -> str:
        """A patient's number."""
        return people.open_phone(self.runtime.store.keyring, patient)


def _values(new: NewClinic) -> dict[str, object]:
    return {name: getattr(new, name) for name in NewClinic.__dataclass_fields__}


def sign_in(browser: FlaskClient, email: str, password: str):
    """Send the sign-in form as a browser would."""
    token = csrf(browser.get("/sign-in").text)
    form = {"email": email, "password": password, "csrf_token": token}
    return browser.post("/sign-in", data=form)


def csrf(page: str) -> str:
    """The token of the first form on a page."""
    return page.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]


@pytest.fixture(scope="session")
def site_database(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the clinic open since long ago, to be copied."""
    path = Path(shutil.copy(sqlite_template, tmp_path_factory.mktemp("site") / "evenfall.db"))
    runtime = _runtime(path, SHIPPED)
    with runtime.store.transaction(SYSTEM, "test") as tx:
        open_clinic(runtime, tx, CLINIC, LONG_AGO)
    runtime.store.engine.dispose()
    return path


@pytest.fixture(scope="session")
def compiled_pages(tmp_path_factory: pytest.TempPathFactory) -> BytecodeCache:
    """The pages, compiled once for all sites."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("pages")))


def _runtime(path: Path, texts: Catalogue) -> Runtime:
    clock = Clock()
    clock.hold(NOW)
    return Runtime(
        Store(open_engine(f"sqlite:///{path}", durable=False), new_keyring()),
        SimulatedGateway(),
        clock,
        LocalDispatcher(lambda: None),
        ContentShelf(texts),
        Choices(),
        SimulatedPager(),
    )


@pytest.fixture
def make_world(
    site_database: Path, sqlite_template: Path, compiled_pages: BytecodeCache, tmp_path: Path
) -> Iterator[Callable[..., World]]:
    """Makes sites; their databases end with the test."""
    engines = []

    def make(*, loopback: bool = True, texts: Catalogue = SHIPPED) -> World:
        path = tmp_path / f"site{len(engines)}.db"
        shutil.copy(site_database if texts is SHIPPED else sqlite_template, path)
        runtime = _runtime(path, texts)
        engines.append(runtime.store.engine)
        site = Site(runtime, "a secret for tests only", "http://127.0.0.1", loopback)
        with runtime.store.transaction(SYSTEM, "test") as tx:
            standing = people.all_clinics(tx)
            clinic = standing[0] if standing else open_clinic(runtime, tx, CLINIC, LONG_AGO)
        app = create_app(site)
        app.jinja_env.bytecode_cache = compiled_pages
        return World(app, runtime, clinic)

    yield make
    for engine in engines:
        engine.dispose()


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    """A site with one clinic, no staff and no patients."""
    return make_world()


@pytest.fixture
def demo(world: World) -> World:
    """The same clinic as a demo, whose clock travels."""
    site = Site(
        runtime=world.runtime,
        secret_key="a secret for tests only",
        public_url="http://127.0.0.1",
        loopback=True,
        travel=lambda target: live_until(world.runtime, target),
    )
    return replace(world, app=create_app(site))
