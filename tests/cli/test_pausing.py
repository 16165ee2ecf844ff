"""pause and resume from the shell: the count is typed, and every clinic is meant or one."""

from pathlib import Path

import pytest

from tests.cli.test_commands import ANN, CLINIC, HEADER, Shell

REASON = ("--reason", "A wrong text")


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    made = Shell(tmp_path)
    assert made(*CLINIC).exit_code == 0
    patients = made.file("patients.csv", HEADER, ANN)
    assert made("import", "patients", patients, "--clinic", "north").exit_code == 0
    return made


def test_the_count_is_typed_and_both_ways_are_told(shell: Shell) -> None:
    wrong = shell.type("7\n", "pause", "--all", *REASON)
    assert wrong.exit_code == 2
    assert "That is not the count. Nothing was changed." in wrong.stderr
    assert shell("resume", "--all").stderr == "Nothing was switched off.\n"
    right = shell.type("1\n", "pause", "--all", *REASON)
    assert right.exit_code == 0
    assert "1 text waits to leave, at 1 clinic; 0 would run out" in right.stderr
    assert "Only answers to danger, STOP and HELP leave" in right.stderr
    assert shell("resume", "--clinic", "north").stderr == "Texts leave again: north.\n"


def test_yes_asks_nothing_and_everything_says_so(shell: Shell) -> None:
    done = shell("pause", "--clinic", "north", *REASON, "--everything", "--yes")
    assert (done.exit_code, "Nothing leaves" in done.stderr) == (0, True)


@pytest.mark.parametrize(
    "words",
    [
        ("pause", *REASON, "--yes"),
        ("pause", "--all", "--clinic", "north", *REASON, "--yes"),
        ("pause", "--all", "--reason", " ", "--yes"),
        ("pause", "--all", "--reason", "x" * 201, "--yes"),
        ("pause", "--clinic", "south", *REASON, "--yes"),
        ("resume",),
    ],
)
def test_wrong_use_changes_nothing(shell: Shell, words: tuple[str, ...]) -> None:
    assert shell(*words).exit_code == 2
    assert shell("resume", "--all").stderr == "Nothing was switched off.\n"
