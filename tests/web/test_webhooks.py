"""Webhooks from the raw request to the answer and the rows: signed ones stored once, all others refused unread."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from structlog.testing import capture_logs
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from service.entry.web import Site, create_app
from service.entry.web.signatures import is_signed
from service.flows.take_reply import read_replies
from service.store import session
from service.store.people import open_phone
from service.store.records import Patient
from service.store.session import SYSTEM
from tests.world import World
from tests.world import make_world as make_clinic

PUBLIC = "https://clinic.example"
TOKEN, OLD_TOKEN, OTHERS = "the account's token", "the token before", "somebody else's token"
INBOUND, STATUS = "/webhooks/twilio/inbound", "/webhooks/twilio/status/"
VECTORS = json.loads(
    (Path(__file__).parents[1] / "data" / "twilio-signature-vectors.json").read_text("utf-8")
)["vectors"]
FORM = {
    "MessageSid": "SM1",
    "From": "+19025552001",
    "To": "+19025550140",
    "Body": "7ish, legs crawling",
    "NumMedia": "0",
}


def sign(target: str, form: Mapping[str, str], token: str = TOKEN) -> str:
    """What the provider would put in its header."""
    return str(RequestValidator(token).compute_signature(PUBLIC + target, dict(form)))


@dataclass
class Provider:
    """What posts to our webhooks, and the clinic behind them."""

    browser: FlaskClient
    clinic: World

    def post(
        self,
        target: str,
        form: Mapping[str, str],
        signature: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> TestResponse:
        """A form as raw bytes, signed properly unless told otherwise."""
        signed = {"X-Twilio-Signature": sign(target, form) if signature is None else signature}
        return self.browser.post(
            target,
            data=urlencode(form).encode(),
            content_type="application/x-www-form-urlencoded",
            headers={**signed, **(headers or {})},
        )

    def bodies(self) -> list[str]:
        opened = self.clinic.store.keyring.open_
        rows = self.clinic.rows("inbound")
        return [opened(row.body, "inbound", "body", row.token) for row in rows]


def provider_of(url: str) -> Iterator[Provider]:
    clinic = make_clinic(url)
    tokens = (TOKEN, OLD_TOKEN)
    site = Site(
        clinic.runtime,
        "a secret for tests",
        PUBLIC,
        loopback=False,
        auth_tokens=tokens,
        account="AC1",
    )
    yield Provider(create_app(site).test_client(), clinic)
    clinic.store.engine.dispose()


@pytest.fixture
def provider(sqlite_url: str) -> Iterator[Provider]:
    """The provider of a clinic on SQLite, for what no database has a say in."""
    yield from provider_of(sqlite_url)


@pytest.fixture
def either(database_url: str) -> Iterator[Provider]:
    """The provider of a clinic on each database."""
    yield from provider_of(database_url)


def test_a_signed_reply_is_stored_once_however_often_it_comes(either: Provider) -> None:
    for _ in range(3):
        answer = either.post(INBOUND, FORM)
        assert (answer.status_code, answer.data) == (204, b"")
    (row,) = either.clinic.rows("inbound")
    assert (row.provider_sid, row.recipient, row.read_at) == ("SM1", "+19025550140", None)
    assert either.bodies() == ["7ish, legs crawling"]
    assert either.clinic.rows("outbox") == []  # read, and answered, later


@pytest.mark.parametrize("token", [TOKEN, OLD_TOKEN])
def test_both_tokens_of_a_rotation_sign(provider: Provider, token: str) -> None:
    assert provider.post(INBOUND, FORM, sign(INBOUND, FORM, token)).status_code == 204


GOOD = sign(INBOUND, FORM)
FORGERIES: list[tuple[str, str, Mapping[str, str], str | None, Mapping[str, str]]] = [
    ("no header", INBOUND, FORM, "", {}),
    ("not base64", INBOUND, FORM, "!" * 28, {}),
    ("not ASCII", INBOUND, FORM, "sïgned", {}),
    ("cut short", INBOUND, FORM, GOOD[:-2], {}),
    ("with a prefix", INBOUND, FORM, "NOT" + GOOD, {}),
    ("somebody else's token", INBOUND, FORM, sign(INBOUND, FORM, OTHERS), {}),
    ("an empty token", INBOUND, FORM, sign(INBOUND, FORM, ""), {}),
    ("another body", INBOUND, FORM | {"Body": "0"}, GOOD, {}),
    ("a field more", INBOUND, FORM | {"Extra": "1"}, GOOD, {}),
    ("another query", INBOUND + "?a=1", FORM, GOOD, {}),
    ("another path", STATUS + "tok", FORM, GOOD, {}),
    (
        "signed for the host the client names",
        INBOUND,
        FORM,
        str(RequestValidator(TOKEN).compute_signature("https://evil.example" + INBOUND, FORM)),
        {"Host": "evil.example", "X-Forwarded-Host": "evil.example"},
    ),
    (
        "signed for plain http",
        INBOUND,
        FORM,
        str(
            RequestValidator(TOKEN).compute_signature(
                PUBLIC.replace("https", "http") + INBOUND, FORM
            )
        ),
        {"X-Forwarded-Proto": "http"},
    ),
    (
        "signed with SHA-256",
        INBOUND,
        FORM,
        base64.b64encode(hashlib.sha256(GOOD.encode()).digest()).decode(),
        {},
    ),
]


@pytest.mark.parametrize(
    ("target", "form", "signature", "headers"),
    [case[1:] for case in FORGERIES],
    ids=[case[0] for case in FORGERIES],
)
def test_what_the_provider_did_not_sign_is_refused_unread(
    provider: Provider,
    target: str,
    form: Mapping[str, str],
    signature: str,
    headers: Mapping[str, str],
) -> None:
    assert provider.post(target, form, signature, headers).status_code == 403
    assert provider.clinic.rows("inbound") == []


@pytest.mark.parametrize("target", [INBOUND, STATUS + "tok"])
def test_a_request_without_the_header_and_one_by_get_are_refused(
    provider: Provider, target: str
) -> None:
    assert provider.browser.post(target, data=FORM).status_code == 403
    assert provider.browser.get(target).status_code == 405


BODIES = [
    "",
    " ",
    "\0",
    "before\0after",
    "🙃🙃",
    "\u202eevil\u202c",
    "مرحبا",
    "=cmd|' /C calc'!A0",
    "a&b=c+d%20",
    "line\r\nline",
    "x" * 1600,
]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: repr(body[:12]))
def test_any_words_are_kept_as_they_came(either: Provider, body: str) -> None:
    assert either.post(INBOUND, FORM | {"Body": body}).status_code == 204
    assert either.bodies() == [body]


def test_words_beyond_the_providers_limit_are_cut(provider: Provider) -> None:
    assert provider.post(INBOUND, FORM | {"Body": "y" * 5000}).status_code == 204
    assert provider.bodies() == ["y" * 1600]


@pytest.mark.parametrize(
    ("label", "change", "answer", "media"),
    [
        ("a picture", {"NumMedia": "2", "MediaUrl0": "https://x.example/1"}, 204, [2]),
        ("a strange count", {"NumMedia": "²"}, 204, [0]),
        ("fields nobody told us of", {"ProfileName": "Tom", "Future": "1"}, 204, [0]),
        ("no name", {"MessageSid": ""}, 400, []),
        ("no sender", {"From": ""}, 400, []),
        ("another number of the only clinic's account", {"To": "+19025550000"}, 204, [0]),
        ("its own account", {"AccountSid": "AC1"}, 204, [0]),
        ("another account", {"AccountSid": "AC9"}, 403, []),
    ],
)
def test_what_an_inbound_form_holds(
    provider: Provider, label: str, change: dict[str, str], answer: int, media: list[int]
) -> None:
    assert provider.post(INBOUND, FORM | change).status_code == answer, label
    assert [row.media for row in provider.clinic.rows("inbound")] == media


@pytest.mark.parametrize(
    "query",
    ["?a=%3A%2F%7C%27%7E", "?name=%C3%A9", "?b=2&a=1", "?x=+%2B%20", "?a=~'|:/"],
)
def test_the_query_is_signed_as_it_was_sent(provider: Provider, query: str) -> None:
    target = INBOUND + query
    signature = sign(target, FORM)
    answer = provider.browser.post(
        INBOUND,
        data=urlencode(FORM).encode(),
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": signature},
        environ_overrides={"REQUEST_URI": target, "QUERY_STRING": query[1:]},
    )
    assert answer.status_code == 204


def test_a_json_body_is_signed_by_its_hash_and_brings_nothing(provider: Provider) -> None:
    body = b'{"MessageSid": "SM1"}'
    target = f"{STATUS}tok?bodySHA256={sha256(body).hexdigest()}"
    for sent, code in ((body, 204), (body + b" ", 403)):
        answer = provider.browser.post(
            target,
            data=sent,
            content_type="application/json",
            headers={"X-Twilio-Signature": sign(target, {})},
        )
        assert answer.status_code == code


@pytest.fixture
def sent_text(provider: Provider) -> Callable[[], Patient]:
    """A text that left and of which nothing has been told yet."""

    def sent() -> Patient:
        patient = provider.clinic.patient()
        number = open_phone(provider.clinic.store.keyring, patient)
        form = FORM | {"MessageSid": "SMhelp", "From": number, "Body": "HELP"}
        assert provider.post(INBOUND, form).status_code == 204
        read_replies(provider.clinic.runtime)
        provider.clinic.live()
        return patient

    return sent


@pytest.mark.parametrize(
    ("told", "code", "state"),
    [
        ("accepted", "", "accepted"),
        ("scheduled", "", "accepted"),
        ("queued", "", "accepted"),
        ("sending", "", "accepted"),
        ("sent", "", "sent"),
        ("delivered", "", "delivered"),
        ("read", "", "delivered"),
        ("undelivered", "30003", "undelivered"),
        ("partially_delivered", "", "undelivered"),
        ("failed", "30008", "failed"),
        ("canceled", "", "failed"),
        ("a word of next year", "", "accepted"),
        ("", "", "accepted"),
        ("failed", "²", "failed"),
        ("failed", "99999999999", "failed"),
    ],
)
def test_each_word_of_the_provider_moves_the_text(
    provider: Provider, sent_text: Callable[[], Patient], told: str, code: str, state: str
) -> None:
    sent_text()
    (row,) = provider.clinic.rows("outbox", kind="help")
    form = {"MessageSid": row.provider_sid, "MessageStatus": told, "ErrorCode": code}
    for _ in range(2):
        assert provider.post(STATUS + row.token, form).status_code == 204
    (row,) = provider.clinic.rows("outbox", kind="help")
    assert row.state == state
    assert row.error_code == (int(code) if code in {"30003", "30008"} else None)


@pytest.mark.parametrize("token", ["nobody", "x" * 300, "..%2f..", "%00"])
@pytest.mark.parametrize("sid", ["SM404", "", "S" * 900, "S\0M"])
def test_a_receipt_for_nothing_we_know_is_taken_and_changes_nothing(
    either: Provider, token: str, sid: str
) -> None:
    form = {"MessageSid": sid, "MessageStatus": "delivered"}
    assert either.post(STATUS + token, form).status_code in {204, 404}
    assert either.clinic.rows("outbox") == []


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_the_published_vectors(vector: dict[str, object]) -> None:
    body = str(vector["body"]).encode() if "body" in vector else None
    given = vector.get("params", {})
    form = MultiDict(given) if isinstance(given, dict) else MultiDict()
    signed = is_signed(
        [str(vector["token"])], str(vector["url"]), form, body, str(vector["signature"])
    )
    assert signed is vector["valid"]


def test_a_busy_database_is_answered_so_that_the_provider_tries_again(
    either: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "PATIENCE_S", 0.05)
    engine = either.clinic.store.engine
    engine.dispose()
    impatient = (
        "SET lock_timeout = 50" if engine.dialect.name == "postgresql" else "PRAGMA busy_timeout=50"
    )
    event.listen(engine, "connect", lambda connection, _: connection.execute(impatient))
    with either.clinic.store.transaction(SYSTEM, "a long writer") as tx:
        if tx.dialect == "postgresql":
            tx._connection.exec_driver_sql("LOCK TABLE inbound")
        with capture_logs() as logged:
            assert either.post(INBOUND, FORM).status_code in {500, 503}
        # A full disk looks the same from outside: why is for those who run the service.
        assert [one["because"] for one in logged if one["event"] == "database not to be had"]
    assert either.post(INBOUND, FORM).status_code == 204
    assert len(either.clinic.rows("inbound")) == 1


def test_a_reply_is_credited_whenever_it_is_read(either: Provider) -> None:
    patient = either.clinic.patient()
    either.clinic.live(hours=24)
    number = open_phone(either.clinic.store.keyring, patient)
    assert either.post(INBOUND, FORM | {"From": number}).status_code == 204
    read_replies(either.clinic.runtime)
    (night,) = either.clinic.rows("night_summary", night=date(2026, 11, 21))
    assert night.severity == 7
