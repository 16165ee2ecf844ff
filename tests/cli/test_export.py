"""export from the shell: what leaves with and without a patient's words, since when, and safe for a spreadsheet."""

import csv
import io
import json
import sqlite3
from pathlib import Path

import pytest

from tests.cli.test_commands import ANN, CLINIC, HEADER, TOM, Shell


@pytest.fixture
def north(tmp_path: Path) -> Shell:
    """A shell with a clinic, one patient who consented and one invited, who is the only one with a text."""
    made = Shell(tmp_path)
    assert made(*CLINIC).exit_code == 0
    patients = made.file("patients.csv", HEADER, TOM, ANN)
    assert made("import", "patients", patients, "--clinic", "north").exit_code == 0
    return made


@pytest.mark.parametrize("what", ["messages", "replies", "questionnaires"])
@pytest.mark.parametrize("form", ["json", "csv"])
def test_an_export_without_names_numbers_or_words(north: Shell, what: str, form: str) -> None:
    done = north("export", what, "--clinic", "north", "--format", form)
    assert done.exit_code == 0
    for secret in ("Ann", "Whitfield", "5552002", "Reply YES"):
        assert secret not in done.stdout
    if what == "messages":
        first = done.stdout.splitlines()[-1]
        row = (
            json.loads(first)
            if form == "json"
            else next(iter(csv.DictReader(io.StringIO(done.stdout))))
        )
        assert (row["patient_ref"], row["kind"], row["state"]) == ("N-2", "invite", "planned")


def test_an_export_with_words_is_asked_for(north: Shell) -> None:
    done = north("export", "messages", "--clinic", "north", "--with-phi")
    assert "Reply YES" in json.loads(done.stdout)["body"]


def test_cells_that_a_spreadsheet_would_run_are_made_harmless(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    assert shell(*CLINIC).exit_code == 0
    row = ANN.replace("N-2", "=1+2")
    shell("import", "patients", shell.file("p.csv", HEADER, row), "--clinic", "north")
    done = shell("export", "messages", "--clinic", "north", "--format", "csv")
    cells = [cell for line in csv.reader(io.StringIO(done.stdout)) for cell in line]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))] == []


@pytest.fixture
def at_21(north: Shell) -> Shell:
    """The one text was planned at 21:13:03 UTC on 22 November 2026."""
    with sqlite3.connect(north.folder / "evenfall.db") as connection:
        connection.execute("UPDATE outbox SET planned_at = '2026-11-22 21:13:03.250000'")
    connection.close()
    return north


@pytest.mark.parametrize(
    ("since", "count"),
    [
        ("2026-11-22T21:13:03Z", 1),
        ("2026-11-22T21:13:04Z", 0),
        ("2026-11-22T21:13:03.25Z", 1),
        ("2026-11-22T21:13:03.250001Z", 0),
        ("2026-11-22t21:13:03z", 1),
        ("2026-11-22 21:13:04Z", 0),
        ("2026-11-22T21:13:03+00:00", 1),
        ("2026-11-22T17:43:03-03:30", 1),
        ("2026-11-23T07:13:04+10:00", 0),
        ("2026-11-22T21:13:03", 1),
        ("2026-11-22T21:13:04", 0),
        ("2026-11-22", 1),
        ("2026-11-23", 0),
    ],
)
def test_an_export_begins_at_an_instant_however_it_is_written(
    at_21: Shell, since: str, count: int
) -> None:
    done = at_21("export", "messages", "--clinic", "north", "--since", since)
    assert (done.exit_code, len(done.stdout.splitlines())) == (0, count)


@pytest.mark.parametrize(
    "since",
    [
        *("yesterday", "", "22.11.2026", "20261122", "2026-11", "2026-13-01", "2026-W10-1"),
        *("2026-11-22T25:00:00Z", "2026-11-22T21:13:03+99:00", "0001-01-01T00:00:00+14:00"),
        "٢٠٢٦-11-22",
    ],
)
def test_what_is_no_time_is_refused_with_the_forms_that_are(north: Shell, since: str) -> None:
    done = north("export", "replies", "--clinic", "north", "--since", since)
    assert (done.exit_code, done.stdout) == (2, "")
    assert f"{since!r} is no date or time. Write 2026-11-22" in done.stderr
