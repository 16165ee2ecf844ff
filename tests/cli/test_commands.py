"""Commands from the shell's side: 0 done, 1 found faults, 2 wrong use; data on stdout, talk on stderr."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from message_templates.catalogue import SHIPPED
from schedules.loading import shipped_sources
from service.boot import StartError, check_fence, open_store
from service.cli import evenfall
from service.config import Settings

CLINIC = [
    "clinic", "create", "--slug", "north", "--name", "North", "--alias", "North Clinic",
    "--zone", "America/Halifax", "--language", "en", "--phone", "902-555-0140",
    "--emergency", "911", "--crisis", "988", "--poison", "1-844-764-7669",
    "--sender", "+19025550140",
]  # fmt: skip
HEADER = "ref,given_name,family_name,born,phone,bedtime,wake_time,facts,consent,consent_evidence"
TOM = 'N-1,Tom,Whitfield,1972-05-03,902-555-2001,23:00,07:00,uses_caffeine,recorded,"folder 7"'
ANN = "N-2,Ann,Lee,1980-01-01,902-555-2002,22:30,06:30,,invite,"
CAFFEINE = shipped_sources()["caffeine.toml"]


class Shell:
    """A folder to work in, and the command."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            "EVENFALL_DATABASE_URL": f"sqlite:///{folder / 'evenfall.db'}",
            "EVENFALL_KEYS_FILE": str(folder / "keys.json"),
        }

    def __call__(self, *words: str) -> Result:
        return self.type("", *words)

    def type(self, typed: str, *words: str) -> Result:
        return CliRunner().invoke(evenfall, words, env=self.environment, input=typed)

    def file(self, name: str, *lines: str) -> str:
        path = self.folder / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return str(path)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.fixture
def north(shell: Shell) -> Shell:
    """A shell with a clinic, one patient who consented and one invited."""
    assert shell(*CLINIC).exit_code == 0
    patients = shell.file("patients.csv", HEADER, TOM, ANN)
    done = shell("import", "patients", patients, "--clinic", "north")
    assert (done.exit_code, done.stderr) == (0, "Enrolled: 2.\n")
    return shell


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--help"], 0, "evenfall demo"),
        (["--version"], 0, "version"),
        (["brew"], 2, "No such command"),
        (["plan"], 2, "Missing option"),
        (["interpret"], 2, "TEXT, or --tsv"),
        (["check"], 0, "are sound"),
        (["check", "/no/such/file"], 2, "does not exist"),
        (["user", "add", "--clinic", "north", "--email", "a@b.c", "--role", "king"], 2, "king"),
        (["plan", "--clinic", "south", "--patient", "N-1"], 2, "Clinics here: north"),
        (["plan", "--clinic", "north", "--patient", "N-9"], 2, "no patient 'N-9'"),
        (CLINIC, 2, "exists already"),
        (["db", "check"], 0, "agree"),
    ],
)
def test_exit_codes(north: Shell, words: list[str], code: int, said: str) -> None:
    done = north(*words)
    assert done.exit_code == code, done.output
    assert said in done.output


def test_an_invitation_of_staff_is_a_link_on_stdout_only(north: Shell) -> None:
    words = ["user", "add", "--clinic", "north", "--email", "a@b.example", "--role", "clinician"]
    done = north(*words)
    assert done.stdout.startswith("http://127.0.0.1:8000/join/")
    assert len(done.stdout.splitlines()) == 1
    assert north(*words).exit_code == 2


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (TOM.replace("1972-05-03", "2072-05-03"), "row 3, column born"),
        (TOM.replace("902-555-2001", "12"), "row 3, column phone"),
        (TOM.replace("23:00", "25:00"), "row 3, column bedtime"),
        (TOM.replace("uses_caffeine", "likes_tea"), "row 3, column facts"),
        (TOM.replace("folder 7", ""), "row 3, column consent_evidence"),
        (TOM.replace("recorded", "perhaps"), "row 3, column consent"),
        (ANN, "row 3, column ref"),
        (TOM + ",one,more", "row 3, column 11: there are more cells"),
    ],
)
def test_one_faulty_row_writes_nothing(shell: Shell, row: str, fault: str) -> None:
    assert shell(*CLINIC).exit_code == 0
    done = shell("import", "patients", shell.file("p.csv", HEADER, ANN, row), "--clinic", "north")
    assert done.exit_code == 1
    assert fault in done.stdout
    assert shell("plan", "--clinic", "north", "--patient", "N-2").exit_code == 2


def test_a_dry_run_writes_nothing_and_a_strange_column_is_named(shell: Shell) -> None:
    assert shell(*CLINIC).exit_code == 0
    good = shell.file("good.csv", HEADER, TOM)
    assert shell("import", "patients", good, "--clinic", "north", "--dry-run").exit_code == 0
    assert shell("plan", "--clinic", "north", "--patient", "N-1").exit_code == 2
    odd = shell.file("odd.csv", HEADER + ",shoe_size", TOM + ",43")
    done = shell("import", "patients", odd, "--clinic", "north")
    assert (done.exit_code, "shoe_size" in done.stdout) == (1, True)


def test_a_number_of_two_people_is_told_and_enrolled(shell: Shell) -> None:
    assert shell(*CLINIC).exit_code == 0
    sister = ANN.replace("N-2", "N-3").replace("902-555-2002", "902-555-2001")
    done = shell("import", "patients", shell.file("p.csv", HEADER, TOM, ANN, sister), "--clinic", "north")  # fmt: skip
    assert done.exit_code == 0
    assert "row 4, column phone: N-1 has this number too" in done.stderr
    assert "Enrolled: 3." in done.stderr
    brother = TOM.replace("N-1", "N-4")
    done = shell("import", "patients", shell.file("q.csv", HEADER, brother), "--clinic", "north")
    assert "row 2, column phone: N-1, N-3 have this number too" in done.stderr


WITHOUT_POSTGRESQL = """
import sys
for name in ("procrastinate", "psycopg", "psycopg_pool"):
    sys.modules[name] = None
from service.cli import main
sys.argv = ["evenfall", "demo", "--no-serve", "--patients", "7", "--nights", "14"]
main()
"""


def test_the_demo_needs_nothing_of_postgresql(tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603 (our own)
        [sys.executable, "-c", WITHOUT_POSTGRESQL],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_nights_beyond_the_calendar_are_told(shell: Shell) -> None:
    words = ["--zone", "UTC", "--bedtime", "23:00", "--wake", "07:00", "--nights", "30"]
    path = shell.file("caffeine.toml", CAFFEINE)
    done = shell("occurrences", "--programme", path, *words, "--from", "9999-12-20")
    assert (done.exit_code, "beyond the year" in done.output) == (2, True)


def test_a_plan_is_one_json_object_a_line(north: Shell) -> None:
    done = north("plan", "--clinic", "north", "--patient", "N-1", "--nights", "14", "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines
    for line in lines:
        assert list(line) == ["programme", "step", "night", "local", "utc", "withheld"]
        assert line["utc"].endswith("Z")
    invited = north("plan", "--clinic", "north", "--patient", "N-2", "--json")
    assert (invited.exit_code, invited.stdout) == (0, "")
    assert "consent is invited" in invited.stderr


def test_occurrences_of_a_programme_in_a_file(shell: Shell) -> None:
    words = ["occurrences", "--programme", shell.file("c.toml", CAFFEINE)]
    words += ["--zone", "America/Halifax", "--bedtime", "23:00", "--wake", "07:00"]
    words += ["--from", "2026-11-01", "--nights", "14"]
    done = shell(*words, "--facts", "uses_caffeine", "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    heads = [line for line in lines if line["step"] == "heads-up"]
    assert len(heads) == 6  # three a week
    # Standard time again since that very night: 13:30 is 17:30 UTC.
    assert {line["local"][11:16] for line in heads} == {"13:30"}
    assert {line["utc"][11:] for line in heads} == {"17:30:00Z"}
    mistyped = shell(*words, "--zone", "america/halifax")
    assert (mistyped.exit_code, "Did you mean America/Halifax?" in mistyped.output) == (2, True)
    assert shell(*words, "--facts", "likes_tea").exit_code == 2


def test_check_names_file_line_and_reason(shell: Shell) -> None:
    broken = CAFFEINE.replace('anchor = "bedtime"', 'anchor = "sunset"', 1)
    path = shell.file("broken.toml", broken)
    line = next(n for n, text in enumerate(broken.splitlines(), 1) if "sunset" in text)
    done = shell("check", path)
    assert done.exit_code == 1
    assert done.stdout.startswith(f"{path}:{line}")
    assert "anchor" in done.stdout
    assert shell("check", shell.file("torn.toml", "[[step")).exit_code == 1
    assert shell("check", shell.file("good.toml", CAFFEINE)).exit_code == 0


def test_interpret_reads_a_text_and_a_table(shell: Shell) -> None:
    done = shell("interpret", "--open", "symptom_0_10", "7ish, legs crawling")
    assert done.stdout.split("\t")[:2] == ["symptom_score", "7"]
    table = shell.file(
        "r.tsv", "prompt_kind\treply", "symptom_0_10\t7ish", "iron_yn\tyes\\n", "none\tSTOP"
    )
    done = shell("interpret", "--tsv", table)
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert rows[0] == ["prompt_kind", "reply", "intent", "value"]
    assert [row[2] for row in rows[1:]] == ["symptom_score", "adherence_yes", "stop"]
    assert shell("interpret", "--tsv", shell.file("x.tsv", "a\tb")).exit_code == 2


def test_a_programme_is_applied_or_kept_as_a_draft(north: Shell) -> None:
    path = north.file("caffeine.toml", CAFFEINE.replace('offset = "-2h"', 'offset = "-3h"'))
    draft = north("programme", "apply", path, "--clinic", "north")
    assert (draft.exit_code, "a draft" in draft.stderr) == (0, True)
    done = north("programme", "apply", path, "--clinic", "north", "--publish")
    assert (done.exit_code, "version 3 is published" in done.stderr) == (0, True)


def test_a_clinic_can_be_served_once_somebody_is_invited(north: Shell) -> None:
    settings = Settings(
        database_url=north.environment["EVENFALL_DATABASE_URL"],
        keys_file=north.environment["EVENFALL_KEYS_FILE"],
        secret_key="s" * 40,
    )
    store = open_store(settings)
    with pytest.raises(StartError, match="no accounts"):
        check_fence(settings, store)
    invited = north("user", "add", "--clinic", "north", "--email", "n@x.org", "--role", "clinician")
    assert invited.exit_code == 0
    check_fence(settings, store)


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_programme_goes_out_and_in_byte_for_byte(north: Shell, ends: str) -> None:
    path = north.folder / "mine.toml"
    written = ("# kept in our own git: \u00e9\n" + CAFFEINE).replace("\n", ends).encode()
    path.write_bytes(written)
    again = str(north.folder / "again.toml")
    assert north("programme", "apply", str(path), "--clinic", "north", "--publish").exit_code == 0
    taken = north("programme", "export", "caffeine", "--clinic", "north", "--output", again)
    assert (taken.exit_code, Path(again).read_bytes()) == (0, written)
    printed = north("programme", "export", "caffeine", "--clinic", "north", "--version", "1")
    assert printed.stdout_bytes == CAFFEINE.encode()
    same = north("programme", "diff", again, "--clinic", "north")
    assert (same.exit_code, same.stdout) == (0, "")


def test_a_difference_is_shown_and_an_earlier_version_comes_back(north: Shell) -> None:
    path = north.file(
        "caffeine.toml", CAFFEINE.replace('offset = "-2h"', 'offset = "-3h"').rstrip()
    )
    shown = north("programme", "diff", path, "--clinic", "north")
    assert shown.exit_code == 1
    assert '+at = { anchor = "bedtime", offset = "-3h" }' in shown.stdout
    assert north("programme", "apply", path, "--clinic", "north", "--publish").exit_code == 0
    back = north("programme", "rollback", "caffeine", "--clinic", "north")
    assert (back.exit_code, "version 3 is published" in back.stderr) == (0, True)
    original = north.file("first.toml", CAFFEINE.rstrip())
    assert north("programme", "diff", original, "--clinic", "north").exit_code == 0


def test_a_version_for_later_that_never_begins_is_told(north: Shell) -> None:
    path = north.file("last.toml", CAFFEINE.replace('offset = "-2h"', 'offset = "-3h"'))
    for at in ("now", "next-night"):
        to_publish = north.file("c.toml", CAFFEINE + f"# {at}")
        words = ("programme", "apply", to_publish, "--clinic", "north", "--publish", "--at", at)
        assert north(*words).exit_code == 0
    done = north("programme", "apply", path, "--clinic", "north", "--publish")
    assert done.exit_code == 0
    assert "Version 3, published for later, never begins." in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["export", "nothing"], "There is no programme 'nothing' at north."),
        (["export", "caffeine", "--version", "9"], "caffeine has no version 9; it has 1."),
        (
            ["rollback", "caffeine"],
            "caffeine has been published once only; there is nothing to go back to.",
        ),
    ],
)
def test_what_is_not_there_is_named(north: Shell, words: list[str], said: str) -> None:
    done = north("programme", *words, "--clinic", "north")
    assert (done.exit_code, said in done.stderr) == (2, True)


def test_a_file_in_another_encoding_changes_nothing(north: Shell) -> None:
    path = north.folder / "latin.toml"
    path.write_bytes(b"# ok\n# caf\xe9\n")
    done = north("programme", "apply", str(path), "--clinic", "north", "--publish")
    assert done.exit_code != 0
    assert "UTF-8" in str(done.exception or done.stderr)


def test_texts_of_ones_own_are_checked_with_their_languages(shell: Shell) -> None:
    assert shell("check", str(SHIPPED / "en")).exit_code == 0
    copy = Path(shell.file("x", "")).parent / "texts"
    shutil.copytree(SHIPPED, copy, ignore=shutil.ignore_patterns("*.py"))
    faulty = copy / "en" / "caffeine.toml"
    faulty.write_text(faulty.read_text().replace("Heads up", "Heads up, {nobody}"))
    done = shell("check", str(faulty))
    assert done.exit_code == 1
    assert "caffeine.toml:" in done.stdout
    assert "nobody" in done.stdout


def test_the_same_file_is_not_published_twice(shell: Shell) -> None:
    assert shell(*CLINIC).exit_code == 0
    file = shell.file("caffeine.toml", CAFFEINE.removesuffix("\n"))
    done = shell("programme", "apply", file, "--clinic", "north", "--publish")
    assert done.exit_code == 0
    assert "Nothing differs from version 1" in done.stderr


def test_a_draft_is_nothing_to_go_back_to(shell: Shell) -> None:
    assert shell(*CLINIC).exit_code == 0
    draft = shell.file("draft.toml", CAFFEINE.replace('title = "', 'title = "Draft '))
    later = shell.file("later.toml", CAFFEINE.replace('title = "', 'title = "Later '))
    north = ("--clinic", "north")
    assert shell("programme", "rollback", "caffeine", *north).exit_code == 2
    assert shell("programme", "apply", draft, *north).exit_code == 0
    assert shell("programme", "apply", later, *north, "--publish").exit_code == 0
    assert shell("programme", "rollback", "caffeine", *north).exit_code == 0
    assert "Draft" not in shell("programme", "export", "caffeine", *north).stdout


def test_what_is_not_utf_8_is_no_sound_programme(shell: Shell) -> None:
    path = Path(shell.file("latin.toml", CAFFEINE))
    path.write_bytes(path.read_bytes() + b"# \xe9\n")
    done = shell("check", str(path))
    assert done.exit_code == 1
    assert "This is not UTF-8" in done.stdout


def test_a_byte_order_mark_is_named_wherever_a_file_is_read(north: Shell) -> None:
    named = "U+FEFF (byte order mark)"
    path = north.file("marked.toml", "\ufeff" + CAFFEINE.rstrip())
    done = north("check", path)
    assert (done.exit_code, named in done.stdout) == (1, True)
    done = north("programme", "apply", path, "--clinic", "north")
    assert (done.exit_code, named in str(done.exception)) == (1, True)
    copy = north.folder / "texts"
    shutil.copytree(SHIPPED, copy, ignore=shutil.ignore_patterns("*.py"))
    texts = copy / "en" / "caffeine.toml"
    texts.write_text("\ufeff" + texts.read_text(encoding="utf-8"), encoding="utf-8")
    done = north("check", str(texts))
    assert (done.exit_code, f"en/caffeine.toml:1: (file): {named}" in done.stdout) == (1, True)


def test_a_list_of_patients_from_excel_is_read(shell: Shell) -> None:
    assert shell(*CLINIC).exit_code == 0
    patients = shell.file("patients.csv", "\ufeff" + HEADER, TOM)
    assert shell("import", "patients", patients, "--clinic", "north").stderr == "Enrolled: 1.\n"
