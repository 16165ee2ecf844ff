"""Twilio: the SDK's client over our own asynchronous HTTP client. Nothing is retried here; the outbox decides that."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

import aiohttp
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from service.domain.delivery import PROVIDER_STATES, State
from service.domain.exchange import Accepted, Found, Inbound, Outcome, Receipt, SendError, Text
from service.domain.provider_codes import CodeClass, meaning, refused
from service.gateways.twilio_http import AnswerTooLongError, AsyncClient, RefusedError

# The provider keeps a text for 60 to 36,000 s (Message resource, ValidityPeriod).
SHORTEST_VALIDITY_S, LONGEST_VALIDITY_S = 60, 36_000
FOUND_AT_MOST = 20
LONGEST_SID = 64
TOO_MANY = 20429
# What a failed request raises. The last five: the SDK takes any answer for JSON, and any JSON for an object.
FAULTS = (
    RefusedError,
    AnswerTooLongError,
    TwilioException,
    aiohttp.ClientError,
    TimeoutError,
    ValueError,
    AttributeError,
    TypeError,
    LookupError,
    RecursionError,
)
# A request that failed before it was sent: nothing left us. The narrow classes first.
UNREACHED: tuple[tuple[type[Exception], str], ...] = (
    (aiohttp.ClientConnectorDNSError, "The provider’s address could not be found"),
    (aiohttp.ClientSSLError, "The connection to the provider could not be made secure"),
    (aiohttp.ClientConnectorError, "The provider could not be reached"),
    (aiohttp.ConnectionTimeoutError, "The provider could not be reached in time"),
)
# One that failed later: the text may be under way.
IN_DOUBT: tuple[tuple[type[Exception], str], ...] = (
    (TimeoutError, "The provider’s answer did not come in time"),
    (AnswerTooLongError, "The provider’s answer had no end"),
    (aiohttp.ClientResponseError, "The provider’s answer was not HTTP"),
    (aiohttp.ClientError, "The connection broke before the provider’s answer was complete"),
    (Exception, "The provider’s answer could not be read"),
)


@dataclass(frozen=True, slots=True)
class Account:
    """How to reach the account; `callback_url` ends in a slash and gets the text's token."""

    sid: str
    token: str
    messaging_service: str
    base_url: str
    callback_url: str


class TwilioGateway:
    """Sends through a messaging service; receipts and replies come by webhook."""

    name = "twilio"

    def __init__(self, account: Account, concurrency: int) -> None:
        self._account = account
        self._concurrency = concurrency
        self._clients: dict[asyncio.AbstractEventLoop, Client] = {}
        self._told: tuple[datetime, float] | None = None

    @property
    def told_time(self) -> tuple[datetime, float] | None:
        """The provider's time by its last answer (UTC), and our steady seconds then."""
        told = [client.http_client.told_time for client in [*self._clients.values()]]
        return max(filter(None, [self._told, *told]), key=lambda one: one[1], default=None)

    def _connected(self) -> Client:
        """The running loop's client, made on first use: its session belongs to that loop, and the sender and whoever
        reconciles each have their own."""
        loop = asyncio.get_running_loop()
        if loop not in self._clients:
            account = self._account
            http = AsyncClient(account.base_url, self._concurrency)
            self._clients[loop] = Client(account.sid, account.token, http_client=http)
        return self._clients[loop]

    async def send(self, texts: Sequence[Text]) -> AsyncIterator[Outcome]:
        """Post all texts at once, yielding each outcome as soon as it is known."""
        if len(texts) == 1:
            # As the pipeline sends: it needs no tasks of its own to be raced.
            yield await self._post(texts[0])
            return
        posts = [asyncio.ensure_future(self._post(text)) for text in texts]
        for post in asyncio.as_completed(posts):
            yield await post

    async def _post(self, text: Text) -> Outcome:
        left = int((text.not_after - text.sent_at).total_seconds())
        try:
            message = await self._connected().messages.create_async(
                to=text.to,
                body=text.body,
                messaging_service_sid=self._account.messaging_service,
                status_callback=self._account.callback_url + text.token,
                validity_period=max(SHORTEST_VALIDITY_S, min(left, LONGEST_VALIDITY_S)),
            )
        except FAULTS as fault:
            return _verdict(text.token, fault)
        if not _is_name(message.sid):
            reason = "The provider’s answer named no message; the text may have left us."
            return SendError(text.token, CodeClass.UNKNOWN, None, reason)
        return Accepted(text.token, message.sid)

    async def find(self, to: str, since: datetime) -> Sequence[Found]:
        """The newest messages to a number; a fault finds nothing, which proves nothing."""
        try:
            listed = await self._connected().messages.list_async(
                to=to, limit=FOUND_AT_MOST, page_size=FOUND_AT_MOST
            )
            return [_found(message) for message in listed if _is_of(message, since)]
        except FAULTS:
            return []

    async def look_up(self, sids: Sequence[str], now: datetime) -> Sequence[Receipt]:
        """What became of messages, one request after the other: nobody waits for this."""
        return [told for sid in sids if (told := await self._look_up(sid, now)) is not None]

    async def _look_up(self, sid: str, now: datetime) -> Receipt | None:
        try:
            message = await self._connected().messages(sid).fetch_async()
        except FAULTS:
            return None
        code = message.error_code
        return Receipt("", sid, _state(message), code if isinstance(code, int) else None, now)

    def drain(self, now: datetime) -> Sequence[Receipt | Inbound]:
        """Nothing: webhooks bring receipts and replies."""
        del now
        return []

    def next_event(self) -> datetime | None:
        """Unknown: the provider speaks when it speaks."""
        return None

    async def close(self) -> None:
        """Give up the running loop's connections."""
        self._told = self.told_time
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.http_client.close()


def _is_name(sid: Any) -> bool:
    return (
        isinstance(sid, str) and sid.isascii() and sid.isprintable() and 0 < len(sid) <= LONGEST_SID
    )


def _is_of(message: Any, since: datetime) -> bool:
    """Whether a listed message has a name and may have come after an instant: unsent ones may lack a date."""
    created = message.date_created
    return _is_name(message.sid) and (created is None or created >= since.replace(microsecond=0))


def _found(message: Any) -> Found:
    return Found(message.sid, str(message.body or ""), message.date_created, _state(message))


def _state(message: Any) -> State:
    return PROVIDER_STATES.get(str(message.status), State.ACCEPTED)


def _verdict(token: str, fault: Exception) -> SendError:
    """What a failed request means."""
    if isinstance(fault, RefusedError):
        too_many = fault.status == HTTPStatus.TOO_MANY_REQUESTS
        code = fault.code or (TOO_MANY if too_many else None)
        kind = refused(code or 0, fault.status)
        reason = _reason(code, fault.status)
        return SendError(token, kind, code, reason, retry_after_s=fault.retry_after_s)
    for class_, said in UNREACHED:
        if isinstance(fault, class_):
            reason = f"{said}; nothing left us."
            return SendError(token, CodeClass.TRANSIENT, None, reason, reached=False)
    said = next(said for class_, said in IN_DOUBT if isinstance(fault, class_))
    return SendError(token, CodeClass.UNKNOWN, None, f"{said}; the text may have left us.")


def _reason(code: int | None, status: int) -> str:
    if code:
        return meaning(code).sentence
    if status < 400:
        return (
            f"The provider’s address sent us elsewhere (HTTP {status}); the text may have left us."
        )
    return f"The provider answered with HTTP {status}."
