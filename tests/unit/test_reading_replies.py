"""Labelled replies: how many are read as a person read them, in all and by kind of prompt."""

from collections import defaultdict

import pytest

from service.domain.reading import read
from tests.labelled_replies import Case, cases, is_read_as

# Never lowered: what the rules read today they go on reading.
FLOORS = {
    "replies-dev.tsv": 1.0,
    "replies-own.tsv": 1.0,
    "replies-own-danger.tsv": 1.0,
    "replies-blind.tsv": 239 / 240,
    "replies-blind-2.tsv": 1.0,
}

# What the rules of 2026.11.5 read of the first set of replies written and labelled without sight of them, and those of
# 2026.11.6 of the second. Mending followed, so only these figures tell how unseen replies fare: whole 105 of 140 in
# English and 89 of 100 in Spanish, then 72 and 76 of 100. Two smaller sets, now among our own, were written after each
# mending: 42 of 60 were at first read whole by either version, then 55 of 68, by the version before 53. Two labels of
# the second set, intentions taken for LATER, were put right after the first reading; the rules had read both right.
# Dangers and opt-outs in slang remain the weakest: of 40 replies about them, written after the second mending, 25 were
# at first read whole (red flags 17/24, opt-outs 2/8, false opt-outs 1); they too are now among our own, but for three.
# Of 120 more in slang, labelled before the version of 2026.11.11 read them, 46 of 60 in English and 54 of 60 in Spanish
# were read whole (red flags 10/11, opt-outs 5/6, false red flags 1), three labels put right after the reading; of 30
# after the mending 26. They are among our own.
FIRST_READ = {
    "replies-blind.tsv": "194/240 whole, 197/240 by intent, values 194/197; red flags 17/22, opt-outs 9/10;"
    " false red flags 0, false opt-outs 0",
    "replies-blind-2.tsv": "148/200 whole, 152/200 by intent, values 148/152; red flags 2/4, opt-outs 2/4;"
    " false red flags 0, false opt-outs 0",
}


@pytest.mark.parametrize("name", sorted(FLOORS))
def test_accuracy_does_not_fall(name: str) -> None:
    by_kind: dict[str, list[bool]] = defaultdict(list)
    wrong: list[str] = []
    for case in cases(name):
        reading = read(case.reply, [case.kind])
        right = is_read_as(case, reading)
        by_kind[case.kind].append(right)
        if not right:
            wrong.append(f"{case.kind}: {case.reply!r} -> {reading.intents}")
    results = [right for all_of_kind in by_kind.values() for right in all_of_kind]
    for kind, of_kind in sorted(by_kind.items()):
        print(f"{name} {kind}: {sum(of_kind)}/{len(of_kind)}")
    print(f"{name} in all: {sum(results)}/{len(results)}")
    if name in FIRST_READ:
        print(f"{name} before anything was mended: {FIRST_READ[name]}")
    assert sum(results) / len(results) >= FLOORS[name], "\n".join(wrong)


@pytest.mark.parametrize("name", sorted(FLOORS))
@pytest.mark.parametrize("wanted", ["red_flag", "stop"])
def test_no_red_flag_and_no_opt_out_is_missed_or_read_falsely(name: str, wanted: str) -> None:
    def says(case: Case) -> bool:
        return any(intent.name == wanted for intent in read(case.reply, [case.kind]).intents)

    wrong = [case for case in cases(name) if says(case) != (wanted in case.intents)]
    assert wrong == []
