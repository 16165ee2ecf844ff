"""Texts on their way out, what the provider told of them, and each sender's rate."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, and_, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column

from service.store.tables.base import Base, Id, Instant, OfClinic, Sealed, Token

# How texts seldom end, and what staff look for among many.
_STATES_AMISS = ("unknown", "expired", "undelivered", "failed", "cancelled")
_AMISS = f"state IN {_STATES_AMISS}"


class OutboxText(OfClinic, Base):
    """One text: a row before it is a request. The slot makes writing it twice harmless, whoever does it.

    `on_date` is the local date of the unmoved instant, `anchor` the text id the step named (which may stand
    behind a gate or a discreet twin), `template` the id that is really sent, `wording` the number of its published
    wording. `capped`: it counts for the caps. `episode_id`: the MissedEpisode it expired in. `asked_at`: when the
    provider was last asked what became of it. `seen_at`: when somebody put away that its fate is unknown.
    """

    __tablename__ = "outbox"

    id: Mapped[Id]
    token: Mapped[Token]
    patient_id: Mapped[int | None] = mapped_column(ForeignKey("patient.id"))
    inbound_id: Mapped[int | None] = mapped_column(ForeignKey("inbound.id", use_alter=True))
    slot: Mapped[str] = mapped_column(String(160))
    kind: Mapped[str] = mapped_column(String(12))
    lane: Mapped[int]
    priority: Mapped[str] = mapped_column(String(8))
    capped: Mapped[bool]
    programme: Mapped[str | None] = mapped_column(String(40))
    version: Mapped[int | None]
    step: Mapped[str | None] = mapped_column(String(40))
    night: Mapped[date | None]
    on_date: Mapped[date | None]
    anchor: Mapped[str | None] = mapped_column(String(12))
    template: Mapped[str | None] = mapped_column(String(12))
    wording: Mapped[int | None]
    asks: Mapped[str | None] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(2))
    recipient: Mapped[Sealed | None]
    sender: Mapped[str] = mapped_column(String(16))
    body: Mapped[Sealed | None]
    segments: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str | None] = mapped_column(String(24))
    detail: Mapped[str | None] = mapped_column(String(200))
    planned_at: Mapped[Instant]
    due_at: Mapped[Instant]
    not_after: Mapped[Instant]
    lease_until: Mapped[Instant | None]
    submitted_at: Mapped[Instant | None]
    accepted_at: Mapped[Instant | None]
    sent_at: Mapped[Instant | None]
    delivered_at: Mapped[Instant | None]
    ended_at: Mapped[Instant | None]
    provider_sid: Mapped[str | None] = mapped_column(String(64), unique=True)
    error_code: Mapped[int | None]
    attempts: Mapped[int]
    episode_id: Mapped[int | None]
    asked_at: Mapped[Instant | None]
    seen_at: Mapped[Instant | None]

    __table_args__ = (
        UniqueConstraint("clinic_id", "slot"),
        # The claim and the sweep look only at texts on their way, however many lie behind them.
        Index(
            "ix_outbox_waiting",
            "lane",
            "due_at",
            sqlite_where=text("state = 'planned'"),
            postgresql_where=text("state = 'planned'"),
        ),
        Index(
            "ix_outbox_uncertain",
            "lease_until",
            sqlite_where=text("state IN ('submitting', 'unknown')"),
            postgresql_where=text("state IN ('submitting', 'unknown')"),
        ),
        Index(
            "ix_outbox_unsettled",
            "accepted_at",
            sqlite_where=text("state IN ('accepted', 'sent')"),
            postgresql_where=text("state IN ('accepted', 'sent')"),
        ),
        Index(
            "ix_outbox_missed",
            "episode_id",
            sqlite_where=text("episode_id IS NOT NULL"),
            postgresql_where=text("episode_id IS NOT NULL"),
        ),
        Index(None, "patient_id", "night"),
        Index(None, "patient_id", "planned_at"),
        # The log, the newest first: what it is narrowed down by is read from the index, not from every text.
        Index("ix_outbox_log", "clinic_id", "planned_at", "kind", "programme", "patient_id"),
        Index(
            "ix_outbox_amiss",
            "clinic_id",
            "planned_at",
            sqlite_where=text(_AMISS),
            postgresql_where=text(_AMISS),
        ),
    )


class MissedEpisode(OfClinic, Base):
    """A time in which texts expired because the service could not send; `found_at` is when the last was found."""

    __tablename__ = "missed_episode"

    id: Mapped[Id]
    token: Mapped[Token]
    found_at: Mapped[Instant]
    seen_at: Mapped[Instant | None]

    __table_args__ = (Index(None, "clinic_id", "found_at"),)


# Written out, not bound: SQLite uses a partial index only where it can see the condition in the statement.
IS_PLANNED = OutboxText.state == literal_column("'planned'")
IS_UNCERTAIN = OutboxText.state.in_((literal_column("'submitting'"), literal_column("'unknown'")))
# Said twice, or the index of both would not be used for one of them.
IS_SUBMITTING = and_(IS_UNCERTAIN, OutboxText.state == literal_column("'submitting'"))
IS_UNKNOWN = and_(IS_UNCERTAIN, OutboxText.state == literal_column("'unknown'"))
IS_AMISS = OutboxText.state.in_([literal_column(f"'{state}'") for state in _STATES_AMISS])
IS_UNSETTLED = OutboxText.state.in_((literal_column("'accepted'"), literal_column("'sent'")))


class ReceiptEvent(Base):
    """One thing the provider told of one text, kept as it came."""

    __tablename__ = "receipt"

    id: Mapped[Id]
    outbox_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"))
    state: Mapped[str] = mapped_column(String(12))
    error_code: Mapped[int | None]
    at: Mapped[Instant]

    __table_args__ = (Index(None, "outbox_id"),)


class Sender(Base):
    """When each sender number is free again, for its rate; until when it rests for having been too fast."""

    __tablename__ = "sender"

    number: Mapped[str] = mapped_column(String(16), primary_key=True)
    next_free_at: Mapped[Instant]
    rests_until: Mapped[Instant | None]


class Channel(Base):
    """A gateway that was ever stopped. While `stopped_at` is set nothing leaves, but one text tried at `probe_at`.

    `until_delivered`: the trouble showed after texts had been accepted, so only one that arrives ends it.
    """

    __tablename__ = "channel"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    stopped_at: Mapped[Instant | None]
    resumed_at: Mapped[Instant | None]
    reason: Mapped[str | None] = mapped_column(String(200))
    until_delivered: Mapped[bool]
    probe_at: Mapped[Instant | None]
    probe_wait_s: Mapped[int]


class Halt(OfClinic, Base):
    """A time in which a clinic's texts do not leave, begun by a person or by a breaker; `ended_at` None: it stands.

    `everything`: not even what answers danger, STOP and HELP. `why` is sealed with the halt's token.
    """

    __tablename__ = "halt"

    id: Mapped[Id]
    token: Mapped[Token]
    cause: Mapped[str] = mapped_column(String(12))
    everything: Mapped[bool]
    why: Mapped[Sealed]
    begun_at: Mapped[Instant]
    begun_by: Mapped[str] = mapped_column(String(80))
    ended_at: Mapped[Instant | None]
    ended_by: Mapped[str | None] = mapped_column(String(80))

    __table_args__ = (
        Index(
            "ix_halt_standing",
            "clinic_id",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )


class ClinicHour(OfClinic, Base):
    """How many unsolicited texts of a clinic left since `began_at`, for at most an hour, and the most there may be."""

    __tablename__ = "clinic_hour"

    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"), primary_key=True)
    began_at: Mapped[Instant]
    texts: Mapped[int]
    most: Mapped[int]
