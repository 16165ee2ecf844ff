"""The checker: what the provider was asked, against what the database says. It imports nothing of the product.

Invariants by the names they have in the design: I1 at most one accepted send of a slot, I2 nothing sent without
a row, I4 nothing sent after its time, I8 every planned slot has an end or is on its way.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import create_engine, text

ENDED = {"accepted", "sent", "delivered", "undelivered", "failed", "unknown"} | {
    "suppressed",
    "expired",
    "cancelled",
}
# A request may have left for it; what became of it is asked for once its lease is over.
UNCERTAIN = {"submitting", "unknown"}


def rows_of(url: str) -> list[dict[str, Any]]:
    """Every text in the database, as it stands."""
    engine = create_engine(url)
    query = (
        "SELECT token, slot, state, provider_sid, submitted_at, not_after FROM outbox ORDER BY id"
    )
    with engine.connect() as connection:
        rows = [dict(row) for row in connection.execute(text(query)).mappings()]
    engine.dispose()
    return rows


def faults(
    rows: Sequence[Mapping[str, Any]],
    ledger: Sequence[Mapping[str, str]],
    wanted: Iterable[str],
) -> list[str]:
    """What is wrong, in words; empty when nothing is. `ledger`: each text the provider took; `wanted`: the slots."""
    by_token = {row["token"]: row for row in rows}
    by_slot = {row["slot"]: row for row in rows}
    taken = [message["callback"].rsplit("/", 1)[1] for message in ledger]
    found = [f"I2: sent without a row: {token}" for token in taken if token not in by_token]
    known = [token for token in taken if token in by_token]
    found += [
        f"I1: {slot} was sent {count} times"
        for slot, count in Counter(by_token[token]["slot"] for token in known).items()
        if count > 1
    ]
    found += [f"I1: {row['slot']} twice" for row in rows if by_slot[row["slot"]] is not row]
    sids = {message["callback"].rsplit("/", 1)[1]: message["sid"] for message in ledger}
    for token in known:
        row = by_token[token]
        if row["state"] not in ENDED | UNCERTAIN:
            found.append(f"I8: {row['slot']} was sent and is {row['state']}")
        if row["provider_sid"] not in {None, sids[token]}:
            found.append(f"I2: {row['slot']} has the provider's name of another text")
        if _instant(row["submitted_at"]) > _instant(row["not_after"]):
            found.append(f"I4: {row['slot']} left after its time")
    sent = set(known)
    for row in rows:
        if row["state"] in {"accepted", "sent", "delivered"} and row["token"] not in sent:
            found.append(f"I2: {row['slot']} is {row['state']} and the provider never saw it")
        if row["state"] == "planned":
            found.append(f"I8: {row['slot']} still waits")
    return found + [f"I8: no row for {slot}" for slot in wanted if slot not in by_slot]


def _instant(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
