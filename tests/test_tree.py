"""The repository itself: sizes, names, first lines; every setting and command of the docs exists."""

import ast
import re
from pathlib import Path

import click
import pytest

from service.cli import evenfall
from service.config import PREFIX, Settings

ROOT = Path(__file__).parents[1]
CODE = sorted(
    path
    for folder in ("schedules", "message_templates", "service")
    for path in (ROOT / folder).rglob("*.py")
)
TESTS = sorted((ROOT / "tests").rglob("*.py"))
LONGEST_MODULE, LONGEST_TEST_MODULE, LONGEST_FUNCTION = 300, 400, 40
FORBIDDEN = {"util", "utils", "helper", "helpers", "manager", "managers", "misc", "common"}
# Both are tables in another form: every row of them is data.
LISTS = {"m0001_first_tables.py"}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", CODE + TESTS, ids=name)
def test_a_module_is_short_and_says_first_what_it_is_for(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    most = LONGEST_TEST_MODULE if path in TESTS else LONGEST_MODULE
    assert len(source.splitlines()) <= most or path.name in LISTS
    assert source.startswith('"""'), "the first line is the module's docstring"
    assert ast.get_docstring(ast.parse(source))


@pytest.mark.parametrize("path", CODE, ids=name)
def test_functions_fit_on_a_screen(path: Path) -> None:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, functions) and path.name not in LISTS:
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{node.name} has {length} lines"


@pytest.mark.parametrize("path", CODE + TESTS, ids=name)
def test_nothing_has_a_name_that_says_nothing(path: Path) -> None:
    named = {path.stem, *path.relative_to(ROOT).parts}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            named |= set(re.findall(r"[A-Z]?[a-z]+", node.name))
    assert not {word.lower() for word in named} & FORBIDDEN


@pytest.mark.parametrize("path", TESTS, ids=name)
def test_tests_use_fakes_and_no_patches(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        modules = {alias.name for alias in node.names} if isinstance(node, ast.Import) else set()
        if isinstance(node, ast.ImportFrom):
            modules = {node.module or ""}
        assert not {module for module in modules if "mock" in module}


def test_every_setting_is_documented_and_no_other() -> None:
    documented = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    ours = {PREFIX + field.upper() for field in Settings.model_fields}
    named = set(re.findall(rf"`({PREFIX}[A-Z_]+)`", documented))
    assert ours <= named
    assert {one for one in named if one.removesuffix("_FILE") not in ours} <= ours


def commands(group: click.Group, before: str = "") -> set[str]:
    """Every command by its full name."""
    found: set[str] = set()
    for word, command in group.commands.items():
        full = f"{before}{word}"
        found |= commands(command, f"{full} ") if isinstance(command, click.Group) else {full}
    return found


def test_every_command_the_readme_names_exists() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    known = commands(evenfall)
    firsts = {command.split()[0] for command in known}
    named = re.findall(r"\bevenfall ([a-z][a-z ]*)", "\n".join(re.findall(r"`([^`]+)`", readme)))
    for words in named:
        assert words.split()[0] in firsts, f"evenfall {words}"
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert set(re.findall(r"`make ([a-z]+)`", readme)) <= set(targets)
