"""Alerts: opened with what is behind them, closed by the rule's own end or by a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, select, update

from service.domain.alerts import RULES, rank_of
from service.store import staff_pages
from service.store.rows import table
from service.store.sealed import new_token
from service.store.session import Tx
from service.store.tables.summaries import IS_NOBODYS, Alert


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """One open alert, as lists show it. `acknowledged_by`: the actor who said they have it, None: nobody yet."""

    token: str
    patient_id: int | None
    inbound_id: int | None
    rule: str
    tier: str
    evidence: Mapping[str, Any]
    opened_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None


_ALERT = (
    Alert.token,
    Alert.patient_id,
    Alert.inbound_id,
    Alert.rule,
    Alert.tier,
    Alert.evidence,
    Alert.opened_at,
    Alert.acknowledged_at,
    Alert.acknowledged_by,
)


def open_alert(
    tx: Tx,
    clinic_id: int,
    patient_id: int | None,
    rule: str,
    evidence: Mapping[str, Any],
    now: datetime,
    *,
    inbound_id: int | None = None,
) -> None:
    """Open an alert; a patient has at most one open alert of a rule, which then gets the new evidence.

    A RED alert is always a new one: each cry for help is answered for itself.
    """
    tier = RULES[rule].tier
    if tier != "RED" and patient_id is not None:
        same = and_(Alert.patient_id == patient_id, Alert.rule == rule, Alert.closed_at.is_(None))
        changes: dict[str, Any] = {"evidence": dict(evidence)}
        if inbound_id is not None:
            changes["inbound_id"] = inbound_id
        if tx.changed(update(Alert).where(same).values(**changes)):
            return
    row = {
        "clinic_id": clinic_id,
        "token": new_token(),
        "patient_id": patient_id,
        "inbound_id": inbound_id,
        "rule": rule,
        "tier": tier,
        "evidence": dict(evidence),
        "opened_at": now,
    }
    tx.insert_one(table(Alert), row)


def close_rules(tx: Tx, patient_id: int, rules: Sequence[str], now: datetime) -> None:
    """Close a patient's open alerts of rules whose condition has ended."""
    if rules:
        mine = and_(
            Alert.patient_id == patient_id, Alert.rule.in_(rules), Alert.closed_at.is_(None)
        )
        tx.execute(update(Alert).where(mine).values(closed_at=now, closed_by="rule"))


def close_undelivered(tx: Tx, patient_id: int, now: datetime) -> bool:
    """A text arrived: a doubt about the number that came from failed deliveries is over. Whether there was one."""
    doubts = [
        alert.token
        for alert in open_alerts_of(tx, patient_id)
        if alert.rule == "M-WHO" and "failed" in alert.evidence
    ]
    if doubts:
        closed = update(Alert).where(Alert.token.in_(doubts))
        tx.execute(closed.values(closed_at=now, closed_by="rule"))
    return bool(doubts)


def resolve_alert(tx: Tx, token: str, note: str, now: datetime) -> bool:
    """Close an alert by hand, with a note; False when the scope holds no open alert of that token."""
    mine = and_(Alert.token == token, Alert.closed_at.is_(None))
    sealed = tx.keyring.seal(note, "alert", "note", token) if note else None
    values = {"closed_at": now, "closed_by": tx.actor, "note": sealed}
    staff_pages.drop(tx, token, now)
    return tx.changed(update(Alert).where(mine).values(**values)) > 0


def acknowledge(tx: Tx, token: str, now: datetime) -> list[str]:
    """Somebody has a RED alert, and whatever else its patient wrote that nobody had: all stay open, none is paged.

    Their tokens; none where somebody had it already.
    """
    named = tx.row(select(Alert.patient_id).where(and_(Alert.token == token, IS_NOBODYS)))
    if named is None:
        return []
    same = Alert.token == token if named[0] is None else Alert.patient_id == named[0]
    taken = [row[0] for row in tx.rows(select(Alert.token).where(and_(same, IS_NOBODYS)))]
    values = {"acknowledged_at": now, "acknowledged_by": tx.actor}
    tx.execute(update(Alert).where(Alert.token.in_(taken)).values(**values))
    for one in taken:
        staff_pages.drop(tx, one, now)
    return taken


def open_alerts_of(tx: Tx, patient_id: int) -> list[OpenAlert]:
    """A patient's open alerts, oldest first."""
    mine = and_(Alert.patient_id == patient_id, Alert.closed_at.is_(None))
    return [OpenAlert(*row) for row in tx.rows(select(*_ALERT).where(mine).order_by(Alert.id))]


def open_alerts(tx: Tx, clinic_id: int) -> list[OpenAlert]:
    """The open alerts of a clinic, oldest first."""
    mine = and_(Alert.clinic_id == clinic_id, Alert.closed_at.is_(None))
    return [OpenAlert(*row) for row in tx.rows(select(*_ALERT).where(mine).order_by(Alert.id))]


def open_rules(tx: Tx, patient_ids: Sequence[int]) -> dict[int, set[str]]:
    """The rules with an open alert, by patient."""
    found: dict[int, set[str]] = {}
    for patient_id, rule, _ in tx.rows(_OPEN, ids=list(patient_ids)) if patient_ids else ():
        found.setdefault(patient_id, set()).add(rule)
    return found


def most_urgent(tx: Tx, patient_ids: Sequence[int]) -> dict[int, int]:
    """The rank of each patient's most urgent open alert."""
    ranks: dict[int, int] = {}
    for patient_id, rule, evidence in tx.rows(_OPEN, ids=list(patient_ids)):
        rank = rank_of(rule, evidence)
        ranks[patient_id] = min(rank, ranks.get(patient_id, rank))
    return ranks


_OPEN = select(Alert.patient_id, Alert.rule, Alert.evidence).where(
    and_(
        Alert.patient_id.in_(bindparam("ids", expanding=True)),
        Alert.closed_at.is_(None),
    )
)
