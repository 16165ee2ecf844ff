"""rehearse: a clinic's coming nights, lived on a nameless copy; totals and transcripts to read and to diff."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC

import click

from schedules.recurrence import to_local
from service import boot, rehearsal
from service.cli.opening import find_clinic, open_installation
from service.cli.progress import night_bar
from service.rehearsal_totals import Tally
from service.rehearsal_words import written
from service.store.clinic_copy import nameless_copy
from service.store.transcripts import REPLY, Line


@click.command()
@click.option("--clinic", "slug", required=True)
@click.option("--nights", default=90, show_default=True, type=click.IntRange(1, 366))
@click.option("--seed", default=1, show_default=True, help="Another seed, other answers.")
@click.option("--json", "as_json", is_flag=True, help="One object a line.")
def rehearse(slug: str, nights: int, seed: int, as_json: bool) -> None:
    """Live a clinic's coming nights on a copy without names, and print what every patient would read.

    The real engine, programmes and texts; simulated phones and people. Nobody is texted, nothing is changed.
    The same clinic and seed print the same, so that two rehearsals can be compared line by line.
    """
    opened = open_installation()
    clinic = find_clinic(opened, slug)
    now = opened.runtime.clock.now()
    planned = rehearsal.nights_from(now, clinic.zone, nights)
    shipped = opened.runtime.shelf.shipped
    with nameless_copy(opened.store, clinic.id, now) as copy:
        answers = rehearsal.simulated_patients(copy, shipped, planned.end, seed)
        runtime, gateway = boot.travelling_runtime(opened.runtime.choices, copy, answers)
        rehearsal.live(runtime, gateway, planned, night_bar(nights))
        lines = rehearsal.read_transcript(copy, planned)
        totals = rehearsal.totals(runtime, lines)
    if not lines:
        click.echo("Nothing: nobody here is invited or has consented.", err=True)
    for line in _as_json(totals, lines) if as_json else written(totals, lines):
        click.echo(line)


def _as_json(totals: Sequence[Tally], lines: Iterable[Line]) -> Iterator[str]:
    for total in totals:
        yield json.dumps(
            {
                "kind": "total",
                "programme": total.programme,
                "wanted": total.wanted,
                "sent": total.sent,
                "withheld": dict(sorted(total.withheld.items())),
                "undecided": total.waiting,
                "starved": total.starved,
            }
        )
    for line in lines:
        yield json.dumps(_fields(line), ensure_ascii=False)


def _fields(line: Line) -> dict[str, str | bool | None]:
    local = to_local(line.at, line.zone).replace(tzinfo=None)
    begun: dict[str, str | bool | None] = {
        "patient": line.patient,
        "kind": line.kind,
        "local": local.isoformat(timespec="minutes"),
        "utc": line.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "body": line.body,
    }
    if line.kind == REPLY:
        return begun
    return begun | {
        "programme": line.programme,
        "step": line.step,
        "night": line.night.isoformat() if line.night else None,
        "template": line.template,
        "slot": line.is_slot,
        "withheld": line.reason,
    }
