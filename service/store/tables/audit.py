"""Who did what, and the few facts about the installation itself."""

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.store.tables.base import Base, Id, Instant, Json, OfClinic


class AuditEvent(OfClinic, Base):
    """One act of one person. Rows are only ever added; `about` is an opaque token, never a name."""

    __tablename__ = "audit_event"

    id: Mapped[Id]
    actor: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(40))
    about: Mapped[str] = mapped_column(String(80))
    details: Mapped[Json]
    at: Mapped[Instant]

    __table_args__ = (Index(None, "clinic_id", "at"),)


class AuditLink(OfClinic, Base):
    """The place of one act in its clinic's chain, from 1 on, given after its commit. Rows are only ever added."""

    __tablename__ = "audit_link"

    event_id: Mapped[int] = mapped_column(
        ForeignKey("audit_event.id"), primary_key=True, autoincrement=False
    )
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))

    __table_args__ = (UniqueConstraint("clinic_id", "number"),)


class Installation(Base):
    """One value of the installation by its name: the offset of clinic time, the zones' rules."""

    __tablename__ = "installation"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(200))
