"""How fast a provider is used: fewer at once when it says "too much", one at a time while nobody answers."""

from dataclasses import dataclass, replace

from service.domain.exchange import Outcome, SendError
from service.domain.provider_codes import CodeClass

# The rest after a refusal doubles with each round that is refused again (the provider's own advice), give or take a
# tenth: processes that were refused together must not come back together.
FIRST_REST_S, LONGEST_REST_S, JITTER = 0.1, 30.0, 0.1
# What the provider itself asks for is believed up to here.
LONGEST_ASKED_S = 600.0
# How many more at once after a round of as many as there were that all went well.
STEP = 5
# So many requests in a row without an answer, and we write to nobody at full speed any more.
SILENT_AFTER = 10


@dataclass(frozen=True, slots=True)
class Pace:
    """At most `places` texts at once, none before `rest_until` (seconds of one steady clock).

    `allowed` is what the provider bears, `rounds` how often in a row it was refused or not reached, `unanswered` how
    many requests in a row came to nothing known, `alone` that one text finds out whether anybody is there. What began
    before `cut_at` was under way when the last refusal came: it tells nothing new.
    """

    most: int
    allowed: float
    rounds: int = 0
    unanswered: int = 0
    alone: bool = False
    rest_until: float = 0.0
    cut_at: float = 0.0

    @property
    def places(self) -> int:
        """How many texts may be under way at once."""
        return 1 if self.alone else max(1, int(self.allowed))


def full_speed(most: int) -> Pace:
    """The pace of a provider that has not complained."""
    return Pace(most, float(most))


def after(pace: Pace, outcome: Outcome, began: float, now: float, chance: float) -> Pace:
    """The pace once a request that began then has come to this; `chance` (0 to 1) spreads the rest."""
    if not isinstance(outcome, SendError):
        return _answered(pace)
    if outcome.kind is CodeClass.UNKNOWN:
        counted = replace(pace, unanswered=pace.unanswered + 1)
        silent = counted.unanswered >= SILENT_AFTER
        return _rested(counted, began, now, chance, alone=True) if silent else counted
    if outcome.kind is not CodeClass.TRANSIENT:
        return _answered(pace)
    if not outcome.reached:
        return _rested(pace, began, now, chance, alone=True)
    slower = _rested(pace, began, now, chance, alone=False)
    asked = min(outcome.retry_after_s or 0.0, LONGEST_ASKED_S)
    return replace(slower, rest_until=max(slower.rest_until, now + asked))


def _answered(pace: Pace) -> Pace:
    grown = min(float(pace.most), pace.allowed + STEP / pace.allowed)
    return replace(pace, allowed=grown, rounds=0, unanswered=0, alone=False)


def _rested(pace: Pace, began: float, now: float, chance: float, *, alone: bool) -> Pace:
    if began < pace.cut_at:
        return pace
    rest = min(FIRST_REST_S * 2**pace.rounds, LONGEST_REST_S)
    spread = 1 - JITTER + 2 * JITTER * chance
    return replace(
        pace,
        allowed=pace.allowed if alone else max(1.0, pace.allowed / 2),
        rounds=pace.rounds + 1,
        alone=alone,
        rest_until=max(pace.rest_until, now + min(rest * spread, LONGEST_REST_S)),
        cut_at=now,
    )
