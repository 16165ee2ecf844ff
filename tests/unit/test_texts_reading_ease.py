"""How easy a text reads: syllables, both formulas, and every shipped text within its limit."""

import pytest

from message_templates.catalogue import load
from message_templates.reading_ease import Ease, reading_ease
from message_templates.syllables import syllables

# "escribimos en español" is what it has to say; eleven words leave no room beside them.
HARDER = {("SYS-22", "es"): 67.7}
UNJUDGED = {(text_id, language) for text_id in ("SYS-17", "SYS-18") for language in ("en", "es")}

ENGLISH = """
the 1, clinic 2, evening 2, iron 2, medicine 3, quiet 2, patient 2, special 2, various 3, experience 4, million 2,
creating 3, reality 4, walked 1, rested 2, worried 2, places 2, makes 1, dishes 2, table 2, whole 1, careful 2,
safety 2, rhythm 2, magnesium 4, dopamine 3, tongue 1, science 2, society 4, period 3, you're 1, didn't 2, 24 1
"""
SPANISH = """
agua 2, cuidado 3, día 2, país 2, guerra 2, queso 2, pingüino 3, leer 2, ciudad 2, muy 1, reyes 2, ahora 3,
automatizado 6, farmacia 3, respiración 4, hay 1, o 1
"""


def words(listed: str) -> list[tuple[str, int]]:
    pairs = (one.split() for one in listed.replace("\n", " ").split(","))
    return [(word, int(count)) for word, count in pairs]


@pytest.mark.parametrize(("word", "count"), words(ENGLISH))
def test_english_syllables(word: str, count: int) -> None:
    assert syllables(word, "en") == count


@pytest.mark.parametrize(("word", "count"), words(SPANISH))
def test_spanish_syllables(word: str, count: int) -> None:
    assert syllables(word, "es") == count


def test_the_english_figure_is_the_flesch_kincaid_grade() -> None:
    # 10 words, 2 sentences, 11 syllables: 0.39 * 5 + 11.8 * 1.1 - 15.59.
    found = reading_ease("The cat sat on the mat. It was very big.", "en")
    assert found == Ease("en", -0.7, is_easy=True)


def test_the_spanish_figure_is_the_ease_of_fernandez_huerta() -> None:
    # 8 words, 1 sentence, 13 syllables: 206.84 - 60 * 1.625 - 1.02 * 8.
    found = reading_ease("El gato duerme sobre la mesa del patio.", "es")
    assert found is not None
    assert found.figure == pytest.approx(206.84 - 60 * 13 / 8 - 1.02 * 8, abs=0.06)


def test_hard_words_are_found_hard() -> None:
    hard = "Augmentation necessitates immediate pharmacological reconsideration by your responsible physician."
    found = reading_ease(hard, "en")
    assert found is not None
    assert not found.is_easy


def test_placeholders_count_with_the_words_that_usually_stand_there() -> None:
    assert reading_ease("{clinic}: call {phone} now or at {time} today.", "en") is not None


@pytest.mark.parametrize(
    "body",
    [
        "Thanks, got it.",
        "Too few words to be judged, here.",
        "One {brace and eight more words than it needs",
    ],
)
def test_a_short_or_faulty_text_is_not_judged(body: str) -> None:
    assert reading_ease(body, "en") is None


def test_every_shipped_text_is_as_easy_as_the_clinical_design_asks() -> None:
    shipped = load().texts.values()
    found = {(text.id, text.language): reading_ease(text.body, text.language) for text in shipped}
    assert {key for key, ease in found.items() if ease is None} == UNJUDGED
    hard = {key: ease.figure for key, ease in found.items() if ease and not ease.is_easy}
    assert hard == HARDER
