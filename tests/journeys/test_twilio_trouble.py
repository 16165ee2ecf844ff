"""Trouble at the provider, over real HTTP: outages, "too much", strange answers; nothing is lost or doubled."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from service.flows.reconcile import reconcile
from service.flows.send_outbox import Pipeline
from service.gateways.twilio import Account, TwilioGateway
from service.store import channels
from service.store.session import SYSTEM
from tests.flows.texts import put, row_of
from tests.twilio_stub import ACCOUNT, SERVICE, TOKEN, Mishap, TwilioStub, twilio_stub
from tests.waiting import wait_until
from tests.world import World, make_world

PLACES = 20


@dataclass
class Trouble:
    """A clinic whose sender runs against a provider that goes wrong as told."""

    world: World
    stub: TwilioStub
    pipeline: Pipeline

    def put(self, count: int, label: str = "t") -> list[str]:
        """So many texts to as many people."""
        return [
            put(self.world, self.world.patient(), f"{label}{number}", kind="staff")
            for number in range(count)
        ]

    def states(self) -> Counter[str]:
        return Counter(row.state for row in self.world.rows("outbox"))

    def is_stopped(self) -> bool:
        with self.world.store.transaction(SYSTEM, "test", write=False) as tx:
            return channels.stop_of(tx, self.world.runtime.gateway.name) is not None

    def woken(self) -> Pipeline:
        """The sender, looking again whether there is something to send."""
        self.pipeline.wake()
        return self.pipeline

    def until(self, **states: int) -> None:
        """Wake the sender, as the clock does, until the texts stand so."""

        def so() -> bool:
            self.woken()
            return self.states() == Counter(states)

        wait_until(so)

    def times_posted(self) -> Counter[str]:
        return Counter(form["StatusCallback"].rsplit("/", 1)[1] for form in self.stub.requests)


@contextmanager
def sending(url: str, *, deaf: bool = False) -> Iterator[Trouble]:
    callback = "https://clinic.example/webhooks/twilio/status/"
    with twilio_stub(deaf=deaf) as stub:
        gateway = TwilioGateway(Account(ACCOUNT, TOKEN, SERVICE, stub.url, callback), PLACES)
        world, pipeline = make_world(url, gateway=gateway), Pipeline(PLACES)
        pipeline.start(world.runtime)
        try:
            yield Trouble(world, stub, pipeline)
        finally:
            pipeline.stop()
            world.store.engine.dispose()


@pytest.fixture
def trouble(sqlite_url: str) -> Iterator[Trouble]:
    with sending(sqlite_url) as running:
        yield running


def test_an_outage_uses_up_nobodys_attempts(sqlite_url: str) -> None:
    with sending(sqlite_url, deaf=True) as trouble:
        trouble.put(30)
        for rounds in range(1, 6):
            trouble.world.clock.advance(seconds=20)
            wait_until(lambda rounds=rounds: trouble.woken()._pace.rounds >= rounds)
        trouble.until(planned=30)
        assert trouble.pipeline._pace.places == 1
        assert {row.attempts for row in trouble.world.rows("outbox")} == {0}
        trouble.stub.listen()
        trouble.world.clock.advance(seconds=20)
        trouble.until(accepted=30)
        assert set(trouble.times_posted().values()) == {1}
        assert trouble.pipeline._pace.places == PLACES


def test_too_much_at_once_becomes_less_and_all_arrive_once(trouble: Trouble) -> None:
    trouble.stub.mishaps.extend([Mishap(20429, 429, headers=(("Retry-After", "1"),))] * PLACES)
    trouble.put(40)
    wait_until(lambda: trouble.woken()._pace.rounds > 0)
    assert trouble.pipeline._pace.places == PLACES // 2

    def moved_on() -> bool:
        trouble.world.clock.advance(seconds=1)
        trouble.woken()
        return trouble.states() == Counter(accepted=40)

    wait_until(moved_on)
    assert len(trouble.stub.taken) == 40
    assert max(trouble.times_posted().values()) <= 3


def test_a_revoked_token_stops_the_channel_until_one_text_is_taken(trouble: Trouble) -> None:
    trouble.stub.mishaps.extend([Mishap(20003, 401)] * 5)
    trouble.put(5)
    wait_until(lambda: trouble.is_stopped() if trouble.woken() else False)
    trouble.until(planned=5)
    # Fewer than five where the sender looked while they were written: the first refusal holds the rest.
    asked = len(trouble.stub.requests)
    late = trouble.put(1, "late")[0]
    trouble.world.clock.advance(seconds=29)
    trouble.until(planned=6)
    assert len(trouble.stub.requests) == asked
    trouble.stub.mishaps.clear()
    trouble.world.clock.advance(seconds=1)
    trouble.until(accepted=6)
    assert row_of(trouble.world, late).attempts == 1
    assert len(trouble.stub.taken) == 6


def test_a_doubtful_text_is_found_while_the_sender_keeps_its_connections(trouble: Trouble) -> None:
    trouble.stub.mishaps.append(Mishap(drop="after"))
    (token,) = trouble.put(1)
    trouble.until(unknown=1)
    trouble.world.clock.advance(seconds=61)
    assert reconcile(trouble.world.runtime) == 1
    row = row_of(trouble.world, token)
    assert (row.state, row.provider_sid) == ("accepted", trouble.stub.taken[0]["sid"])
    trouble.put(1, "after")
    trouble.until(accepted=2)
    assert len(trouble.stub.taken) == 2


def test_one_name_for_two_texts_holds_up_no_other(trouble: Trouble) -> None:
    trouble.stub.mishaps.extend([Mishap(body=b'{"sid": "SMsame"}')] * 2)
    trouble.put(2)
    trouble.until(accepted=1, unknown=1)
    trouble.put(3, "after")
    trouble.until(accepted=4, unknown=1)
    assert set(trouble.times_posted().values()) == {1}
