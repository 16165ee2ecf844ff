"""An answer given before that was for another night: "that was for Tuesday". Pure."""

from dataclasses import replace
from datetime import date, timedelta

from message_templates.formats import short_date
from schedules.facts import WEEKDAYS
from schedules.recurrence import to_local
from service.domain.delivery import Kind
from service.domain.reading import Intent
from service.domain.reading.labels import YES_NO_GOALS
from service.domain.talk import Earlier, Given, Outcome, Said, Talk

MOVED, NOT_MOVED = "SYS-35", "SYS-36"
# So long after an answer "that" still means it (our default).
MEANT_FOR = timedelta(hours=24)
# Only these are about one night or one date; further back nobody is sure which (our default).
_OF_A_DAY = frozenset({"symptom_0_10", "onset_time", *YES_NO_GOALS}) - {"lab_yn"}
_WEEK = timedelta(days=7)


def points_at_night(intent: Intent) -> bool:
    """Whether an intent says that the answer before it was for another night."""
    return intent.name == "correction" and intent.value.startswith("night:")


def move_answer(talk: Talk, named: str, outcome: Outcome) -> None:
    """Let the answer given last count for the night named (`prev`, `tue`), and say for which it counts now.

    Where it cannot be (no such answer, a night too long ago or still to come, one that has its own answer) nothing
    changes: that is said, and a person looks.
    """
    earlier = talk.earlier
    about = _meant(talk, earlier, named) if earlier else None
    if earlier is None or about is None:
        outcome.review = True
        outcome.said.append(Said(NOT_MOVED, Kind.ANSWER))
        return
    if about != earlier.about_date:
        outcome.moved = (_as_given(talk, earlier, about), earlier.inbound_id)
    outcome.said.append(Said(MOVED, Kind.ANSWER, {"date": short_date(about, talk.language)}))


def _meant(talk: Talk, earlier: Earlier, named: str) -> date | None:
    """The date that the answer is about: one of the last six before today, with no other answer."""
    today = to_local(talk.now, talk.rhythm.zone).date()
    if named == "prev":
        about = earlier.about_date - timedelta(days=1)
    else:
        about = today - timedelta(days=(today.weekday() - WEEKDAYS.index(named)) % 7)
    in_reach = today - _WEEK < about < today and earlier.kind in _OF_A_DAY
    free = about == earlier.about_date or about not in talk.answered_on
    return about if in_reach and free else None


def _as_given(talk: Talk, earlier: Earlier, about: date) -> Given:
    """The same answer, for the question that asked about that date where one may still be answered."""
    question = next(
        (
            one
            for one in talk.questions
            if one.kind == earlier.kind and one.about_date == about and not one.answered
        ),
        None,
    )
    return Given(
        kind=earlier.kind,
        intent=earlier.intent,
        number=earlier.number,
        word=earlier.word,
        night=earlier.night - (earlier.about_date - about),
        about_date=about,
        question=replace(question, late=True) if question else None,
        late=True,
    )
