"""Whether the one reminder of an unanswered question may go at its instant, as far as hours and holds decide."""

from datetime import datetime

from schedules.facts import Facts
from schedules.night import Rhythm
from schedules.open_hours import in_window
from schedules.recurrence import to_local


def kept_back(rhythm: Rhythm, facts: Facts, at: datetime) -> str | None:
    """Why a nudge due `at` (UTC) stays unsent, a code of the closed list of reasons; None where nothing does."""
    if facts.value("iron_hold", to_local(at, rhythm.zone).date()) is not None:
        return "held"
    return None if in_window(rhythm, at) else "outside_hours"
