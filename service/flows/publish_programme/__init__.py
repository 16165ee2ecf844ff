"""A programme's text -> checked whole -> its next version, in force at once, from the next night, or a draft."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from message_templates.catalogue import Catalogue
from message_templates.lint import lint_body
from schedules.fault import Fault, ProgrammeFaults
from schedules.night import NOON, night_of
from schedules.programme import Programme
from schedules.recurrence import to_utc
from service.domain.own_texts import named_twice
from service.domain.programme_check import checked, text_faults
from service.domain.programme_safety import weakened
from service.runtime import Runtime
from service.store import audit, programme_versions
from service.store.content import Content
from service.store.people import languages_read
from service.store.programme_versions import Version
from service.store.records import Clinic
from service.store.session import Tx
from service.store.wordings import add_wordings

TakesEffect = Literal["now", "next-night", "new-patients"]
TAKES_TWO = "One person may not publish that; a second admin can approve it on the page of the programme's file."
Wordings = Mapping[tuple[str, str], str]
"""New wordings by (text id, language)."""


class StaleEditError(Exception):
    """Somebody published a version meanwhile; what was edited is no longer what is in force."""

    def __init__(self, newest: int) -> None:
        super().__init__(f"version {newest} was published meanwhile")
        self.newest = newest


def starts_at(at: TakesEffect, zone: str, now: datetime) -> datetime:
    """The instant (UTC) a publication takes effect: `now`, or the next noon in the clinic's zone."""
    if at != "next-night":
        return now
    tomorrow = night_of(now, zone) + timedelta(days=1)
    return to_utc(datetime.combine(tomorrow, NOON), zone)


def publish(
    runtime: Runtime,
    tx: Tx,
    clinic: Clinic,
    source: str,
    *,
    name: str,
    at: TakesEffect | None,
    now: datetime,
    wordings: Wordings | None = None,
    based_on: int | None = None,
) -> Version:
    """Write the next version of the programme in `source`, and new wordings of its texts with it.

    `name` is how faults call the file. `at` None keeps a draft. `based_on` is the number of the
    version that was edited. ProgrammeFaults, with every fault, or StaleEditError: nothing is written then.
    The new wordings are in force when the programme is; for everybody, also where it is for new patients only.
    """
    current = runtime.shelf.content(tx, clinic)
    wordings = wordings or {}
    programme = check(current, source, name, wordings, languages_read(tx, clinic.id))
    refuse_if_stale(current, programme.slug, based_on)
    effective_at = starts_at(at, clinic.zone, now) if at else None
    written = programme_versions.add_version(
        tx,
        clinic.id,
        programme.slug,
        source,
        now,
        effective_at=effective_at,
        for_new=at == "new-patients",
    )
    if wordings and effective_at is not None:
        add_wordings(tx, clinic.id, wordings, now, effective_at=effective_at)
    _note(tx, clinic, written, wordings, now)
    return written


def refuse_if_stale(current: Content, slug: str, based_on: int | None) -> None:
    """StaleEditError where another version than `based_on` was published last."""
    newest = newest_of(current, slug)
    if based_on is not None and newest is not None and newest[0].number != based_on:
        raise StaleEditError(newest[0].number)


def _note(tx: Tx, clinic: Clinic, written: Version, wordings: Wordings, now: datetime) -> None:
    """Keep who published what."""
    at = written.effective_at
    audit.write(
        tx,
        clinic.id,
        "programme drafted" if at is None else "programme published",
        written.token,
        now,
        programme=written.slug,
        version=written.number,
        effective_at=at.isoformat() if at else None,
        for_new=written.for_new,
        wordings=[f"{text_id} {language}" for text_id, language in wordings],
    )


def check(
    current: Content,
    source: str,
    name: str,
    wordings: Wordings,
    languages: Collection[str],
    *,
    weakening: bool = False,
) -> Programme:
    """The programme in `source` if it may follow what is published; ProgrammeFaults with every fault.

    `languages` are those the clinic's patients read. `weakening`: safety gates may be weakened, since a second
    admin looks at it.
    """
    catalogue = current.texts.newest
    faults = [
        Fault(name, 0, f"{text_id} ({language}): {reason}.")
        for (text_id, language), body in wordings.items()
        for reason in wording_faults(catalogue, text_id, language, body)
    ]
    if faults:
        raise ProgrammeFaults(faults)
    catalogue = catalogue.with_bodies(wordings)
    programme = checked(source, name, catalogue, languages)
    slug = programme.slug
    gates = [] if weakening else weakened_gates(current, source, name, programme)
    if gates:
        raise ProgrammeFaults(
            [replace(gate, reason=f"{gate.reason} {TAKES_TWO}") for gate in gates]
        )
    others = {version.slug: other for version, other in current.versions if version.slug != slug}
    faults = [
        Fault(name, 0, f"{other.title}: {reason}")
        for other in others.values()
        for reason in text_faults(other, catalogue)
    ]
    faults += [Fault(name, 0, reason) for reason in named_twice(programme, others.values())]
    if faults:
        raise ProgrammeFaults(faults)
    return programme


def weakened_gates(current: Content, source: str, name: str, programme: Programme) -> list[Fault]:
    """What keeps one person from publishing `programme`, read from `source`: its safety gates are weaker."""
    newest = newest_of(current, programme.slug)
    return weakened(source, name, programme, newest[1] if newest else None)


def as_if_published(
    current: Content,
    programme: Programme,
    source: str,
    wordings: Wordings,
    at: TakesEffect,
    zone: str,
    now: datetime,
) -> Content:
    """The clinic's content once a draft is published `now`: what a preview is drawn from."""
    start = starts_at(at, zone, now)
    for_new = at == "new-patients"
    draft = Version("", programme.slug, 0, "draft", source, start, None, None, now, for_new)
    return replace(
        current,
        versions=(*current.versions, (draft, programme)),
        texts=current.texts.with_draft(wordings, start),
        _wordings={},
    )


def wording_faults(catalogue: Catalogue, text_id: str, language: str, body: str) -> list[str]:
    """Why `body` may not be the wording of a text; empty if it may."""
    text = catalogue.get(text_id, language) or catalogue.get(text_id, "en")
    if text is None:
        return ["there is no such text"]
    if not body.strip():
        return ["a text cannot be empty"]
    return lint_body(replace(text, language=language), body)


def published_before(versions: Iterable[Version], one: Version) -> Version | None:
    """The version that was published last when `one` was written: what it changes. Drafts changed nothing."""
    earlier = [
        (other.published_at, other.number, other)
        for other in versions
        if other.slug == one.slug
        and other.number < one.number
        and other.published_at is not None
        and other.published_at <= one.created_at
    ]
    return max(earlier, key=lambda found: found[:2])[2] if earlier else None


def newest_of(current: Content, slug: str) -> tuple[Version, Programme] | None:
    """The version of a programme published last, even if it is not in force yet."""
    mine = [pair for pair in current.versions if pair[0].slug == slug]
    return mine[-1] if mine else None
