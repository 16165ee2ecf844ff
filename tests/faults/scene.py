"""A clinic at noon whose patients all have one text due, and the service's processes over it, to be killed."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import time, timedelta
from pathlib import Path
from typing import TextIO

from message_templates.catalogue import load
from service.clock import Clock
from service.dispatch.local import LocalDispatcher
from service.flows.enrol import RecordedConsent, enrol
from service.flows.open_clinic import open_clinic
from service.gateways.pager_simulated import SimulatedPager
from service.gateways.simulated import SimulatedGateway
from service.runtime import Choices, Runtime
from service.store import programme_versions, users
from service.store.content import ContentShelf
from service.store.engine import open_engine
from service.store.people import NewPatient
from service.store.sealed import new_keyring, save_keyring
from service.store.session import SYSTEM, Store
from service.synthetic.clinic import CLINIC
from tests.twilio_stub import ACCOUNT, SERVICE, TOKEN

NOON = 13
DRILL = """
[programme]
slug = "drill"
title = "Drill"
sources = ["S0"]
priority = "safety"

[[step]]
key = "now"
at = {{ clock = "{clock:%H:%M}" }}
cadence = {{ daily = true }}
useful_for = "4h"
say = ["{says}"]
"""
TIP, SCORE = "SLP-03", "SYM-01"
ASKED = 'ask = { kind = "symptom_0_10", about = "night", closes = "24h" }'


def patients_at_noon(
    url: str,
    keys: Path,
    count: int,
    due_in: timedelta = timedelta(minutes=-20),
    *,
    says: str = TIP,
    windows: Sequence[str] = ("08:00-20:30",),
) -> list[str]:
    """Enrol `count` patients, each with one text due in the minute `due_in` from now, by default since 20 minutes.

    Their hours are `windows` in turn; SCORE is a text that asks. The slots that must come of it.
    """
    clock = Clock()
    now = clock.now()
    # A zone in which it is noon now, whenever the test runs: the hours let the text go.
    ahead = NOON - now.hour if NOON - now.hour <= 12 else NOON - now.hour - 24
    zone = f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"
    due = now + timedelta(hours=ahead) + due_in
    store = Store(open_engine(url), new_keyring())
    save_keyring(store.keyring, keys)
    clock.hold(now - timedelta(hours=1))
    shelf = ContentShelf(load())
    dispatcher = LocalDispatcher(lambda: None)
    runtime = Runtime(
        store, SimulatedGateway(), clock, dispatcher, shelf, Choices(), SimulatedPager()
    )
    with store.transaction(SYSTEM, "test") as tx:
        clinic = open_clinic(runtime, tx, CLINIC, clock.now())
        users.invite(tx, clinic.id, "nurse@example.org", ["clinician"], clock.now())
        source = DRILL.format(clock=due, says=says) + (ASKED if says == SCORE else "")
        programme_versions.add_version(
            tx, clinic.id, "drill", source, clock.now(), effective_at=clock.now()
        )
    with store.transaction(SYSTEM, "test") as tx:
        refs = [
            enrol(
                runtime,
                tx,
                clinic,
                NewPatient(
                    ref=ref_of(number),
                    given_name="Tom",
                    family_name="Whitfield",
                    born="1970-01-01",
                    phone=phone_of(number),
                    zone=zone,
                    language="en",
                    bedtime=time(23),
                    wake_time=time(7),
                    window=windows[number % len(windows)],
                    facts={},
                ),
                RecordedConsent("test"),
                clock.now(),
            ).token
            for number in range(count)
        ]
    store.engine.dispose()
    return [f"plan:{one}:drill/now:{due.date()}" for one in refs]


def ref_of(number: int) -> str:
    """What the clinic calls a patient."""
    return f"F-{number}"


def phone_of(number: int) -> str:
    """A patient's phone."""
    return f"+1902{5550000 + number}"


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass
class Processes:
    """The service's processes, by name; each can be killed and started again."""

    environment: dict[str, str]
    log: TextIO
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, *command: str) -> None:
        self.running[name] = subprocess.Popen(  # noqa: S603 (our own command)
            [sys.executable, "-m", "service.cli", *command], env=self.environment, stderr=self.log
        )

    def kill(self, name: str) -> None:
        process = self.running.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def stop(self) -> dict[str, int]:
        """Ask all of them to end; their exit codes."""
        for process in self.running.values():
            process.terminate()
        return {name: process.wait(20) for name, process in self.running.items()}


def environment(url: str, keys: Path, provider: str, **more: str) -> dict[str, str]:
    """The settings of processes that text through `provider`."""
    settings = {
        "DATABASE_URL": url,
        "KEYS_FILE": str(keys),
        "SECRET_KEY": "0" * 64,
        "GATEWAY": "twilio",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_MESSAGING_SERVICE_SID": SERVICE,
        "TWILIO_BASE_URL": provider,
        "SEND_RATE": "unlimited",
        **more,
    }
    own = {f"EVENFALL_{name}": value for name, value in settings.items()}
    return {
        name: value for name, value in os.environ.items() if not name.startswith("EVENFALL_")
    } | own
