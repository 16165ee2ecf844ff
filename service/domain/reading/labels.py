"""The closed lists a reading is made of: kinds of question, intents, values, and their types."""

from dataclasses import dataclass
from typing import Final

# Raised with every change of a rule or lexicon; stored with each reading.
RULE_VERSION: Final = "2026.11.15"

MOST_CHARACTERS: Final = 1600

YES_NO_GOALS: Final = (
    "iron_yn",
    "caffeine_yn",
    "alcohol_yn",
    "nicotine_yn",
    "exercise_yn",
    "relax_yn",
    "compression_yn",
    "lab_yn",
)
"""YES = goal met."""

SCREENS: Final = ("aug_earlier_yn", "urges_yn", "med_change_yn")
"""YES = problem."""

STATES: Final = ("tip", "none", "paused", "opted_out")
"""Not questions: nothing was asked, or the state the patient is in."""

_ANSWER_TYPES: Final = {
    **dict.fromkeys(YES_NO_GOALS, "yes/no"),
    **dict.fromkeys(SCREENS, "yes/no"),
    "consent": "yes/no",
    "symptom_0_10": "0-10",
    "bedtime_ask": "time",
    "onset_time": "time",
    "weekly_3": "three numbers",
    "nights_0_7": "nights",
    "gate": "gate",
}

NUMBER_KINDS: Final = ("symptom_0_10", "weekly_3", "nights_0_7")
"""Answered with numbers of the scale."""

QUESTION_KINDS: Final = tuple(_ANSWER_TYPES)

INTENTS: Final = (
    "red_flag",
    "stop",
    "correction",
    "symptom_score",
    "weekly_scores",
    "nights_count",
    "onset_time",
    "bedtime_change",
    "adherence_yes",
    "adherence_no",
    "adherence_partial",
    "not_due",
    "later",
    "ready",
    "screen_yes",
    "screen_no",
    "own_answer",
    "med_change",
    "side_effect",
    "start",
    "resume",
    "pause",
    "help",
    "topic_stop",
    "language",
    "own_week",
    "time_pref",
    "relief",
    "status",
    "amount",
    "menu",
    "wrong_party",
    "question",
    "thanks",
    "unknown",
)

ANSWERS: Final = frozenset(
    [
        "symptom_score",
        "weekly_scores",
        "nights_count",
        "onset_time",
        "adherence_yes",
        "adherence_no",
        "adherence_partial",
        "not_due",
        "screen_yes",
        "screen_no",
    ]
)
"""The intents that answer a question of the clinic's."""

RED_FLAGS: Final = (
    "suicide",
    "child_ingestion",
    "overdose",
    "chest_pain",
    "drug_reaction",
    "gi_bleed",
    "dvt",
    "sleep_attack",
    "fall",
    "pregnancy",
    "impulse_control",
)
"""One flag a text: the first of these that is raised."""

SIDE_EFFECTS: Final = (
    "nausea",
    "vomiting",
    "diarrhea",
    "constipation",
    "stomach_pain",
    "dark_stool",
    "headache",
    "skin",
    "tight",
)

NOT_OF_THE_LEGS: Final = (
    "nausea",
    "vomiting",
    "diarrhea",
    "constipation",
    "stomach_pain",
    "dark_stool",
    "headache",
)
"""The side effects told also beside a score, which is of the legs: an itch or a tightness may be theirs."""

TOPICS: Final = (
    "iron",
    "caffeine",
    "alcohol",
    "nicotine",
    "exercise",
    "relax",
    "compression",
    "lab",
)
"""The word of a prompt kind, as `topic_stop` carries it."""

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing a text says.

    `kind`: the open question it answers, None for commands and unasked news. `words`: the
    patient's own words it was read from. `confidence`: 1 as asked, 0.8 by description, 0.6
    hedged, misspelt or only implied.
    """

    name: str
    value: str = ""
    words: str = ""
    confidence: float = 1.0
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What one text says: at least one intent, the first is primary and decides the answer.

    `machine_made`: a reaction, auto-reply or bounce; it is never answered.
    """

    intents: tuple[Intent, ...]
    rule_version: str
    machine_made: bool


def answer_type(kind: str) -> str:
    """The type of answer a kind of question takes: yes/no, 0-10, time, three numbers, nights, gate.

    KeyError: no such kind of question.
    """
    return _ANSWER_TYPES[kind]
