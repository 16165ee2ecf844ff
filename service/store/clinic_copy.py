"""One clinic's rows -> an empty database, with nobody in them: what planning needs, and nothing that tells who."""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Any

from sqlalchemy import ColumnElement, and_, insert, or_, select, text
from sqlalchemy.orm import DeclarativeBase

from service.domain.delivery import State
from service.store import schema
from service.store.engine import open_engine
from service.store.people import phone_index
from service.store.planning import LOOK_BACK, OLDEST_NIGHT
from service.store.rows import table
from service.store.sealed import Keyring, new_keyring
from service.store.session import SYSTEM, Store, Tx
from service.store.tables.outbox import OutboxText, Sender
from service.store.tables.people import Clinic, ConsentEvent, Patient
from service.store.tables.planning import (
    PatientCursor,
    PatientFact,
    PatientPause,
    ProgrammeVersion,
    TextVersion,
)
from service.store.tables.replies import Question

ACTOR = "rehearsal"
# The folder of a copy is named after the process that made it.
PREFIX = "evenfall-rehearsal-"
PAGE = 1000
# As far back as planning ever looks, and a day's margin at each end.
HISTORY = OLDEST_NIGHT + LOOK_BACK + timedelta(days=2)

Row = Mapping[str, Any]
# What stands in the copy beside the columns kept, or in their place.
Made = Callable[[Row, Keyring], dict[str, Any]]

# Only what is named here is ever copied: a column added later stays behind until somebody decides.
_CLINIC = (
    "id slug name alias zone language phone emergency crisis poison sender synthetic content_number"
    " created_at token"
)
_PATIENT = (
    "id clinic_id zone language privacy bedtime wake_time bedtime_weekend wake_weekend tonight_night"
    " tonight_bedtime window left_out consent consented_at consent_from consent_night enrolled_at token"
)
_CONSENT = "id clinic_id patient_id state means zone at token"
_CURSOR = "clinic_id patient_id next_wake_at next_slot_at open_night wordings changed_at"
_FACT = "id clinic_id patient_id code value valid_from valid_to at"
_PAUSE = "id clinic_id patient_id start until at"
_PROGRAMME = (
    "id clinic_id slug number state source effective_at published_at for_new created_at token"
)
_WORDING = "id clinic_id text_id language number body effective_at published_at"
_TEXT = (
    "id clinic_id patient_id kind lane priority capped programme version step night on_date anchor"
    " template wording asks language sender segments state reason planned_at due_at not_after lease_until"
    " submitted_at accepted_at sent_at delivered_at ended_at error_code attempts token slot"
)
_QUESTION = (
    "id clinic_id patient_id kind answer_type state programme version step template about about_date night"
    " closes_after_s nudge_after_s asked_at asked_last_at closes_at nudge_at later_at laters reasked"
    " answered_at valid late follow_ups token behind"
)


@contextmanager
def nameless_copy(original: Store, clinic_id: int, now: datetime) -> Iterator[Store]:
    """A clinic as it stands, in a SQLite file of its own that is gone afterwards, whatever happens meanwhile.

    Its patients are called P001, Patient 001, in the order they were enrolled, on numbers nobody has
    (555-01xx is set aside for fiction); its keys live in memory only. Copied are the clinic, its programmes
    and texts, what is known of its patients, and what they were asked and sent in the last weeks before
    `now`. Answers stay behind, so that a week's scores begin anew. No body of a text, reply, note or evidence is
    read. Nothing is written to `original`. What a crash
    left of an earlier copy is removed first.
    """
    _remove_left_behind()
    with TemporaryDirectory(prefix=f"{PREFIX}{os.getpid()}-") as folder:
        copy = open_copy(Path(folder) / "copy.db", new_keyring())
        try:
            schema.upgrade(copy.engine)
            with (
                original.transaction(SYSTEM, ACTOR, write=False) as source,
                copy.transaction(SYSTEM, ACTOR) as target,
            ):
                _copy(source, target, clinic_id, now - HISTORY)
            yield copy
        finally:
            copy.engine.dispose()


def open_copy(file: Path, keyring: Keyring) -> Store:
    """A copy's own store, in whichever process; if it breaks it is made again, so nothing need be durable."""
    return Store(open_engine(f"sqlite:///{file}", durable=False), keyring)


def _remove_left_behind() -> None:
    """Remove the copies of processes that are no more: a crash has no time to tidy up."""
    for folder in Path(gettempdir()).glob(f"{PREFIX}*"):
        owner = folder.name.removeprefix(PREFIX).partition("-")[0]
        if owner.isdigit() and not _is_running(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # it runs, as somebody else's
    return True


def _copy(source: Tx, target: Tx, clinic_id: int, oldest: datetime) -> None:
    if source.dialect == "postgresql":
        # One moment for all statements (SQLite gives that anyway), and no way to write.
        source.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
    lately = and_(
        OutboxText.clinic_id == clinic_id,
        OutboxText.patient_id.is_not(None),
        or_(OutboxText.planned_at >= oldest, OutboxText.state == State.PLANNED.value),
    )
    asked_lately = Question.token.in_(select(OutboxText.token).where(lately))
    published = ProgrammeVersion.state == "published"
    _copy_table(source, target, Clinic, _CLINIC, Clinic.id == clinic_id, _renamed)
    _add_sender(target, clinic_id)
    _copy_table(source, target, Patient, _PATIENT, Patient.clinic_id == clinic_id, _nobody())
    for model, names, made in (
        (ConsentEvent, _CONSENT, _unproven),
        (PatientCursor, _CURSOR, _as_it_is),
        (PatientFact, _FACT, _set_by_nobody),
        (PatientPause, _PAUSE, _set_by_nobody),
        (TextVersion, _WORDING, _published_by_nobody),
    ):
        _copy_table(source, target, model, names, model.clinic_id == clinic_id, made)
    versions = and_(ProgrammeVersion.clinic_id == clinic_id, published)
    _copy_table(source, target, ProgrammeVersion, _PROGRAMME, versions, _renamed)
    _copy_table(source, target, OutboxText, _TEXT, lately, _unsaid)
    _copy_table(source, target, Question, _QUESTION, asked_lately, _asked)


def _copy_table(
    source: Tx,
    target: Tx,
    model: type[DeclarativeBase],
    names: str,
    which: ColumnElement[bool],
    made: Made,
) -> None:
    """Copy the columns `names` of the rows `which`, with what is `made` in place of what tells who."""
    columns = names.split()
    key = table(model).primary_key.columns
    query = select(*(getattr(model, name) for name in columns)).where(which).order_by(*key)
    for page in source.execute(query).partitions(PAGE):
        rows = [dict(zip(columns, row, strict=True)) for row in page]
        target.execute(insert(table(model)), [row | made(row, target.keyring) for row in rows])


def _add_sender(target: Tx, clinic_id: int) -> None:
    clinic = select(Clinic.sender, Clinic.created_at).where(Clinic.id == clinic_id)
    target.execute(insert(table(Sender)).from_select(["number", "next_free_at"], clinic))


def _as_it_is(_row: Row, _keyring: Keyring) -> dict[str, Any]:
    return {}


def _set_by_nobody(_row: Row, _keyring: Keyring) -> dict[str, Any]:
    return {"set_by": ACTOR}


def _published_by_nobody(_row: Row, _keyring: Keyring) -> dict[str, Any]:
    return {"published_by": ACTOR}


def _token(keyring: Keyring, token: str) -> str:
    """Another public name, the same for the same one, that nobody can trace back without the copy's keys."""
    return keyring.blind(token, "token")


def _renamed(row: Row, keyring: Keyring) -> dict[str, Any]:
    return {"token": _token(keyring, row["token"])}


def _nobody() -> Made:
    """Patients as they come, numbered."""
    number = 0

    def made(row: Row, keyring: Keyring) -> dict[str, Any]:
        nonlocal number
        number += 1
        token = _token(keyring, row["token"])
        phone = fictitious_number(number)
        person = {
            "given_name": "Patient",
            "family_name": f"{number:03}",
            "born": "1970-01-01",
            "phone": phone,
        }
        sealed = {
            name: keyring.seal(value, "patient", name, token) for name, value in person.items()
        }
        named = {"ref": f"P{number:03}", "phone_index": phone_index(keyring, phone)}
        return sealed | named | {"token": token}

    return made


def fictitious_number(number: int) -> str:
    """The `number`th number set aside for fiction: +1 555-01xx, in one area after the other."""
    area, line = divmod(number, 100)
    return f"+1{200 + area}55501{line:02}"


def _unproven(row: Row, keyring: Keyring) -> dict[str, Any]:
    token = _token(keyring, row["token"])
    evidence = keyring.seal("", "consent_event", "evidence", token)
    return {"token": token, "actor": ACTOR, "wording": "", "evidence": evidence}


def _unsaid(row: Row, keyring: Keyring) -> dict[str, Any]:
    """A text without its words; one that still waits says only which it is."""
    token = _token(keyring, row["token"])
    waits = row["state"] == State.PLANNED.value
    body = f"({row['template'] or row['kind']}, written before the rehearsal)"
    return {
        "token": token,
        "slot": _slot(row["slot"], keyring),
        "body": keyring.seal(body, "outbox", "body", token) if waits else None,
        "provider_sid": token if row["accepted_at"] else None,
    }


def _slot(slot: str, keyring: Keyring) -> str:
    """The slot's name with the other token: `plan:<token>:…`, `nudge:<token>`."""
    kind, _, rest = slot.partition(":")
    token, colon, what = rest.partition(":")
    return f"{kind}:{_token(keyring, token)}{colon}{what}"


def _asked(row: Row, keyring: Keyring) -> dict[str, Any]:
    behind = dict(row["behind"])
    if "slot" in behind:
        behind["slot"] = _slot(behind["slot"], keyring)
    return {"token": _token(keyring, row["token"]), "behind": behind}
