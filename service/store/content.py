"""A clinic's programmes and texts as its plans read them, kept until the next publication."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

from message_templates.catalogue import Catalogue, Privacy
from schedules.loading import load
from schedules.programme import Programme
from schedules.slots import Wording
from service.domain.composing import wordings_for
from service.domain.own_texts import with_own
from service.store.programme_versions import Version, versions
from service.store.records import Clinic
from service.store.send_spread import send_spread
from service.store.session import Tx
from service.store.wordings import Texts, texts_through_time, wordings

StepName = tuple[str, str]
"""A programme and the key of one of its steps."""
Published = tuple[tuple[Version, Programme], ...]


@dataclass(frozen=True, slots=True)
class Content:
    """What a clinic sends: published versions of its programmes, and texts with the clinic's own wordings.

    `spread`: over how long a moment that all patients share is spread, so that its sender keeps up.
    """

    number: int
    versions: Published
    texts: Texts
    spread: timedelta = timedelta(0)
    _wordings: dict[tuple[int, str, str], Mapping[str, Wording]] = field(default_factory=dict)
    _starts: tuple[datetime, ...] = field(init=False)
    _in_force: dict[tuple[int, int], Published] = field(init=False)
    _with_own: dict[tuple[int, int], Catalogue] = field(init=False)
    _begun: dict[tuple[int, int], Mapping[StepName, datetime]] = field(init=False)

    def __post_init__(self) -> None:
        """Between two starts the same versions are in force, found once."""
        starts = {one.effective_at for one, _ in self.versions if one.effective_at is not None}
        object.__setattr__(self, "_starts", tuple(sorted(starts)))
        object.__setattr__(self, "_in_force", {})
        object.__setattr__(self, "_with_own", {})
        object.__setattr__(self, "_begun", {})

    def catalogue(self, now: datetime, joined: datetime | None = None) -> Catalogue:
        """The texts in force at `now`, and the own questions of who consented at `joined` (None: would now)."""
        base, published = self.texts.at(now), self.programmes(now, joined)
        # Both live as long as this content does, so their identities name them.
        key = (id(base), id(published))
        found = self._with_own.get(key)
        if found is None:
            found = with_own(base, [programme for _, programme in published])
            self._with_own[key] = found
        return found

    def version(self, slug: str | None, number: int | None) -> Programme | None:
        """One published version of a programme."""
        named = (
            one
            for version, one in self.versions
            if (version.slug, version.number) == (slug, number)
        )
        return next(named, None)

    def wordings(
        self, language: str, privacy: str, now: datetime, joined: datetime | None
    ) -> Mapping[str, Wording]:
        """Every text as a patient of that language and privacy, who consented at `joined`, would get it at `now`."""
        catalogue = self.catalogue(now, joined)
        # Each catalogue lives as long as the texts do, so its identity names it.
        key = (id(catalogue), language, privacy)
        found = self._wordings.get(key)
        if found is None:
            found = wordings_for(catalogue, language, cast("Privacy", privacy))
            self._wordings[key] = found
        return found

    def programmes(self, now: datetime, joined: datetime | None = None) -> Published:
        """The version in force of each programme at `now` for who consented at `joined` (None: would now)."""
        period = bisect_right(self._starts, now)
        key = (period, period if joined is None else bisect_right(self._starts, joined))
        found = self._in_force.get(key)
        if found is None:
            found = self._in_force[key] = self._published(now, joined)
        return found

    def _published(self, now: datetime, joined: datetime | None) -> Published:
        newest: dict[str, tuple[Version, Programme]] = {}
        for version, programme in self.versions:
            start = version.effective_at
            if start is None or start > now:
                continue
            if not version.for_new or joined is None or joined >= start:
                newest[version.slug] = (version, programme)
        return tuple(newest[slug] for slug in sorted(newest))

    def standing(self, at: datetime) -> Published:
        """The versions anybody may have at `at`: of one slug also several, where some are for new patients only."""
        found: dict[str, Published] = {}
        for version, programme in self.versions:
            if version.effective_at is not None and version.effective_at <= at:
                earlier = found.get(version.slug, ()) if version.for_new else ()
                found[version.slug] = (*earlier, (version, programme))
        return tuple(pair for several in found.values() for pair in several)

    def in_force(self, at: datetime) -> list[Programme]:
        """The programmes anybody may have at `at`."""
        return [programme for _, programme in self.standing(at)]

    def changes_after(self, now: datetime) -> set[datetime]:
        """The instants after `now` from which another version of a programme or other wordings are in force."""
        starts = (*(version.effective_at for version, _ in self.versions), *self.texts.starts)
        return {at for at in starts if at is not None and at > now}

    def had(
        self, slug: str, now: datetime, joined: datetime | None
    ) -> tuple[Version, Programme] | None:
        """The version of a programme in force at `now` for who consented at `joined` (None: would now)."""
        return next((pair for pair in self.programmes(now, joined) if pair[0].slug == slug), None)

    def number_of(self, slug: str, now: datetime, joined: datetime | None) -> int | None:
        """Its number."""
        found = self.had(slug, now, joined)
        return found[0].number if found else None

    def in_force_since(self, slug: str, now: datetime, joined: datetime | None) -> datetime | None:
        """From when it has been in force."""
        found = self.had(slug, now, joined)
        return found[0].effective_at if found else None

    def begun(self, now: datetime, joined: datetime | None) -> Mapping[StepName, datetime]:
        """Since when each step in force at `now` has been so, of those that came after somebody joined."""
        period = bisect_right(self._starts, now)
        first = period if joined is None else bisect_right(self._starts, joined)
        found = self._begun.get((first, period))
        if found is None:
            found = self._begun[first, period] = self._since(self._starts[first:period], joined)
        return found

    def _since(
        self, starts: Sequence[datetime], joined: datetime | None
    ) -> Mapping[StepName, datetime]:
        since: dict[StepName, datetime] = {}
        was = self._steps(joined, joined) if joined else set()
        for start in starts:
            there = self._steps(start, joined)
            since = {step: at for step, at in since.items() if step in there}
            since |= dict.fromkeys(there - was, start)
            was = there
        return since

    def _steps(self, at: datetime, joined: datetime | None) -> set[StepName]:
        published = self.programmes(at, joined)
        return {(rule.programme, rule.key) for _, one in published for rule in one.planned}

    def overtaken(self, slug: str) -> set[int]:
        """The versions of a programme that never begin: a later one for everybody is in force by then."""
        mine = [version for version, _ in self.versions if version.slug == slug]
        return {
            one.number
            for one in mine
            for later in mine
            if later.number > one.number and not later.for_new
            if later.effective_at and one.effective_at and later.effective_at <= one.effective_at
        }

    def asks(self, slug: str, step: str, now: datetime, joined: datetime | None) -> str | None:
        """The answer type of the question a step asks, None where it asks nothing."""
        rules = (rule for _, programme in self.programmes(now, joined) for rule in programme.rules)
        found = (rule.asks for rule in rules if (rule.programme, rule.key) == (slug, step))
        return next(found, None)


class ContentShelf:
    """Contents by clinic, read again only after a publication."""

    def __init__(self, shipped: Catalogue, send_rate: float | None = None) -> None:
        """Texts as `shipped`; `send_rate` is segments a second for each sender, None without limit."""
        self.shipped = shipped
        self._send_rate = send_rate
        self._kept: dict[int, Content] = {}

    def content(self, tx: Tx, clinic: Clinic) -> Content:
        """The clinic's content as of the clinic record's content number."""
        kept = self._kept.get(clinic.id)
        if kept is None or kept.number != clinic.content_number:
            kept = _read(tx, clinic, self.shipped, self._send_rate)
            self._kept[clinic.id] = kept
        return kept


def _read(tx: Tx, clinic: Clinic, shipped: Catalogue, send_rate: float | None) -> Content:
    published = versions(tx, clinic.id, states=["published"])
    return Content(
        clinic.content_number,
        tuple((version, load(version.source, version.slug)) for version in published),
        texts_through_time(shipped, wordings(tx, clinic.id)),
        send_spread(tx, clinic, send_rate),
    )
