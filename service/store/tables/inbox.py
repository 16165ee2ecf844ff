"""What people make of replies: meanings they assigned to one, and phrases they taught the reader."""

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.store.tables.base import (
    Base,
    Id,
    Instant,
    Json,
    OfClinic,
    PatientId,
    Sealed,
    Token,
)


class Correction(OfClinic, Base):
    """What a person said a reply means; the newest that was not undone is what counts.

    `kind` and `word` are the answer, None where it answers nothing. `before`: the rows it changed, as they were.
    """

    __tablename__ = "correction"

    id: Mapped[Id]
    token: Mapped[Token]
    patient_id: Mapped[PatientId]
    inbound_id: Mapped[int] = mapped_column(ForeignKey("inbound.id"), index=True)
    question_id: Mapped[int | None] = mapped_column(ForeignKey("question.id"))
    kind: Mapped[str | None] = mapped_column(String(16))
    intent: Mapped[str | None] = mapped_column(String(20))
    word: Mapped[str | None] = mapped_column(String(60))
    before: Mapped[Json]
    set_by: Mapped[str] = mapped_column(String(80))
    at: Mapped[Instant]
    undone_at: Mapped[Instant | None]
    undone_by: Mapped[str | None] = mapped_column(String(80))


class TaughtPhrase(OfClinic, Base):
    """A phrase that a clinic reads as a word of the closed list: proposed, live, refused or retired.

    `number` counts a clinic's phrases; readings made with one name it.
    """

    __tablename__ = "taught_phrase"

    id: Mapped[Id]
    token: Mapped[Token]
    number: Mapped[int]
    inbound_id: Mapped[int] = mapped_column(ForeignKey("inbound.id"))
    phrase: Mapped[Sealed]
    meaning: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(10))
    proposed_by: Mapped[str] = mapped_column(String(80))
    proposed_at: Mapped[Instant]
    reviewed_by: Mapped[str | None] = mapped_column(String(80))
    reviewed_at: Mapped[Instant | None]
    retired_by: Mapped[str | None] = mapped_column(String(80))
    retired_at: Mapped[Instant | None]

    __table_args__ = (UniqueConstraint("clinic_id", "number"),)
