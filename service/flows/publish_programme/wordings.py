"""New wordings of texts -> checked with every programme that says them -> in force at once or from the next night."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from service.domain.programme_check import text_faults
from service.flows.publish_programme import Wordings, starts_at, wording_faults
from service.runtime import Runtime
from service.store import audit
from service.store.content import Content
from service.store.people import clinic_to_publish
from service.store.programme_versions import Version
from service.store.session import Tx
from service.store.wordings import add_wordings

InForce = Literal["now", "next-night"]
BasedOn = Mapping[tuple[str, str], int]
"""The number of the wording each new one was written from, by (text id, language); 0 where there was none."""


class StaleWordingError(Exception):
    """Somebody published another wording of a text that was being changed."""


class FaultyWordingError(ValueError):
    """Wordings that may not be published; every reason in words."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


def publish_wordings(
    runtime: Runtime,
    tx: Tx,
    clinic_id: int,
    bodies: Wordings,
    *,
    at: InForce,
    based_on: BasedOn,
    now: datetime,
) -> None:
    """Write the next wordings of texts. FaultyWordingError, StaleWordingError: nothing is written then."""
    clinic = clinic_to_publish(tx, clinic_id)
    current = runtime.shelf.content(tx, clinic)
    if any(newest_number(current, *key) != based_on.get(key, 0) for key in bodies):
        raise StaleWordingError
    faults = faults_of(current, bodies, now)
    if faults:
        raise FaultyWordingError(faults)
    start = starts_at(at, clinic.zone, now)
    add_wordings(tx, clinic.id, bodies, now, effective_at=start)
    audit.write(
        tx,
        clinic.id,
        "wordings published",
        clinic.token,
        now,
        wordings=[f"{text_id} {language}" for text_id, language in bodies],
        effective_at=start.isoformat(),
    )


def newest_number(current: Content, text_id: str, language: str) -> int:
    """The number of the wording published last, in force or not yet; 0 where there is none."""
    key = (text_id, language)
    published = current.texts.published
    return max((one.number for one in published if (one.text_id, one.language) == key), default=0)


def faults_of(current: Content, bodies: Wordings, now: datetime) -> list[str]:
    """Why the wordings may not be published: by themselves, or for a programme that would say them."""
    catalogue = current.texts.newest
    alone = [
        f"{text_id} ({language}): {reason}."
        for (text_id, language), body in bodies.items()
        for reason in wording_faults(catalogue, text_id, language, body)
    ]
    if alone:
        return alone
    after = catalogue.with_bodies(bodies)
    # A version that is in force until its successor's instant says them too.
    saying = [programme for _, programme in current.programmes(now)]
    saying += [programme for version, programme in current.versions if _is_coming(version, now)]
    return list(
        dict.fromkeys(
            f"{programme.title}: {reason}"
            for programme in saying
            for reason in text_faults(programme, after)
        )
    )


def _is_coming(version: Version, now: datetime) -> bool:
    return version.effective_at is not None and version.effective_at > now
