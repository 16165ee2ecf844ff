"""A conversation taken over by a person: how long automatic answers rest, and when the person's text may leave."""

from datetime import datetime, timedelta

from schedules.night import Rhythm
from schedules.open_hours import next_open

# Long enough for a question, an answer and an answer to that; short enough that the evening's acknowledgements
# are there again by themselves where nobody ends it.
RESTS_FOR = timedelta(hours=2)
# Who wrote so recently is awake and expects an answer, whatever the hour.
HEARD_LATELY = timedelta(hours=1)


def rests_until(by_hand_until: datetime | None, now: datetime) -> datetime | None:
    """Until when automatic answers rest; None where they do not."""
    return by_hand_until if by_hand_until is not None and by_hand_until > now else None


def is_heard_lately(heard_at: datetime | None, at: datetime) -> bool:
    """Whether a patient's last reply is so recent that a person's text may come outside of his hours."""
    return heard_at is not None and at - heard_at < HEARD_LATELY


def leaves_at(rhythm: Rhythm, heard_at: datetime | None, now: datetime) -> datetime:
    """When a text that a person writes now leaves: at once, or when the patient's hours open."""
    return now if is_heard_lately(heard_at, now) else next_open(rhythm, now)
