"""Answers that are none: each has a name and a sentence, none is posted twice, none holds up the others."""

import asyncio
import contextlib
import resource
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from service.domain.exchange import Accepted, SendError
from service.domain.provider_codes import CodeClass
from service.gateways import twilio_http
from service.gateways.twilio import TwilioGateway
from tests.contract.asking import account, find, send, text
from tests.twilio_stub import Mishap, TwilioStub, twilio_stub

OK = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
LEFT = "; the text may have left us."
UNREADABLE = "The provider’s answer could not be read" + LEFT
NAMELESS = "The provider’s answer named no message" + LEFT
BROKEN = "The connection broke before the provider’s answer was complete" + LEFT
NO_HTTP = "The provider’s answer was not HTTP" + LEFT
UNTIMELY = "The provider’s answer did not come in time" + LEFT
UNKNOWN, ACCOUNT, TRANSIENT, PERMANENT = (
    CodeClass.UNKNOWN,
    CodeClass.ACCOUNT,
    CodeClass.TRANSIENT,
    CodeClass.PERMANENT,
)

# What is answered, the class, the provider's code, the sentence.
ANSWERS = {
    "garbage": (Mishap(body=b"\xff\xfe\x00"), UNKNOWN, None, UNREADABLE),
    "HTML with 201": (Mishap(body=b"<html>a proxy</html>"), UNKNOWN, None, UNREADABLE),
    "HTML with 200": (Mishap(status=200, body=b"<html>"), UNKNOWN, None, UNREADABLE),
    "HTML with 500": (
        Mishap(status=500, body=b"<html>"),
        UNKNOWN,
        None,
        "The provider answered with HTTP 500.",
    ),
    "HTML with 401": (
        Mishap(status=401, body=b"<html>"),
        ACCOUNT,
        None,
        "The provider answered with HTTP 401.",
    ),
    "HTML with 404": (
        Mishap(status=404, body=b"<html>"),
        ACCOUNT,
        None,
        "The provider answered with HTTP 404.",
    ),
    "HTML with 413": (
        Mishap(status=413, body=b"<html>"),
        PERMANENT,
        None,
        "The provider answered with HTTP 413.",
    ),
    "half a JSON": (Mishap(body=b'{"sid": "SM'), UNKNOWN, None, UNREADABLE),
    "no SID": (Mishap(body=b"{}"), UNKNOWN, None, NAMELESS),
    "a SID that is a number": (Mishap(body=b'{"sid": 17}'), UNKNOWN, None, NAMELESS),
    "a SID without end": (Mishap(body=b'{"sid": "%s"}' % (b"S" * 900)), UNKNOWN, None, NAMELESS),
    "a SID with a null": (Mishap(body=b'{"sid": "S\\u0000M"}'), UNKNOWN, None, NAMELESS),
    "a JSON without end": (Mishap(body=b"[" * 500_000), UNKNOWN, None, UNREADABLE),
    "200 with an error": (
        Mishap(status=200, body=b'{"code": 20003, "status": 401, "message": "no"}'),
        UNKNOWN,
        None,
        NAMELESS,
    ),
    "a code that is a word": (
        Mishap(status=400, body=b'{"code": "x", "type": 1, "title": 2, "status": "y"}'),
        PERMANENT,
        None,
        "The provider answered with HTTP 400.",
    ),
    "a code beyond any": (
        Mishap(status=400, body=b'{"code": 99999999999}'),
        PERMANENT,
        None,
        "The provider answered with HTTP 400.",
    ),
    "a redirect": (
        Mishap(status=307, headers=(("Location", "http://127.0.0.1:1/"),)),
        UNKNOWN,
        None,
        "The provider’s address sent us elsewhere (HTTP 307)" + LEFT,
    ),
    "too much, without a code": (
        Mishap(status=429, body=b"slow down"),
        TRANSIENT,
        20429,
        "The provider asked us to slow down.",
    ),
    "no HTTP": (Mishap(raw=b"220 smtp.example ready\r\n"), UNKNOWN, None, NO_HTTP),
    "a header too long": (
        Mishap(raw=OK + b"X: " + b"y" * 90_000 + b"\r\n\r\n"),
        UNKNOWN,
        None,
        NO_HTTP,
    ),
    "cut mid-body": (
        Mishap(raw=OK + b'Content-Length: 99\r\n\r\n{"sid"'),
        UNKNOWN,
        None,
        BROKEN,
    ),
    "cut mid-header": (Mishap(raw=b"HTTP/1.1 201 Cre"), UNKNOWN, None, BROKEN),
    "packed though nobody asked": (
        Mishap(body=b"\x1f\x8b\x08\x00", headers=(("Content-Encoding", "gzip"),)),
        UNKNOWN,
        None,
        UNREADABLE,
    ),
    "headers one byte at a time": (Mishap(raw=OK, drip_s=0.1), UNKNOWN, None, UNTIMELY),
}


@pytest.fixture
def stub() -> Iterator[TwilioStub]:
    with twilio_stub() as running:
        yield running


@pytest.fixture(autouse=True)
def short_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twilio_http, "DEADLINE_S", 1.0)


@pytest.mark.parametrize("name", ANSWERS)
def test_each_bad_answer_has_its_name_and_holds_up_nobody(stub: TwilioStub, name: str) -> None:
    mishap, kind, code, sentence = ANSWERS[name]
    stub.mishaps.append(mishap)
    outcomes = send(TwilioGateway(account(stub.url), 10), text("bad"), text("good"), text("next"))
    bad = [one for one in outcomes if isinstance(one, SendError)]
    assert [(one.kind, one.code, one.reason, one.reached) for one in bad] == [
        (kind, code, sentence, True)
    ]
    assert sum(isinstance(one, Accepted) for one in outcomes) == 2
    assert len(stub.requests) == 3


def test_an_answer_without_end_is_left_and_costs_no_memory(stub: TwilioStub) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    stub.mishaps.extend([Mishap(raw=OK + b"Content-Length: 100000000\r\n\r\n", endless=True)] * 5)
    outcomes = send(TwilioGateway(account(stub.url), 10), *(text(f"t{n}") for n in range(5)))
    for one in outcomes:
        assert isinstance(one, SendError)
        assert (one.kind, one.reason) == (UNKNOWN, "The provider’s answer had no end" + LEFT)
    # In kB: five answers of 100 MB each, of which one MB each is looked at.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000
    assert stub.sent_bytes < 60_000_000


def test_a_certificate_nobody_vouches_for_lets_nothing_out(tmp_path: Path) -> None:
    with tls_server(tmp_path) as url:
        (outcome,) = send(TwilioGateway(account(url), 10), text())
    assert isinstance(outcome, SendError)
    assert (outcome.kind, outcome.reached) == (TRANSIENT, False)
    assert outcome.reason == (
        "The connection to the provider could not be made secure; nothing left us."
    )


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1:9", "The provider could not be reached; nothing left us."),
        ("http://nowhere.invalid", "The provider’s address could not be found; nothing left us."),
    ],
)
def test_what_never_left_says_so(url: str, reason: str) -> None:
    (outcome,) = send(TwilioGateway(account(url), 10), text())
    assert isinstance(outcome, SendError)
    assert (outcome.kind, outcome.reached, outcome.reason) == (TRANSIENT, False, reason)


def test_a_connection_that_is_never_taken_lets_nothing_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(twilio_http, "CONNECT_S", 0.2)
    # A listener whose queue is full: the system answers nobody else.
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        address = deaf.getsockname()
        with socket.create_connection(address):
            (outcome,) = send(TwilioGateway(account(f"http://127.0.0.1:{address[1]}"), 10), text())
    assert isinstance(outcome, SendError)
    assert (outcome.kind, outcome.reached) == (TRANSIENT, False)
    assert outcome.reason == "The provider could not be reached in time; nothing left us."


RESTS = [
    ((("Retry-After", "7"),), 7.0),
    ((), None),
    ((("Retry-After", "soon"),), None),
    ((("Retry-After", "²"),), None),
]


@pytest.mark.parametrize(("headers", "rest"), RESTS)
def test_the_rest_it_asks_for_is_told(
    stub: TwilioStub, headers: tuple[tuple[str, str], ...], rest: float | None
) -> None:
    stub.mishaps.append(Mishap(20429, 429, headers=headers))
    (outcome,) = send(TwilioGateway(account(stub.url), 10), text())
    assert isinstance(outcome, SendError)
    assert (outcome.code, outcome.retry_after_s) == (20429, rest)


def test_a_rest_until_an_instant_counts_from_the_answers_own_date(stub: TwilioStub) -> None:
    at = datetime.now(UTC) + timedelta(seconds=90)  # noqa: TID251 (the provider's own clock is real)
    header = ("Retry-After", at.strftime("%a, %d %b %Y %H:%M:%S GMT"))
    stub.mishaps.append(Mishap(20429, 429, headers=(header,)))
    (outcome,) = send(TwilioGateway(account(stub.url), 10), text())
    assert isinstance(outcome, SendError)
    assert outcome.retry_after_s is not None
    assert 85 <= outcome.retry_after_s <= 91


@pytest.mark.parametrize(
    "body",
    [b'{"messages": [{"sid": 17}, {"date_created": "soon"}]}', b'{"messages": 1}', b"[" * 500_000],
)
def test_a_list_of_nonsense_finds_nothing(stub: TwilioStub, body: bytes) -> None:
    gateway = TwilioGateway(account(stub.url), 10)
    asked = text()
    send(gateway, asked)
    stub.mishaps.append(Mishap(body=body))
    assert find(gateway, asked.to, asked.sent_at) == []


def test_asked_by_name_the_provider_tells_what_became_of_a_text(stub: TwilioStub) -> None:
    async def asked(*sids: str) -> list[tuple[str, str, int | None]]:
        gateway = TwilioGateway(account(stub.url), 10)
        try:
            told = await gateway.look_up(sids, text().sent_at)
            return [(one.provider_sid, one.state.value, one.error_code) for one in told]
        finally:
            await gateway.close()

    send(TwilioGateway(account(stub.url), 10), text("one"), text("two"))
    one, two = stub.taken
    one |= {"status": "undelivered", "error_code": 30003}  # type: ignore[dict-item]  # as the API has it
    two["status"] = "levitating"
    assert asyncio.run(asked(one["sid"], two["sid"])) == [
        (one["sid"], "undelivered", 30003),
        (two["sid"], "accepted", None),
    ]
    stub.mishaps.append(Mishap(status=500, body=b"<html>"))
    assert asyncio.run(asked(one["sid"], two["sid"])) == [(two["sid"], "accepted", None)]


@contextmanager
def tls_server(folder: Path) -> Iterator[str]:
    """The address of a listener whose certificate nobody vouches for."""
    certificate = folder / "own.pem"
    certificate.write_bytes(self_signed())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        guest = threading.Thread(target=greet, args=(listener, context))
        guest.start()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"
        guest.join()


def greet(listener: socket.socket, context: ssl.SSLContext) -> None:
    connection, _ = listener.accept()
    with connection, contextlib.suppress(OSError):
        context.wrap_socket(connection, server_side=True)


def self_signed() -> bytes:
    """A key and a certificate for it that it signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    day = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, day, day.replace(year=2096))
    signed = builder.sign(key, hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
