"""A clinic's own questions: what a file is refused for, how answers are read, and what follows them."""

from collections.abc import Collection
from pathlib import Path

import pytest

from message_templates.catalogue import load as texts
from schedules.fault import ProgrammeFaults
from schedules.loading import load
from schedules.own_questions import OWN, OwnQuestion, question_after
from schedules.programme import Programme
from service.domain.own_texts import kept_words, own_hint
from service.domain.programme_check import checked
from service.domain.reading import read

EXAMPLE = (Path(__file__).parents[2] / "docs" / "examples" / "evening_check.toml").read_text(
    encoding="utf-8"
)
BOTH: Collection[str] = ("en", "es")
LONG = "When you think of the last night, of the hours in bed and of those out of bed, " * 2


def example() -> Programme:
    return checked(EXAMPLE, "own.toml", texts(), BOTH)


def question(text_id: str) -> OwnQuestion:
    found = example().question(text_id)
    assert found is not None
    return found


def line_with(text: str, source: str) -> int:
    return source[: source.index(text)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "at", "reason"),
    [
        ('"6-12" = "EVE-03"', '"6-12" = "EVE-09"', 'next = { "0-5"', "no question"),
        ('no = "EVE-05"', 'no = "EVE-01"', 'next = { "0-5"', "in a circle"),
        (
            'yes = "EVE-04", no = "EVE-05"',
            'yes = "end", no = "end"',
            'id = "EVE-04"',
            "no next leads",
        ),
        ('id = "EVE-05"', 'id = "EVE-04"', 'id = "EVE-04"\ntype = "text"', "two questions EVE-04"),
        ('no = "EVE-05"', 'maybe = "EVE-05"', '[[question]]\nid = "EVE-03"', "no answer"),
        ("min = 0\n", "", "[[question]]", "says min and max"),
        ("max = 12", "max = 0", "max = 0", "max"),
        ('say = ["EVE-01"]', 'say = ["WK-01"]', "say =", "one question of this file"),
        ('kind = "own"', 'kind = "iron_yn"', "say =", "the step asks it with kind"),
        ('closes = "48h"', 'then = ["EVE-02"]', "ask =", "stands in its next"),
        ("Did you nap in the day?", "Napped? Reply STOP", 'en = "Napped?', "STOP may not be"),
        ("Did you nap in the day?", LONG, f'en = "{LONG}', "at most 160"),
        ("la siesta", "más", 'es = "¿Ha dormido más', "not in GSM-7"),
        ("la siesta", "{cutoff}", 'es = "¿Ha dormido {cutoff}', "cannot be filled"),
        ("EVE-04", "SYM-04", 'id = "SYM-04"', "take another"),
    ],
)
def test_a_fault_is_told_at_its_line(old: str, new: str, at: str, reason: str) -> None:
    source = EXAMPLE.replace(old, new)
    with pytest.raises(ProgrammeFaults) as refused:
        checked(source, "own.toml", texts(), BOTH)
    told = [(fault.line, fault.reason) for fault in refused.value.faults]
    line = line_with(at, source)
    assert any(line == found and reason in said for found, said in told), told


def test_ten_questions_are_enough() -> None:
    more = "".join(
        f'\n[[question]]\nid = "EVE-{n}"\ntype = "text"\nen = "And?"\nes = "¿Y?"\n'
        for n in range(10, 16)
    )
    with pytest.raises(ProgrammeFaults, match="10 at most"):
        load(EXAMPLE + more, "own.toml")


@pytest.mark.parametrize(
    ("text_id", "body", "word"),
    [
        ("EVE-01", "7", "7"),
        ("EVE-01", "about 7 hours", "7"),
        ("EVE-01", "seven", "7"),
        ("EVE-01", "6.5", "6.5"),
        ("EVE-01", "13", None),
        ("EVE-01", "5 or 9", None),
        ("EVE-02", "b", "pain"),
        ("EVE-02", "B.", "pain"),
        ("EVE-02", "A", "legs"),
        ("EVE-02", "3", "worry"),
        ("EVE-02", "two", "pain"),
        ("EVE-02", "pian", "pain"),
        ("EVE-02", "Preocupaciones", "worry"),
        ("EVE-02", "legs please", "legs"),
        ("EVE-02", "D", None),
        ("EVE-02", "the dog", None),
        ("EVE-03", "yep", "yes"),
        ("EVE-03", "nope", "no"),
        ("EVE-03", "si", "yes"),
        ("EVE-03", "blue", None),
        ("EVE-04", "2pm", "14:00"),
        ("EVE-04", "14:30", "14:30"),
        ("EVE-04", "07:15", "07:15"),
        ("EVE-04", "4", None),
        ("EVE-05", "It is the neighbour, no doubt", ""),
        ("EVE-05", "7", ""),
    ],
)
def test_answers_are_read(text_id: str, body: str, word: str | None) -> None:
    (intent, *_) = read(body, [OWN], own=question(text_id)).intents
    if word is None:
        assert intent.name == "unknown"
    else:
        assert (intent.name, intent.value, intent.kind) == ("own_answer", word, OWN)


@pytest.mark.parametrize("text_id", [f"EVE-0{n}" for n in range(1, 6)])
@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("STOP", "stop"),
        ("HELP", "help"),
        ("I want to kill myself", "red_flag"),
        ("my chest hurts and I cant breathe", "red_flag"),
        ("wrong number", "wrong_party"),
        ("later", "later"),
    ],
)
def test_what_goes_first_goes_first_at_every_type(text_id: str, body: str, name: str) -> None:
    assert read(body, [OWN], own=question(text_id)).intents[0].name == name


def test_a_yes_answers_one_question_and_not_two() -> None:
    (intent,) = read("yes", [OWN, "iron_yn"], own=question("EVE-03")).intents
    assert (intent.name, intent.kind) == ("own_answer", OWN)


def test_a_number_for_the_newer_question_is_no_answer_to_the_older() -> None:
    (intent,) = read("3", ["symptom_0_10", OWN], own=question("EVE-02")).intents
    assert intent.kind == "symptom_0_10"


@pytest.mark.parametrize(
    ("text_id", "word", "following"),
    [
        ("EVE-01", "5", "EVE-02"),
        ("EVE-01", "5.5", "EVE-03"),
        ("EVE-01", "12", "EVE-03"),
        ("EVE-02", "worry", "EVE-03"),
        ("EVE-03", "yes", "EVE-04"),
        ("EVE-03", "no", "EVE-05"),
        ("EVE-05", "", None),
    ],
)
def test_what_follows(text_id: str, word: str, following: str | None) -> None:
    found = question_after(example().questions, question(text_id), word)
    assert (found.id if found else None) == following


def test_an_answer_in_words_and_how_to_give_one() -> None:
    assert kept_words(question("EVE-02"), "worry", None) == "Worry"
    assert kept_words(question("EVE-01"), "6.5", 6.5) == "6.5"
    assert kept_words(question("EVE-05"), "", None) == "in their own words"
    assert [own_hint(question(f"EVE-0{n}"), "en") for n in (1, 2)] == ["0 to 12", "A, B or C"]
    assert all(
        len(own_hint(one, language)) <= 17 for one in example().questions for language in BOTH
    )
