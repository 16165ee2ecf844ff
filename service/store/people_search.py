"""A clinic's patients as a list: searched by name, reference or number, sorted, and paged by key."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from service.store.people import all_patients, open_person, open_phone, phone_index
from service.store.records import Patient, Person
from service.store.rows import as_record, columns
from service.store.session import Tx
from service.store.tables.people import Patient as PatientRow
from service.store.tables.planning import PatientCursor, PatientPause
from service.store.tables.summaries import Alert, PatientStanding

# Up to here names are opened in memory for one request; a larger clinic is searched and sorted by reference.
MOST_NAMES = 2000
PAGE = 40
SORTS = ("reason", "severity", "last_reply", "next_step", "reference", "name")
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_NO_REASON = 99


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of the list. `rules` are the open alerts' rules with their numbers."""

    patient: Patient
    person: Person
    rank: int
    last_reply_at: datetime | None
    next_wake_at: datetime | None
    figures: Mapping[str, Any]
    paused: bool
    rules: tuple[tuple[str, Mapping[str, Any]], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the list. `following`: the patient (by token) the next page begins behind; None on the last."""

    rows: list[Listed]
    total: int
    following: str | None


@dataclass(frozen=True, slots=True)
class _Order:
    """What one sort compares, and whether the highest comes first."""

    key: Callable[[], ColumnElement[Any]]
    descending: bool = False


def clinic_size(tx: Tx, clinic_id: int) -> int:
    """How many patients a clinic has."""
    count = select(func.count()).select_from(PatientRow).where(PatientRow.clinic_id == clinic_id)
    row = tx.row(count)
    return int(row[0]) if row else 0


def may_open_names(size: int) -> bool:
    """Whether a clinic of that size is searched and sorted by name."""
    return size <= MOST_NAMES


def by_name(tx: Tx, clinic_id: int, typed: str) -> list[int]:
    """The patients each typed word begins a word of whose name; none when no word was typed."""
    wanted = _words(typed)
    if not wanted:
        return []
    return [
        patient.id
        for patient, person in _opened(tx, clinic_id)
        if _fits(wanted, _words(f"{person.given_name} {person.family_name}"))
    ]


def _fits(wanted: Sequence[str], words: Sequence[str]) -> bool:
    return all(any(word.startswith(one) for word in words) for one in wanted)


def _opened(tx: Tx, clinic_id: int) -> list[tuple[Patient, Person]]:
    return [(one, open_person(tx.keyring, one)) for one in all_patients(tx, clinic_id)]


def by_reference(tx: Tx, clinic_id: int, typed: str) -> list[int]:
    """The patients whose reference begins as typed, in whatever case."""
    begins = func.lower(PatientRow.ref).startswith(typed.lower(), autoescape=True)
    mine = and_(PatientRow.clinic_id == clinic_id, begins)
    return [row[0] for row in tx.rows(select(PatientRow.id).where(mine))]


def by_number(tx: Tx, clinic_id: int, number: str) -> list[int]:
    """The patients of a full number (E.164), by its blind token."""
    mine = and_(
        PatientRow.clinic_id == clinic_id,
        PatientRow.phone_index == phone_index(tx.keyring, number),
    )
    return [row[0] for row in tx.rows(select(PatientRow.id).where(mine))]


def by_last_digits(tx: Tx, clinic_id: int, digits: str) -> list[int]:
    """The patients whose number ends so: what is shown of it on their pages."""
    everybody = all_patients(tx, clinic_id)
    return [one.id for one in everybody if open_phone(tx.keyring, one).endswith(digits)]


def listed(
    tx: Tx,
    clinic_id: int,
    sort: str,
    *,
    among: Sequence[int] | None = None,
    behind: str | None = None,
    now: datetime,
) -> Page:
    """One page of the clinic's patients (`among` these ids only, where given), sorted, behind one of them.

    `behind` is a patient's token: it gives nothing away in an address, and holds when rows move meanwhile.
    """
    if sort == "name":
        return _page_by_name(tx, clinic_id, among, behind, now)
    order = _ORDERS[sort]
    key = order.key().label("sort_key")
    mine = PatientRow.clinic_id == clinic_id
    if among is not None:
        mine = and_(mine, PatientRow.id.in_(among))
    query = _select(key).where(mine)
    last = tx.row(_select(key).where(PatientRow.token == behind)) if behind else None
    if last is not None:
        beyond = key < last[-1] if order.descending else key > last[-1]
        query = query.where(or_(beyond, and_(key == last[-1], PatientRow.id > last[0])))
    ordered = query.order_by(key.desc() if order.descending else key, PatientRow.id)
    found = tx.rows(ordered.limit(PAGE + 1))
    counted = tx.row(select(func.count()).select_from(PatientRow).where(mine))
    rows = _open(tx, found[:PAGE], now)
    following = rows[-1].patient.token if len(found) > PAGE else None
    return Page(rows, int(counted[0]) if counted else 0, following)


def _page_by_name(
    tx: Tx, clinic_id: int, among: Sequence[int] | None, behind: str | None, now: datetime
) -> Page:
    in_order = sorted(_opened(tx, clinic_id), key=_alphabetical)
    ids = [one.id for one, _ in in_order if among is None or one.id in among]
    last = tx.row(select(PatientRow.id).where(PatientRow.token == behind)) if behind else None
    start = ids.index(last[0]) + 1 if last and last[0] in ids else 0
    shown = ids[start : start + PAGE]
    found = tx.rows(_select(PatientRow.id.label("sort_key")).where(PatientRow.id.in_(shown)))
    rows = _open(tx, sorted(found, key=lambda row: shown.index(row[0])), now)
    more = start + PAGE < len(ids)
    return Page(rows, len(ids), rows[-1].patient.token if more else None)


def _select(key: ColumnElement[Any]) -> Select[Any]:
    return (
        select(
            *columns(PatientRow, Patient),
            PatientStanding.rank,
            PatientStanding.last_reply_at,
            PatientStanding.figures,
            PatientCursor.next_wake_at,
            key,
        )
        .select_from(PatientRow)
        .outerjoin(PatientStanding, PatientStanding.patient_id == PatientRow.id)
        .outerjoin(PatientCursor, PatientCursor.patient_id == PatientRow.id)
    )


def _open(tx: Tx, rows: Sequence[tuple[Any, ...]], now: datetime) -> list[Listed]:
    ids = [row[0] for row in rows]
    paused = _paused(tx, ids, now)
    rules = _rules(tx, ids)
    found = []
    for *own, rank, last_reply_at, figures, next_wake_at, _key in rows:
        patient = as_record(Patient, tuple(own))
        found.append(
            Listed(
                patient=patient,
                person=open_person(tx.keyring, patient),
                rank=_NO_REASON if rank is None else rank,
                last_reply_at=last_reply_at,
                next_wake_at=next_wake_at,
                figures=figures or {},
                paused=patient.id in paused,
                rules=tuple(rules.get(patient.id, ())),
            )
        )
    return found


def _paused(tx: Tx, ids: Sequence[int], now: datetime) -> set[int]:
    in_force = and_(
        PatientPause.patient_id.in_(ids),
        PatientPause.start <= now,
        or_(PatientPause.until.is_(None), PatientPause.until > now),
    )
    return {row[0] for row in tx.rows(select(PatientPause.patient_id).where(in_force))}


def _rules(tx: Tx, ids: Sequence[int]) -> dict[int, list[tuple[str, Mapping[str, Any]]]]:
    mine = and_(Alert.patient_id.in_(ids), Alert.closed_at.is_(None))
    found: dict[int, list[tuple[str, Mapping[str, Any]]]] = {}
    rows = tx.rows(select(Alert.patient_id, Alert.rule, Alert.evidence).where(mine))
    for patient_id, rule, evidence in rows:
        found.setdefault(patient_id, []).append((rule, evidence))
    return found


def _alphabetical(opened: tuple[Patient, Person]) -> tuple[str, str, int]:
    patient, person = opened
    return _plain(person.family_name), _plain(person.given_name), patient.id


def _plain(text: str) -> str:
    """A name as it is compared: without case, accents and punctuation."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in parts if sign.isalnum() or sign.isspace())


def _words(text: str) -> list[str]:
    return _plain(text.replace("-", " ").replace("’", " ").replace("'", " ")).split()


_ORDERS = {
    "reason": _Order(lambda: func.coalesce(PatientStanding.rank, _NO_REASON)),
    "severity": _Order(
        lambda: func.coalesce(PatientStanding.figures["usual"].as_float(), -1.0), descending=True
    ),
    "last_reply": _Order(
        lambda: func.coalesce(PatientStanding.last_reply_at, _NEVER), descending=True
    ),
    "next_step": _Order(lambda: func.coalesce(PatientCursor.next_wake_at, _NEVER)),
    "reference": _Order(lambda: func.lower(PatientRow.ref)),
}
