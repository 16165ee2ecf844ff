"""One noon of a small clinic on SQLite: texts due, patients who write meanwhile, and a service that may be ended."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

from click.testing import CliRunner

from service.boot import open_store
from service.cli import evenfall
from service.clock import Clock
from service.config import read_settings
from service.store import overview, people
from service.store.session import SYSTEM
from service.synthetic.clinic import CLINIC
from tests.faults.carrier import Carrier, Letter, carrying
from tests.faults.dying import Death, serve
from tests.faults.history import Row, Said, keep_moves, read
from tests.faults.invariants import faults
from tests.faults.scene import (
    NOON,
    SCORE,
    environment,
    free_port,
    patients_at_noon,
    phone_of,
    ref_of,
)
from tests.twilio_stub import Mishap, TwilioStub, twilio_stub
from tests.waiting import wait_until

PATIENTS, PLACES, WRITTEN_IN_S, READY = 30, 6, 1.5, "Evenfall is at"
# What patients write; who is left writes nothing.
ANSWERS = ("7", "0", "10", "3 but bad", "7", "HELP", "what is this")
STOPS = ("STOP", "Stop.", "stop please", "unsubscribe me")
CRIES = ("I want to die", "i took all my pills, i want to kill myself")
# One whose interpreter has read all modules already, from which each life is forked: a start takes no second.
PROCESSES = get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.faults.dying"])


@dataclass(frozen=True, slots=True)
class Story:
    """The clinic's database, the service's settings and log, the provider, and the slots that must come to be."""

    url: str
    settings: dict[str, str]
    log: Path
    full: Path
    provider: TwilioStub
    carrier: Carrier
    written: list[Letter]
    wanted: list[str]

    def live(self, death: Death | None = None) -> BaseProcess:
        """Begin a life of the service; it ends by itself where a death is named."""
        process = PROCESSES.Process(
            target=serve, args=(self.settings, self.log, self.full, death), daemon=True
        )
        process.start()
        return process

    def live_on(self) -> BaseProcess:
        """Begin a life and wait until it listens, also for signals."""
        before = self.lives()
        process = self.live()
        wait_until(lambda: self.lives() > before)
        return process

    def lives(self) -> int:
        """How often the service has come so far as to listen."""
        return self.log.read_text().count(READY) if self.log.exists() else 0

    def ends_well(self, last: BaseProcess) -> list[str]:
        """Wait until nothing more will happen, end the last life, and ask the checker; what is wrong, in words."""
        try:
            wait_until(self.is_settled)
        finally:
            last.terminate()
            last.join(20)
        outside = replace(self.carrier.outside(self.wanted), said=self.said())
        found = faults(read(self.url), outside)
        return found + ([f"the service ended with {last.exitcode}"] if last.exitcode else [])

    def said(self) -> Said:
        """What the service tells of its rows: by its exports, and on Today."""
        lines = [self._exported(what) for what in ("messages", "replies")]
        store = open_store(read_settings(self.settings))
        with store.transaction(SYSTEM, "test", write=False) as tx:
            clinic = people.clinic_by_slug(tx, CLINIC.slug)
            now = Clock().now()
            today = overview.sending(tx, clinic.id, now, now - timedelta(days=1)).today
        store.engine.dispose()
        return Said(*lines, today)

    def _exported(self, what: str) -> list[Row]:
        words = ["export", what, "--clinic", CLINIC.slug]
        done = CliRunner().invoke(evenfall, words, env=self.settings, catch_exceptions=False)
        assert done.exit_code == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def is_settled(self) -> bool:
        """Whether every slot has come to an end, and all that was written has been read and answered."""
        if not self.carrier.is_done():
            return False
        history, taken = read(self.url), {*self.carrier.outside(self.wanted).taken()}
        return (
            {row["slot"] for row in history.texts} >= {*self.wanted}
            and all(row["read_at"] is not None for row in history.inbounds)
            and not any(
                row["state"] in {"planned", "submitting"}
                or (row["state"] == "unknown" and row["token"] in taken)
                for row in history.texts
            )
            and self.carrier.is_done()
        )


@contextmanager
def story(url: str, folder: Path, chance: Random) -> Iterator[Story]:
    """A story on an empty database, the same for the same chance; nobody has written yet."""
    keys = folder / "keys.json"
    keep_moves(url)
    slots = patients_at_noon(url, keys, PATIENTS, says=SCORE, windows=_windows())
    pages = f"127.0.0.1:{free_port()}"
    with twilio_stub() as provider, carrying(provider, chance) as carrier:
        more = {"BIND": pages, "PUBLIC_URL": f"http://{pages}", "OPT_OUT_REPLIES": "ours"}
        settings = environment(url, keys, provider.url, **more, SEND_CONCURRENCY=str(PLACES))
        provider.mishaps.extend(_mishaps(chance))
        written = _written(chance, f"http://{pages}/webhooks/twilio/inbound")
        # Who stops before the plan is made is not planned for.
        stopped = {letter.stops for letter in written}
        wanted = [slot for who, slot in enumerate(slots) if ref_of(who) not in stopped]
        log, full = folder / "log.txt", folder / "full"
        yield Story(url, settings, log, full, provider, carrier, written, wanted)


def _windows() -> list[str]:
    """Patients' hours: most are open, some close within a minute, some have not begun."""
    closes = NOON * 60 + Clock().now().minute + 1
    soon = f"{closes // 60:02}:{closes % 60:02}"
    return ["08:00-20:30"] * 6 + ["bedtime", f"08:00-{soon}", "16:00-20:30"]


def _mishaps(chance: Random) -> list[Mishap]:
    """How the provider answers: at its leisure, and now and then not at all."""
    kinds = [Mishap(delay_s=chance.uniform(0, 0.15)) for _ in range(18)]
    kinds += [Mishap(drop="before"), Mishap(drop="after")]
    return [chance.choice(kinds) for _ in range(PATIENTS)]


def _written(chance: Random, url: str) -> list[Letter]:
    """What patients write in the first seconds, some of it posted twice; one who stops comes back."""
    bodies = [*ANSWERS, *STOPS, *CRIES, "STOP"]
    written = []
    for number, who in enumerate(chance.sample(range(PATIENTS), len(bodies))):
        body, at = bodies[number], time.monotonic() + chance.uniform(0, WRITTEN_IN_S)
        form = {"MessageSid": f"IN{number}", "From": phone_of(who), "Body": body}
        form["To"] = CLINIC.sender
        again = Letter(chance.uniform(0, 0.5), url, form) if chance.random() < 0.4 else None
        if number == len(bodies) - 1:
            again = Letter(0.5, url, form | {"MessageSid": "back", "Body": "START"})
        stops = ref_of(who) if body in STOPS else ""
        written.append(Letter(at, url, form, again, stops, cries=body in CRIES))
    return written
