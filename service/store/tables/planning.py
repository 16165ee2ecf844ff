"""What a plan is made from: the patient's alarm clock, facts and pauses, and the clinic's programmes and texts."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from service.store.tables.base import Base, Id, Instant, Json, OfClinic, PatientId, Sealed, Token


class PatientCursor(OfClinic, Base):
    """When to look at a patient next: lower bounds, never late.

    `next_wake_at` is for anything at all, `next_slot_at` for the plan: until then it cannot have changed.
    `wordings` holds the date each wording of a step was last used on; `failures`, how often in a row no plan could
    be made; `changed_at`, from when on something that the plan reads was changed last.
    """

    __tablename__ = "patient_cursor"

    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"), primary_key=True)
    next_wake_at: Mapped[Instant] = mapped_column(index=True)
    next_slot_at: Mapped[Instant]
    open_night: Mapped[date | None]
    wordings: Mapped[Json]
    failures: Mapped[int] = mapped_column(server_default="0")
    changed_at: Mapped[Instant | None]


class PatientFact(OfClinic, Base):
    """One fact and the local dates it holds on (`valid_to` excluded). A change ends a row and begins another.

    `ended_note`: why a clinician released a hold; sealed with the patient's token.
    """

    __tablename__ = "patient_fact"

    id: Mapped[Id]
    patient_id: Mapped[PatientId]
    code: Mapped[str] = mapped_column(String(24))
    value: Mapped[str] = mapped_column(String(40))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    ended_note: Mapped[Sealed | None]
    set_by: Mapped[str] = mapped_column(String(80))
    at: Mapped[Instant]

    __table_args__ = (Index(None, "patient_id", "code"),)


class PatientPause(OfClinic, Base):
    """A time without planned texts; `until` is None for one without an end."""

    __tablename__ = "patient_pause"

    id: Mapped[Id]
    patient_id: Mapped[PatientId]
    start: Mapped[Instant]
    until: Mapped[Instant | None]
    set_by: Mapped[str] = mapped_column(String(80))
    at: Mapped[Instant]

    __table_args__ = (Index(None, "patient_id", "start"),)


class ProgrammeVersion(OfClinic, Base):
    """One version of one programme, as the TOML text it was published from. A published row never changes its text.

    `for_new`: only patients whose consent came after `effective_at` get it. `asked_…` and `approved_…`: who
    asked for a publication that weakens a safety gate, who allowed or refused it, and why.
    """

    __tablename__ = "programme_version"

    id: Mapped[Id]
    token: Mapped[Token]
    slug: Mapped[str] = mapped_column(String(40))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(Text)
    effective_at: Mapped[Instant | None]
    published_at: Mapped[Instant | None]
    published_by: Mapped[str | None] = mapped_column(String(80))
    for_new: Mapped[bool] = mapped_column(server_default=false())
    asked_by: Mapped[str | None] = mapped_column(String(80))
    asked_because: Mapped[str | None] = mapped_column(String(400))
    approved_by: Mapped[str | None] = mapped_column(String(80))
    approved_because: Mapped[str | None] = mapped_column(String(400))
    created_at: Mapped[Instant]

    __table_args__ = (UniqueConstraint("clinic_id", "slug", "number"),)


class ProgrammeDraft(OfClinic, Base):
    """One person's change of one programme that is not published, as it was typed last, faulty or not.

    `wordings` holds changed bodies by "text language"; `unread`, by step, the entries of its form that the file
    cannot say; `step` where the person was: the key of a step, empty for the file.
    """

    __tablename__ = "programme_draft"

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(String(40))
    editor: Mapped[str] = mapped_column(String(80))
    based_on: Mapped[int]
    source: Mapped[str] = mapped_column(Text)
    wordings: Mapped[Json]
    unread: Mapped[Json]
    takes_effect: Mapped[str] = mapped_column(String(12))
    step: Mapped[str] = mapped_column(String(64))
    saved_at: Mapped[Instant]

    __table_args__ = (UniqueConstraint("clinic_id", "slug", "editor"),)


class TextVersion(OfClinic, Base):
    """One published wording of one text; the highest number whose `effective_at` has come is the one in force."""

    __tablename__ = "text_version"

    id: Mapped[Id]
    text_id: Mapped[str] = mapped_column(String(12))
    language: Mapped[str] = mapped_column(String(2))
    number: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    effective_at: Mapped[Instant]
    published_at: Mapped[Instant]
    published_by: Mapped[str] = mapped_column(String(80))

    __table_args__ = (UniqueConstraint("clinic_id", "text_id", "language", "number"),)


class PlanChange(OfClinic, Base):
    """A change of everybody's plan from `at` on: patients up to the id `done_to` have their alarms set for it.

    `afresh`: no alarm set before can be trusted, since the rules of the time zones themselves are others.
    """

    __tablename__ = "plan_change"

    id: Mapped[Id]
    at: Mapped[Instant] = mapped_column(index=True)
    done_to: Mapped[int]
    afresh: Mapped[bool]

    __table_args__ = (UniqueConstraint("clinic_id", "at", "afresh"),)
