"""Who is paged for a RED alert, and each page."""

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column

from service.store.tables.base import Base, Id, Instant, OfClinic, Sealed, Token


class OnCall(OfClinic, Base):
    """One contact of a clinic: a number, an e-mail address or a webhook, and in which line it is paged.

    `secret` signs a webhook's notices. `number_index` finds a number by its STOP; from `stopped_at` on it gets none.
    Rows stay for their pages: a contact taken off has `removed_at`.
    """

    __tablename__ = "on_call"

    id: Mapped[Id]
    token: Mapped[Token]
    channel: Mapped[str] = mapped_column(String(8))
    line: Mapped[str] = mapped_column(String(8))
    address: Mapped[Sealed]
    secret: Mapped[Sealed | None]
    number_index: Mapped[str | None] = mapped_column(String(32), index=True)
    added_at: Mapped[Instant]
    stopped_at: Mapped[Instant | None]
    removed_at: Mapped[Instant | None]

    __table_args__ = (Index(None, "clinic_id"),)


class StaffPage(OfClinic, Base):
    """One page: for an alert (None: a test) to a contact (None: the operator). The slot makes paging twice harmless.

    `due_at` is clinic time. `try_at` is real time: the next attempt, or, of one under way, when it is given up for
    lost and made again. A page by text is `handed` at once; what became of it stands in the outbox, under its slot.
    """

    __tablename__ = "staff_page"

    id: Mapped[Id]
    slot: Mapped[str] = mapped_column(String(80))
    alert_id: Mapped[int | None] = mapped_column(ForeignKey("alert.id"))
    on_call_id: Mapped[int | None] = mapped_column(ForeignKey("on_call.id"))
    step: Mapped[int]
    state: Mapped[str] = mapped_column(String(8))
    due_at: Mapped[Instant]
    try_at: Mapped[Instant]
    attempts: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(200))
    ended_at: Mapped[Instant | None]

    __table_args__ = (
        UniqueConstraint("clinic_id", "slot"),
        Index(None, "alert_id"),
        Index(None, "on_call_id"),
        # Few pages wait, however many lie behind them.
        Index(
            "ix_staff_page_waiting",
            "try_at",
            sqlite_where=text("state = 'due'"),
            postgresql_where=text("state = 'due'"),
        ),
    )


# Written out, not bound: SQLite uses a partial index only where it can see the condition in the statement.
IS_DUE = StaffPage.state == literal_column("'due'")
