"""Alert rules as data (clinical.md, section 5): which reading raises which, and each reason in words."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from service.domain.counting import counted

Tier = Literal["RED", "AMBER", "INFO"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `rank` orders Today (lower first), `reply` is the text sent back, `lasting` stays until a person
    closes it; the others close themselves when their condition ends."""

    code: str
    tier: Tier
    rank: int
    tag: str
    step: str
    reply: str | None = None
    lasting: bool = True


_CALL = "Answered at once with the emergency text. Call now."
RULES: dict[str, Rule] = {
    rule.code: rule
    for rule in (
        Rule("R-SUI", "RED", 10, "Act now", _CALL, "SYS-11"),
        Rule("R-ACU", "RED", 10, "Act now", _CALL, "SYS-10"),
        Rule("R-CLOT", "RED", 10, "Act now", _CALL, "SYS-10"),
        Rule("R-BLEED", "RED", 10, "Act now", _CALL, "SYS-10"),
        Rule("R-TOX", "RED", 10, "Act now", _CALL, "SYS-12"),
        Rule("M-WHO", "AMBER", 20, "Wrong person", "Check the number by another way."),
        Rule(
            "M-MANY",
            "AMBER",
            25,
            "Too many texts",
            "Look at Messages for what left and why; resolve this to let texts go on.",
        ),
        Rule("M-HIGH", "AMBER", 30, "Bad nights", "Call about these nights.", lasting=False),
        Rule("M-RISE", "AMBER", 31, "Getting worse", "Call; look for what changed.", lasting=False),
        Rule("M-AUG", "AMBER", 32, "Starts earlier", "Review the dopamine drug.", "AUG-04"),
        Rule(
            "M-STOOL", "AMBER", 40, "Side effect", "Ask about tar, blood and faintness.", "IRN-07"
        ),
        Rule(
            "M-PREG",
            "AMBER",
            40,
            "Pregnant",
            "Review medicines, then release tips and cut-off texts.",
            "SYS-09",
        ),
        Rule("M-DRIVE", "AMBER", 40, "Sudden sleep or fall", "Call today about safety.", "SYS-09"),
        Rule("M-ICD", "AMBER", 40, "New urges", "Review the dopamine drug.", "AUG-04"),
        Rule("M-SIDE", "AMBER", 40, "Side effect", "Call about the medicine.", "SYS-09"),
        Rule("M-TRIG", "AMBER", 40, "New medicine", "Check it against the list of triggers."),
        Rule("M-QUIET", "AMBER", 50, "Silent", "Call; do not text again about it.", lasting=False),
        Rule("M-ADH", "AMBER", 50, "Iron missed", "Ask what gets in the way.", lasting=False),
        Rule(
            "M-LAB", "AMBER", 70, "Bloods due", "Order ferritin and TSAT.", "LAB-01", lasting=False
        ),
        Rule("M-HOLD", "AMBER", 70, "Iron too high", "Review; prompts stop.", lasting=False),
        Rule("M-FREQ", "INFO", 80, "Many hard nights", "For the next visit.", lasting=False),
    )
}

_RED_FLAGS = {
    "suicide": "R-SUI",
    "chest_pain": "R-ACU",
    "drug_reaction": "R-ACU",
    "dvt": "R-CLOT",
    "gi_bleed": "R-BLEED",
    "overdose": "R-TOX",
    "child_ingestion": "R-TOX",
    "pregnancy": "M-PREG",
    "sleep_attack": "M-DRIVE",
    "fall": "M-DRIVE",
    "impulse_control": "M-ICD",
}
_DOPAMINE = frozenset({"dopamine_agonist", "levodopa"})


# A number that fails is less urgent than a wrong person behind it (the ranks of reasons).
FAILING_NUMBER_RANK = 60


def rank_of(rule: str, numbers: Mapping[str, Any]) -> int:
    """Where an open alert stands on Today, lower first."""
    if rule == "M-WHO" and "failed" in numbers:
        return FAILING_NUMBER_RANK
    return RULES[rule].rank


def step_of(rule: str, numbers: Mapping[str, Any]) -> str:
    """What to do next about an alert."""
    if _is_death(rule, numbers):
        return "Make sure by another way, and close the record."
    return RULES[rule].step


def _is_death(rule: str, numbers: Mapping[str, Any]) -> bool:
    return rule == "M-WHO" and numbers.get("said") == "deceased"


def tag_of(rule: str, numbers: Mapping[str, Any]) -> str:
    """The words on an alert's tag."""
    if _is_death(rule, numbers):
        return "Death reported"
    return "Not reached" if rule == "M-WHO" and "failed" in numbers else RULES[rule].tag


def rule_for_reading(
    intent: str, value: str, facts: Collection[str], kind: str | None
) -> str | None:
    """The rule a reading raises, if any. `facts`: the patient's codes in force; `kind`: the question answered."""
    if intent == "red_flag":
        return _RED_FLAGS.get(value)
    if intent == "side_effect":
        return "M-STOOL" if value == "dark_stool" and "iron_oral" in facts else "M-SIDE"
    if intent == "screen_yes":
        return _screen_rule(kind, facts)
    if intent == "adherence_no":
        stopped = kind == "iron_yn" and value.startswith(("no:stopped", "no:side_effect"))
        return "M-SIDE" if stopped else None
    if intent == "wrong_party":
        return "M-WHO" if value in {"wrong_number", "deceased"} else None
    return "M-TRIG" if intent == "med_change" and value == "new" else None


def _screen_rule(kind: str | None, facts: Collection[str]) -> str | None:
    if kind == "urges_yn":
        return "M-ICD"
    if kind == "aug_earlier_yn" and _DOPAMINE & set(facts):
        return "M-AUG"
    return None


def sentence(rule: str, numbers: Mapping[str, Any]) -> str:
    """The reason in words, with its numbers; a rule raised by a reply says what the reply was about."""
    if rule == "M-AUG" and "median" in numbers:
        since = f"; at first it was {numbers['baseline']}" if numbers.get("baseline") else ""
        return f"Symptoms now start at {numbers['median']}{since}. On a dopamine drug."
    if _is_death(rule, numbers):
        return "Somebody wrote that the patient has died. No more texts go out."
    if rule == "M-WHO" and "failed" in numbers:
        return (
            f"{numbers['failed']} texts in a row not delivered. {numbers.get('because', '')}"
            " Not the same as silent."
        )
    if rule == "M-QUIET":
        return _silence(numbers)
    said = _SENTENCES[rule].format_map(_Known(numbers, **_dated(numbers)))
    if rule == "M-ADH" and numbers.get("no_run"):
        said += f" {numbers['no_run']} NO in a row."
    return said


def _silence(numbers: Mapping[str, Any]) -> str:
    unanswered, days = numbers.get("unanswered", 0), numbers.get("days", 0)
    run = "1 question" if unanswered == 1 else f"{unanswered} questions in a row"
    return f"{run} unanswered{_dated(numbers)['up_to']}; the last reply came {counted(days, 'day')} before."


def _dated(numbers: Mapping[str, Any]) -> dict[str, str]:
    """Which nights the scores are of, and up to which one was counted; evidence from before has neither."""
    nights = [date.fromisoformat(night) for night in numbers.get("of_nights", ())]
    as_of = numbers.get("as_of")
    return {
        "when": f"for the nights of {_days(nights)}" if nights else "in the last three check-ins",
        "up_to": f" up to {_days([date.fromisoformat(as_of)])}" if as_of else "",
    }


def _days(days: Sequence[date]) -> str:
    """`18, 19 and 20 Nov`; `29 Nov, 30 Nov and 1 Dec`."""
    *earlier, last = days
    same = all((day.year, day.month) == (last.year, last.month) for day in earlier)
    named = [f"{day.day}" if same else f"{day.day} {day:%b}" for day in earlier]
    return f"{', '.join(named)} and {last.day} {last:%b}" if named else f"{last.day} {last:%b}"


class _Known(dict[str, Any]):
    """Numbers for a sentence; one that is not known reads as such rather than failing the page."""

    def __missing__(self, key: str) -> str:
        return "not known"


_SENTENCES = {
    "R-SUI": "Wrote something that may mean self-harm.",
    "R-ACU": "Wrote of chest, breathing, stroke signs, or swelling of the face or throat.",
    "R-CLOT": "Wrote of one leg swollen, hot or red.",
    "R-BLEED": "Wrote of blood, or of a stool black like tar.",
    "R-TOX": "Wrote of a child or of too much medicine taken.",
    "M-WHO": "Wrote that this is the wrong person.",
    "M-MANY": "{texts} texts left within 24 hours, far more than any plan brings. All but answers to danger, STOP and"
    " HELP are withheld until a person lets them go on.",
    "M-HIGH": "Severity {scores} {when}; the usual is {usual}.",
    "M-RISE": "Severity has risen to a mean of {mean} over the 14 nights{up_to}, from {baseline} at first"
    " ({scores} {when}).",
    "M-AUG": "Answered yes to the check for symptoms that spread or come earlier. On a dopamine drug.",
    "M-STOOL": "Wrote of dark stool while taking iron: expected, unless tarry, bloody or faint.",
    "M-PREG": "Wrote of a pregnancy. Tips and cut-off texts were put on hold for it.",
    "M-DRIVE": "Wrote of sudden sleep or a fall.",
    "M-ICD": "Wrote of an urge that is hard to resist.",
    "M-SIDE": "Wrote of a side effect, or of having stopped the iron.",
    "M-TRIG": "Wrote of a new medicine.",
    "M-ADH": "Iron reported on {yes} of {due} due days in the 14 days{up_to}.",
    "M-LAB": "Iron for {weeks} weeks without ferritin and TSAT.",
    "M-HOLD": "Ferritin {ferritin} ng/mL, TSAT {tsat} %.",
    "M-FREQ": "{nights} hard nights in a week and a bed score of {bed}, two weeks running.",
}
