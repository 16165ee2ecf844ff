"""Run by Alembic for every migration command; the connection comes from service/store/schema.py."""

from typing import Any, Literal

from alembic import context

from service.store.tables.base import UTCDateTime
from service.store.tables.metadata import METADATA


def _render(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    """A revision must not change when our own column type does."""
    return (
        "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UTCDateTime) else False
    )


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    render_item=_render,
)
with context.begin_transaction():
    context.run_migrations()
