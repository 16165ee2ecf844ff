"""What the flows are given: the store, a gateway, the clocks, a dispatcher, the clinics' content and a few choices."""

from dataclasses import dataclass

from service.clock import Clock
from service.dispatch.base import Dispatcher
from service.gateways.base import Gateway
from service.store.content import ContentShelf
from service.store.session import Store


@dataclass(frozen=True, slots=True)
class Choices:
    """Settings the flows act on. `send_rate` is segments a second for each sender, None without limit."""

    send_concurrency: int = 200
    send_rate: float | None = None
    provider_confirms_opt_out: bool = False


@dataclass(frozen=True, slots=True)
class Runtime:
    """One running service, built by boot; nothing in it is global."""

    store: Store
    gateway: Gateway
    clock: Clock
    dispatcher: Dispatcher
    shelf: ContentShelf
    choices: Choices
