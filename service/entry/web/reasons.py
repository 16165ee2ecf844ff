"""Why a person is needed, in the words of the pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from service.domain.alerts import sentence, step_of, tag_of
from service.entry.web import words
from service.entry.web.holds import HELD_BY, WHAT_RESTS
from service.store.alerts import OpenAlert


@dataclass(frozen=True, slots=True)
class Reason:
    """One open alert: its tag, since when, the sentence with its numbers, and the next step; what `rests` meanwhile.

    `is_nobodys`: a RED one that nobody has taken; `taken`: who has it since when, where somebody does.
    """

    token: str
    tag: str
    tier: str
    since: str
    sentence: str
    step: str
    rests: str | None
    is_nobodys: bool
    taken: str


def reason_of(alert: OpenAlert, names: Mapping[str, str], now: datetime, zone: str) -> Reason:
    """An alert in words, with its instants on a zone's clocks; `names` of the members of staff among its actors."""
    taken = ""
    if alert.acknowledged_at is not None:
        who = names.get(alert.acknowledged_by or "", "A colleague")
        taken = f"{who} has it since {words.moment(alert.acknowledged_at, now, zone)}."
    return Reason(
        token=alert.token,
        tag=tag_of(alert.rule, alert.evidence),
        tier=alert.tier,
        since=words.moment(alert.opened_at, now, zone),
        sentence=sentence(alert.rule, alert.evidence),
        step=step_of(alert.rule, alert.evidence),
        rests=WHAT_RESTS.get(HELD_BY.get(alert.rule, "")),
        is_nobodys=alert.tier == "RED" and not taken,
        taken=taken,
    )
