"""clinic create, user add, import patients: what a clinic begins with."""

import csv
import io
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from schedules.recurrence import zone_named
from service import boot
from service.cli.opening import ACTOR, Opened, find_clinic, open_installation
from service.config import read_settings
from service.domain.patient_form import COLUMNS, CheckedPatient, check_row
from service.domain.phone_numbers import region_of
from service.flows.enrol import RecordedConsent, enrol
from service.flows.open_clinic import open_clinic
from service.store import audit, people, schema, users
from service.store.people import NewClinic, NewPatient
from service.store.records import Clinic
from service.store.session import SYSTEM

# What the texts' lengths are proved with (clinical.md section 4).
LONGEST_ALIAS, LONGEST_PHONE = 18, 14
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@click.group()
def clinic() -> None:
    """Clinics of this installation."""


@clinic.command()
@click.option("--slug", required=True, help="Short name in commands: northside.")
@click.option("--name", required=True)
@click.option("--alias", required=True, help="What texts call it; it must not name the condition.")
@click.option("--zone", required=True, help="An IANA zone, as America/Halifax.")
@click.option("--language", required=True, type=click.Choice(["en", "es"]))
@click.option("--phone", required=True, help="Whom patients call.")
@click.option("--emergency", required=True, help="The emergency number: 911.")
@click.option("--crisis", required=True, help="The crisis line: 988.")
@click.option("--poison", required=True, help="The poison line.")
@click.option("--sender", required=True, help="The number texts come from, as +19025550140.")
def create(**given: str) -> None:
    """Make a clinic with the shipped programmes and texts published."""
    _check_clinic(given)
    settings = read_settings()
    store = boot.open_store(settings, make_keys=True)
    schema.upgrade(store.engine)
    boot.check_database(settings, store)
    boot.keep_key_check(store)
    runtime = boot.quiet_runtime(settings, store)
    with store.transaction(SYSTEM, ACTOR) as tx:
        known = {one.slug for one in people.all_clinics(tx)}
        if given["slug"] in known or people.clinic_by_sender(tx, given["sender"]):
            raise click.UsageError("A clinic of that slug or sender exists already.")
        made = open_clinic(runtime, tx, NewClinic(**given, synthetic=False), runtime.clock.now())
    click.echo(
        f"{made.name} is ready; its keys are in {settings.keys_file}: back them up.", err=True
    )
    click.echo(
        f"Next: evenfall user add --clinic {made.slug} --email … --role clinic_admin", err=True
    )
    click.echo(
        "Nobody is called for a RED alert yet: whom to call is entered under System.", err=True
    )


def _check_clinic(given: dict[str, str]) -> None:
    try:
        zone_named(given["zone"])
    except ValueError as wrong:
        raise click.UsageError(str(wrong)) from None
    if len(given["alias"]) > LONGEST_ALIAS:
        raise click.UsageError(f"--alias has more than {LONGEST_ALIAS} characters.")
    for name in ("phone", "emergency", "crisis", "poison"):
        if len(given[name]) > LONGEST_PHONE:
            raise click.UsageError(f"--{name} has more than {LONGEST_PHONE} characters.")
    if not given["sender"].startswith("+") or not given["sender"][1:].isdigit():
        raise click.UsageError("--sender is an international number: + and digits.")


@click.group()
def user() -> None:
    """Members of staff."""


@user.command()
@click.option("--clinic", "slug", required=True)
@click.option("--email", required=True)
@click.option("--role", "roles", required=True, multiple=True, type=click.Choice(users.ROLES))
def add(slug: str, email: str, roles: tuple[str, ...]) -> None:
    """Invite someone: prints a link that can be used once, within 7 days."""
    if not ADDRESS.fullmatch(email):
        raise click.UsageError(f"--email {email!r} is no e-mail address.")
    opened = open_installation()
    found = find_clinic(opened, slug)
    now = opened.runtime.clock.wall()
    with opened.store.transaction(SYSTEM, ACTOR) as tx:
        if users.user_by_email(tx, email):
            raise click.UsageError(f"{email} has an account already.")
        token = users.invite(tx, found.id, email, list(roles), now)
        audit.write(tx, found.id, "user invited", email, now, roles=list(roles))
    click.echo("The link works once, for 7 days; give it to them privately.", err=True)
    click.echo(f"{opened.settings.public_url.rstrip('/')}/join/{token}")


@click.group("import")
def import_() -> None:
    """Bring data in."""


@import_.command("patients")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--clinic", "slug", required=True)
@click.option("--dry-run", is_flag=True, help="Check only; write nothing.")
def import_patients(path: Path, slug: str, dry_run: bool) -> None:
    """Enrol the patients of a CSV file: every row is checked before any is written."""
    opened = open_installation()
    found = find_clinic(opened, slug)
    checked, faults = _checked(opened, found, path)
    for fault in faults:
        click.echo(fault)
    if faults:
        click.echo(f"Faults: {len(faults)}. Nothing was written.", err=True)
        sys.exit(1)
    for number, others in _shared(opened, found, checked):
        has = "has" if len(others) == 1 else "have"
        click.echo(
            f"row {number}, column phone: {', '.join(others)} {has} this number too; whose reply one is, a person"
            " must say. Give each their own if you can.",
            err=True,
        )
    if not dry_run:
        with opened.store.transaction(SYSTEM, ACTOR) as tx:
            now = opened.runtime.clock.now()
            for one in checked:
                evidence = one.consent_evidence
                recorded = RecordedConsent(evidence) if evidence is not None else None
                enrol(opened.runtime, tx, found, NewPatient(**one.known()), recorded, now)
    done = "Would be enrolled" if dry_run else "Enrolled"
    click.echo(f"{done}: {len(checked)}.", err=True)


def _checked(opened: Opened, found: Clinic, path: Path) -> tuple[list[CheckedPatient], list[str]]:
    """The rows of the file as patients, and every fault by row and column (row 1 is the header)."""
    rows, fault = _rows(path)
    if fault:
        return [], [fault]
    with opened.store.transaction(SYSTEM, ACTOR, write=False) as tx:
        taken = {patient.ref for patient in people.all_patients(tx, found.id)}
    today = opened.runtime.clock.now().astimezone(ZoneInfo(found.zone)).date()
    region = region_of(found.sender)
    checked, faults = [], []
    for number, row in enumerate(rows, start=2):
        given = {name: value or "" for name, value in row.items() if name is not None}
        if None in row:
            faults.append(
                f"row {number}, column {len(row)}: there are more cells than columns in row 1."
            )
        ref = given.get("ref", "").strip()
        if ref in taken:
            faults.append(f"row {number}, column ref: {ref} is in use already.")
        taken.add(ref)
        result = check_row(
            given, zone=found.zone, language=found.language, region=region, today=today
        )
        if isinstance(result, list):
            faults += [f"row {number}, column {one.column}: {one.reason}" for one in result]
        else:
            checked.append(result)
    return checked, faults


def _shared(
    opened: Opened, found: Clinic, checked: Sequence[CheckedPatient]
) -> Iterator[tuple[int, list[str]]]:
    """The rows whose number somebody else has, in the clinic or in a row above; and who."""
    known: dict[str, list[str]] = {}
    with opened.store.transaction(SYSTEM, ACTOR, write=False) as tx:
        for row, one in enumerate(checked, start=2):
            index = people.phone_index(tx.keyring, one.phone)
            if index not in known:
                owners = people.patients_by_number(tx, found.id, index)
                known[index] = [patient.ref for patient in owners]
            if known[index]:
                yield row, list(known[index])
            known[index].append(one.ref)


def _rows(path: Path) -> tuple[list[dict[str | None, str]], str]:
    """The rows below the header, or what keeps the file from being read."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = path.read_bytes()[: wrong.start].count(b"\n") + 1
        return [], f"row {line}: this is not UTF-8; save the file as CSV UTF-8 and try again."
    reader = csv.DictReader(io.StringIO(text, newline=""))
    unknown = [name for name in reader.fieldnames or [] if name not in COLUMNS]
    if not reader.fieldnames:
        return [], "row 1: the file is empty; its first row names the columns."
    if unknown:
        return [], f"row 1: unknown columns: {', '.join(map(str, unknown))}"
    return list(reader), ""
