"""The gateway contract: what the flows may ask of a provider."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Protocol

from service.domain.exchange import Found, Inbound, Outcome, Receipt, Text


class Gateway(Protocol):
    """A way texts leave. Nothing here opens a transaction; nothing retries."""

    name: str

    @property
    def told_time(self) -> tuple[datetime, float] | None:
        """The provider's time by its last answer (UTC), and our steady seconds then; None where it told none."""
        ...

    def send(self, texts: Sequence[Text]) -> AsyncIterator[Outcome]:
        """Send, yielding each outcome as soon as it is known."""
        ...

    async def find(self, to: str, since: datetime) -> Sequence[Found]:
        """What the provider knows of our texts to a number, the newest first."""
        ...

    async def look_up(self, sids: Sequence[str], now: datetime) -> Sequence[Receipt]:
        """What the provider says at `now` has become of texts it named so; what it does not know is left out."""
        ...

    def drain(self, now: datetime) -> Sequence[Receipt | Inbound]:
        """What a simulated carrier has to say by `now`; empty where webhooks bring it."""
        ...

    def next_event(self) -> datetime | None:
        """When `drain` will next have something, so that a travelling clock can stop there."""
        ...

    async def close(self) -> None:
        """Give up the running event loop's connections."""
        ...
