"""The rules that look at how a patient has fared, at their thresholds; and every reason in words."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from service.domain.alerts import RULES, rank_of, rule_for_reading, sentence
from service.domain.figures import Dose, OnsetFigure, Triple
from service.domain.findings import History, standing_findings
from service.domain.trends import Score

FIRST = date(2026, 11, 1)


def history(*values: float, **known: object) -> History:
    scores = [Score(FIRST + timedelta(days=n), value) for n, value in enumerate(values)]
    return replace(History(FIRST, scores), **known)


def rules(known: History, as_of: int) -> list[str]:
    return [one.rule for one in standing_findings(known, FIRST + timedelta(days=as_of))]


def week(n: int, bed: int) -> Triple:
    return Triple(FIRST + timedelta(days=7 * n), bed, 3, 3)


def doses(*answers: str | None) -> tuple[Dose, ...]:
    return tuple(Dose(FIRST + timedelta(days=n), True, answer) for n, answer in enumerate(answers))


DOPAMINE = {"on_dopamine": True}
CASES: list[tuple[str, History, int, list[str]]] = [
    ("two of the last three at 8", history(3, 3, 8, 2, 9), 4, ["M-HIGH"]),
    ("one of the last three at 8", history(8, 8, 2, 3, 9), 4, []),
    ("7.9 is not 8", history(7.9, 7.9, 7.9), 2, []),
    (
        "onset two hours earlier over three reports",
        history(onset=OnsetFigure("19:00", 3, -120), onsets=["19:00"], **DOPAMINE),
        10,
        ["M-AUG"],
    ),
    (
        "not quite two hours",
        history(onset=OnsetFigure("19:00", 3, -119), onsets=["19:00"], **DOPAMINE),
        10,
        [],
    ),
    (
        "two reports only",
        history(onset=OnsetFigure("19:00", 2, -180), onsets=["19:00"], **DOPAMINE),
        10,
        [],
    ),
    (
        "before six twice",
        history(onset=OnsetFigure("18:30", 2, None), onsets=["17:59", "17:00"], **DOPAMINE),
        10,
        ["M-AUG"],
    ),
    (
        "no dopamine drug",
        history(onset=OnsetFigure("17:00", 9, -240), onsets=["17:00"] * 9),
        10,
        [],
    ),
    (
        "three NO in a row",
        history(doses=doses("yes", "yes", "yes", "no", "no", "no")),
        5,
        ["M-ADH"],
    ),
    (
        "under half of the days",
        history(doses=doses("yes", "yes", None, None, None)),  # 2 of 5: 40 %
        4,
        ["M-ADH"],
    ),
    ("half of the days", history(doses=doses("yes", "no", "yes", None, "yes", None)), 5, []),
    ("too few days for a share", history(doses=doses("no", None, None)), 2, []),
    ("doses of a month ago", history(doses=doses("no", "no", "no")), 30, []),
    ("three prompts unanswered", history(unanswered=3, silent_days=2), 9, ["M-QUIET"]),
    ("two prompts unanswered", history(unanswered=2, silent_days=6), 9, []),
    ("a week unanswered", history(unanswered=1, silent_days=7), 9, ["M-QUIET"]),
    ("a week without a question", history(unanswered=0, silent_days=30), 9, []),
    (
        "two hard weeks running",
        history(hard_nights=[3, 4], triples=[week(0, 4), week(1, 6)]),
        14,
        ["M-FREQ"],
    ),
    ("one hard week", history(hard_nights=[2, 4], triples=[week(0, 4), week(1, 6)]), 14, []),
    ("no distress in bed", history(hard_nights=[3, 4], triples=[week(0, 3), week(1, 6)]), 14, []),
]


@pytest.mark.parametrize(
    ("known", "as_of", "found"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_which_rules_hold(known: History, as_of: int, found: list[str]) -> None:
    assert rules(known, as_of) == found


def test_a_rise_needs_four_scores_each_and_two_points() -> None:
    first = [Score(FIRST + timedelta(days=n), 3) for n in range(4)]
    for later, found in ((5.0, ["M-RISE"]), (4.9, [])):
        recent = [Score(FIRST + timedelta(days=30 + n), later) for n in range(4)]
        assert rules(History(FIRST, first + recent), 33) == found
        assert rules(History(FIRST, first + recent[:3]), 33) == []


@pytest.mark.parametrize(
    ("intent", "value", "facts", "kind", "rule"),
    [
        ("red_flag", "suicide", [], None, "R-SUI"),
        ("red_flag", "gi_bleed", [], None, "R-BLEED"),
        ("red_flag", "child_ingestion", [], None, "R-TOX"),
        ("side_effect", "dark_stool", ["iron_oral"], None, "M-STOOL"),
        ("side_effect", "dark_stool", [], None, "M-SIDE"),
        ("screen_yes", "", ["levodopa"], "aug_earlier_yn", "M-AUG"),
        ("screen_yes", "", [], "aug_earlier_yn", None),
        ("screen_yes", "", [], "urges_yn", "M-ICD"),
        ("adherence_no", "no:stopped", [], "iron_yn", "M-SIDE"),
        ("adherence_no", "no:forgot", [], "iron_yn", None),
        ("adherence_no", "no:stopped", [], "caffeine_yn", None),
        ("wrong_party", "wrong_number", [], None, "M-WHO"),
        ("med_change", "new", [], None, "M-TRIG"),
        ("med_change", "stopped", [], None, None),
        ("thanks", "", [], None, None),
    ],
)
def test_which_reading_raises_which_rule(
    intent: str, value: str, facts: list[str], kind: str | None, rule: str | None
) -> None:
    assert rule_for_reading(intent, value, facts, kind) == rule


def test_sentences_carry_their_numbers() -> None:
    (found,) = standing_findings(history(3, 3, 3, 3, 8, 2, 9), FIRST + timedelta(days=6))
    assert sentence(found.rule, found.numbers) == (
        "Severity 8, 2, 9 for the nights of 5, 6 and 7 Nov; the usual is 3."
    )
    moved = history(onset=OnsetFigure("19:00", 3, -150), onsets=[], **DOPAMINE)
    (found,) = standing_findings(moved, FIRST)
    assert sentence(found.rule, found.numbers) == (
        "Symptoms now start at 19:00; at first it was 21:30. On a dopamine drug."
    )


@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_rule_has_a_sentence_even_without_its_numbers(rule: str) -> None:
    assert sentence(rule, {})[-1] == "."
    assert "{" not in sentence(rule, {})


def test_cries_for_help_stand_before_everything_else() -> None:
    red = {rank_of(code, {}) for code, rule in RULES.items() if rule.tier == "RED"}
    others = {rank_of(code, {}) for code, rule in RULES.items() if rule.tier != "RED"}
    assert max(red) < min(others)
    assert all(rule.lasting and rule.reply for rule in RULES.values() if rule.tier == "RED")
    assert rank_of("M-WHO", {}) < rank_of("M-WHO", {"failed": 3})


@pytest.mark.parametrize(
    ("rule", "numbers", "said"),
    [
        (
            "M-HIGH",
            {"scores": "8, 9", "usual": "4", "of_nights": ["2026-11-30", "2026-12-01"]},
            "Severity 8, 9 for the nights of 30 Nov and 1 Dec; the usual is 4.",
        ),
        (
            "M-HIGH",
            {"scores": "8, 9, 9", "usual": "4"},
            "Severity 8, 9, 9 in the last three check-ins; the usual is 4.",
        ),
        (
            "M-FREQ",
            {"nights": "3, 4", "bed": 5},
            "3, 4 hard nights in a week and a bed score of 5, two weeks running.",
        ),
        (
            "M-QUIET",
            {"unanswered": 1, "days": 7, "as_of": "2026-11-20"},
            "1 question unanswered up to 20 Nov; the last reply came 7 days before.",
        ),
        (
            "M-ADH",
            {"yes": 3, "due": 14, "as_of": "2026-11-20"},
            "Iron reported on 3 of 14 due days in the 14 days up to 20 Nov.",
        ),
    ],
)
def test_a_sentence_says_which_nights_its_numbers_are_of(
    rule: str, numbers: dict[str, object], said: str
) -> None:
    assert sentence(rule, numbers) == said
