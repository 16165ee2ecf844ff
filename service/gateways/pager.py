"""The pager contract: one page by e-mail or to a webhook. Pages by text leave as any text does."""

from datetime import datetime
from typing import Protocol

from service.domain.paging import Hook


class PageError(Exception):
    """Why a page did not get through, as a sentence without an address or a secret."""


class Pager(Protocol):
    """A way pages leave. Nothing here opens a transaction; nothing retries. PageError where one did not get through."""

    def post(self, hook: Hook, body: bytes, at: datetime) -> None:
        """POST a JSON body, signed as of `at` (real time)."""
        ...

    def mail(self, to: str, subject: str, body: str) -> None:
        """Send an e-mail to one address."""
        ...
