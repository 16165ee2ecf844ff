"""The same evening through Twilio's API: texts over HTTP, receipts and replies as signed webhooks over HTTP."""

# ruff: noqa: DTZ001 (the clinic's own wall clock)

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from waitress import create_server

from schedules.recurrence import to_utc
from service.clinic_life import look_after_patients
from service.entry.web import Site, create_app
from service.flows.send_outbox import Pipeline
from service.flows.take_reply import read_replies
from service.gateways.twilio import Account, TwilioGateway
from service.store import alarm_clocks, people
from service.store.records import Patient
from service.store.session import SYSTEM
from tests.twilio_stub import ACCOUNT, SERVICE, TOKEN, TwilioStub, post_signed, twilio_stub
from tests.waiting import wait_until
from tests.world import ZONE, World, make_world

LEAVING = ("planned", "submitting")


@dataclass
class Evening:
    """A clinic whose texts leave by the provider's API."""

    world: World
    stub: TwilioStub
    pipeline: Pipeline
    url: str

    def live_to(self, local: datetime) -> None:
        """Stop at each of our own events up to then; every text that left is delivered."""
        target = to_utc(local, ZONE)
        while True:
            look_after_patients(self.world.runtime)
            self.settle()
            with self.world.store.transaction(SYSTEM, "test", write=False) as tx:
                ahead = alarm_clocks.ahead(tx).wake
            if ahead > target:
                self.world.clock.hold(target)
                return
            self.world.clock.hold(max(ahead, self.world.clock.now() + timedelta(seconds=1)))

    def settle(self) -> None:
        """Wait until nothing due waits or is under way, and confirm what arrived."""
        self.pipeline.wake()
        wait_until(lambda: not [row for row in self.world.rows("outbox") if self.is_due(row)])
        for row in self.world.rows("outbox", state="accepted"):
            (message,) = [one for one in self.stub.taken if one["sid"] == row.provider_sid]
            for status in ("sent", "delivered"):
                assert self.stub.tell(message, status) == 204

    def is_due(self, row: object) -> bool:
        return row.state in LEAVING and row.due_at <= self.world.clock.now()  # type: ignore[attr-defined]  # a row

    def reply(self, patient: Patient, body: str, sid: str) -> None:
        """The patient's phone sends a text, and the provider brings it."""
        form = {
            "MessageSid": sid,
            "From": people.open_phone(self.world.store.keyring, patient),
            "To": self.world.clinic.sender,
            "Body": body,
        }
        assert post_signed(self.url + "/webhooks/twilio/inbound", form) == 204
        read_replies(self.world.runtime)
        self.settle()


@contextmanager
def served(app: Flask, listener: socket.socket) -> Iterator[None]:
    """The application on a socket of this machine, as `evenfall serve` serves it."""
    server = create_server(app, sockets=[listener], threads=4)

    def run() -> None:
        # Closing takes the sockets away under the loop's select: that ends it.
        with suppress(OSError):
            server.run()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        server.close()
        server.trigger.close()
        thread.join(5)


@pytest.fixture
def evening(sqlite_url: str) -> Iterator[Evening]:
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with twilio_stub() as stub:
        status = url + "/webhooks/twilio/status/"
        gateway = TwilioGateway(Account(ACCOUNT, TOKEN, SERVICE, stub.url, status), 20)
        world = make_world(sqlite_url, gateway=gateway)
        site = Site(world.runtime, "a secret for tests", url, loopback=True, auth_tokens=(TOKEN,))
        pipeline = Pipeline(20)
        with served(create_app(site), listener):
            pipeline.start(world.runtime)
            yield Evening(world, stub, pipeline, url)
            pipeline.stop()
        world.store.engine.dispose()


def test_an_evening_a_morning_and_a_stop_through_the_provider(evening: Evening) -> None:
    world, stub = evening.world, evening.stub
    patient = world.patient(facts={"uses_caffeine": "yes"})
    evening.live_to(datetime(2026, 11, 22, 10, 5))
    assert world.sent(patient)[-1] == "SYM-01"
    assert [one["Body"] for one in stub.requests] == [one["body"] for one in stub.taken]
    assert {row.state for row in world.rows("outbox") if row.submitted_at} == {"delivered"}

    evening.reply(patient, "7ish, legs crawling", "SMscore")
    evening.reply(patient, "7ish, legs crawling", "SMscore")
    (night,) = world.rows("night_summary", patient_id=patient.id, night=date(2026, 11, 21))
    assert (night.severity, night.state, night.answered) == (7, "answered", 1)
    assert night.delivered == night.handed > 0
    assert [row.template for row in world.rows("outbox", kind="answer")] == ["SYM-03"]

    evening.reply(patient, "stop please", "SMstop")
    gone = len(stub.requests)
    assert world.sent(patient)[-1] == "SYS-04"
    evening.live_to(datetime(2026, 11, 26, 12))
    assert len(stub.requests) == gone
    tokens = [one["StatusCallback"].rsplit("/", 1)[1] for one in stub.requests]
    assert len(tokens) == len(set(tokens)) == len(stub.taken)


def test_a_cry_for_help_is_answered_and_raised(evening: Evening) -> None:
    world = evening.world
    patient = world.patient()
    evening.reply(patient, "black stool like tar", "SMcry")
    assert world.sent(patient) == ["SYS-10"]
    assert "911" in evening.stub.taken[0]["body"]
    (alert,) = world.rows("alert", tier="RED")
    assert (alert.rule, alert.closed_at) == ("R-BLEED", None)
