"""The gateway contract: one suite for the simulated carrier and for Twilio's API, spoken over real HTTP."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from service.domain.exchange import Accepted, SendError
from service.domain.provider_codes import CodeClass
from service.gateways import twilio_http
from service.gateways.base import Gateway
from service.gateways.simulated import Fault, SimulatedGateway
from service.gateways.twilio import Account, TwilioGateway
from tests.contract.asking import CALLBACK, TO, account, find, send, text
from tests.twilio_stub import ACCOUNT, SERVICE, Mishap, TwilioStub, twilio_stub


@dataclass(frozen=True)
class Carrier:
    """A gateway, and how its next request for TO is made to go wrong."""

    gateway: Gateway
    script: Callable[[int | None, int, bool], None]


@pytest.fixture
def stub() -> Iterator[TwilioStub]:
    with twilio_stub() as running:
        yield running


@pytest.fixture(params=["simulated", "twilio"])
def carrier(request: pytest.FixtureRequest) -> Carrier:
    if request.param == "twilio":
        stub: TwilioStub = request.getfixturevalue("stub")

        def mishap(code: int | None, status: int, unknown: bool) -> None:
            stub.mishaps.append(Mishap(code, status, drop="after" if unknown else ""))

        return Carrier(TwilioGateway(account(stub.url), 10), mishap)
    gateway = SimulatedGateway()

    def fault(code: int | None, status: int, unknown: bool) -> None:
        gateway.faults[TO] = Fault(refuse=code, status=status, unknown=unknown)

    return Carrier(gateway, fault)


def test_an_accepted_text_has_the_providers_name(carrier: Carrier) -> None:
    (outcome,) = send(carrier.gateway, text("one"))
    assert isinstance(outcome, Accepted)
    assert outcome.token == "one"
    assert outcome.provider_sid


def test_many_texts_have_an_outcome_each(carrier: Carrier) -> None:
    outcomes = send(carrier.gateway, *(text(f"t{n}", f"+190255521{n:02}") for n in range(20)))
    assert {one.token for one in outcomes} == {f"t{n}" for n in range(20)}
    assert len({one.provider_sid for one in outcomes if isinstance(one, Accepted)}) == 20


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        (21211, 400, CodeClass.PERMANENT),
        (21614, 400, CodeClass.PERMANENT),
        (21610, 400, CodeClass.OPT_OUT),
        (20429, 429, CodeClass.TRANSIENT),
        (21611, 429, CodeClass.TRANSIENT),
        (20003, 401, CodeClass.ACCOUNT),
        (21606, 400, CodeClass.ACCOUNT),
        (20500, 500, CodeClass.UNKNOWN),
        (20503, 503, CodeClass.UNKNOWN),
        (99999, 400, CodeClass.PERMANENT),
    ],
)
def test_a_refusal_is_told_by_its_class(
    carrier: Carrier, code: int, status: int, kind: CodeClass
) -> None:
    carrier.script(code, status, False)
    (outcome,) = send(carrier.gateway, text("one"))
    assert isinstance(outcome, SendError)
    assert (outcome.token, outcome.kind, outcome.code) == ("one", kind, code)
    assert outcome.reason.endswith(".")


def test_an_answer_that_never_comes_is_unknown_and_the_text_can_be_found(carrier: Carrier) -> None:
    carrier.script(None, 201, True)
    asked = text("one")
    (outcome,) = send(carrier.gateway, asked)
    assert isinstance(outcome, SendError)
    assert outcome.kind is CodeClass.UNKNOWN
    (found,) = find(carrier.gateway, TO, asked.sent_at)
    assert found.body == asked.body
    assert found.provider_sid


def test_nothing_is_found_for_another_number_or_a_later_time(carrier: Carrier) -> None:
    asked = text("one")
    send(carrier.gateway, asked)
    assert find(carrier.gateway, "+19025559999", asked.sent_at) == []
    assert find(carrier.gateway, TO, asked.sent_at + timedelta(seconds=5)) == []


def test_twilio_hears_all_it_needs(stub: TwilioStub) -> None:
    send(TwilioGateway(account(stub.url), 10), text("tok-en_1", minutes=30))
    (form,) = stub.requests
    validity = int(form.pop("ValidityPeriod"))
    assert 1790 <= validity <= 1800
    assert form == {
        "To": TO,
        "Body": "Hello ñ 🙂",
        "MessagingServiceSid": SERVICE,
        "StatusCallback": CALLBACK + "tok-en_1",
    }


@pytest.mark.parametrize(("minutes", "seconds"), [(0.1, 60), (-5, 60), (24 * 60, 36_000)])
def test_the_validity_stays_within_what_twilio_takes(
    stub: TwilioStub, minutes: float, seconds: int
) -> None:
    send(TwilioGateway(account(stub.url), 10), text(minutes=minutes))
    assert stub.requests[0]["ValidityPeriod"] == str(seconds)


@pytest.mark.parametrize("drop", ["before", "after"])
def test_a_connection_that_breaks_is_unknown_and_posted_once(stub: TwilioStub, drop: str) -> None:
    stub.mishaps.append(Mishap(drop=drop))
    (outcome,) = send(TwilioGateway(account(stub.url), 10), text())
    assert isinstance(outcome, SendError)
    assert (outcome.kind, outcome.code) == (CodeClass.UNKNOWN, None)
    assert len(stub.requests) == 1


def test_a_deadline_is_unknown(stub: TwilioStub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twilio_http, "DEADLINE_S", 0.2)
    stub.mishaps.append(Mishap(delay_s=0.6))
    (outcome,) = send(TwilioGateway(account(stub.url), 10), text())
    assert isinstance(outcome, SendError)
    assert outcome.kind is CodeClass.UNKNOWN
    assert len(stub.requests) == 1


def test_a_refused_connection_may_be_tried_again() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (outcome,) = send(TwilioGateway(account(f"http://127.0.0.1:{port}"), 10), text())
    assert isinstance(outcome, SendError)
    assert outcome.kind is CodeClass.TRANSIENT


def test_wrong_credentials_stop_the_channel(stub: TwilioStub) -> None:
    wrong = Account(ACCOUNT, "another token", SERVICE, stub.url, CALLBACK)
    (outcome,) = send(TwilioGateway(wrong, 10), text())
    assert isinstance(outcome, SendError)
    assert (outcome.kind, outcome.code) == (CodeClass.ACCOUNT, 20003)


def test_a_base_url_with_a_path_is_honoured(stub: TwilioStub) -> None:
    (outcome,) = send(TwilioGateway(account(stub.url + "/proxy/"), 10), text())
    assert isinstance(outcome, SendError)
    assert outcome.code == 20404  # the stub knows no such path: the request went there


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"null", b"{}"])
def test_a_list_that_cannot_be_read_finds_nothing(stub: TwilioStub, body: bytes) -> None:
    gateway = TwilioGateway(account(stub.url), 10)
    asked = text()
    send(gateway, asked)
    stub.mishaps.append(Mishap(body=body))
    assert find(gateway, TO, asked.sent_at) == []


def test_twenty_requests_are_under_way_at_once(stub: TwilioStub) -> None:
    stub.mishaps.extend([Mishap(delay_s=0.2)] * 20)
    outcomes = send(TwilioGateway(account(stub.url), 20), *(text(f"t{n}") for n in range(20)))
    assert all(isinstance(one, Accepted) for one in outcomes)
    assert stub.most_in_flight == 20


def test_the_providers_time_is_heard_from_its_answers(stub: TwilioStub) -> None:
    gateway = TwilioGateway(account(stub.url), 10)
    assert gateway.told_time is None
    send(gateway, text())
    assert gateway.told_time is not None
    at, _ = gateway.told_time
    assert abs(at - datetime.now(UTC)) < timedelta(minutes=1)  # noqa: TID251
