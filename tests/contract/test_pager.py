"""The pager over real connections: what a webhook and a mail server get, and every way they go wrong, in words."""

import json
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from service.domain.paging import Hook, signature
from service.gateways import pager_network
from service.gateways.pager import PageError
from service.gateways.pager_network import MailServer, NetworkPager

NOW = datetime(2026, 11, 21, 3, 12, tzinfo=UTC)
SECRET = "a secret of twenty and more"
BODY = b'{"event": "test"}'


@dataclass
class Hooked:
    """A webhook on loopback: what it got, and how it answers. `holds`: only once it is let go."""

    url: str
    status: int = 204
    holds: bool = False
    let_go: threading.Event = field(default_factory=threading.Event)
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def hooked() -> Iterator[Hooked]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            there.got.append((self.path, dict(self.headers), body))
            if there.holds:
                there.let_go.wait(10)
            self.send_response(there.status)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    there = Hooked(f"http://127.0.0.1:{server.server_port}/hook")
    with serving(server):
        yield there
        there.let_go.set()


@dataclass
class Mailbox:
    """A mail server on loopback that speaks as much SMTP as is needed. `refuses`: what it says to RCPT."""

    port: int
    refuses: str = ""
    greets: str = "220 here"
    got: list[str] = field(default_factory=list)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say(there.greets)
            for line in self.rfile:
                word = line.split(b" ")[0].strip().upper()
                if word == b"DATA":
                    self.say("354 go on")
                    there.got.append(b"".join(iter(self.rfile.readline, b".\r\n")).decode())
                is_refused = word == b"RCPT" and there.refuses
                said = "221 bye" if word == b"QUIT" else "250 fine"
                self.say(there.refuses if is_refused else said)

        def say(self, words: str) -> None:
            self.wfile.write(f"{words}\r\n".encode())

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    there = Mailbox(server.server_address[1])
    with serving(server):
        yield there


class serving:  # noqa: N801 (a context manager)
    """The server in a thread of its own, closed at the end."""

    def __init__(self, server: socketserver.BaseServer) -> None:
        self._server = server
        self._thread = threading.Thread(target=server.serve_forever, args=[0.01], daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def mail(mailbox: Mailbox, to: str = "oncall@example.org") -> None:
    server = MailServer("127.0.0.1", mailbox.port, "evenfall@example.org")
    NetworkPager(server).mail(to, "Northside: a RED alert waits, 0 min", "Sign in: “I have it”\n")


def test_a_webhook_gets_a_signed_notice(hooked: Hooked) -> None:
    NetworkPager(None).post(Hook(hooked.url, SECRET), BODY, NOW)
    ((path, headers, body),) = hooked.got
    assert (path, body) == ("/hook", BODY)
    assert json.loads(body)["event"] == "test"
    assert headers["Content-Type"] == "application/json"
    assert headers["Evenfall-Signature"] == signature(SECRET, BODY, NOW)


@pytest.mark.parametrize(
    ("status", "why"), [(302, "redirect"), (404, "answered 404"), (503, "answered 503")]
)
def test_anything_but_success_is_told_and_no_redirect_followed(
    hooked: Hooked, status: int, why: str
) -> None:
    hooked.status = status
    with pytest.raises(PageError, match=why):
        NetworkPager(None).post(Hook(hooked.url, SECRET), BODY, NOW)
    assert [path for path, _, _ in hooked.got] == ["/hook"]


def test_a_webhook_that_does_not_answer_is_not_waited_for(
    hooked: Hooked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pager_network, "DEADLINE_S", 0.2)
    hooked.holds = True
    with pytest.raises(PageError, match="did not answer within"):
        NetworkPager(None).post(Hook(hooked.url, SECRET), BODY, NOW)


def test_a_webhook_that_is_not_there_is_told_without_its_address() -> None:
    with pytest.raises(PageError, match="could not be reached") as told:
        NetworkPager(None).post(Hook("http://127.0.0.1:1/hook", SECRET), BODY, NOW)
    assert "127.0.0.1" not in str(told.value)


def test_an_e_mail_is_handed_in(mailbox: Mailbox) -> None:
    mail(mailbox)
    (message,) = mailbox.got
    assert "To: oncall@example.org" in message
    assert "From: evenfall@example.org" in message
    assert "Subject: Northside: a RED alert waits, 0 min" in message


def test_an_address_that_is_refused_is_told_so(mailbox: Mailbox) -> None:
    mailbox.refuses = "550 nobody of that name"
    with pytest.raises(PageError, match="refused this address") as told:
        mail(mailbox)
    assert "nobody" not in str(told.value)


def test_a_mail_server_that_will_not(mailbox: Mailbox) -> None:
    mailbox.greets = "421 busy"
    with pytest.raises(PageError, match="did not take it"):
        mail(mailbox)


def test_nothing_is_mailed_in_the_clear_over_a_wire(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As any other machine's name would be: one that offers no STARTTLS gets nothing.
    monkeypatch.setattr(pager_network, "LOOPBACK", frozenset())
    with pytest.raises(PageError, match="did not take it"):
        mail(mailbox)
    assert mailbox.got == []


def test_without_a_mail_server_no_e_mail_leaves() -> None:
    with pytest.raises(PageError, match="No mail server"):
        NetworkPager(None).mail("oncall@example.org", "x", "y")
