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

UTC_SUFFIX = "+00:00"


class UTCDateTime(TypeDecorator[datetime]):
    """An instant. Naive input is refused; what comes back is aware, in UTC, on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        """Give the database an instant in UTC, in one call each: planning writes several a patient."""
        return _as_text if dialect.name == "sqlite" else _in_utc

    def result_processor(
        self, dialect: Dialect, _coltype: object
    ) -> Callable[[Any], datetime | None]:
        """Give every instant back aware and in UTC, in one call each: planning reads dozens a patient."""
        return _from_text if dialect.name == "sqlite" else _in_utc


def _in_utc(instant: datetime | None) -> datetime | None:
    if instant is None:
        return None
    if instant.tzinfo is None:
        raise ValueError("a naive datetime is no instant")
    return instant.astimezone(UTC)


def _as_text(instant: datetime | None) -> str | None:
    """As SQLite keeps it: without a zone, so that texts are in the order of their instants."""
    utc = _in_utc(instant)
    return utc.isoformat(" ", "microseconds").removesuffix(UTC_SUFFIX) if utc else None


def _from_text(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text + UTC_SUFFIX) if text else None


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
