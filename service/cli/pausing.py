"""pause and resume: whether a clinic's texts leave at all, for every process and across restarts."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import click

from service.cli.opening import ACTOR, Opened, find_clinic, open_installation
from service.domain.counting import counted
from service.domain.delivery import Cause
from service.store import halts, people
from service.store.records import Clinic
from service.store.session import SYSTEM

LONGEST_REASON = 200
SOON = timedelta(hours=1)


def for_clinics(command: Callable[..., None]) -> Callable[..., None]:
    """The two ways to say whose texts are meant."""
    command = click.option("--clinic", "slug", help="One clinic, by its short name.")(command)
    return click.option("--all", "everyone", is_flag=True, help="Every clinic there is.")(command)


@click.command()
@for_clinics
@click.option("--reason", required=True, help="Shown to staff on every page.")
@click.option("--everything", is_flag=True, help="Not even answers to danger, STOP and HELP.")
@click.option("--yes", is_flag=True, help="Do not ask for the count.")
def pause(everyone: bool, slug: str | None, reason: str, everything: bool, yes: bool) -> None:
    """Let no text leave until `resume`. What runs out meanwhile is never sent."""
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise click.UsageError(f"--reason is a sentence of up to {LONGEST_REASON} characters.")
    opened = open_installation()
    clinics = _meant(opened, slug, everyone=everyone)
    now = opened.runtime.clock.now()
    with opened.store.transaction(SYSTEM, ACTOR, write=False) as tx:
        stake = halts.stake(tx, [clinic.id for clinic in clinics], now, now + SOON)
    said = (
        f"{counted(stake.waiting, 'text waits', 'texts wait')} to leave, at"
        f" {counted(len(clinics), 'clinic')}; {stake.running_out} would run out within the hour."
    )
    click.echo(said, err=True)
    if not yes:
        typed = click.prompt(f"Type {stake.waiting} to stop them", err=True)
        if typed.strip() != str(stake.waiting):
            raise click.UsageError("That is not the count. Nothing was changed.")
    with opened.store.transaction(SYSTEM, ACTOR) as tx:
        for clinic in clinics:
            halts.begin(
                tx, clinic.id, Cause.KILL_SWITCH, reason.strip(), now, everything=everything
            )
    left = "Nothing leaves" if everything else "Only answers to danger, STOP and HELP leave"
    click.echo(f"{left}, until `evenfall resume`.", err=True)


@click.command()
@for_clinics
def resume(**meant: Any) -> None:
    """Let texts leave again: those still of use, each patient's 90 minutes apart and at the sender's rate."""
    opened = open_installation()
    clinics = _meant(opened, meant["slug"], everyone=meant["everyone"])
    now = opened.runtime.clock.now()
    with opened.store.transaction(SYSTEM, ACTOR) as tx:
        ended = [one for one in clinics if halts.end(tx, one.id, Cause.KILL_SWITCH, now)]
    names = ", ".join(clinic.slug for clinic in ended)
    click.echo(f"Texts leave again: {names}." if ended else "Nothing was switched off.", err=True)


def _meant(opened: Opened, slug: str | None, *, everyone: bool) -> list[Clinic]:
    if everyone == (slug is not None):
        raise click.UsageError("Say either --all or --clinic.")
    if slug is not None:
        return [find_clinic(opened, slug)]
    with opened.store.transaction(SYSTEM, ACTOR, write=False) as tx:
        return people.all_clinics(tx)
