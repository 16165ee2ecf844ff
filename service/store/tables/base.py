"""What all tables share: column types, naming convention, and the clinic every reachable row belongs to."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    ForeignKey,
    LargeBinary,
    MetaData,
    String,
    TypeDecorator,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from schedules.recurrence import EPOCH, NAIVE_EPOCH


class UTCDateTime(TypeDecorator[datetime]):
    """An instant. Naive input is refused; what comes back is aware, in UTC, on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive datetimes; SQLite stores no zone, so it is given UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime is no instant")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[Any], datetime | None] | None:
        """Give every instant back aware and in UTC, in one call each: planning reads dozens a patient."""
        parsed = self.impl_instance.dialect_impl(dialect).result_processor(dialect, coltype)

        def in_utc(value: Any) -> datetime | None:
            instant: datetime | None = parsed(value) if parsed is not None else value
            if instant is None:
                return None
            # As instant.replace(tzinfo=UTC), which takes seven times as long.
            return (
                EPOCH + (instant - NAIVE_EPOCH)
                if instant.tzinfo is None
                else instant.astimezone(UTC)
            )

        return in_utc


JSON_TYPE = JSON().with_variant(JSONB(), "postgresql")

Id = Annotated[int, mapped_column(primary_key=True)]
Token = Annotated[str, mapped_column(String(32), unique=True)]
Instant = Annotated[datetime, mapped_column(UTCDateTime)]
Sealed = Annotated[bytes, mapped_column(LargeBinary)]
Json = Annotated[dict[str, Any], mapped_column(JSON_TYPE)]
JsonList = Annotated[list[Any], mapped_column(JSON_TYPE)]
PatientId = Annotated[int, mapped_column(ForeignKey("patient.id"))]


class Base(DeclarativeBase):
    """All tables; one naming convention, so that constraints can be changed on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class OfClinic:
    """A row of one clinic. A transaction on behalf of a clinic sees no other clinic's rows of these tables."""

    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
