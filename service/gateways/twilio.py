"""Twilio: the SDK's client over our own asynchronous HTTP client. Nothing is retried here; the outbox decides that."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit, urlunsplit

import aiohttp
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client

from service.domain.delivery import PROVIDER_STATES, State
from service.domain.exchange import Accepted, Found, Inbound, Outcome, Receipt, SendError, Text
from service.domain.provider_codes import CodeClass, meaning, refused

OFFICIAL_URL = "https://api.twilio.com"
DEADLINE_S = 10.0
# The provider keeps a text for 60 to 36,000 s (Message resource, ValidityPeriod).
SHORTEST_VALIDITY_S, LONGEST_VALIDITY_S = 60, 36_000
FOUND_AT_MOST = 20
# Codes below this are HTTP statuses: the SDK puts one there when the answer was not JSON.
FIRST_PROVIDER_CODE = 1000
# What a failed request raises. The last four: the SDK takes any answer for JSON, and any JSON for an object.
FAULTS = (
    TwilioException,
    aiohttp.ClientError,
    TimeoutError,
    ValueError,
    AttributeError,
    TypeError,
    KeyError,
)

# Its INFO lines hold query strings, and those hold numbers.
logging.getLogger("twilio").setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Account:
    """How to reach the account; `callback_url` ends in a slash and gets the text's token."""

    sid: str
    token: str
    messaging_service: str
    base_url: str
    callback_url: str


class AsyncClient(HttpClient):  # type: ignore[misc]  # the SDK ships no types
    """The SDK's requests over one aiohttp session, with a deadline of 10 s and no retry.

    The SDK's own asynchronous client ignores its timeout and repeats POSTs. A place in the pool is waited for
    within the deadline, so the pool is as large as what may be in flight.
    """

    def __init__(self, base_url: str, pool: int) -> None:
        super().__init__(logger=logging.getLogger("twilio"), is_async=True)
        self._base = None if base_url.rstrip("/") == OFFICIAL_URL else urlsplit(base_url)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=pool),
            timeout=aiohttp.ClientTimeout(total=DEADLINE_S),
        )

    async def request(
        self,
        method: str,
        url: str,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 (the SDK passes None, which would mean no limit)
        allow_redirects: bool = False,
    ) -> Response:
        """Make one request; aiohttp's exceptions and TimeoutError pass through."""
        del timeout
        sent = dict(headers or {})
        if auth is not None:
            sent["Authorization"] = aiohttp.encode_basic_auth(*auth)
        async with self._session.request(
            method.upper(),
            self._target(url),
            params=params,
            data=data,
            headers=sent,
            allow_redirects=allow_redirects,
        ) as answer:
            return Response(answer.status, await answer.text(), answer.headers)

    def _target(self, url: str) -> str:
        if self._base is None:
            return url
        asked = urlsplit(url)
        path = self._base.path.rstrip("/") + asked.path
        return urlunsplit((self._base.scheme, self._base.netloc, path, asked.query, ""))

    async def close(self) -> None:
        """Give up the connections."""
        await self._session.close()


class TwilioGateway:
    """Sends through a messaging service; receipts and replies come by webhook."""

    name = "twilio"

    def __init__(self, account: Account, concurrency: int) -> None:
        self._account = account
        self._concurrency = concurrency
        self._http: AsyncClient | None = None
        self._client: Client | None = None

    def _connected(self) -> Client:
        """The client, made inside the running loop on first use: its session belongs to that loop."""
        if self._client is None:
            account = self._account
            self._http = AsyncClient(account.base_url, self._concurrency)
            self._client = Client(account.sid, account.token, http_client=self._http)
        return self._client

    async def send(self, texts: Sequence[Text]) -> AsyncIterator[Outcome]:
        """Post all texts at once, yielding each outcome as soon as it is known."""
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
        if not message.sid:
            return SendError(text.token, CodeClass.UNKNOWN, None, "The answer named no message.")
        return Accepted(text.token, message.sid)

    async def find(self, to: str, since: datetime) -> Sequence[Found]:
        """The newest messages to a number; a fault finds nothing, which proves nothing."""
        try:
            listed = await self._connected().messages.list_async(
                to=to, limit=FOUND_AT_MOST, page_size=FOUND_AT_MOST
            )
        except FAULTS:
            return []
        return [
            Found(
                message.sid,
                message.body or "",
                message.date_created,
                PROVIDER_STATES.get(str(message.status), State.ACCEPTED),
            )
            for message in listed
            if message.date_created is None or message.date_created >= since.replace(microsecond=0)
        ]

    def drain(self, now: datetime) -> Sequence[Receipt | Inbound]:
        """Nothing: webhooks bring receipts and replies."""
        del now
        return []

    def next_event(self) -> datetime | None:
        """Unknown: the provider speaks when it speaks."""
        return None

    async def close(self) -> None:
        """Give up the connections."""
        if self._http is not None:
            await self._http.close()
            self._http = self._client = None


def _verdict(token: str, fault: Exception) -> SendError:
    """What a failed request means. Narrow classes first: a connector error is an OSError like a reset."""
    if isinstance(fault, TwilioRestException | TwilioServiceException):
        code = fault.code if fault.code and fault.code >= FIRST_PROVIDER_CODE else None
        kind = refused(code or 0, fault.status)
        return SendError(token, kind, code, _reason(code, fault.status))
    if isinstance(fault, aiohttp.ClientConnectorError):
        reason = "The provider could not be reached; nothing left us."
        return SendError(token, CodeClass.TRANSIENT, None, reason)
    return SendError(token, CodeClass.UNKNOWN, None, "No answer came; the text may have left us.")


def _reason(code: int | None, status: int) -> str:
    return meaning(code).sentence if code else f"The provider answered with HTTP {status}."
