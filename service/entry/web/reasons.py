"""Why a person is needed, in the words of the pages."""

from dataclasses import dataclass
from datetime import datetime

from service.domain.alerts import sentence, step_of, tag_of
from service.entry.web import words
from service.entry.web.holds import HELD_BY, WHAT_RESTS
from service.store.alerts import OpenAlert


@dataclass(frozen=True, slots=True)
class Reason:
    """One open alert: its tag, since when, the sentence with its numbers, and the next step; what `rests` meanwhile."""

    token: str
    tag: str
    tier: str
    since: str
    sentence: str
    step: str
    rests: str | None


def reason_of(alert: OpenAlert, now: datetime, zone: str) -> Reason:
    """An alert in words, with its instants on a zone's clocks."""
    return Reason(
        token=alert.token,
        tag=tag_of(alert.rule, alert.evidence),
        tier=alert.tier,
        since=words.moment(alert.opened_at, now, zone),
        sentence=sentence(alert.rule, alert.evidence),
        step=step_of(alert.rule, alert.evidence),
        rests=WHAT_RESTS.get(HELD_BY.get(alert.rule, "")),
    )
