"""What a valid file may still get wrong: texts, placeholders, questions and safety gates."""

import pytest

from message_templates.catalogue import LANGUAGES, Catalogue
from message_templates.catalogue import load as load_texts
from schedules.fault import ProgrammeFaults
from schedules.loading import load, shipped_sources
from schedules.programme import Programme
from service.domain import programme_check
from service.domain.programme_check import text_faults
from service.domain.programme_safety import weakened
from tests.texts import without

TEXTS = load_texts()
SOURCES = shipped_sources()


def checked(source: str, name: str, texts: Catalogue, in_force: Programme) -> Programme:
    """What one person may publish."""
    programme = programme_check.checked(source, name, texts, LANGUAGES)
    if faults := weakened(source, name, programme, in_force):
        raise ProgrammeFaults(faults)
    return programme


def reasons(name: str, source: str) -> list[str]:
    with pytest.raises(ProgrammeFaults) as found:
        checked(source, name, TEXTS, load(SOURCES[name], name))
    assert all(fault.line > 0 for fault in found.value.faults)
    return [fault.reason for fault in found.value.faults]


@pytest.mark.parametrize("name", SOURCES)
def test_what_we_ship_may_follow_itself(name: str) -> None:
    programme = load(SOURCES[name], name)
    assert checked(SOURCES[name], name, TEXTS, programme) == programme
    assert text_faults(programme, TEXTS) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("caffeine.toml", '"CAF-03"', '"CAF-99"', "There is no text CAF-99. Did you mean CAF-0"),
        (
            "caffeine.toml",
            '"CAF-03"',
            '"ZZZ-99"',
            "no text ZZZ-99. All texts stand on the page Texts",
        ),
        ("caffeine.toml", '"CAF-03"', '"SYM-01"', "SYM-01 asks symptom_0_10"),
        ("caffeine.toml", 'kind = "caffeine_yn"', 'kind = "iron_yn"', "the step asks iron_yn"),
        ("caffeine.toml", 'say = ["CAF-03"]', 'say = ["CAF-01", "CAF-03"]', "needs a cutoff"),
        ("augmentation.toml", '"AUG-02"', '"CAF-01"', "CAF-01 is no question"),
        ("weekly_scale.toml", '"WK-02"', '"WK-77"', "no text WK-77"),
        ("caffeine.toml", 'not_if = ["pregnant"] ', "", "safety"),
        ("caffeine.toml", "safety = true", "safety = false", "safety gate"),
        ("alcohol.toml", '"opioid", ', "", "safety gate"),
        ("iron.toml", 'only_if = ["iron_oral"]', 'only_if = ["iron_oral", "anaemia"]', "safety"),
        ("caffeine.toml", 'key = "kept"', f'key = "{"k" * 41}"', "at most 40"),
    ],
)
def test_a_fault_is_found_with_its_line(name: str, old: str, new: str, said: str) -> None:
    assert old in SOURCES[name]
    found = reasons(name, SOURCES[name].replace(old, new))
    assert any(said in reason for reason in found), found


def test_a_guarded_step_under_another_name_keeps_its_gate() -> None:
    source = SOURCES["caffeine.toml"].replace('key = "heads-up"\n', 'key = "hints"\n')
    source = source.replace('not_if = ["pregnant"]', 'not_if = ["warfarin"]')
    assert any("step hints" in reason for reason in reasons("caffeine.toml", source))


def test_a_guarded_step_may_go_altogether() -> None:
    head, _, rest = SOURCES["caffeine.toml"].partition("[[step]]")
    kept = "[[step]]" + rest.rpartition("[[step]]")[2]
    programme = load(SOURCES["caffeine.toml"], "caffeine.toml")
    assert [s.key for s in checked(head + kept, "c", TEXTS, programme).steps] == ["kept"]


def test_a_gate_of_our_own_making_is_kept_too() -> None:
    marked = SOURCES["nicotine.toml"].replace(
        'only_if = ["uses_nicotine"]', 'only_if = ["uses_nicotine"]\nsafety = true'
    )
    assert marked != SOURCES["nicotine.toml"]
    with pytest.raises(ProgrammeFaults, match="uses_nicotine"):
        checked(SOURCES["nicotine.toml"], "n", TEXTS, load(marked, "n"))


def test_a_missing_gate_of_a_step_is_found_at_the_step() -> None:
    source = SOURCES["caffeine.toml"]
    weaker = source.replace('not_if = ["pregnant"]', 'not_if = ["warfarin"]')
    at_step = source[: source.index("[[step]]")].count("\n") + 1
    for in_force in (None, load(source, "c")):
        found = weakened(weaker, "c", load(weaker, "c"), in_force)
        assert found
        assert {fault.line for fault in found} == {at_step}


def test_a_step_that_some_patients_could_not_read_is_refused_at_its_line() -> None:
    source = SOURCES["caffeine.toml"]
    texts = without("es", "CAF-01", "CAF-02")
    with pytest.raises(ProgrammeFaults) as found:
        programme_check.checked(source, "c.toml", texts, ("en", "es"))
    lines = [n for n, line in enumerate(source.splitlines(), 1) if "CAF-01" in line]
    assert [(fault.file, fault.line) for fault in found.value.faults] == [
        ("c.toml", line) for line in lines
    ]
    assert found.value.faults[0].reason == (
        "heads-up has no text in Spanish, which patients read: write CAF-01 or CAF-02 in Spanish on the page Texts,"
        " or say a text that there is in Spanish."
    )


@pytest.mark.parametrize(
    ("lacking", "languages"), [(("CAF-02",), ("en", "es")), (("CAF-01", "CAF-02"), ("en",))]
)
def test_one_text_in_each_language_that_is_read_is_enough(
    lacking: tuple[str, ...], languages: tuple[str, ...]
) -> None:
    source = SOURCES["caffeine.toml"]
    programme = programme_check.checked(source, "c.toml", without("es", *lacking), languages)
    assert programme.slug == "caffeine"


NEW = """
[programme]
slug = "new"
title = "New"
priority = "PRIORITY"
GATES

[[step]]
key = "a"
at = { anchor = "bedtime", offset = "-9h30m" }
cutoff = "-9h"
cadence = { daily = true }
say = ["TEXT"]
"""


def of_new(text: str, gates: str = "", priority: str = "cut_off") -> list[str]:
    """Why one person may not publish a programme of the clinic's own that says a text."""
    source = NEW.replace("TEXT", text).replace("GATES", gates).replace("PRIORITY", priority)
    return [str(fault) for fault in weakened(source, "new.toml", load(source, "new.toml"), None)]


@pytest.mark.parametrize(
    ("text", "needed", "enough"),
    [
        ("ALC-01", "only_if = drinks", 'only_if = ["drinks"]'),
        ("IRN-06", "only_if = iron_oral", 'only_if = ["iron_oral"]\nnot_if = ["iron_iv_only", "iron_overload"]'),
        ("CAF-01", "not_if = pregnant", 'not_if = ["pregnant", "diabetes"]'),
        ("CAF-01", "not_if = pregnant", 'only_if = ["pregnant"]'),
    ],
)  # fmt: skip
def test_a_new_programme_needs_the_gates_of_the_texts_it_says(
    text: str, needed: str, enough: str
) -> None:
    (found,) = of_new(text)
    assert "new.toml:8: step a: " in found
    assert needed in found
    assert of_new(text, enough) == []


@pytest.mark.parametrize(
    ("priority", "faults"), [("safety", 1), ("lab", 1), ("cut_off", 0), ("tip", 0)]
)
def test_no_programme_of_ones_own_escapes_the_hold_for_a_pregnancy(
    priority: str, faults: int
) -> None:
    found = of_new("CAF-01", 'only_if = ["pregnant"]', priority)
    assert len(found) == faults
    assert all("CAF-01 would no longer be held" in fault for fault in found)


@pytest.mark.parametrize("text", ["CMP-01", "EXE-01", "MED-03"])
def test_texts_with_gates_of_their_own_and_those_without_any_need_no_more(text: str) -> None:
    assert of_new(text) == []


def test_what_two_people_allowed_is_not_asked_again() -> None:
    source = NEW.replace("TEXT", "CAF-01").replace("GATES", "").replace("PRIORITY", "cut_off")
    programme = load(source, "new.toml")
    assert weakened(source, "new.toml", programme, programme) == []


def test_a_step_whose_texts_are_for_nobody_it_lets_through_is_refused() -> None:
    source = NEW.replace("TEXT", "ALC-01").replace("PRIORITY", "cut_off")
    source = source.replace("GATES", 'only_if = ["pregnant"]')
    with pytest.raises(ProgrammeFaults, match="ALC-01 goes to nobody"):
        programme_check.checked(source, "new.toml", TEXTS, LANGUAGES)
