"""A clinic's own phrases: what they are read as, and everything they may not change."""

import pytest

from service.domain.reading import read
from service.domain.reading.labels import RULE_VERSION
from service.domain.reading.taught import (
    MEANINGS,
    Taught,
    fault_of,
    is_unsure,
    read_taught,
    words_of,
)


def taught(text: str, kind: str, phrase: str = "same as always", meaning: str = "5") -> object:
    found = read_taught(text, [kind], {words_of(phrase): Taught(7, meaning)})
    return [(one.name, one.value) for one in found.intents] if found else None


@pytest.mark.parametrize("text", ["same as always", "Same as ALWAYS!!", "  same, as always. "])
def test_a_reply_of_exactly_these_words_is_read(text: str) -> None:
    assert taught(text, "symptom_0_10") == [("symptom_score", "5")]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("not same as always", "symptom_0_10"),
        ("same as always and chest pain", "symptom_0_10"),
        ("same as always", "onset_time"),  # a number is a severity, not an hour
        ("same as always", "nights_0_7"),
        ("same as always", "none"),
        ("", "symptom_0_10"),
    ],
)
def test_nothing_else_is(text: str, kind: str) -> None:
    assert taught(text, kind) is None


@pytest.mark.parametrize("kind", ["consent", "opted_out"])
def test_nobody_joins_or_comes_back_by_a_taught_phrase(kind: str) -> None:
    assert taught("yeppers doc", kind, "yeppers doc", "yes") is None


def test_the_reading_names_the_phrase() -> None:
    found = read_taught("ugh", ["symptom_0_10"], {("ugh",): Taught(12, "8")})
    assert found is not None
    assert found.rule_version == f"{RULE_VERSION}+12"


@pytest.mark.parametrize("meaning", MEANINGS)
def test_every_meaning_is_understood_somewhere(meaning: str) -> None:
    kinds = ("symptom_0_10", "iron_yn")
    assert any(taught("ugh", kind, "ugh", meaning) for kind in kinds)


@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        ("stop it now", "danger or as STOP"),
        ("i want to die", "danger or as STOP"),
        ("my chest hurts", "danger or as STOP"),
        ("4", "at least one word"),
        ("!!!", "at least one word"),
        ("a b c d e f g h i", "at most 8"),
        ("pause for 3 days", "understood already"),
    ],
)
def test_what_may_not_be_taught(phrase: str, said: str) -> None:
    assert said in (fault_of(phrase) or "")


def test_a_phrase_nobody_understands_may_be_taught() -> None:
    assert fault_of("yeppers doc") is None
    assert is_unsure(read("yeppers doc", ["iron_yn"]))
