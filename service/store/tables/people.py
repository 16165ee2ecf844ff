"""Clinics, their users and patients, and the ledger of consent."""

from datetime import date, time

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.store.tables.base import (
    Base,
    Id,
    Instant,
    JsonList,
    OfClinic,
    PatientId,
    Sealed,
    Token,
)


class Clinic(Base):
    """One clinic: what its texts call it, and whom they tell a patient to phone.

    `content_number` grows with every publication, so that whoever holds its programmes knows when to read again.
    """

    __tablename__ = "clinic"

    id: Mapped[Id]
    token: Mapped[Token]
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    alias: Mapped[str] = mapped_column(String(18))
    zone: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(2))
    phone: Mapped[str] = mapped_column(String(14))
    emergency: Mapped[str] = mapped_column(String(14))
    crisis: Mapped[str] = mapped_column(String(14))
    poison: Mapped[str] = mapped_column(String(14))
    sender: Mapped[str] = mapped_column(String(16), unique=True)
    synthetic: Mapped[bool]
    content_number: Mapped[int]
    created_at: Mapped[Instant]


class User(OfClinic, Base):
    """One member of staff. `password_hash` is None until the invitation is taken up.

    `phone` is their own, for test texts; `phone_code_hash` of the code that proves it, `phone_tries` the wrong ones.
    """

    __tablename__ = "staff_user"

    id: Mapped[Id]
    token: Mapped[Token]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str | None] = mapped_column(String(255))
    roles: Mapped[JsonList]
    active: Mapped[bool]
    uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    invitation_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    invitation_until: Mapped[Instant | None]
    phone: Mapped[Sealed | None]
    phone_index: Mapped[str | None] = mapped_column(String(32), index=True)
    phone_verified_at: Mapped[Instant | None]
    phone_code_hash: Mapped[str | None] = mapped_column(String(32))
    phone_code_until: Mapped[Instant | None]
    phone_tries: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[Instant]


class Patient(OfClinic, Base):
    """One patient: a phone, a zone, a bedtime. Weekend times are for the nights of Friday and Saturday.

    `by_hand_until`: a person has written to him; until then automatic answers rest.
    """

    __tablename__ = "patient"

    id: Mapped[Id]
    token: Mapped[Token]
    ref: Mapped[str] = mapped_column(String(40))
    given_name: Mapped[Sealed]
    family_name: Mapped[Sealed]
    born: Mapped[Sealed]
    phone: Mapped[Sealed]
    phone_index: Mapped[str] = mapped_column(String(32), index=True)
    zone: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(2))
    privacy: Mapped[str] = mapped_column(String(8))
    bedtime: Mapped[time]
    wake_time: Mapped[time]
    bedtime_weekend: Mapped[time | None]
    wake_weekend: Mapped[time | None]
    tonight_night: Mapped[date | None]
    tonight_bedtime: Mapped[time | None]
    window: Mapped[str] = mapped_column(String(11))
    left_out: Mapped[JsonList]
    consent: Mapped[str] = mapped_column(String(10))
    consented_at: Mapped[Instant | None]
    consent_from: Mapped[date | None]
    consent_night: Mapped[date | None]
    enrolled_at: Mapped[Instant]
    by_hand_until: Mapped[Instant | None]

    __table_args__ = (UniqueConstraint("clinic_id", "ref"),)


class ConsentEvent(OfClinic, Base):
    """One change of a patient's consent. Rows are only ever added."""

    __tablename__ = "consent_event"

    id: Mapped[Id]
    token: Mapped[Token]
    patient_id: Mapped[PatientId]
    state: Mapped[str] = mapped_column(String(10))
    means: Mapped[str] = mapped_column(String(20))
    actor: Mapped[str] = mapped_column(String(80))
    wording: Mapped[str] = mapped_column(String(64))
    evidence: Mapped[Sealed]
    zone: Mapped[str] = mapped_column(String(64))
    at: Mapped[Instant]

    __table_args__ = (Index(None, "patient_id", "at"),)
