"""What holds for every text: no error, the same reading again, closed lists, linear time."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.reading import answer_type, read
from service.domain.reading.document import parse
from service.domain.reading.labels import (
    INTENTS,
    MOST_CHARACTERS,
    QUESTION_KINDS,
    RED_FLAGS,
    RULE_VERSION,
    STATES,
)
from service.domain.reading.lexicon import load

KINDS = st.lists(st.sampled_from((*QUESTION_KINDS, *STATES)), max_size=4)
WORDS = st.sampled_from(sorted(load().vocabulary))
LIKELY = st.lists(
    st.one_of(
        WORDS,
        st.integers(-5, 2600).map(str),
        st.sampled_from([".", ",", "?", "\n", "👍", "/", ":"]),
    ),
    max_size=30,
).map(" ".join)


@given(st.one_of(st.text(max_size=200), LIKELY), KINDS)
def test_any_text_is_read_the_same_twice_and_from_the_closed_lists(
    text: str, kinds: list[str]
) -> None:
    reading = read(text, kinds)
    assert reading == read(text, kinds)
    assert reading.rule_version == RULE_VERSION
    names = [intent.name for intent in reading.intents]
    assert names
    assert set(names) <= set(INTENTS)
    assert names.count("red_flag") <= 1
    for intent in reading.intents:
        assert intent.kind is None or intent.kind in kinds
        assert 0 < intent.confidence <= 1
        assert intent.name != "red_flag" or intent.value in RED_FLAGS
        assert intent.words in text


@given(st.text(max_size=3000), KINDS)
def test_only_the_first_characters_are_read(text: str, kinds: list[str]) -> None:
    assert read(text, kinds) == read(text[:MOST_CHARACTERS], kinds)


@given(st.sampled_from(["I want to die", "chest pain", "ya no quiero vivir"]), KINDS)
def test_a_plain_red_flag_comes_first_whatever_is_open(text: str, kinds: list[str]) -> None:
    assert read(text, kinds).intents[0].name == "red_flag"


@pytest.mark.parametrize(
    "piece",
    [
        "a ",
        "i i took ",
        "no ",
        "my leg ",
        "pain in my chest ",
        "7 or ",
        "x",
        "((",
        "“",
        "\n>",
        "1:",
        "👍🏽",
    ],
)
def test_work_grows_with_length_only(piece: str) -> None:
    def work(length: int) -> int:
        """Calls made while reading: counted, because a clock tells more of the machine than of the code."""
        count = 0

        def called(*_: object) -> None:
            nonlocal count
            count += 1

        text = (piece * length)[:length]
        sys.setprofile(called)
        try:
            parse(text, load())
        finally:
            sys.setprofile(None)
        return count

    assert work(MOST_CHARACTERS) < 6 * work(MOST_CHARACTERS // 4) + 500


def test_every_kind_of_question_has_an_answer_type() -> None:
    types = {answer_type(kind) for kind in QUESTION_KINDS}
    assert types == {"yes/no", "0-10", "time", "three numbers", "nights", "gate"}
