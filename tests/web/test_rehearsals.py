"""Rehearsals on the page: begun, watched, read and taken away; one at a time, nothing changed, nothing left behind."""

import os
import re
from collections.abc import Iterator
from multiprocessing import active_children
from pathlib import Path
from tempfile import gettempdir

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import select

from service import boot
from service.cli.rehearse import rehearse
from service.store.clinic_copy import PREFIX
from service.store.sealed import save_keyring
from service.store.session import SYSTEM
from service.store.tables.metadata import METADATA
from tests.waiting import wait_until
from tests.web.conftest import World, csrf
from tests.web.test_programmes import STEP, WIDE, form

# It runs behind everything else on the machine, other tests too.
PATIENCE_S = 180.0
FACTS = {"uses_caffeine": "yes"}


def begin(browser: FlaskClient, nights: int = 2, **fields: object) -> str:
    """Begin a rehearsal; the address of its page."""
    typed = {
        "csrf_token": csrf(browser.get("/rehearsals").text),
        "nights": nights,
        "seed": 1,
        **fields,
    }
    answer = browser.post("/rehearsals", data=typed)
    assert answer.status_code == 302, answer.text
    return answer.location


def until_over(browser: FlaskClient, page: str) -> str:
    """The page of a rehearsal once it is over."""
    wait_until(lambda: "data-again" not in browser.get(f"{page}?part=1").text, PATIENCE_S)
    return browser.get(page).text


def copies() -> set[Path]:
    """The copies of this process: other tests make theirs at the same time."""
    return set(Path(gettempdir()).glob(f"{PREFIX}{os.getpid()}-*"))


@pytest.fixture
def editor(world: World) -> Iterator[FlaskClient]:
    """A signed-in programme editor of a clinic of two; whatever they began is over afterwards."""
    for _ in range(2):
        world.patient("Zebulon", "Quagmire", facts=FACTS, window=WIDE)
    browser = world.member("programme_admin")
    yield browser
    for page in re.findall(r'href="(/rehearsals/[\w-]+)"', browser.get("/rehearsals").text):
        browser.post(f"{page}/cancel", data={"csrf_token": csrf(browser.get("/rehearsals").text)})
        until_over(browser, page)


def everything(world: World) -> dict[str, list[tuple[object, ...]]]:
    with world.runtime.store.transaction(SYSTEM, "test", write=False) as tx:
        return {
            name: [tuple(row) for row in tx.execute(select(table)).all()]
            for name, table in METADATA.tables.items()
        }


def test_what_everybody_would_read_and_what_it_came_to(world: World, editor: FlaskClient) -> None:
    assert 'href="/rehearsals"' in editor.get("/programmes").text
    before, left = everything(world), copies()
    page = begin(editor, nights=7)
    said = until_over(editor, page)
    assert re.search(r"7 nights: \d+ of \d+ texts that were wanted were sent", said)
    assert "for 2 people" in said
    transcript = editor.get(f"{page}/P002").text
    assert "CAF-0" in transcript
    assert "caffeine/" in transcript
    assert "Quagmire" not in said + transcript
    assert editor.get(f"{page}/P003").status_code == 404
    assert everything(world) == before
    assert copies() <= left


def test_the_file_is_what_the_command_writes(
    world: World, editor: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = begin(editor, nights=3)
    until_over(editor, page)
    taken = editor.get(f"{page}/nights.txt")
    assert "attachment" in taken.headers["Content-Disposition"]
    store = world.runtime.store
    save_keyring(store.keyring, tmp_path / "keys-for-the-command.json")
    clock = world.runtime.clock
    boot.keep_offset(store, clock.now() - clock.wall())
    monkeypatch.setenv("EVENFALL_DATABASE_URL", f"sqlite:///{store.file}")
    monkeypatch.setenv("EVENFALL_KEYS_FILE", str(tmp_path / "keys-for-the-command.json"))
    words = ["--clinic", world.clinic.slug, "--nights", "3"]
    written = CliRunner().invoke(rehearse, words)
    assert written.exit_code == 0, written.output
    assert taken.text == written.stdout
    assert "P001  " in taken.text


def test_ones_own_draft_is_lived_in_place_of_what_is_published(editor: FlaskClient) -> None:
    editor.post(STEP, data={**form(editor), "amount": "3h", "act": "preview"})
    assert "caffeine, kept" in editor.get("/rehearsals").text
    plain = begin(editor, nights=4)
    as_published = until_over(editor, plain)
    assert "with the programmes as published" in as_published
    drafted = begin(editor, nights=4, draft="caffeine")
    assert "with your draft of caffeine" in until_over(editor, drafted)
    texts = [editor.get(f"{page}/nights.txt").text for page in (plain, drafted)]
    kept = [re.findall(r"P00\d  \w+ \d+ \w+ (\d\d:\d\d)  caffeine/kept", text) for text in texts]
    assert set(kept[0]) == {"21:00"}
    assert set(kept[1]) == {"20:00"}


def test_a_draft_of_somebody_else_cannot_be_rehearsed(world: World, editor: FlaskClient) -> None:
    other = world.member("programme_admin")
    other.post(STEP, data={**form(other), "amount": "3h", "act": "preview"})
    assert "caffeine, kept" not in editor.get("/rehearsals").text


def test_a_faulty_draft_is_named_and_nothing_begins(editor: FlaskClient) -> None:
    source = "/programmes/caffeine/source"
    typed = {
        "csrf_token": csrf(editor.get(source).text),
        "based_on": 1,
        "source": "[programme",
        "act": "preview",
    }
    editor.post(source, data=typed)
    fields = {
        "csrf_token": csrf(editor.get("/rehearsals").text),
        "nights": 2,
        "seed": 1,
        "draft": "caffeine",
    }
    answer = editor.post("/rehearsals", data=fields)
    assert answer.status_code == 422
    assert "Your draft of caffeine cannot be used yet" in answer.text
    assert "None yet." in answer.text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"nights": "91"}, "Nights: a whole number from 1 to 90."),
        ({"nights": "many"}, "Nights: a whole number from 1 to 90."),
        ({"seed": "0"}, "Seed: a whole number"),
    ],
)
def test_a_wrong_number_begins_nothing(
    editor: FlaskClient, wrong: dict[str, str], said: str
) -> None:
    typed = {
        "csrf_token": csrf(editor.get("/rehearsals").text),
        "nights": "2",
        "seed": "1",
        **wrong,
    }
    answer = editor.post("/rehearsals", data=typed)
    assert answer.status_code == 422
    assert said in answer.text


def test_one_at_a_time_and_cancelled_it_leaves_nothing(editor: FlaskClient) -> None:
    left = copies()
    page = begin(editor, nights=90)
    wait_until(lambda: "night 1 of 90" in editor.get(page).text, PATIENCE_S)
    typed = {"csrf_token": csrf(editor.get("/rehearsals").text), "nights": 2, "seed": 1}
    busy = editor.post("/rehearsals", data=typed)
    assert busy.status_code == 409
    assert "Another rehearsal is under way" in busy.text
    editor.post(f"{page}/cancel", data=typed)
    assert "This rehearsal was cancelled." in until_over(editor, page)
    assert copies() <= left
    assert editor.get(f"{page}/nights.txt").status_code == 404
    again = begin(editor)
    assert "texts that were wanted were sent" in until_over(editor, again)


def test_another_clinics_rehearsal_is_not_there(world: World, editor: FlaskClient) -> None:
    page = begin(editor)
    stranger = world.member("programme_admin", clinic=world.other_clinic())
    until_over(editor, page)
    for address in (page, f"{page}/nights.txt", f"{page}/P001"):
        assert stranger.get(address).status_code == 404
    assert "None yet." in stranger.get("/rehearsals").text


@pytest.mark.parametrize("role", ["clinician", "auditor"])
def test_only_programme_editors_rehearse(world: World, role: str) -> None:
    browser = world.member(role)
    assert browser.get("/rehearsals").status_code == 403
    assert 'href="/rehearsals"' not in browser.get("/programmes").text


def test_a_rehearsal_whose_process_dies_says_so(editor: FlaskClient) -> None:
    left = copies()
    page = begin(editor, nights=90)
    wait_until(lambda: bool(active_children()), PATIENCE_S)
    for process in active_children():
        process.terminate()
    assert "This rehearsal could not be finished." in until_over(editor, page)
    assert copies() <= left
