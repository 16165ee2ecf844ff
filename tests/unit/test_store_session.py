"""The store: sealed fields open in their own place only, a clinic sees its own rows only, the lock is fair."""

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.orm import aliased

from service.store import people
from service.store.engine import open_engine
from service.store.fair_lock import FairLock
from service.store.records import Clinic
from service.store.sealed import SealError, load_keyring, new_keyring, save_keyring
from service.store.session import SYSTEM, ClinicScope, StoreBusyError
from service.store.tables.base import OfClinic
from service.store.tables.metadata import METADATA
from service.store.tables.people import Patient
from service.store.tables.planning import PatientFact
from tests.world import CLINIC, START, World, make_world

KEYS = new_keyring()


def test_a_sealed_field_opens_in_its_own_place_only() -> None:
    sealed = KEYS.seal("Tom", "patient", "given_name", "token")
    assert KEYS.open_(sealed, "patient", "given_name", "token") == "Tom"
    for place in (
        ("patient", "given_name", "another"),
        ("patient", "family_name", "token"),
        ("outbox", "given_name", "token"),
    ):
        with pytest.raises(SealError, match="another row"):
            KEYS.open_(sealed, *place)


@pytest.mark.parametrize("words", ["", "\0", "ñ🙂", "x" * 5000])
def test_any_words_can_be_sealed(words: str) -> None:
    assert KEYS.open_(KEYS.seal(words, "t", "c", "k"), "t", "c", "k") == words


def test_the_same_words_never_look_the_same_but_can_be_searched() -> None:
    assert KEYS.seal("Tom", "t", "c", "k") != KEYS.seal("Tom", "t", "c", "k")
    assert KEYS.blind("Tom", "name") == KEYS.blind("Tom", "name") != KEYS.blind("Tom", "phone")
    assert KEYS.blind("Tom", "name") != new_keyring().blind("Tom", "name")


def test_a_changed_byte_and_a_missing_key_are_told() -> None:
    sealed = bytearray(KEYS.seal("Tom", "t", "c", "k"))
    sealed[-1] ^= 1
    with pytest.raises(SealError, match="damaged"):
        KEYS.open_(bytes(sealed), "t", "c", "k")
    sealed[0] = 9
    with pytest.raises(SealError, match="key 9"):
        KEYS.open_(bytes(sealed), "t", "c", "k")


def test_keys_are_kept_for_their_owner_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "var" / "keys.json"
    save_keyring(KEYS, path)
    assert load_keyring(path) == KEYS
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        save_keyring(new_keyring(), path)
    path.write_text("{}")
    with pytest.raises(SealError, match="not a keys file"):
        load_keyring(path)


@pytest.fixture
def two(sqlite_url: str) -> Iterator[tuple[World, Clinic]]:
    """A clinic with a patient, and another clinic beside it."""
    world = make_world(sqlite_url)
    world.patient()
    with world.store.transaction(SYSTEM, "test") as tx:
        new = {**{name: getattr(CLINIC, name) for name in CLINIC.__dataclass_fields__}}
        other = people.add_clinic(
            tx, people.NewClinic(**new | {"slug": "south", "sender": "+19025550199"}), START
        )
    yield world, other
    world.store.engine.dispose()


other_name = aliased(Patient)
LOOKS = [
    select(Patient.id),
    select(Patient),
    select(func.count()).select_from(Patient),
    select(func.count(Patient.id)),
    select(other_name.id),
    select(Patient.id).join(PatientFact, PatientFact.patient_id == Patient.id, isouter=True),
    select(Patient.id).where(Patient.id.in_(select(Patient.id))),
    select(select(func.count(Patient.id)).scalar_subquery()),
    select(Patient.id).union(select(Patient.id)),
]


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: " ".join(str(look).split())[:70])
def test_a_clinic_sees_no_row_of_another(two: tuple[World, Clinic], look: object) -> None:
    world, other = two
    with world.store.transaction(ClinicScope(other.id), "them", write=False) as tx:
        assert [row for row in tx.rows(look) if row[0] != 0] == []
    with world.store.transaction(ClinicScope(world.clinic.id), "us", write=False) as tx:
        assert [row for row in tx.rows(look) if row[0] != 0] != []


def test_a_clinic_changes_no_row_of_another(two: tuple[World, Clinic]) -> None:
    world, other = two
    with world.store.transaction(ClinicScope(other.id), "them") as tx:
        assert tx.changed(update(Patient).values(consent="stopped")) == 0
        assert tx.changed(delete(PatientFact)) == 0
        assert people.patient_by_ref(tx, world.clinic.id, "NSC-0001") is None
        with pytest.raises(KeyError):
            people.patient_by_id(tx, 1)


def test_a_clinic_writes_no_row_for_another(two: tuple[World, Clinic]) -> None:
    world, other = two
    row = {
        "clinic_id": world.clinic.id,
        "patient_id": 1,
        "code": "smokes",
        "value": "yes",
        "valid_from": date(2026, 11, 21),
        "set_by": "them",
        "at": START,
    }
    table = METADATA.tables["patient_fact"]
    for write in ("insert_one", "insert_new", "upsert"):
        with world.store.transaction(ClinicScope(other.id), "them") as tx:
            given = {"insert_one": [row]}.get(write, [[row], "id"])
            with pytest.raises(PermissionError, match="another clinic"):
                getattr(tx, write)(table, *given)


@pytest.mark.parametrize(
    "bare",
    [
        text("SELECT * FROM patient"),
        select(METADATA.tables["patient"]),
        update(METADATA.tables["patient"]).values(consent="stopped"),
        insert(METADATA.tables["sender"]).values(number="+1", next_free_at=START),
    ],
    ids=str,
)
def test_a_statement_that_nothing_confines_is_refused_and_undone(
    two: tuple[World, Clinic], bare: object
) -> None:
    world, other = two
    with (
        pytest.raises(PermissionError, match="not confined"),
        world.store.transaction(ClinicScope(other.id), "them") as tx,
    ):
        tx.execute(bare)
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        assert tx.rows(select(Patient.consent)) == [("active",)]


def test_every_table_with_a_clinic_is_confined() -> None:
    confined = {mapper.local_table.name for mapper in OfClinic.__subclasses__()[0].registry.mappers}
    with_clinic = {table.name for table in METADATA.tables.values() if "clinic_id" in table.c}
    assert with_clinic <= confined


def stops_half_way(world: World, told: list[str]) -> None:
    with world.store.transaction(SYSTEM, "test") as tx:
        tx.after_commit(lambda: told.append("told"))
        tx.execute(update(Patient).values(consent="stopped"))
        raise RuntimeError


def test_nothing_is_kept_of_a_transaction_that_fails(two: tuple[World, Clinic]) -> None:
    world, _ = two
    told: list[str] = []
    with pytest.raises(RuntimeError):
        stops_half_way(world, told)
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        assert tx.rows(select(Patient.consent)) == [("active",)]
    assert told == []


def test_instants_come_back_aware_and_naive_ones_are_refused(two: tuple[World, Clinic]) -> None:
    world, _ = two
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        ((at,),) = tx.rows(select(Patient.enrolled_at))
    assert at == START
    assert at.tzinfo is UTC
    naive = datetime(2026, 11, 21)  # noqa: DTZ001 (the point of the test)
    with (
        pytest.raises(Exception, match="naive"),
        world.store.transaction(SYSTEM, "test") as tx,
    ):
        tx.execute(update(Patient).values(enrolled_at=naive))


def test_the_lock_goes_to_whoever_has_waited_longest() -> None:
    lock, order, threads = FairLock(), [], []

    def wait(number: int) -> None:
        with lock.held(5):
            order.append(number)

    with lock.held(5):
        for number in range(8):
            thread = threading.Thread(target=wait, args=[number])
            thread.start()
            threads.append(thread)
            while len(lock._queue) <= number:
                threading.Event().wait(0.001)
    for thread in threads:
        thread.join(5)
    assert order == list(range(8))


def test_a_lock_that_does_not_come_in_time_is_given_up_and_stays_usable(tmp_path: Path) -> None:
    lock = FairLock()
    with lock.held(5), pytest.raises(TimeoutError), lock.held(0.01):
        pass
    with lock.held(0.01):
        assert lock._taken
    assert not lock._taken
    assert issubclass(StoreBusyError, Exception)
    engine = open_engine(f"sqlite:///{tmp_path / 'deep' / 'er' / 'x.db'}")
    with engine.connect() as connection:
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
    engine.dispose()
    assert mode == "wal"
