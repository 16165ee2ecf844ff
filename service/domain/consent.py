"""Consent: its states, and when an invitation lapses."""

from datetime import datetime, timedelta
from enum import StrEnum


class ConsentState(StrEnum):
    """Where a patient's consent stands. Only ACTIVE lets planned texts go."""

    NONE = "none"
    INVITED = "invited"
    ACTIVE = "active"
    STOPPED = "stopped"
    EXPIRED = "expired"


BY_TEXT = "patient"
"""The actor of whatever a patient's own text changes."""
# An invitation nobody answered lapses, and nobody is nudged (double opt-in, carriers' practice).
INVITATION_FOR = timedelta(hours=72)


def invitation_open(state: str, invited_at: datetime | None, now: datetime) -> bool:
    """Whether a YES at `now` still takes up the invitation."""
    if state != ConsentState.INVITED or invited_at is None:
        return False
    return now - invited_at <= INVITATION_FOR
