"""Hard limits far above what any plan may bring: beyond them something is wrong, and texts stop until a person looks.

Our default, in no guideline: a patient's caps allow 2 unsolicited texts a night (clinical section 3), beside doses,
nudges and 3 answers an hour; and the 90 minutes between two of them allow a patient one an hour.
"""

from datetime import timedelta
from typing import Final

from service.domain.counting import counted

A_DAY: Final = timedelta(hours=24)
AN_HOUR: Final = timedelta(hours=1)
TOO_MANY: Final = "M-MANY"
"""The rule of the alert that keeps a patient's texts back until a person resolves it."""
PER_PATIENT: Final = 20
"""Texts to one patient within 24 hours, of every kind but what is owed (delivery.OWED)."""
PER_PATIENT_AN_HOUR: Final = 2
FEWEST_AN_HOUR: Final = 60
"""Unsolicited texts of a clinic within an hour: so many for each patient who gets texts, but not fewer than these."""


def most_an_hour(patients: int) -> int:
    """How many unsolicited texts a clinic with so many patients in care may send within an hour."""
    return max(FEWEST_AN_HOUR, PER_PATIENT_AN_HOUR * patients)


def why_broken_off(texts: int, patients: int) -> str:
    """A clinic's stop in words, with what to do."""
    return (
        f"{texts} texts that nobody had asked for were to leave within an hour, to"
        f" {counted(patients, 'patient')} in care: something is wrong. Look at Messages for what left and why,"
        " put it right, then let it go on."
    )
