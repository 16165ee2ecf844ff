"""What workers are asked to do, by name. Each may be done twice or by several at once: the rows decide."""

from collections.abc import Callable, Mapping
from typing import Final

from service.clinic_life import look_after_all, settle
from service.flows.page_staff import page_staff
from service.flows.reconcile import reconcile
from service.flows.take_reply import read_all
from service.runtime import Runtime
from service.store.alarm_clocks import Shard

SHARDS: Final = 8
"""Into so many parts planning is cut: more workers than this plan no faster."""


def plan(runtime: Runtime, shard: int) -> None:
    """Close what has ended and plan what is due, for one part of the patients."""
    look_after_all(runtime, Shard(shard, SHARDS))


JOBS: Final[Mapping[str, Callable[..., object]]] = {
    "plan": plan,
    "read": read_all,
    "page": page_staff,
    "reconcile": reconcile,
    "settle": settle,
}
"""Called with the Runtime and the arguments of the job."""
