"""The audit trail as a chain: each entry's digest covers the one before, so that no entry can be changed unnoticed."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

BEGINNING: Final = "0" * 64
"""What the first entry's digest covers in place of one before."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One act as the trail keeps it; `at` in clinic time, UTC."""

    id: int
    clinic_id: int
    actor: str
    action: str
    about: str
    details: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """An entry's place in its clinic's chain, from 1 on; no entry where the database has lost it."""

    number: int
    digest: str
    entry: Entry | None


@dataclass(frozen=True, slots=True)
class Head:
    """How far a clinic's chain (`clinic`: its token) had come, kept outside of the database."""

    clinic: str
    number: int
    digest: str


def digest_of(before: str, entry: Entry) -> str:
    """SHA-256, in hex, of the digest before and the entry as canonical JSON: sorted keys, no spaces, ASCII."""
    kept = {
        "id": entry.id,
        "clinic": entry.clinic_id,
        "actor": entry.actor,
        "action": entry.action,
        "about": entry.about,
        "details": entry.details,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
    }
    canonical = json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256((before + canonical).encode()).hexdigest()


def first_fault(links: Iterable[Link], heads: Sequence[Head]) -> str | None:
    """The first entry of a chain that is not what was written, in words; None where all are.

    `links` by number. The chain alone shows what was changed in its middle; `heads` show a cut tail, and a chain
    that was written anew from some entry on.
    """
    known = {head.number: head.digest for head in heads}
    number, before, agreed = 0, BEGINNING, 0
    for link in links:
        number += 1
        if link.number != number:
            return f"entry {number} is missing"
        if link.entry is None:
            return f"entry {number} was deleted"
        if digest_of(before, link.entry) != link.digest:
            return f"entry {number} was changed ({_said(link.entry)})"
        if known.get(number, link.digest) != link.digest:
            return f"entry {agreed + 1} was written anew, or one of those up to entry {number}"
        agreed = number if number in known else agreed
        before = link.digest
    if max(known, default=0) > number:
        return f"entry {number + 1} is missing, and all behind it"
    return None


def _said(entry: Entry) -> str:
    return f"row {entry.id}, {entry.action}, {entry.at:%Y-%m-%d %H:%M} UTC"
