"""check, occurrences and interpret: what can be told without a database."""

import json
import sys
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

import click

from message_templates import catalogue, lint
from message_templates.fault import CatalogueError
from schedules.facts import FACTS, Fact, Facts, parse_facts_option
from schedules.fault import ProgrammeFaults
from schedules.loading import load, shipped_sources
from schedules.night import Rhythm
from schedules.occurrences import occurrences as occurrences_of
from schedules.recurrence import zone_named
from service.cli.opening import read_source
from service.domain.counting import counted
from service.domain.programme_check import checked
from service.domain.programme_safety import weakened
from service.domain.reading import Reading, read
from service.domain.reading.labels import QUESTION_KINDS, STATES

# Dates end soon after it.
LAST_YEAR = 9999
OPEN_KINDS = sorted({*QUESTION_KINDS, *STATES})


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
def check(paths: tuple[Path, ...]) -> None:
    """Validate programmes and texts: file, line and reason of every fault; exits 1 if there is one.

    Without PATHS, what is shipped. A path is a programme file or a folder of them; or a file or a folder of
    texts: all languages beside it are looked at, since each text is checked against its English one.
    """
    roots = {path: root for path in paths if (root := _texts_root(path))}
    programmes = [path for path in paths if path not in roots]
    sources, faults = _sources(programmes) if paths else (shipped_sources(), [])
    faults += [fault for name, source in sources.items() for fault in _programme(name, source)]
    texts = 0
    for root in sorted(set(roots.values())) or [catalogue.SHIPPED]:
        found, wrong = _texts(root)
        texts += found
        faults += wrong
    for fault in faults:
        click.echo(fault)
    if faults:
        sys.exit(1)
    click.echo(
        f"{counted(len(sources), 'programme')} and {counted(texts, 'text')} are sound.", err=True
    )


def _texts_root(path: Path) -> Path | None:
    """The folder of the languages that `path` belongs to; None for what holds programmes."""
    folder = path if path.is_dir() else path.parent
    return next((root for root in (folder, folder.parent) if (root / "en").is_dir()), None)


def _texts(root: Path) -> tuple[int, list[str]]:
    """How many texts there are below `root`, and their faults."""
    try:
        found = catalogue.load(root)
    except CatalogueError as broken:
        return 0, [str(fault) for fault in broken.faults]
    return len(found.texts), [str(fault) for fault in lint.faults(found, FACTS)]


def _sources(paths: Iterable[Path]) -> tuple[dict[str, str], list[str]]:
    """The files below `paths` by name, and the faults of those that cannot be read."""
    sources, faults = {}, []
    for path in paths:
        for file in sorted(path.glob("**/*.toml")) if path.is_dir() else [path]:
            try:
                sources[str(file)] = read_source(file)
            except ProgrammeFaults as broken:
                faults += [str(fault) for fault in broken.faults]
    return sources, faults


def _programme(name: str, source: str) -> list[str]:
    try:
        programme = checked(source, name, catalogue.load(), catalogue.LANGUAGES)
    except ProgrammeFaults as broken:
        return [str(fault) for fault in broken.faults]
    return [str(fault) for fault in weakened(source, name, programme, None)]


@click.command()
@click.option("--programme", required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--zone", required=True, help="An IANA zone, as America/Halifax.")
@click.option("--bedtime", required=True, type=click.DateTime(["%H:%M"]))
@click.option("--wake", required=True, type=click.DateTime(["%H:%M"]))
@click.option("--from", "start", required=True, type=click.DateTime(["%Y-%m-%d"]))
@click.option("--nights", required=True, type=click.IntRange(1, 3660))
@click.option("--facts", default="", help="As a,b=c: uses_caffeine,drinks=fri+sat.")
@click.option("--json", "as_json", is_flag=True)
def occurrences(
    programme: Path,
    zone: str,
    bedtime: datetime,
    wake: datetime,
    start: datetime,
    nights: int,
    facts: str,
    as_json: bool,
) -> None:
    """The instants of each step for an imaginary patient, before quiet hours, caps and gates."""
    if start.year + nights // 365 >= LAST_YEAR:
        raise click.UsageError(f"These nights reach beyond the year {LAST_YEAR - 1}.")
    try:
        zone_named(zone)
        known = parse_facts_option(facts)
    except ValueError as wrong:
        raise click.UsageError(str(wrong)) from None
    source = programme.read_text(encoding="utf-8", errors="replace")
    rhythm = Rhythm(zone, bedtime.time(), wake.time())
    rows = [Fact(code, value, date.min) for code, value in known.items()]
    parsed = load(source, str(programme))
    for one in occurrences_of(parsed, rhythm, start.date(), nights, Facts(rows)):
        line = {
            "programme": one.programme,
            "step": one.step,
            "night": one.night.isoformat(),
            "local": one.local.isoformat(timespec="minutes"),
            "utc": one.utc.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        click.echo(json.dumps(line) if as_json else _spoken(line))


def _spoken(line: dict[str, str]) -> str:
    local = line["local"].replace("T", " ")
    return f"{line['night']}  {local}  {line['programme']}/{line['step']}"


@click.command()
@click.option("--language", type=click.Choice(["en", "es"]), help="Both are always understood.")
@click.option("--open", "kinds", multiple=True, type=click.Choice(OPEN_KINDS))
@click.option(
    "--tsv", type=click.Path(exists=True, path_type=Path), help="Columns prompt_kind, reply."
)
@click.argument("text", required=False)
def interpret(
    language: str | None, kinds: tuple[str, ...], tsv: Path | None, text: str | None
) -> None:
    """How a reply is read: its intents and values."""
    del language
    if (tsv is None) == (text is None):
        raise click.UsageError("Give a TEXT, or --tsv FILE.")
    if tsv is not None:
        _interpret_file(tsv)
        return
    for intent in read(text or "", list(kinds) or ["none"]).intents:
        answers = f" (answers {intent.kind})" if intent.kind else ""
        click.echo(f"{intent.name}\t{intent.value}\t{intent.words!r}{answers}")


def _interpret_file(path: Path) -> None:
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    names = header.split("\t")
    if not {"prompt_kind", "reply"} <= set(names):
        raise click.UsageError(f"{path} needs the columns prompt_kind and reply.")
    click.echo("prompt_kind\treply\tintent\tvalue")
    for line in filter(None, lines):
        row = dict(zip(names, line.split("\t"), strict=False))
        kind, raw = row.get("prompt_kind", "none"), row.get("reply", "")
        reading = read(raw.replace("\\n", "\n"), [kind])
        click.echo(f"{kind}\t{raw}\t{_labels(reading)}")


def _labels(reading: Reading) -> str:
    names = "+".join(intent.name for intent in reading.intents)
    return names + "\t" + ";".join(intent.value for intent in reading.intents)
