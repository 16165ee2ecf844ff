"""export messages, replies and questionnaires: one JSON object a line, or CSV that is safe to open in a spreadsheet."""

import csv
import json
import re
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import click

from service.cli.opening import ACTOR, find_clinic, open_installation
from service.store import audit, exports
from service.store.session import SYSTEM, Tx

# A cell that begins with one of these is a formula to a spreadsheet.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0")
WHAT: dict[str, Callable[..., Iterator[dict[str, Any]]]] = {
    "messages": exports.messages,
    "replies": exports.replies,
    "questionnaires": exports.questionnaires,
}
# RFC 3339, whose offset may be missing and whose seconds too; Python alone would also take 20261122 and weeks.
_WRITTEN = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?",
    re.ASCII | re.IGNORECASE,
)


def _instant(_: click.Context, __: click.Parameter, written: str | None) -> datetime | None:
    """What was typed as an instant in UTC, a date as its 00:00 UTC; wrong use where it is none."""
    if written is None:
        return None
    try:
        told = datetime.fromisoformat(written.upper()) if _WRITTEN.fullmatch(written) else None
        if told:
            return told.astimezone(UTC) if told.tzinfo else told.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        pass
    raise click.BadParameter(
        f"{written!r} is no date or time. Write 2026-11-22 (from 00:00 UTC), 2026-11-22T21:13:03Z,"
        " or another offset in place of Z, like -04:00."
    )


@click.command()
@click.argument("what", type=click.Choice(sorted(WHAT)))
@click.option("--clinic", "slug", required=True)
@click.option(
    "--since",
    callback=_instant,
    metavar="TIME",
    help="From this instant on: 2026-11-22T21:13:03Z as the export writes it, or with any offset;"
    " without one it is UTC. A date alone, 2026-11-22, begins at 00:00 UTC.",
)
@click.option("--format", "form", default="json", type=click.Choice(["json", "csv"]))
@click.option("--with-phi", is_flag=True, help="Names, numbers and words too; audited.")
def export(what: str, slug: str, since: datetime | None, form: str, with_phi: bool) -> None:
    """Write messages, replies or questionnaires to stdout, oldest first."""
    opened = open_installation()
    found = find_clinic(opened, slug)
    if with_phi:
        with opened.store.transaction(SYSTEM, ACTOR) as tx:
            now = opened.runtime.clock.now()
            audit.write(tx, found.id, "exported with PHI", what, now, since=str(since))
    with opened.store.transaction(SYSTEM, ACTOR, write=False) as tx:
        lines = _lines(tx, what, found.id, since, with_phi=with_phi)
        (_as_json if form == "json" else _as_csv)(lines)


def _lines(
    tx: Tx, what: str, clinic_id: int, since: datetime | None, *, with_phi: bool
) -> Iterator[dict[str, Any]]:
    for line in WHAT[what](tx, clinic_id, since, with_phi=with_phi):
        yield {name: _plain(value) for name, value in line.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


def _as_json(lines: Iterator[dict[str, Any]]) -> None:
    for line in lines:
        click.echo(json.dumps(line, ensure_ascii=False))


def _as_csv(lines: Iterator[dict[str, Any]]) -> None:
    writer = csv.writer(sys.stdout)
    for number, line in enumerate(lines):
        if number == 0:
            writer.writerow(line)
        writer.writerow(_harmless(value) for value in line.values())


def _harmless(value: Any) -> str:
    text = (
        json.dumps(value) if isinstance(value, list | dict) else "" if value is None else str(value)
    )
    return "'" + text if text.startswith(FORMULA_STARTS) else text
