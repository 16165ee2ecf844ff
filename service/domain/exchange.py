"""What goes out to a provider and what comes back: plain values, the same for every gateway."""

from dataclasses import dataclass
from datetime import datetime

from service.domain.delivery import State
from service.domain.provider_codes import CodeClass


@dataclass(frozen=True, slots=True)
class Text:
    """One text on its way out. `token` is its public name; `to` and `sender` are E.164 numbers."""

    token: str
    to: str
    sender: str
    body: str
    not_after: datetime
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took the text and named it."""

    token: str
    provider_sid: str


@dataclass(frozen=True, slots=True)
class SendError:
    """The provider did not take the text, or nothing can be said (`kind` UNKNOWN). The verdict travels with it.

    `reached`: the provider was there to refuse it. `retry_after_s`: how long it asks us to rest.
    """

    token: str
    kind: CodeClass
    code: int | None
    reason: str
    reached: bool = True
    retry_after_s: float | None = None


Outcome = Accepted | SendError


@dataclass(frozen=True, slots=True)
class Found:
    """A text the provider knows of, for reconciling."""

    provider_sid: str
    body: str
    created_at: datetime | None
    state: State


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a text: by our token where the provider gave it back, else by its own id."""

    token: str
    provider_sid: str
    state: State
    error_code: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Inbound:
    """A text from a phone. `sender` and `to` are E.164; `body` is as it came, already cut to what is stored."""

    provider_sid: str
    sender: str
    to: str
    body: str
    at: datetime
    media: int = 0
