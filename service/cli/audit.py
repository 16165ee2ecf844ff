"""audit: whether the trail of who did what is what was written."""

import sys

import click

from service.cli.opening import open_installation
from service.flows.keep_audit import heads_file, prove_audit


@click.group()
def audit() -> None:
    """The trail of who did what."""


@audit.command()
def verify() -> None:
    """Whether it is what was written; names the first bad entry of each clinic and exits 1 if not."""
    runtime = open_installation().runtime
    faults = prove_audit(runtime)
    for fault in faults:
        click.echo(fault)
    if heads_file(runtime) is None:
        click.echo(
            "There is no file of heads (EVENFALL_AUDIT_HEADS_FILE), so nothing here shows a cut tail or a chain"
            " written anew; compare the log's last “audit sealed”.",
            err=True,
        )
    if faults:
        sys.exit(1)
    click.echo("Every entry is what was written.", err=True)
