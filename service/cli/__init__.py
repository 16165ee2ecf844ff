"""The `evenfall` command: data on stdout, talk on stderr; 0 done, 1 found faults, 2 wrong use."""

import sys

import click
import structlog

from schedules.fault import ProgrammeFaults
from service.boot import StartError
from service.cli.audit import audit
from service.cli.checking import check, interpret, occurrences
from service.cli.clinics import clinic, import_, user
from service.cli.demo import demo
from service.cli.export import export
from service.cli.pausing import pause, resume
from service.cli.plans import plan
from service.cli.programmes import programme
from service.cli.rehearse import rehearse
from service.cli.running import clock, db, serve, web, worker
from service.config import SettingsError
from service.store.sealed import SealError

FAULTS, WRONG_USE = 1, 2


@click.group(
    epilog="Start with `evenfall demo`: a synthetic clinic on this machine, with no account and no network.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="evenfall")
def evenfall() -> None:
    """Evening texts for people with restless legs, and what their clinic needs to see."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


for command in (
    demo,
    serve,
    web,
    clock,
    worker,
    check,
    db,
    clinic,
    user,
    import_,
    plan,
    rehearse,
    occurrences,
    interpret,
    programme,
    export,
    pause,
    resume,
    audit,
):
    evenfall.add_command(command)


def main() -> None:
    """The entry point: what is wrong with settings, keys or files is said in a sentence, not a traceback."""
    try:
        evenfall()
    except ProgrammeFaults as faults:
        for fault in faults.faults:
            click.echo(str(fault), err=True)
        sys.exit(FAULTS)
    except SettingsError as wrong:
        click.echo(f"evenfall: {wrong}", err=True)
        sys.exit(WRONG_USE)
    except (StartError, SealError) as refusal:
        click.echo(f"evenfall: {refusal}", err=True)
        sys.exit(FAULTS)
