"""A provider on loopback: speaks Twilio's Messages API, goes wrong as told, and posts signed webhooks over HTTP."""

import base64
import contextlib
import json
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit
from urllib.request import Request, urlopen

from twilio.request_validator import RequestValidator

ACCOUNT, TOKEN, SERVICE = "AC" + "0" * 32, "a token for tests", "MG" + "1" * 32
CREATED = 201


@dataclass(frozen=True, slots=True)
class Mishap:
    """How one request goes wrong. `code`: refused with it; `body`: answered with this instead; `raw`: these bytes,
    for ever where `endless`, are all that is sent, one at a time every `drip_s` where that is given."""

    code: int | None = None
    status: int = CREATED
    body: bytes | None = None
    delay_s: float = 0.0
    drop: str = ""  # "before" or "after" the text was taken
    headers: tuple[tuple[str, str], ...] = ()
    raw: bytes = b""
    endless: bool = False
    drip_s: float = 0.0


@dataclass(slots=True)
class TwilioStub:
    """What was asked of the provider, and what it is told to do next."""

    server: ThreadingHTTPServer
    mishaps: deque[Mishap] = field(default_factory=deque)
    requests: list[dict[str, str]] = field(default_factory=list)
    taken: list[dict[str, str]] = field(default_factory=list)
    sent_bytes: int = 0
    in_flight: int = 0
    most_in_flight: int = 0
    thread: threading.Thread | None = None
    guard: Any = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def listen(self) -> None:
        self.server.server_activate()
        self.thread = threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.01}
        )
        self.thread.start()

    def close(self) -> None:
        if self.thread is not None:
            self.server.shutdown()
            self.thread.join()
        self.server.server_close()

    def count(self, change: int) -> None:
        with self.guard:
            self.in_flight += change
            self.most_in_flight = max(self.most_in_flight, self.in_flight)

    def next_mishap(self) -> Mishap:
        with self.guard:
            return self.mishaps.popleft() if self.mishaps else Mishap()

    def take(self, form: dict[str, str]) -> dict[str, str]:
        with self.guard:
            message = {
                "sid": f"SM{len(self.taken):032x}",
                "to": form["To"],
                "body": form["Body"],
                "callback": form["StatusCallback"],
                "date_created": time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime()),
                "status": "accepted",
                "direction": "outbound-api",
            }
            self.taken.append(message)
            return message

    def tell(self, message: Mapping[str, str], status: str, code: int | None = None) -> int:
        """Post what became of a message to the address it was sent with; the HTTP status."""
        form = {"MessageSid": message["sid"], "MessageStatus": status, "To": message["to"]}
        return post_signed(message["callback"], form | ({"ErrorCode": str(code)} if code else {}))


def post_signed(url: str, form: Mapping[str, str], token: str = TOKEN) -> int:
    """Post a form the way the provider does; the HTTP status."""
    signature = RequestValidator(token).compute_signature(url, dict(form))
    request = Request(url, urlencode(form).encode(), {"X-Twilio-Signature": signature})  # noqa: S310 (loopback)
    with urlopen(request, timeout=5) as answer:  # noqa: S310 (loopback)
        return int(answer.status)


class _Messages(BaseHTTPRequestHandler):
    """The Messages resource of one account."""

    stub: TwilioStub
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        form = dict(parse_qsl(self.rfile.read(length).decode(), keep_blank_values=True))
        self.stub.requests.append(form)
        self.stub.count(1)
        try:
            self._create(form)
        finally:
            self.stub.count(-1)

    def _create(self, form: dict[str, str]) -> None:
        if not self._allowed():
            return
        missing = {"To", "Body", "MessagingServiceSid", "StatusCallback", "ValidityPeriod"} - {
            *form
        }
        if missing:
            self._refuse(400, 21602)
            return
        mishap = self.stub.next_mishap()
        time.sleep(mishap.delay_s)
        if mishap.drop == "before":
            self._hang_up()
        elif mishap.raw:
            self._babble(mishap)
        elif mishap.body is None and (mishap.code is not None or mishap.status >= 300):
            self._refuse(mishap.status, mishap.code, mishap.headers)
        else:
            message = self.stub.take(form)
            if mishap.drop == "after":
                self._hang_up()
            else:
                body = mishap.body or json.dumps(message).encode()
                self._answer(mishap.status, body, mishap.headers)

    def _babble(self, mishap: Mishap) -> None:
        """Bytes that may be no HTTP, until they end or nobody listens."""
        pieces = [bytes([one]) for one in mishap.raw] if mishap.drip_s else [mishap.raw]
        with contextlib.suppress(OSError):
            for piece in pieces:
                self.wfile.write(piece)
                time.sleep(mishap.drip_s)
            filler = b"x" * 65_536
            while mishap.endless:
                self.wfile.write(filler)
                self.stub.sent_bytes += len(filler)
        self._hang_up()

    def do_GET(self) -> None:
        if not self._allowed():
            return
        mishap = self.stub.next_mishap()
        asked = parse_qs(urlsplit(self.path).query)
        if not asked:
            self._answer(mishap.status, mishap.body or json.dumps(self._named()).encode())
            return
        listed = [one for one in self.stub.taken if one["to"] == asked["To"][0]]
        page = {"messages": listed[::-1], "next_page_uri": None, "page": 0}
        self._answer(200, mishap.body or json.dumps(page).encode())

    def _named(self) -> dict[str, str]:
        sid = urlsplit(self.path).path.rsplit("/", 1)[1].removesuffix(".json")
        (message,) = [one for one in self.stub.taken if one["sid"] == sid]
        return message

    def _allowed(self) -> bool:
        given = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        resource = f"/2010-04-01/Accounts/{ACCOUNT}/Messages"
        if self.headers.get("Authorization") != f"Basic {given}":
            self._refuse(401, 20003)
            return False
        if not urlsplit(self.path).path.startswith((f"{resource}.json", f"{resource}/SM")):
            self._refuse(404, 20404)
            return False
        return True

    def _refuse(
        self, status: int, code: int | None, headers: tuple[tuple[str, str], ...] = ()
    ) -> None:
        fault = {"code": code, "message": "refused", "status": status, "more_info": ""}
        self._answer(status, json.dumps(fault).encode(), headers)

    def _answer(self, status: int, body: bytes, headers: tuple[tuple[str, str], ...] = ()) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _hang_up(self) -> None:
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Tests need no access log."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, *_: object) -> None:
        """Whoever asked has died, or hung up: that is their affair."""


@contextmanager
def twilio_stub(*, deaf: bool = False) -> Iterator[TwilioStub]:
    """A provider that listens on a port of its own until the block ends; a deaf one has the port, and listens when
    told to."""
    handler = type("Messages", (_Messages,), {})
    server = _Server(("127.0.0.1", 0), handler, bind_and_activate=False)
    server.server_bind()
    handler.stub = stub = TwilioStub(server)  # type: ignore[attr-defined]  # set on the class made here
    if not deaf:
        stub.listen()
    try:
        yield stub
    finally:
        stub.close()
