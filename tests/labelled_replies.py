"""Replies a person labelled with what they mean, and when a reading of one agrees with them."""

import csv
from dataclasses import dataclass
from pathlib import Path

from service.domain.reading import Reading

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Case:
    kind: str
    reply: str
    intents: tuple[str, ...]
    values: tuple[str, ...]


def cases(name: str) -> list[Case]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        Case(
            row["prompt_kind"],
            row["reply"].replace("\\n", "\n"),
            tuple(row["expected_intent"].split("+")),
            tuple((row["expected_value"] or "").split(";")),
        )
        for row in rows
    ]


def scored(intent: str, value: str) -> tuple[str, str]:
    """Topics of questions and barriers of a no are secondary: not scored."""
    if intent == "question":
        return intent, ""
    if intent == "adherence_no":
        day = value.partition("@")[2]
        return intent, f"no@{day}" if day else "no"
    return intent, value


def expected(case: Case) -> list[tuple[str, str]]:
    """What was labelled, the primary intent first."""
    values = case.values + ("",) * (len(case.intents) - len(case.values))
    return [scored(intent, value) for intent, value in zip(case.intents, values, strict=True)]


def found(reading: Reading) -> list[tuple[str, str]]:
    """What was read, the primary intent first."""
    return [scored(intent.name, intent.value) for intent in reading.intents]


def is_read_as(case: Case, reading: Reading) -> bool:
    """Every intent with its value and no other, the primary one first."""
    want, got = expected(case), found(reading)
    return sorted(want) == sorted(got) and want[0] == got[0]
