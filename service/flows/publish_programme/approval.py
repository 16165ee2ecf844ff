"""A weaker safety gate: one admin asks with a reason, another approves or refuses with a reason; both are kept."""

from datetime import datetime

from service.flows.publish_programme import (
    StaleEditError,
    TakesEffect,
    check,
    newest_of,
    refuse_if_stale,
    starts_at,
    weakened_gates,
)
from service.runtime import Runtime
from service.store import audit, programme_versions
from service.store.content import Content
from service.store.people import languages_read
from service.store.programme_versions import Version
from service.store.records import Clinic
from service.store.session import Tx


class StateError(Exception):
    """What was asked for is not possible as things stand now; the sentence says why."""


def ask_approval(
    runtime: Runtime,
    tx: Tx,
    clinic: Clinic,
    slug: str,
    source: str,
    *,
    because: str,
    based_on: int,
    now: datetime,
) -> Version:
    """Keep a version that weakens a safety gate until a second admin approves it.

    ProgrammeFaults for every other fault, StateError where it weakens nothing, StaleEditError as for publishing.
    """
    current = runtime.shelf.content(tx, clinic)
    languages = languages_read(tx, clinic.id)
    programme = check(current, source, "the file", {}, languages, weakening=True)
    if programme.slug != slug:
        raise StateError(f"This file is of {programme.slug}, not of {slug}.")
    if not weakened_gates(current, source, "the file", programme):
        raise StateError("This weakens no safety gate; it can be published as it is.")
    refuse_if_stale(current, programme.slug, based_on)
    written = programme_versions.add_version(
        tx, clinic.id, programme.slug, source, now, effective_at=None
    )
    programme_versions.await_approval(tx, written.token, because)
    audit.write(tx, clinic.id, "approval asked", written.token, now, because=because)
    return written


def decide_approval(
    runtime: Runtime,
    tx: Tx,
    clinic: Clinic,
    version: Version,
    *,
    at: TakesEffect | None,
    because: str,
    now: datetime,
) -> None:
    """Publish a version that waits for a second admin, or refuse it (`at` None); both are kept with the reason.

    StateError where it waits no longer, or where the one who asked would approve; StaleEditError where another
    version was published since.
    """
    if version.state != "awaiting":
        raise StateError("Somebody has decided this already.")
    if at is None:
        programme_versions.refuse(tx, version.token, because)
        audit.write(tx, clinic.id, "approval refused", version.token, now, because=because)
        return
    if version.asked_by == tx.actor:
        raise StateError("Who asked for it cannot approve it.")
    current = runtime.shelf.content(tx, clinic)
    newest = overtaken_by(current, version)
    if newest is not None:
        raise StaleEditError(newest)
    languages = languages_read(tx, clinic.id)
    check(current, version.source, version.slug, {}, languages, weakening=True)
    start, for_new = starts_at(at, clinic.zone, now), at == "new-patients"
    programme_versions.approve(tx, clinic.id, version.token, because, now, start, for_new)
    audit.write(tx, clinic.id, "approved and published", version.token, now, because=because)


def overtaken_by(current: Content, version: Version) -> int | None:
    """The number of a version published since `version` was asked for, which approving it would undo; None else."""
    newest = newest_of(current, version.slug)
    published = newest[0].published_at if newest else None
    if newest is None or published is None or published < version.created_at:
        return None
    return newest[0].number
