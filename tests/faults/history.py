"""What the checker looks at: the database by SQL of its own, and what was seen from outside. No product code."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import create_engine, inspect, text

Row = Mapping[str, Any]
# Every change of a text's state in the order in which it was committed, kept by the database itself (SQLite).
_KEEP_MOVES = (
    "CREATE TABLE move (id INTEGER PRIMARY KEY, token TEXT, old TEXT, new TEXT)",
    """CREATE TRIGGER keep_move AFTER UPDATE OF state ON outbox WHEN old.state <> new.state BEGIN
    INSERT INTO move (token, old, new) VALUES (new.token, old.state, new.state); END""",
)
_TEXTS = """
SELECT o.token, o.slot, o.kind, o.state, o.provider_sid, o.submitted_at, o.accepted_at, o.sent_at, o.delivered_at,
  o.not_after, o.reason, o.patient_id, o.inbound_id, o.night, p.ref, p.zone, p."window", p.bedtime, p.wake_time,
  p.bedtime_weekend, p.wake_weekend, p.tonight_night, p.tonight_bedtime
FROM outbox o LEFT JOIN patient p ON p.id = o.patient_id ORDER BY o.id"""
_CONSENTS = """
SELECT p.ref, c.state, c.at FROM consent_event c JOIN patient p ON p.id = c.patient_id ORDER BY c.id"""
_INBOUNDS = """
SELECT i.id, i.provider_sid, i.received_at, i.read_at, p.ref
FROM inbound i LEFT JOIN patient p ON p.id = i.patient_id ORDER BY i.id"""
_ALERTS = "SELECT inbound_id, tier FROM alert WHERE inbound_id IS NOT NULL ORDER BY id"
_NIGHTS = "SELECT patient_id, night, texts, handed, delivered, answered FROM night_summary"
_QUESTIONS = (
    "SELECT patient_id, night, valid FROM question WHERE kind <> 'gate' AND state <> 'waiting'"
)
_ACTS = """
SELECT l.clinic_id AS chain, l.number, l.digest, e.id, e.clinic_id, e.actor, e.action, e.about, e.details, e.at
FROM audit_link l LEFT JOIN audit_event e ON e.id = l.event_id ORDER BY l.clinic_id, l.number"""
_MOVES = "SELECT token, old, new FROM move ORDER BY id"


@dataclass(frozen=True, slots=True)
class History:
    """The database's rows, each kind in the order in which it was written."""

    texts: Sequence[Row] = ()
    consents: Sequence[Row] = ()
    inbounds: Sequence[Row] = ()
    alerts: Sequence[Row] = ()
    nights: Sequence[Row] = ()
    questions: Sequence[Row] = ()
    acts: Sequence[Row] = ()
    moves: Sequence[Row] = ()


@dataclass(frozen=True, slots=True)
class Outside:
    """What the provider and the plan's oracle know.

    `ledger`: each text the provider took; `wanted`: the slots that must come to be. `posted`: the names of all texts
    that patients sent, `acknowledged` those answered 2xx, `cries` those that speak of danger; `stops`: when (UTC) a
    patient's STOP was answered 2xx, by ref; `told`: the furthest receipt of a text that was answered 2xx, by token;
    `said`: what the service tells of itself, where it was asked.
    """

    ledger: Sequence[Mapping[str, str]] = ()
    wanted: Collection[str] = ()
    posted: Collection[str] = ()
    acknowledged: Collection[str] = ()
    cries: Collection[str] = ()
    stops: Mapping[str, datetime] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)
    said: "Said | None" = None

    def taken(self) -> list[str]:
        """The tokens of the texts the provider took, each as often as it was taken."""
        return [token_of(message) for message in self.ledger]


@dataclass(frozen=True, slots=True)
class Said:
    """What the service tells of its own rows: the lines of its exports, and Today's counts of texts by state."""

    messages: Sequence[Row]
    replies: Sequence[Row]
    today: Mapping[str, int]


def token_of(message: Mapping[str, str]) -> str:
    """The token of a text in the provider's ledger."""
    return message["callback"].rsplit("/", 1)[1]


def keep_moves(url: str) -> None:
    """Have a SQLite file note each change of a text's state from now on, in the transaction that makes it."""
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in _KEEP_MOVES:
            connection.execute(text(statement))
    engine.dispose()


def rows_of(url: str) -> list[Row]:
    """Every text in the database, as it stands."""
    return _rows(url, _TEXTS)[0]


def read(url: str) -> History:
    """All that the checker looks at, as it stands."""
    queries = (_TEXTS, _CONSENTS, _INBOUNDS, _ALERTS, _NIGHTS, _QUESTIONS, _ACTS, _MOVES)
    return History(*_rows(url, *queries))


def _rows(url: str, *queries: str) -> list[list[Row]]:
    engine = create_engine(url)
    if _MOVES in queries and not inspect(engine).has_table("move"):
        queries = tuple(query for query in queries if query != _MOVES)
    with engine.connect() as connection:
        found = [
            [dict(row) for row in connection.execute(text(query)).mappings()] for query in queries
        ]
    engine.dispose()
    return found


def instant(value: Any) -> datetime:
    """A stored instant, aware: SQLite gives text in UTC, PostgreSQL a datetime."""
    given = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return given if given.tzinfo else given.replace(tzinfo=UTC)
