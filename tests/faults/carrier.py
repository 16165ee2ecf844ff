"""The provider's other half: what patients write and what becomes of texts, posted until it is answered 2xx."""

import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPException
from queue import Empty, PriorityQueue
from random import Random
from urllib.error import HTTPError

from service.clock import Clock
from tests.faults.history import Outside, token_of
from tests.faults.invariants import RANK
from tests.twilio_stub import TwilioStub, post_signed

HANDS, AGAIN_S, BEAT_S = 3, 0.05, 0.01
# At once, or when the lease of a text whose answer was never recorded has run out.
TOLD_AFTER_S = (0.0, 0.0, 1.8)
# What the provider tells of a text, one after the other, in the order in which it may come.
FATES = (
    ("sent", "delivered"),
    ("delivered", "sent"),
    ("sent", "delivered", "delivered"),
    ("sent", "undelivered"),
)


@dataclass(order=True)
class Letter:
    """One thing to post `at` an instant (s, monotonic), and what is posted so many seconds after it.

    `stops`: whose STOP it is; `cries`: it speaks of danger.
    """

    at: float
    url: str = field(compare=False)
    form: Mapping[str, str] = field(compare=False)
    then: "Letter | None" = field(compare=False, default=None)
    stops: str = field(compare=False, default="")
    cries: bool = field(compare=False, default=False)


@dataclass
class Carrier:
    """Posts letters by several hands, and tells of every text that the provider takes. What was answered is kept."""

    provider: TwilioStub
    chance: Random
    letters: PriorityQueue[Letter] = field(default_factory=PriorityQueue)
    guard: threading.Lock = field(default_factory=threading.Lock)
    closing: threading.Event = field(default_factory=threading.Event)
    clock: Clock = field(default_factory=Clock)
    under_way: int = 0
    heard_of: int = 0
    refused: Counter[int] = field(default_factory=Counter)  # by HTTP status, 0: no answer
    posted: set[str] = field(default_factory=set)
    acknowledged: set[str] = field(default_factory=set)
    cries: set[str] = field(default_factory=set)
    stops: dict[str, datetime] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)

    def add(self, letters: Sequence[Letter]) -> None:
        """Post these when their time comes."""
        with self.guard:
            self.under_way += len(letters)
        for letter in letters:
            self.letters.put(letter)

    def is_done(self) -> bool:
        """Whether everything was answered 2xx, and everything told of the texts taken so far."""
        with self.guard:
            return not self.under_way and self.heard_of == len(self.provider.taken)

    def outside(self, wanted: Sequence[str]) -> Outside:
        """What the checker needs to know."""
        return Outside(
            self.provider.taken,
            wanted,
            self.posted,
            self.acknowledged,
            self.cries,
            self.stops,
            self.told,
        )

    def work(self) -> None:
        """What each hand does until the carrier closes."""
        while not self.closing.is_set():
            self._look()
            try:
                letter = self.letters.get(timeout=BEAT_S)
            except Empty:
                continue
            if letter.at > time.monotonic():
                self.letters.put(letter)
                self.closing.wait(BEAT_S)
            elif self._post(letter):
                self._note(letter)
            else:
                letter.at = time.monotonic() + AGAIN_S
                self.letters.put(letter)

    def _look(self) -> None:
        with self.guard:
            fresh = self.provider.taken[self.heard_of :]
            self.heard_of += len(fresh)
            self.under_way += len(fresh)
        for message in fresh:
            self.letters.put(self._fate(message))

    def _fate(self, message: Mapping[str, str]) -> Letter:
        following = None
        for status in reversed(self.chance.choice(FATES)):
            form = {"MessageSid": message["sid"], "MessageStatus": status, "To": message["to"]}
            form |= {"ErrorCode": "30005"} if status == "undelivered" else {}
            following = Letter(0.0, message["callback"], form, following)
        assert following is not None
        following.at = time.monotonic() + self.chance.choice(TOLD_AFTER_S)
        return following

    def _post(self, letter: Letter) -> bool:
        with self.guard:
            if "Body" in letter.form:
                self.posted.add(letter.form["MessageSid"])
        try:
            return post_signed(letter.url, letter.form) < 300
        except HTTPError as refusal:
            status = refusal.code
            refusal.close()
        except (OSError, HTTPException):
            status = 0
        with self.guard:
            self.refused[status] += 1
        return False

    def _note(self, letter: Letter) -> None:
        form = letter.form
        with self.guard:
            if "Body" in form:
                self.acknowledged.add(form["MessageSid"])
                if letter.cries:
                    self.cries.add(form["MessageSid"])
                if letter.stops:
                    self.stops.setdefault(letter.stops, self.clock.wall())
            else:
                token = token_of({"callback": letter.url})
                known = self.told.get(token, "planned")
                self.told[token] = max(known, form["MessageStatus"], key=RANK.__getitem__)
            if letter.then is None:
                self.under_way -= 1
        if letter.then is not None:
            letter.then.at += time.monotonic()
            self.letters.put(letter.then)


@contextmanager
def carrying(provider: TwilioStub, chance: Random) -> Iterator[Carrier]:
    """A carrier at work until the block ends."""
    carrier = Carrier(provider, chance)
    hands = [threading.Thread(target=carrier.work) for _ in range(HANDS)]
    for hand in hands:
        hand.start()
    try:
        yield carrier
    finally:
        carrier.closing.set()
        for hand in hands:
            hand.join()
