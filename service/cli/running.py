"""serve, or web, clock and worker apart; and db: the service itself and its schema."""

import sys
from importlib import import_module

import click

from service import boot
from service.boot import Deployment
from service.config import read_settings
from service.entry.apart import keep_time, serve_pages
from service.entry.serving import serve as serve_until_stopped
from service.store import schema


@click.command()
def serve() -> None:
    """Run everything in one process: pages, clock and sender."""
    settings = read_settings()
    store = boot.open_store(settings)
    serve_until_stopped(
        store,
        lambda: boot.deploy(settings, store),
        lambda address: click.echo(f"Evenfall is at {address}", err=True),
    )


@click.command()
def web() -> None:
    """Run the pages alone, beside `clock` and `worker`; needs PostgreSQL."""
    serve_pages(_part(), lambda address: click.echo(f"Evenfall is at {address}", err=True))


@click.command()
def clock() -> None:
    """Run the clock alone; a second one waits and takes over when the first ends."""
    keep_time(
        _part(),
        lambda leads: click.echo("Keeping time." if leads else "Standing by.", err=True),
    )


@click.command()
def worker() -> None:
    """Plan, read and send what the clock asks for; start as many as there is work for."""
    service = _part()
    # By name: it needs what only PostgreSQL's extra brings.
    work = import_module("service.entry.worker").work
    work(service, lambda: click.echo("Working.", err=True))


def _part() -> Deployment:
    settings = read_settings()
    return boot.deploy_part(settings, boot.open_store(settings))


@click.group()
def db() -> None:
    """The database's schema."""


@db.command()
def upgrade() -> None:
    """Bring the database to this version's schema."""
    engine = boot.open_database(read_settings())
    if schema.is_ahead(engine):
        click.echo("A newer version has upgraded this database; it is left as it is.", err=True)
        return
    schema.upgrade(engine)
    click.echo("The database is up to date.", err=True)


@db.command("check")
def check_schema() -> None:
    """Whether the database agrees with this version; exits 1 if not."""
    engine = boot.open_database(read_settings())
    if not schema.is_current(engine):
        click.echo("The database is not up to date; run `evenfall db upgrade`.", err=True)
        sys.exit(1)
    differences = schema.differences(engine)
    for difference in differences:
        click.echo(difference)
    if differences:
        click.echo(
            "The database is not what this version made: put back a backup, or ask for help"
            " with the lines above.",
            err=True,
        )
        sys.exit(1)
    click.echo("Models and database agree.", err=True)
