"""Numbers that are maintained: one row a patient-night, one standing a patient; and the alerts drawn from them."""

from datetime import date

from sqlalchemy import Float, ForeignKey, Index, String, and_, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column

from service.store.tables.base import Base, Id, Instant, Json, OfClinic, Sealed, Token


class NightSummary(OfClinic, Base):
    """What one patient-night came to. `state` is one of the five of the heat strip, or none_due."""

    __tablename__ = "night_summary"

    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"), primary_key=True)
    night: Mapped[date] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(13))
    severity: Mapped[float | None] = mapped_column(Float)
    onset: Mapped[str | None] = mapped_column(String(8))
    texts: Mapped[int]
    delivered: Mapped[int]
    handed: Mapped[int]
    counted: Mapped[int]
    answered: Mapped[int]
    late: Mapped[int]
    kept: Mapped[Json]
    closed: Mapped[bool]


class PatientStanding(OfClinic, Base):
    """Where a patient stands as of the last ended night. `figures` holds what the pages show beside it."""

    __tablename__ = "patient_standing"

    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"), primary_key=True)
    as_of: Mapped[date | None]
    rank: Mapped[int]
    last_reply_at: Mapped[Instant | None]
    figures: Mapped[Json]


_NOBODY_HAS = "tier = 'RED' AND closed_at IS NULL AND acknowledged_at IS NULL"


class Alert(OfClinic, Base):
    """Why a person is needed: a rule, since when, and the numbers or the reply behind it.

    `acknowledged_by`: who said they have it, which stops the pages; closing it is another act.
    """

    __tablename__ = "alert"

    id: Mapped[Id]
    token: Mapped[Token]
    patient_id: Mapped[int | None] = mapped_column(ForeignKey("patient.id"))
    inbound_id: Mapped[int | None] = mapped_column(ForeignKey("inbound.id"))
    rule: Mapped[str] = mapped_column(String(8))
    tier: Mapped[str] = mapped_column(String(5))
    evidence: Mapped[Json]
    opened_at: Mapped[Instant]
    closed_at: Mapped[Instant | None]
    closed_by: Mapped[str | None] = mapped_column(String(80))
    note: Mapped[Sealed | None]
    acknowledged_at: Mapped[Instant | None]
    acknowledged_by: Mapped[str | None] = mapped_column(String(80))

    __table_args__ = (
        Index(None, "clinic_id", "closed_at"),
        Index(None, "patient_id", "rule"),
        # The pager looks every two seconds.
        Index(
            "ix_alert_nobody_has",
            "clinic_id",
            sqlite_where=text(_NOBODY_HAS),
            postgresql_where=text(_NOBODY_HAS),
        ),
    )


# Written out, not bound: SQLite uses a partial index only where it can see the condition in the statement.
IS_NOBODYS = and_(
    Alert.tier == literal_column("'RED'"),
    Alert.closed_at.is_(None),
    Alert.acknowledged_at.is_(None),
)
