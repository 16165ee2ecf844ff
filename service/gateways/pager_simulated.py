"""The simulated pager: keeps what would have left, or refuses it; for the demo and for tests."""

from collections import deque
from datetime import datetime

from service.domain.paging import Hook
from service.gateways.pager import PageError

KEPT = 100


class SimulatedPager:
    """Nothing leaves: the last pages are kept here. `fault`: the sentence every page is refused with."""

    def __init__(self) -> None:
        self.posted: deque[tuple[Hook, bytes]] = deque(maxlen=KEPT)
        self.mailed: deque[tuple[str, str, str]] = deque(maxlen=KEPT)
        self.fault = ""

    def post(self, hook: Hook, body: bytes, at: datetime) -> None:
        """Keep a notice."""
        del at
        self._refuse()
        self.posted.append((hook, body))

    def mail(self, to: str, subject: str, body: str) -> None:
        """Keep an e-mail."""
        self._refuse()
        self.mailed.append((to, subject, body))

    def _refuse(self) -> None:
        if self.fault:
            raise PageError(self.fault)
