"""All tables together, for migrations: importing them is what registers them."""

from service.store.tables import audit, inbox, outbox, paging, people, planning, replies, summaries
from service.store.tables.base import Base

METADATA = Base.metadata
MODULES = (audit, inbox, outbox, paging, people, planning, replies, summaries)
