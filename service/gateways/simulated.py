"""The simulated phone: a carrier in this process, product for the demo and test double in one."""

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from service.domain.delivery import State
from service.domain.exchange import Accepted, Found, Inbound, Outcome, Receipt, SendError, Text
from service.domain.provider_codes import CodeClass, meaning, refused

# The provider's test numbers and the code each is refused with (its test-credentials page; unverified).
MAGIC_NUMBERS = {
    "+15005550001": 21211,
    "+15005550002": 21612,
    "+15005550003": 21408,
    "+15005550004": 21610,
    "+15005550008": 21611,
    "+15005550009": 21614,
}
SENT_AFTER = timedelta(seconds=1)
DELIVERED_AFTER = timedelta(seconds=3)

# What a simulated person answers to a text: bodies, each after so long.
Answers = Callable[[Text], Iterable[tuple[timedelta, str]]]


@dataclass(frozen=True, slots=True)
class Fault:
    """How sending to a number goes wrong; every field is independent of the others."""

    refuse: int | None = None  # the request is refused with this code
    status: int = 400  # and this HTTP status
    unknown: bool = False  # the answer never reaches us, though the text goes out
    lost: bool = False  # the text vanishes: no receipt, no phone
    undelivered: int | None = None  # accepted, then undelivered with this code
    unconfirmed: bool = False  # accepted and sent, but no delivery receipt ever comes
    silent: bool = False  # the receipts never come: who wants to know has to ask
    delay_s: float = 0.0  # the provider takes so long to answer (real time)
    receipts: int = 1  # each receipt comes so often


NO_FAULT = Fault()


class SimulatedGateway:
    """Accepts texts, tells what becomes of them, and lets simulated people answer.

    Only scripted faults, pending receipts and people live in memory; what a phone shows is in the rows.
    """

    name = "simulated"
    told_time = None

    def __init__(self, answers: Answers | None = None) -> None:
        self.faults: dict[str, Fault] = {}
        self.ledger: list[tuple[Text, str]] = []
        self._answers = answers
        self._fates: dict[str, Receipt] = {}
        self._in_hand: set[str] = set()
        self._waiting: list[tuple[datetime, int, Receipt | Inbound]] = []
        self._order = itertools.count()
        self._numbered = itertools.count(1)

    async def send(self, texts: Sequence[Text]) -> AsyncIterator[Outcome]:
        """Take each text the way its number's fault says."""
        for text in texts:
            fault = self.faults.get(text.to, NO_FAULT)
            if fault.delay_s:
                await asyncio.sleep(fault.delay_s)
            yield self._take(text, fault)

    def _take(self, text: Text, fault: Fault) -> Outcome:
        code = fault.refuse or MAGIC_NUMBERS.get(text.to)
        if code is not None:
            return SendError(text.token, refused(code, fault.status), code, meaning(code).sentence)
        sid = f"SIM{next(self._numbered):08d}{text.token}"
        self.ledger.append((text, sid))
        if not fault.lost:
            self._deliver(text, sid, fault)
        if fault.unknown or fault.lost:
            return SendError(text.token, CodeClass.UNKNOWN, None, "The provider did not answer.")
        return Accepted(text.token, sid)

    def _deliver(self, text: Text, sid: str, fault: Fault) -> None:
        self._tell(Receipt(text.token, sid, State.SENT, None, text.sent_at + SENT_AFTER), fault)
        arrives = text.sent_at + DELIVERED_AFTER
        if fault.undelivered is not None:
            failed = Receipt(text.token, sid, State.UNDELIVERED, fault.undelivered, arrives)
            self._tell(failed, fault)
            return
        if not fault.unconfirmed:
            self._tell(Receipt(text.token, sid, State.DELIVERED, None, arrives), fault)
        if self._answers is not None and text.to not in self._in_hand:
            for number, (delay, body) in enumerate(self._answers(text)):
                self.text_from(text.to, text.sender, body, arrives + delay, f"{sid}R{number}")

    def pick_up(self, number: str) -> None:
        """A person holds this phone now: nobody simulated answers on it any more, nor what was under way."""
        if number in self._in_hand:
            return
        self._in_hand.add(number)
        self._waiting = [one for one in self._waiting if not _is_from(one[2], number)]
        heapq.heapify(self._waiting)

    def text_from(self, sender: str, to: str, body: str, at: datetime, sid: str) -> None:
        """Somebody texts us from `sender`, to be heard at `at`."""
        self._push(Inbound(sid, sender, to, body, at))

    def resume(self, under_way: Iterable[tuple[str, str, datetime]]) -> None:
        """Take up texts (token, provider id, accepted at) whose receipts a restart swallowed."""
        for token, sid, accepted_at in under_way:
            self._push(Receipt(token, sid, State.DELIVERED, None, accepted_at + DELIVERED_AFTER))

    async def find(self, to: str, since: datetime) -> Sequence[Found]:
        """What was taken for a number, the newest first."""
        return [
            Found(sid, text.body, text.sent_at, State.SENT)
            for text, sid in reversed(self.ledger)
            if text.to == to and text.sent_at >= since
        ]

    async def look_up(self, sids: Sequence[str], now: datetime) -> Sequence[Receipt]:
        """The last that was to be told of each text."""
        fates = [self._fates[sid] for sid in sids if sid in self._fates]
        return [fate for fate in fates if fate.at <= now]

    def drain(self, now: datetime) -> Sequence[Receipt | Inbound]:
        """Everything due by `now`, in the order it happens."""
        due = []
        while self._waiting and self._waiting[0][0] <= now:
            due.append(heapq.heappop(self._waiting)[2])
        return due

    def next_event(self) -> datetime | None:
        """When there will next be something to drain."""
        return self._waiting[0][0] if self._waiting else None

    async def close(self) -> None:
        """Nothing to give up."""

    def _tell(self, receipt: Receipt, fault: Fault) -> None:
        self._fates[receipt.provider_sid] = receipt
        for _ in range(0 if fault.silent else fault.receipts):
            self._push(receipt)

    def _push(self, event: Receipt | Inbound) -> None:
        heapq.heappush(self._waiting, (event.at, next(self._order), event))


def _is_from(event: Receipt | Inbound, number: str) -> bool:
    return isinstance(event, Inbound) and event.sender == number
