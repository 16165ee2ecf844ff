"""What most commands begin with: settings, the store, a runtime, and a clinic by its short name."""

from dataclasses import dataclass
from pathlib import Path

import click

from schedules.fault import Fault, ProgrammeFaults
from service import boot
from service.config import Settings, read_settings
from service.runtime import Runtime
from service.store import people
from service.store.records import Clinic
from service.store.session import SYSTEM, Store

ACTOR = "command line"


@dataclass(frozen=True, slots=True)
class Opened:
    """An installation a command works on."""

    settings: Settings
    store: Store
    runtime: Runtime


def open_installation() -> Opened:
    """Open what the settings name; StartError when its schema or keys are not the right ones."""
    settings = read_settings()
    store = boot.open_store(settings)
    boot.check_database(settings, store)
    return Opened(settings, store, boot.quiet_runtime(settings, store))


def find_clinic(opened: Opened, slug: str) -> Clinic:
    """The clinic of that short name; wrong use when there is none, with those there are."""
    with opened.store.transaction(SYSTEM, ACTOR, write=False) as tx:
        try:
            return people.clinic_by_slug(tx, slug)
        except KeyError:
            known = ", ".join(clinic.slug for clinic in people.all_clinics(tx)) or "none yet"
    raise click.UsageError(f"There is no clinic {slug!r}. Clinics here: {known}.")


def read_source(path: Path) -> str:
    """The file's text with its line ends as they are; ProgrammeFaults where it is not UTF-8."""
    data = path.read_bytes()
    try:
        return data.decode()
    except UnicodeDecodeError as wrong:
        line = data[: wrong.start].count(b"\n") + 1
        reason = "This is not UTF-8; save the file as UTF-8 and try again."
        raise ProgrammeFaults([Fault(str(path), line, reason)]) from None
