"""rehearse: a clinic's coming nights, lived on a nameless copy; totals and transcripts to read and to diff."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC

import click

from schedules.recurrence import to_local
from schedules.slots import REASONS, reason_words
from service import boot, rehearsal
from service.cli.opening import find_clinic, open_installation
from service.cli.progress import night_bar
from service.rehearsal import Tally
from service.store.clinic_copy import nameless_copy
from service.store.transcripts import REPLY, Line

INDENT = " " * 6
# Reasons of texts that are no slots of a plan, and so not in the plan's list.
OTHER_REASONS = {"answered": "The question had been answered."}


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
        runtime, gateway = boot.travelling_runtime(opened.settings, copy, answers)
        rehearsal.live(runtime, gateway, planned, night_bar(nights))
        lines = rehearsal.read_transcript(copy, planned)
    if not lines:
        click.echo("Nothing: nobody here is invited or has consented.", err=True)
    totals = rehearsal.tallies(lines)
    for line in _as_json(totals, lines) if as_json else _spoken(totals, lines):
        click.echo(line)


def _spoken(totals: Sequence[Tally], lines: Iterable[Line]) -> Iterator[str]:
    for total in totals:
        waiting = f"  undecided {total.waiting}" if total.waiting else ""
        yield (
            f"{total.programme:16} wanted {total.wanted:5}  sent {total.sent:5}"
            f"  withheld {total.withheld.total():5}{waiting}"
        )
        for reason, count in sorted(total.withheld.items(), key=lambda one: (-one[1], one[0])):
            yield f"{INDENT}{count:5}  {_words(reason, '')}"
    patient = ""
    for line in lines:
        if line.patient != patient:
            patient = line.patient
            yield ""
        yield _reply(line) if line.kind == REPLY else _text(line)


def _text(line: Line) -> str:
    where = f"{line.programme}/{line.step}" if line.programme else line.kind
    if line.kind == "nudge":
        where += " again"
    if line.reason is not None:
        said = f"withheld: {_words(line.reason, line.detail or '')}"
    else:
        said = _one_line(line.body) if line.body is not None else "undecided at the end"
    return f"{_begin(line)}  {where:32}  {line.template or '–':8}  {said}"


def _reply(line: Line) -> str:
    return f"{_begin(line)}{INDENT}› {_one_line(line.body or '')}"


def _begin(line: Line) -> str:
    return f"{line.patient}  {to_local(line.at, line.zone):%a %d %b %H:%M}"


def _one_line(body: str) -> str:
    return " ⏎ ".join(body.splitlines())


def _words(reason: str, detail: str) -> str:
    if reason in REASONS:
        return reason_words(reason, detail)
    return OTHER_REASONS.get(reason, reason.replace("_", " "))


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
