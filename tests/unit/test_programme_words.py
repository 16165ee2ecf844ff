"""The sentences about steps."""

import pytest

from schedules.loading import shipped
from schedules.programme import Step
from service.domain.programme_words import fits, gates, how_often, when

STEPS = {f"{one.slug}/{step.key}": step for one in shipped() for step in one.steps}


@pytest.mark.parametrize(
    ("step", "moment", "rhythm"),
    [
        (
            "caffeine/heads-up",
            "9 hours 30 minutes before bedtime",
            "3 times a week in weeks 1 to 4, then once a week",
        ),
        ("alcohol/heads-up", "5 hours before bedtime", "on the usual drinking days"),
        ("check_in/onset", "1 hour after waking up", "once a week from week 2 on"),
        ("comorbid_care/care", "at 12:00", "on the first and third Wednesday of the month"),
        ("augmentation/screen", "at 17:00", "on the first weekday of joining of the month"),
        ("education/learn", "at 11:00", "on Saturday, each text once in weeks 2 to 12"),
        (
            "iron/dose",
            "at the patient’s own ordered dose time, or else 30 minutes after waking up",
            "as the iron order says from the first dose date on",
        ),
        ("labs/book", "7 days before the blood test, at 12:00", "once for each date"),
        ("medicines/aisle", "at 17:00", "on day 15 of the month"),
        ("weekly_scale/week", "at 18:00", "on Sunday"),
    ],
)
def test_when_and_how_often(step: str, moment: str, rhythm: str) -> None:
    assert (when(STEPS[step].at), how_often(STEPS[step])) == (moment, rhythm)


def test_fit_and_gates() -> None:
    assert fits(STEPS["caffeine/heads-up"]).startswith("It is never moved")
    assert "2 hours earlier" in fits(STEPS["caffeine/kept"])
    assert "3 hours later" in fits(STEPS["check_in/score"])
    assert "3 hours either way" in fits(STEPS["movement/walk"])
    assert gates(STEPS["check_in/onset"]) == "not for “dopamine agonist” or “levodopa”"
    assert gates(STEPS["check_in/score"]) == ""


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS.keys())
def test_every_shipped_step_has_words(step: Step) -> None:
    said = " ".join((when(step.at), how_often(step), fits(step), gates(step)))
    assert "None" not in said
    assert "_" not in said
