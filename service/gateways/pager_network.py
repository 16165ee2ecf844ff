"""The real pager: signed POSTs over HTTPS, e-mail over SMTP with TLS. Each has a deadline and follows no redirect."""

import asyncio
import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

import aiohttp

from service.domain.paging import Hook, signature
from service.gateways.pager import PageError

DEADLINE_S = 10.0
SIGNATURE_HEADER = "Evenfall-Signature"
# On this port TLS begins with the connection; on any other, by STARTTLS.
TLS_PORT = 465
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where e-mail is handed in, and from which address. No `user`: it asks for no sign-in."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""


class NetworkPager:
    """Pages over the network; without a mail server no e-mail leaves."""

    def __init__(self, server: MailServer | None) -> None:
        self._server = server

    def post(self, hook: Hook, body: bytes, at: datetime) -> None:
        """POST a notice; anything but a 2xx within 10 s is a PageError."""
        headers = {
            "Content-Type": "application/json",
            SIGNATURE_HEADER: signature(hook.secret, body, at),
        }
        try:
            status = asyncio.run(_post(hook.url, body, headers))
        except TimeoutError:
            raise PageError(f"It did not answer within {DEADLINE_S:.0f} s.") from None
        except (aiohttp.ClientError, OSError, ValueError) as fault:
            raise PageError(f"It could not be reached ({type(fault).__name__}).") from None
        if 300 <= status < 400:
            raise PageError(f"It answered {status}, a redirect; enter the address it leads to.")
        if not 200 <= status < 300:
            raise PageError(f"It answered {status}.")

    def mail(self, to: str, subject: str, body: str) -> None:
        """Hand in one e-mail; 10 s for each step of it."""
        if self._server is None:
            raise PageError("No mail server is set up; whoever runs the service can do that.")
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._server.sender, to, subject
        message.set_content(body)
        try:
            _hand_in(self._server, message)
        except smtplib.SMTPRecipientsRefused:
            raise PageError("The mail server refused this address.") from None
        except smtplib.SMTPAuthenticationError:
            raise PageError("The mail server refused our sign-in.") from None
        except (smtplib.SMTPException, OSError) as fault:
            raise PageError(f"The mail server did not take it ({type(fault).__name__}).") from None


async def _post(url: str, body: bytes, headers: dict[str, str]) -> int:
    limit = aiohttp.ClientTimeout(total=DEADLINE_S)
    async with (
        aiohttp.ClientSession(timeout=limit) as session,
        session.post(url, data=body, headers=headers, allow_redirects=False) as answer,
    ):
        # What it says is nobody's business: it may be an address inside the clinic's own network.
        return answer.status


def _hand_in(server: MailServer, message: EmailMessage) -> None:
    at = (server.host, server.port)
    context = ssl.create_default_context()
    if server.port == TLS_PORT:
        session: smtplib.SMTP = smtplib.SMTP_SSL(*at, timeout=DEADLINE_S, context=context)
    else:
        session = smtplib.SMTP(*at, timeout=DEADLINE_S)
    with session:
        # A relay on this very machine may do without; nothing goes over a wire in the clear.
        if server.port != TLS_PORT and server.host not in LOOPBACK:
            session.starttls(context=context)
        if server.user:
            session.login(server.user, server.password)
        session.send_message(message)
