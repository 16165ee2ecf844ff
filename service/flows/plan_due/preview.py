"""A drafted programme -> every patient it reaches, projected with and without it -> the impact, patient by patient."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from message_templates.formats import clock_time
from schedules.programme import Programme
from schedules.recurrence import to_local
from schedules.slots import Planned, Withheld
from service.domain.composing import compose
from service.domain.impact import Impact
from service.domain.own_week import LONGEST, week_values
from service.domain.programme_view import applies
from service.flows.plan_due.ahead import foresee
from service.flows.plan_due.texts import GATE
from service.store.content import Content
from service.store.people import open_given_name
from service.store.planning import planning_cases
from service.store.programme_pages import Reached
from service.store.records import Clinic, Patient
from service.store.session import Tx

# From then on "tonight" is the evening to come; before, the night in course.
MORNING = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Proposal:
    """The clinic's content as it is and as publishing version `number` of a programme would leave it.

    `longest` is the longest first name among those it touches, `doubts` what is probably not meant.
    """

    clinic: Clinic
    number: int
    before: Content
    after: Content
    now: datetime
    longest: str
    doubts: Sequence[str] = ()
    _segments: dict[tuple[int, str, str, str], int] = field(default_factory=dict)

    def sizes(
        self, content: Content, slots: Sequence[Planned | Withheld], patient: Patient
    ) -> list[tuple[datetime, int]]:
        """When each text is due and how many segments it has at most: with the longest first name it may go to."""
        return [
            (slot.at, self._of(content, slot, patient))
            for slot in slots
            if isinstance(slot, Planned)
        ]

    def _of(self, content: Content, slot: Planned, patient: Patient) -> int:
        language = patient.language
        template = GATE if slot.gated else slot.sends
        cutoff = clock_time(slot.cutoff, language) if slot.cutoff else ""
        catalogue = content.catalogue(slot.at, patient.consented_at)
        key = (id(catalogue), template, language, cutoff)
        if key not in self._segments:
            week = week_values(LONGEST, language)
            values = {**week, "first": self.longest, "cutoff": cutoff}
            text = compose(catalogue, self.clinic, template, language, values)
            self._segments[key] = text.segments
        return self._segments[key]


def touched(
    everybody: Sequence[Reached], programmes: Sequence[Programme], now: datetime
) -> list[Reached]:
    """Those whom the own gates of any of `programmes` let in today."""
    return [
        one
        for one in everybody
        if any(
            programme.slug not in one.patient.left_out
            and applies(programme, one.facts, to_local(now, one.patient.zone).date())
            for programme in programmes
        )
    ]


def longest_name(tx: Tx, people: Sequence[Reached]) -> str:
    """The longest first name among `people`."""
    names = (open_given_name(tx.keyring, one.patient) for one in people)
    return max(names, key=len, default="")


def take_in(
    tx: Tx, proposal: Proposal, patient_ids: Sequence[int], nights: int, impact: Impact
) -> None:
    """Add these patients, projected over `nights` nights, to `impact`."""
    for case in planning_cases(tx, patient_ids, proposal.now):
        before = foresee(case, proposal.before, proposal.now, nights)
        after = foresee(case, proposal.after, proposal.now, nights)
        tonight = (to_local(proposal.now, case.patient.zone) - MORNING).date()
        impact.add(before, after, tonight)
        impact.add_sizes(
            proposal.sizes(proposal.before, before, case.patient),
            proposal.sizes(proposal.after, after, case.patient),
        )
