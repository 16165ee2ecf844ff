"""Readings do not change with how a text is dressed: typos, spacing, case, emoji, greetings and politeness."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.reading import read
from service.domain.reading.lexicon import load
from service.domain.reading.signed import unsigned
from tests.labelled_replies import Case, cases, is_read_as

SETS = (
    "replies-dev.tsv",
    "replies-own.tsv",
    "replies-own-danger.tsv",
    "replies-blind.tsv",
    "replies-blind-2.tsv",
)
PREFIXES = (
    *("hi ", "Hi, ", "Hello! ", "hey there, ", "good morning. ", "Please "),
    *("hola ", "Hola. ", "buenos días, ", "Por favor "),
)
POLITE = (
    *(" thanks", ", thank you", " ty!", " please", ". Thanks so much", " pls, thanks"),
    *(" gracias", ", por favor", ". Muchas gracias."),
)
EMOJI = ("🙂", " 😴", " 😅", "🙏", " ❤️", " 🙏🏽", " 💕", "!", "...")
SPACES = ("  ", "   ", "\t", "\u00a0", " \t ")
SHORTEST_TYPO = 5


@cache
def understood() -> tuple[Case, ...]:
    """The replies read as a person read them, but for those that a thanks may make into one.

    Left out too: those where capitals say something (STOP beside more, the name of a writer), and what machines wrote.
    """
    found = []
    for case in (one for name in SETS for one in cases(name)):
        reading = read(case.reply, [case.kind])
        said = {(one.name, one.value) for one in reading.intents}
        shouts = any(word.isupper() and len(word) > 1 for word in case.reply.split())
        shouts = shouts or unsigned(case.reply, load()) is not None
        begins_with_a_sign = case.reply[:1] in "*\"'“"
        if ("unknown", "") in said or shouts or begins_with_a_sign or reading.machine_made:
            continue
        if is_read_as(case, reading):
            found.append(case)
    return tuple(found)


def pairs(text: str, kind: str) -> list[tuple[str, str]]:
    return [(one.name, one.value) for one in read(text, [kind]).intents]


def slipped(word: str, place: int, how: str) -> str:
    """A word with two neighbours swapped, a letter lost or one typed twice."""
    place %= len(word) - 2
    place += 1
    if how == "swap":
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    return word[:place] + word[place + 1 :] if how == "lose" else word[: place + 1] + word[place:]


def with_typo(text: str, which: int, place: int, how: str) -> str:
    """One slip in a word of the closed list; none where another word of ours would come of it."""
    words = text.split(" ")
    mine = [n for n, word in enumerate(words) if len(word) >= SHORTEST_TYPO and is_known(word)]
    if not mine:
        return text
    chosen = mine[which % len(mine)]
    typed = slipped(words[chosen], place, how)
    if typed.lower() not in load().vocabulary:
        words[chosen] = typed
    return " ".join(words)


def is_known(word: str) -> bool:
    return word.lower() in load().repairable


CASINGS = {
    "as typed": lambda text: text,
    "capitals": str.upper,
    "small": str.lower,
    "one capital": lambda text: text[:1].upper() + text[1:],
}


# The same sample each time: a slip that is misread is for whoever works on readings, not for who changes a page.
@settings(max_examples=600, deadline=None, derandomize=True)
@given(
    case=st.deferred(lambda: st.sampled_from(understood())),
    typo=st.none()
    | st.tuples(st.integers(0, 9), st.integers(0, 9), st.sampled_from(["swap", "lose", "twice"])),
    spaces=st.sampled_from((" ", *SPACES)),
    casing=st.sampled_from(sorted(CASINGS)),
    prefix=st.sampled_from(("", *PREFIXES)),
    polite=st.sampled_from(("", *POLITE)),
    emoji=st.sampled_from(("", *EMOJI)),
)
def test_the_reading_stays(
    case: Case,
    typo: tuple[int, int, str] | None,
    spaces: str,
    casing: str,
    prefix: str,
    polite: str,
    emoji: str,
) -> None:
    text = with_typo(case.reply, *typo) if typo else case.reply
    ending = "" if case.reply.endswith("?") else polite
    text = CASINGS[casing](f"{prefix}{text}{ending}{emoji}").replace(" ", spaces)
    assert pairs(text, case.kind) == pairs(case.reply, case.kind), text


@pytest.mark.parametrize(
    "dressed",
    ["Hi, {}", "please {}", "hola {}", "{} please", "{} thanks", "{}, gracias", "{}🙏", "{} ❤️"],
)
def test_no_danger_and_no_opt_out_is_lost_in_courtesy(dressed: str) -> None:
    urgent = [one for one in understood() if {"red_flag", "stop"} & set(one.intents)]
    assert len(urgent) > 500
    changed = [
        one
        for one in urgent
        if pairs(dressed.format(one.reply), one.kind) != pairs(one.reply, one.kind)
    ]
    assert changed == []


def test_the_typos_are_typos() -> None:
    """What is varied does vary: most replies with a long word of the closed list take a slip."""
    long = [
        one.reply
        for one in understood()
        if any(len(w) >= SHORTEST_TYPO and is_known(w) for w in one.reply.split(" "))
    ]
    taken = sum(with_typo(reply, 0, 1, "swap") != reply for reply in long)
    assert taken > 0.8 * len(long) > 300
