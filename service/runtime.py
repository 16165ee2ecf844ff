"""What the flows are given: store, gateway, pager, clocks, a dispatcher, the clinics' content and a few choices."""

from dataclasses import dataclass, field
from pathlib import Path

from service.clock import Clock
from service.dispatch.base import Dispatcher
from service.domain.clock_doubt import ClockWatch
from service.domain.paging import Hook
from service.gateways.base import Gateway
from service.gateways.pager import Pager
from service.store.content import ContentShelf
from service.store.session import Store


@dataclass(frozen=True, slots=True)
class Choices:
    """Settings the flows act on. `send_rate` is segments a second for each sender, None without limit.

    `public_url`: where a page's link leads, without a slash at its end; `operator`: whom the service itself pages;
    `audit_heads`: the file of the settings, outside of the database, that keeps how far the audit trail's chains came.
    """

    send_concurrency: int = 200
    send_rate: float | None = None
    provider_confirms_opt_out: bool = False
    public_url: str = "http://127.0.0.1:8000"
    operator: Hook | None = None
    audit_heads: Path | None = None


@dataclass(frozen=True, slots=True)
class Runtime:
    """One running service, built by boot; nothing in it is global."""

    store: Store
    gateway: Gateway
    clock: Clock
    dispatcher: Dispatcher
    shelf: ContentShelf
    choices: Choices
    pager: Pager
    watch: ClockWatch = field(default_factory=ClockWatch)
