"""Questions asked, texts that came in, how they were read, and what was observed."""

from datetime import date

from sqlalchemy import Float, ForeignKey, Index, String, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column

from service.store.tables.base import (
    Base,
    Id,
    Instant,
    Json,
    JsonList,
    OfClinic,
    PatientId,
    Sealed,
    Token,
)


class Question(OfClinic, Base):
    """One question put to one patient: what it is about, and until when an answer counts in time.

    It has the token of the text that asks it.
    `version` is that of the programme which asks it.
    `about_date` is the night, dose date or test date in question. `follow_ups` are the texts still to be
    asked after it; `behind` is the text that waits behind a gate.
    """

    __tablename__ = "question"

    id: Mapped[Id]
    token: Mapped[str] = mapped_column(ForeignKey("outbox.token"), unique=True)
    patient_id: Mapped[PatientId]
    kind: Mapped[str] = mapped_column(String(16))
    answer_type: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(10))
    programme: Mapped[str | None] = mapped_column(String(40))
    version: Mapped[int | None]
    step: Mapped[str | None] = mapped_column(String(40))
    template: Mapped[str] = mapped_column(String(12))
    about: Mapped[str] = mapped_column(String(10))
    about_date: Mapped[date]
    night: Mapped[date]
    closes_after_s: Mapped[int]
    nudge_after_s: Mapped[int | None]
    asked_at: Mapped[Instant | None]
    asked_last_at: Mapped[Instant | None]
    closes_at: Mapped[Instant | None]
    nudge_at: Mapped[Instant | None]
    later_at: Mapped[Instant | None]
    laters: Mapped[int]
    reasked: Mapped[bool]
    answered_at: Mapped[Instant | None]
    valid: Mapped[bool]
    late: Mapped[bool]
    follow_ups: Mapped[JsonList]
    behind: Mapped[Json]

    __table_args__ = (Index(None, "patient_id", "state"), Index(None, "patient_id", "night"))


class InboundText(OfClinic, Base):
    """One text that came in, stored and committed before it is acknowledged, read afterwards.

    `review_state`: none, open (a person should look at it) or done. `read_attempts`: readings that failed.
    `handed_to`: the colleague (as an actor) whom somebody asked to look at it.
    """

    __tablename__ = "inbound"

    id: Mapped[Id]
    token: Mapped[Token]
    patient_id: Mapped[int | None] = mapped_column(ForeignKey("patient.id"))
    provider_sid: Mapped[str] = mapped_column(String(64), unique=True)
    sender: Mapped[Sealed]
    sender_index: Mapped[str] = mapped_column(String(32), index=True)
    recipient: Mapped[str] = mapped_column(String(16))
    body: Mapped[Sealed]
    media: Mapped[int]
    received_at: Mapped[Instant]
    read_at: Mapped[Instant | None]
    read_attempts: Mapped[int] = mapped_column(server_default="0")
    review_state: Mapped[str] = mapped_column(String(10))
    handed_to: Mapped[str | None] = mapped_column(String(80))
    question_id: Mapped[int | None] = mapped_column(ForeignKey("question.id"))

    __table_args__ = (
        Index(
            "ix_inbound_unread",
            "sender_index",
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
        Index(None, "patient_id", "received_at"),
        Index(
            "ix_inbound_open",
            "clinic_id",
            "id",
            sqlite_where=text("review_state = 'open'"),
            postgresql_where=text("review_state = 'open'"),
        ),
    )


# Written out, not bound: SQLite uses a partial index only where it can see the condition in the statement.
IS_OPEN = InboundText.review_state == literal_column("'open'")


class ReadIntent(OfClinic, Base):
    """One thing a reply was read to say, by which rules, and which question it answered."""

    __tablename__ = "reading"

    id: Mapped[Id]
    inbound_id: Mapped[int] = mapped_column(ForeignKey("inbound.id"), index=True)
    position: Mapped[int]
    intent: Mapped[str] = mapped_column(String(20))
    value: Mapped[str] = mapped_column(String(60))
    confidence: Mapped[float]
    rules: Mapped[str] = mapped_column(String(20))
    question_id: Mapped[int | None] = mapped_column(ForeignKey("question.id"))


class Observation(OfClinic, Base):
    """One answer that counts: a kind of question, the date it is about, a number and a word. Corrections replace it."""

    __tablename__ = "observation"

    id: Mapped[Id]
    token: Mapped[Token]
    patient_id: Mapped[PatientId]
    question_id: Mapped[int | None] = mapped_column(ForeignKey("question.id"))
    inbound_id: Mapped[int] = mapped_column(ForeignKey("inbound.id"))
    kind: Mapped[str] = mapped_column(String(16))
    intent: Mapped[str] = mapped_column(String(20))
    night: Mapped[date]
    about_date: Mapped[date]
    number: Mapped[float | None] = mapped_column(Float)
    word: Mapped[str] = mapped_column(String(60))
    at: Mapped[Instant]
    late: Mapped[bool]
    replaced: Mapped[bool]

    __table_args__ = (
        Index(None, "patient_id", "kind", "night"),
        Index(None, "patient_id", "night"),
    )
