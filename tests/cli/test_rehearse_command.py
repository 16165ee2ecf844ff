"""`evenfall rehearse` from the shell's side: totals and transcripts on stdout, talk on stderr, nothing changed."""

import json
from pathlib import Path

import pytest

from tests.cli.test_commands import ANN, CLINIC, HEADER, TOM, Shell

# A week: whatever the hour at which the test runs, every programme of these patients has had its turn.
WORDS = ("rehearse", "--clinic", "north", "--nights", "7")


@pytest.fixture
def north(tmp_path: Path) -> Shell:
    """A shell with a clinic, one patient who consented and one invited."""
    shell = Shell(tmp_path)
    assert shell(*CLINIC).exit_code == 0
    patients = shell.file("patients.csv", HEADER, TOM, ANN)
    assert shell("import", "patients", patients, "--clinic", "north").exit_code == 0
    return shell


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("rehearse",), "Missing option '--clinic'"),
        (("rehearse", "--clinic", "south"), "Clinics here: north"),
        ((*WORDS[:-1], "0"), "1<=x<=366"),
        ((*WORDS[:-1], "367"), "1<=x<=366"),
        ((*WORDS[:-1], "many"), "not a valid integer"),
        ((*WORDS, "--seed", "x"), "not a valid integer"),
    ],
)
def test_wrong_use_is_said_in_a_sentence(north: Shell, words: tuple[str, ...], said: str) -> None:
    done = north(*words)
    assert done.exit_code == 2
    assert said in done.stderr
    assert not done.stdout


def test_what_every_patient_would_read(north: Shell) -> None:
    done = north(*WORDS)
    assert done.exit_code == 0
    assert "night   7 of 7" in done.stderr
    totals, _, transcripts = done.stdout.partition("\n\n")
    assert any(line.split()[:2] == ["caffeine", "wanted"] for line in totals.splitlines())
    assert "P001  " in transcripts
    assert any("      › " in line for line in transcripts.splitlines())
    assert "Tom" not in done.output
    assert "9025552001" not in done.output


def test_json_is_one_object_a_line_and_adds_up(north: Shell) -> None:
    done = north(*WORDS, "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    totals = [line for line in lines if line["kind"] == "total"]
    assert {"programme", "wanted", "sent", "withheld", "undecided"} < set(totals[0])
    slots = [line for line in lines if line.get("slot")]
    assert sum(total["sent"] for total in totals) == len([one for one in slots if one["body"]])
    for total in totals:
        counted = total["sent"] + sum(total["withheld"].values()) + total["undecided"]
        assert total["wanted"] == counted
    assert {line["patient"] for line in lines if line["kind"] == "reply"} <= {"P001", "P002"}


def test_a_clinic_without_patients_says_so(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    assert shell(*CLINIC).exit_code == 0
    done = shell(*WORDS)
    assert (done.exit_code, done.stdout) == (0, "")
    assert "nobody here is invited or has consented" in done.stderr


def test_a_database_that_is_not_up_to_date_is_refused(north: Shell) -> None:
    (north.folder / "evenfall.db").unlink()
    done = north(*WORDS)
    assert done.exit_code == 1
    assert "evenfall db upgrade" in str(done.exception)
