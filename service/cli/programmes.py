"""programme export, diff, apply and rollback: a clinic's programmes as files, so that it can keep them in git."""

import sys
from difflib import unified_diff
from pathlib import Path
from typing import cast, get_args

import click

from schedules.loading import load
from service.cli.opening import ACTOR, Opened, find_clinic, open_installation, read_source
from service.domain.programme_doubts import doubts
from service.flows.publish_programme import TakesEffect, newest_of, publish
from service.store import programme_versions
from service.store.people import clinic_by_id
from service.store.programme_versions import Version
from service.store.records import Clinic
from service.store.session import SYSTEM

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
DIFFERENT = 1

clinic_option = click.option("--clinic", "slug", required=True)
when_option = click.option(
    "--at", "when", default="now", type=click.Choice(get_args(TakesEffect)), show_default=True
)


@click.group()
def programme() -> None:
    """Programmes of a clinic, as files."""


@programme.command()
@click.argument("path", type=FILE)
@clinic_option
@click.option("--publish", "publishing", is_flag=True, help="Else it is kept as a draft.")
@when_option
def apply(path: Path, slug: str, publishing: bool, when: str) -> None:
    """Make FILE the next version of its programme; with any fault nothing changes."""
    opened = open_installation()
    _publish(
        opened,
        find_clinic(opened, slug),
        read_source(path),
        str(path),
        when if publishing else None,
    )


@programme.command()
@click.argument("name", metavar="PROGRAMME")
@clinic_option
@click.option("--version", "number", type=int, help="Else the one published last.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Else stdout.")
def export(name: str, slug: str, number: int | None, output: Path | None) -> None:
    """Write a version of PROGRAMME, byte for byte as it was published."""
    opened = open_installation()
    data = _version(opened, find_clinic(opened, slug), name, number).source.encode()
    if output is None:
        sys.stdout.buffer.write(data)
    else:
        output.write_bytes(data)


@programme.command()
@click.argument("path", type=FILE)
@clinic_option
def diff(path: Path, slug: str) -> None:
    """What FILE would change of the version published last; exits 1 where it differs."""
    opened = open_installation()
    source = read_source(path)
    published = _version(opened, find_clinic(opened, slug), load(source, str(path)).slug, None)
    names = f"{published.slug} version {published.number}", str(path)
    lines = unified_diff(_lines(published.source), _lines(source), *names)
    found = "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
    click.echo(found, nl=False)
    sys.exit(DIFFERENT if found else 0)


@programme.command()
@click.argument("name", metavar="PROGRAMME")
@clinic_option
@click.option("--to", "number", type=int, help="Else the version before the last.")
@when_option
def rollback(name: str, slug: str, number: int | None, when: str) -> None:
    """Publish an earlier version of PROGRAMME again, as its next one."""
    opened = open_installation()
    clinic = find_clinic(opened, slug)
    if number is None:
        number = _before_the_last(opened, clinic, name)
    earlier = _version(opened, clinic, name, number)
    _publish(opened, clinic, earlier.source, f"{name} version {number}", when)


def _publish(opened: Opened, clinic: Clinic, source: str, name: str, when: str | None) -> None:
    """Write the next version, a draft where `when` is None, and say what was done."""
    at = cast("TakesEffect", when) if when else None
    now = opened.runtime.clock.now()
    with opened.store.transaction(SYSTEM, ACTOR) as tx:
        newest = newest_of(opened.runtime.shelf.content(tx, clinic), load(source, name).slug)
        if (
            at
            and newest
            and (newest[0].source, newest[0].for_new) == (source, at == "new-patients")
        ):
            click.echo(
                f"Nothing differs from version {newest[0].number}; nothing was published.", err=True
            )
            return
        made = publish(opened.runtime, tx, clinic, source, name=name, at=at, now=now)
        shelf, changed = opened.runtime.shelf, clinic_by_id(tx, clinic.id)
        was, now_is = (shelf.content(tx, one).overtaken(made.slug) for one in (clinic, changed))
    start = made.effective_at
    state = f"published, in force from {start:%Y-%m-%d %H:%M} UTC" if start else "a draft"
    whom = " for who consents from then on" if made.for_new else ""
    click.echo(f"{made.slug} version {made.number} is {state}{whom}.", err=True)
    for number in sorted(now_is - was):
        click.echo(f"Version {number}, published for later, never begins.", err=True)
    for doubt in doubts(load(source, name)):
        click.echo(f"Look again: {doubt}", err=True)


def _before_the_last(opened: Opened, clinic: Clinic, name: str) -> int:
    """The number of the version published before the last: drafts and refused ones were never in force."""
    _version(opened, clinic, name, None)
    with opened.store.transaction(SYSTEM, ACTOR, write=False) as tx:
        versions = programme_versions.versions(tx, clinic.id, name)
    published = [one.number for one in versions if one.state == "published"]
    if len(published) < 2:
        raise click.UsageError(
            f"{name} has been published once only; there is nothing to go back to."
        )
    return published[-2]


def _version(opened: Opened, clinic: Clinic, name: str, number: int | None) -> Version:
    """That version, or the one published last."""
    with opened.store.transaction(SYSTEM, ACTOR, write=False) as tx:
        versions = programme_versions.versions(tx, clinic.id, name)
    if not versions:
        raise click.UsageError(f"There is no programme {name!r} at {clinic.slug}.")
    published = [one for one in versions if one.state == "published"]
    asked = [one for one in versions if one.number == number]
    found = published[-1:] if number is None else asked
    if not found:
        numbers = ", ".join(str(one.number) for one in versions)
        raise click.UsageError(f"{name} has no version {number}; it has {numbers}.")
    return found[0]


def _lines(source: str) -> list[str]:
    return source.splitlines(keepends=True)
