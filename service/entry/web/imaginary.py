"""An imaginary patient, whom a programme fits: how it looks from the first day, before anybody real gets it."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from schedules.facts import FACTS, Fact
from schedules.night import night_of
from schedules.programme import Programme
from schedules.recurrence import to_local
from service.domain.own_week import OwnScores
from service.domain.patient_form import DEFAULT_WINDOW
from service.domain.trends import Score
from service.store.records import Clinic, Patient, PlanningCase

IMAGINARY = "imaginary"
BEDTIME, WAKE = time(23), time(7)
# A day far enough ahead that everything that comes before it still can.
_AHEAD = timedelta(days=10)
DAY = timedelta(days=1)
# As many nights as pages look ahead.
_ANSWERS = 400


def imaginary_case(clinic: Clinic, programme: Programme, now: datetime) -> PlanningCase:
    """Somebody who joins `now`, in bed 23:00 to 07:00 in the clinic's zone, with the facts the programme asks for.

    Every night has a score, so that a programme that tells the week back is seen.
    """
    today = to_local(now, clinic.zone).date()
    patient = Patient(
        id=0,
        token=IMAGINARY,
        clinic_id=clinic.id,
        ref="",
        given_name=b"",
        family_name=b"",
        born=b"",
        phone=b"",
        phone_index="",
        zone=clinic.zone,
        language=clinic.language,
        privacy="plain",
        bedtime=BEDTIME,
        wake_time=WAKE,
        bedtime_weekend=None,
        wake_weekend=None,
        tonight_night=None,
        tonight_bedtime=None,
        window=DEFAULT_WINDOW,
        left_out=[],
        consent="active",
        consented_at=now,
        consent_from=today,
        consent_night=night_of(now, clinic.zone),
        enrolled_at=now,
    )
    facts = tuple(_facts(programme, now, today))
    own = OwnScores(tuple(Score(today + n * DAY, 5) for n in range(_ANSWERS)), None)
    return PlanningCase(patient, clinic, now, now, None, {}, facts, (), (), (), (), own)


def _facts(programme: Programme, now: datetime, today: date) -> Iterator[Fact]:
    codes = dict.fromkeys(item for item in programme.head.only_if if item in FACTS)
    codes |= dict.fromkeys(
        step.at.fact for step in programme.steps if step.at.by_date and step.at.fact
    )
    values = _values(now)
    return (Fact(code, values[FACTS[code].value], today) for code in codes)


def _values(now: datetime) -> dict[str, str]:
    """One likely value for each kind of fact."""
    day = (now.date() + _AHEAD).isoformat()
    return {
        "flag": "yes",
        "flag or time": "yes",
        "weekdays": "fri,sat",
        "date": day,
        "time": "08:00",
        "whole number": "40",
        "number@date": f"50@{now.date().isoformat()}",
        "rhythm": "daily",
    }
