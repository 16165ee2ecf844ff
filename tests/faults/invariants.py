"""The checker: what must hold whatever broke, said in words where it does not. It imports nothing of the product.

Invariants by the names they have in the design.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.faults.history import History, Outside, Row, Said, instant, token_of

UNSENT = {"suppressed", "expired", "cancelled"}
ENDED = {"accepted", "sent", "delivered", "undelivered", "failed", "unknown"} | UNSENT
# A request may have left for it; what became of it is asked for once its lease is over.
UNCERTAIN = {"submitting", "unknown"}
# How far along a text is: it never goes back, but from a request that cannot have left us to its place in the row.
RANK = {"planned": 0, "submitting": 1, "unknown": 2, "accepted": 3, "sent": 4, "undelivered": 5}
RANK |= {"failed": 5, "delivered": 6}
WITHIN_HOURS = {"invite", "planned", "nudge", "staff"}
AFTER_STOP = {"crisis", "help", "stop_confirm"}
TO_STAFF = {"test", "page"}
HANDED = {"accepted", "sent", "delivered", "undelivered"}
# A person answers at once whoever wrote less than an hour ago; the text may have waited a little to leave.
HEARD_LATELY = timedelta(minutes=70)
OPENS, NOON, DAY = time(8), time(12), timedelta(days=1)
WEEKEND = {4, 5}


def faults(history: History, outside: Outside) -> list[str]:
    """What is wrong, in words; empty when nothing is."""
    checks = (sent_once, has_row, in_hours, in_time, consented, heard, monotone, settled, counted)
    found = [fault for check in checks for fault in check(history, outside)]
    return [*found, *reported(history, outside.said), *chained(history)]


def sent_once(history: History, outside: Outside) -> Iterator[str]:
    """I1: at most one accepted send of a slot."""
    slots = {row["token"]: row["slot"] for row in history.texts}
    sent = Counter(slots[token] for token in outside.taken() if token in slots)
    yield from (f"I1: {slot} was sent {count} times" for slot, count in sent.items() if count > 1)
    rows = Counter(row["slot"] for row in history.texts)
    yield from (f"I1: {slot} twice" for slot, count in rows.items() if count > 1)


def has_row(history: History, outside: Outside) -> Iterator[str]:
    """I2: nothing is sent without a row that says so, and nothing is said to be sent that was not."""
    rows = {row["token"]: row for row in history.texts}
    sids = {token_of(message): message["sid"] for message in outside.ledger}
    for token, sid in sids.items():
        if token not in rows:
            yield f"I2: sent without a row: {token}"
        elif rows[token]["provider_sid"] not in {None, sid}:
            yield f"I2: {rows[token]['slot']} has the provider's name of another text"
    for token, row in rows.items():
        if row["state"] in {"accepted", "sent", "delivered"} and token not in sids:
            yield f"I2: {row['slot']} is {row['state']} and the provider never saw it"


def in_hours(history: History, outside: Outside) -> Iterator[str]:
    """I3: kinds with hours leave inside the patient's own, in the patient's zone."""
    for row in _sent(history, outside):
        if row["kind"] not in WITHIN_HOURS or row["ref"] is None:
            continue
        left = instant(row["submitted_at"])
        if not _is_open(row, left) and not (row["kind"] == "staff" and _heard(history, row, left)):
            yield f"I3: {row['slot']} left outside of the hours"


def in_time(history: History, outside: Outside) -> Iterator[str]:
    """I4: nothing leaves after its time."""
    for row in _sent(history, outside):
        if instant(row["submitted_at"]) > instant(row["not_after"]):
            yield f"I4: {row['slot']} left after its time"


def consented(history: History, outside: Outside) -> Iterator[str]:
    """I5: after a STOP one confirmation, HELP and what answers danger, until the patient comes back."""
    changes: dict[str, list[tuple[datetime, str]]] = {}
    for one in history.consents:
        changes.setdefault(one["ref"], []).append((instant(one["at"]), one["state"]))
    for row in _sent(history, outside):
        left, who = instant(row["submitted_at"]), row["ref"]
        if who is None or row["kind"] in AFTER_STOP | TO_STAFF:
            continue
        before = [state for at, state in changes.get(who, []) if at <= left]
        if before and before[-1] == "stopped":
            yield f"I5: {row['slot']} left after {who} had stopped"
        came_back = "active" in before[1:]
        if who in outside.stops and left > outside.stops[who] and not came_back:
            yield f"I5: {row['slot']} left after the STOP of {who} was acknowledged"
    stops = Counter(one["ref"] for one in history.consents if one["state"] == "stopped")
    said = Counter(row["ref"] for row in _sent(history, outside) if row["kind"] == "stop_confirm")
    for who, count in said.items():
        if who is not None and count > stops[who]:
            yield f"I5: {who} was told {count} times of {stops[who]} STOP"
    for who in outside.stops:
        if not stops[who]:
            yield f"I5: the STOP of {who} was acknowledged and not obeyed"


def heard(history: History, outside: Outside) -> Iterator[str]:
    """I6: what was acknowledged is stored, once, and read; a cry for help is answered and staff are alarmed, once."""
    stored = Counter(row["provider_sid"] for row in history.inbounds)
    for sid in sorted({*outside.acknowledged} - {*stored}):
        yield f"I6: {sid} was acknowledged and is not stored"
    for sid, count in stored.items():
        if count > 1:
            yield f"I6: {sid} is stored {count} times"
        if outside.posted and sid not in outside.posted:
            yield f"I6: {sid} is stored and nobody sent it"
    alarms = Counter(row["inbound_id"] for row in history.alerts if row["tier"] == "RED")
    answers = Counter(row["inbound_id"] for row in history.texts if row["kind"] == "crisis")
    for row in history.inbounds:
        if row["read_at"] is None:
            yield f"I6: {row['provider_sid']} was never read"
        elif row["provider_sid"] in outside.cries and not (
            alarms[row["id"]] == answers[row["id"]] == 1
        ):
            yield f"I6: {row['provider_sid']} speaks of danger, and what follows is not there once"


def monotone(history: History, outside: Outside) -> Iterator[str]:
    """I7: a text only ever goes forward, and is as far as the provider was heard to say."""
    slots = {row["token"]: row["slot"] for row in history.texts}
    for move in history.moves:
        old, new = move["old"], move["new"]
        back = (old, new) == ("submitting", "planned")
        ends = new in UNSENT and old == "planned"
        if old in UNSENT or not (back or ends or RANK.get(new, -1) > RANK.get(old, 9)):
            yield f"I7: {slots.get(move['token'], move['token'])} went from {old} to {new}"
    for row in history.texts:
        told = outside.told.get(row["token"])
        if told is not None and RANK.get(row["state"], -1) < RANK[told]:
            yield f"I7: {row['slot']} was told to be {told} and is {row['state']}"
        learnt = [row[name] for name in ("accepted_at", "sent_at", "delivered_at") if row[name]]
        # Those among themselves may be noted in another order: each when its own message came.
        if learnt and min(map(instant, learnt)) < instant(row["submitted_at"]):
            yield f"I7: {row['slot']} was taken before it left"


def settled(history: History, outside: Outside) -> Iterator[str]:
    """I8: each slot that must come is there, and has an end or is on its way."""
    taken = {*outside.taken()}
    for row in history.texts:
        if row["token"] in taken and row["state"] not in (ENDED | UNCERTAIN) - UNSENT:
            yield f"I8: {row['slot']} was sent and is {row['state']}"
        if row["state"] == "planned":
            yield f"I8: {row['slot']} still waits"
        elif row["state"] not in ENDED | UNCERTAIN:
            yield f"I8: {row['slot']} is {row['state']}, which is no state"
    slots = {row["slot"] for row in history.texts}
    yield from (f"I8: no row for {slot}" for slot in outside.wanted if slot not in slots)


def counted(history: History, _outside: Outside) -> Iterator[str]:
    """I9: the figures of a night are a recount of its rows."""
    recount: dict[tuple[Any, str], Counter[str]] = {}
    for row in history.texts:
        if row["kind"] in {"planned", "nudge"} and row["night"] is not None:
            night = recount.setdefault((row["patient_id"], str(row["night"])), Counter())
            night["texts"] += 1
            night["handed"] += row["state"] in HANDED
            night["delivered"] += row["state"] == "delivered"
    for row in history.questions:
        key = (row["patient_id"], str(row["night"]))
        recount.setdefault(key, Counter())["answered"] += bool(row["valid"])
    figures = {(row["patient_id"], str(row["night"])): row for row in history.nights}
    for key, night in recount.items():
        if key not in figures:
            if night["delivered"] or night["answered"]:
                yield f"I9: the night {key[1]} of patient {key[0]} has no figures"
            continue
        for name in ("texts", "handed", "delivered", "answered"):
            if figures[key][name] != night[name]:
                said = f"{name} {figures[key][name]}, counted {night[name]}"
                yield f"I9: the night {key[1]} of patient {key[0]} says {said}"
    for key in figures.keys() - recount.keys():
        yield f"I9: there are figures of the night {key[1]} of patient {key[0]}, and no rows"


def reported(history: History, said: Said | None) -> Iterator[str]:
    """I9: the exports list what is stored, line for line, and Today counts it."""
    if said is None:
        return
    texts = Counter((row["slot"], row["state"]) for row in history.texts)
    listed = Counter((line["slot"], line["state"]) for line in said.messages)
    for slot, state in (texts - listed) + (listed - texts):
        yield f"I9: {slot} ({state}) is stored {texts[slot, state]} times, exported {listed[slot, state]}"
    came = Counter(row["provider_sid"] for row in history.inbounds)
    replies = Counter(line["provider_sid"] for line in said.replies)
    for sid in (came - replies) + (replies - came):
        yield f"I9: the reply {sid} is stored {came[sid]} times, exported {replies[sid]}"
    left = Counter(
        row["state"]
        for row in history.texts
        if row["ref"] is not None and (row["submitted_at"] or row["reason"] == "expired")
    )
    if left != Counter(said.today):
        yield f"I9: Today says {dict(said.today)}, counted {dict(left)}"


def chained(history: History) -> Iterator[str]:
    """I10: each clinic's acts stand in its chain without a gap, and each digest covers its act and the one before."""
    ends: dict[int, tuple[int, str]] = {}
    for act in history.acts:
        number, before = ends.get(act["chain"], (0, "0" * 64))
        ends[act["chain"]] = act["number"], act["digest"]
        if act["number"] != number + 1:
            yield f"I10: after act {number} of clinic {act['chain']} comes act {act['number']}"
        elif act["id"] is None or _digest(before, act) != act["digest"]:
            yield f"I10: act {act['number']} of clinic {act['chain']} is not what was written"


def _digest(before: str, act: Row) -> str:
    details = act["details"]
    kept = {
        "id": act["id"],
        "clinic": act["clinic_id"],
        "actor": act["actor"],
        "action": act["action"],
        "about": act["about"],
        "details": json.loads(details) if isinstance(details, str) else details,
        "at": instant(act["at"]).astimezone(UTC).isoformat(timespec="microseconds"),
    }
    canonical = json.dumps(kept, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256((before + canonical).encode()).hexdigest()


def _sent(history: History, outside: Outside) -> list[Row]:
    """The rows of texts that the provider took."""
    taken = {*outside.taken()}
    return [row for row in history.texts if row["token"] in taken]


def _heard(history: History, row: Row, left: datetime) -> bool:
    came = (instant(one["received_at"]) for one in history.inbounds if one["ref"] == row["ref"])
    return any(left - HEARD_LATELY <= at <= left for at in came)


def _is_open(row: Row, left: datetime) -> bool:
    """Whether the patient's hours of that local day, or those of the day before that go past midnight, are open."""
    local = left.astimezone(ZoneInfo(row["zone"]))
    naive = local.replace(tzinfo=None)
    spans = (_hours(row, naive.date() - DAY), _hours(row, naive.date()))
    return any(opens <= naive < closes for opens, closes in spans)


def _hours(row: Row, day: date) -> tuple[datetime, datetime]:
    if row["window"] != "bedtime":
        start, end = (time.fromisoformat(part) for part in row["window"].split("-"))
        return datetime.combine(day, start), datetime.combine(
            day if end > start else day + DAY, end
        )
    wakes = _bedtime(row, day - DAY)
    _, wake = _clocks(row, day - DAY)
    woken = datetime.combine(wakes.date(), wake)
    woken = woken if woken > wakes else woken + DAY
    return max(datetime.combine(day, OPENS), woken), _bedtime(row, day)


def _bedtime(row: Row, night: date) -> datetime:
    asleep, _ = _clocks(row, night)
    if str(row["tonight_night"]) == str(night):
        asleep = _clock(row["tonight_bedtime"])
    return datetime.combine(night if asleep >= NOON else night + DAY, asleep)


def _clocks(row: Row, night: date) -> tuple[time, time]:
    late = night.weekday() in WEEKEND
    return (
        _clock((late and row["bedtime_weekend"]) or row["bedtime"]),
        _clock((late and row["wake_weekend"]) or row["wake_time"]),
    )


def _clock(value: Any) -> time:
    return value if isinstance(value, time) else time.fromisoformat(str(value))
