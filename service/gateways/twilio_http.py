"""The SDK's requests over one aiohttp session: one deadline, no retry, and no answer longer than an answer can be."""

import contextlib
import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit, urlunsplit

import aiohttp
from twilio.http import HttpClient
from twilio.http.response import Response

from service.clock import steady_seconds

OFFICIAL_URL = "https://api.twilio.com"
DEADLINE_S = 10.0
# Looking the address up and connecting, TLS included: what fails by then left nothing behind; later, it may have.
CONNECT_S = 5.0
# A page of 20 messages has about 40 kB; whatever is longer than this is no answer of the provider's.
LONGEST_ANSWER = 1 << 20
# Codes below this are HTTP statuses; those above the last fit no column, and mean nothing.
FIRST_CODE, LAST_CODE = 1000, 999_999

# Its INFO lines hold query strings, and those hold numbers.
logging.getLogger("twilio").setLevel(logging.WARNING)


class RefusedError(Exception):
    """The answer was none of success: HTTP status, the provider's code, and the rest it asks for where it does."""

    def __init__(self, status: int, code: int | None, retry_after_s: float | None) -> None:
        super().__init__(status, code)
        self.status, self.code, self.retry_after_s = status, code, retry_after_s


class AnswerTooLongError(Exception):
    """The answer did not end where any answer would."""


class AsyncClient(HttpClient):  # type: ignore[misc]  # the SDK ships no types
    """The SDK's requests over one aiohttp session, with a deadline of 10 s and no retry.

    The SDK's own asynchronous client ignores its timeout and repeats POSTs. A place in the pool is waited for
    within the deadline, so the pool is as large as what may be in flight.
    """

    def __init__(self, base_url: str, pool: int) -> None:
        super().__init__(logger=logging.getLogger("twilio"), is_async=True)
        self.told_time: tuple[datetime, float] | None = None
        self._base = None if base_url.rstrip("/") == OFFICIAL_URL else urlsplit(base_url)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=pool),
            timeout=aiohttp.ClientTimeout(total=DEADLINE_S, connect=CONNECT_S),
            # Unpacked by nobody, a small answer cannot become a large one.
            auto_decompress=False,
            headers={"Accept-Encoding": "identity"},
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
        """Make one request. RefusedError, AnswerTooLongError, aiohttp's exceptions and TimeoutError pass through."""
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
            self._hear_time(answer.headers.get("Date", ""))
            body = await _body(answer)
            if not answer.ok or answer.status >= 300:
                raise RefusedError(answer.status, _code(body), _rest(answer.headers))
            return Response(answer.status, body, answer.headers)

    def _hear_time(self, told: str) -> None:
        """The Date of an answer, to the second, and when it came."""
        with contextlib.suppress(ValueError, TypeError):
            self.told_time = (parsedate_to_datetime(told).astimezone(UTC), steady_seconds())

    def _target(self, url: str) -> str:
        if self._base is None:
            return url
        asked = urlsplit(url)
        path = self._base.path.rstrip("/") + asked.path
        return urlunsplit((self._base.scheme, self._base.netloc, path, asked.query, ""))

    async def close(self) -> None:
        """Give up the connections."""
        await self._session.close()


async def _body(answer: aiohttp.ClientResponse) -> str:
    """The body as text; what is no UTF-8 is no JSON either, and is found out there."""
    read = bytearray()
    async for piece in answer.content.iter_any():
        read += piece
        if len(read) > LONGEST_ANSWER:
            raise AnswerTooLongError
    return read.decode(errors="replace")


def _code(body: str) -> int | None:
    """The provider's code in the body of a refusal, where there is one."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return None
    code = told.get("code") if isinstance(told, dict) else None
    return code if isinstance(code, int) and FIRST_CODE <= code <= LAST_CODE else None


def _rest(headers: Mapping[str, str]) -> float | None:
    """The Retry-After of an answer in seconds; as an instant it counts from the answer's own date."""
    asked = headers.get("Retry-After", "")
    if asked.isascii() and asked.isdecimal():
        return float(asked)
    try:
        rest = parsedate_to_datetime(asked) - parsedate_to_datetime(headers.get("Date", ""))
    except (ValueError, TypeError):
        return None
    return max(0.0, rest.total_seconds())
