"""One patient at one wake-up: the slots that are due become texts or withheld rows; the rest sets the alarm."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeGuard

from schedules.day_plan import plan
from schedules.night import night_of
from schedules.open_hours import night_over
from schedules.slots import Planned, Withheld
from schedules.spacing import GAP
from service.domain.consent import INVITATION_FOR, ConsentState
from service.domain.delivery import RULES, Kind
from service.domain.nudges import kept_back
from service.flows.plan_due.case import holds_on, past_of, subject_of
from service.flows.plan_due.texts import GATE_OPEN, nudge_text, planned_text, withheld_text
from service.store.alarm_clocks import TRY_AGAIN, Alarm
from service.store.content import Content
from service.store.people import rhythm_of
from service.store.planning import OLDEST_NIGHT
from service.store.records import NewText, PlanningCase, Question
from service.store.sealed import Keyring

# Nothing to do for so long: look again anyway.
LONGEST_SLEEP = timedelta(days=14)
DAY = timedelta(days=1)
# A slot that expired leaves a place: what is planned around it is looked at again at the next tick.
SOON = timedelta(seconds=2)
# A slot of the morning may move this far past the end of its night (the largest flex, and a margin).
LATEST_MOVE = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Decided:
    """What one wake-up comes to; `open_night` is the patient's oldest that is not closed yet."""

    alarm: Alarm
    texts: tuple[NewText, ...]
    nudged: tuple[int, ...]
    open_night: date | None


def decide(case: PlanningCase, content: Content, now: datetime, keyring: Keyring) -> Decided:
    """Everything due at `now`, and when to look again."""
    slots = list(_slots(case, content, now))
    texts = [_as_text(case, content, slot, now, keyring) for slot in slots if slot.at <= now]
    due_nudges = [one for one in case.questions if one.nudge_at is not None and one.nudge_at <= now]
    texts += [
        nudge_text(case, content, one, _nudge_reason(case, one, now), keyring) for one in due_nudges
    ]
    wordings = _remember(case, [slot for slot in slots if _goes_out(slot, now)])
    slot_at = min([now + LONGEST_SLEEP, *_slot_times(case, slots, now)])
    wake_at = min([slot_at, *_closings(case, slots, now)])
    was = case.next_wake_at, case.next_slot_at
    alarm = Alarm(case.patient.id, was, wake_at, slot_at, wordings)
    nudged = tuple(one.id for one in due_nudges)
    return Decided(alarm, tuple(texts), nudged, case.open_night)


def _slots(case: PlanningCase, content: Content, now: datetime) -> list[Planned | Withheld]:
    """The slots of the nights that may still hold something undecided, until tonight is over.

    The patient is looked at again then, so of tomorrow's night only what comes earlier matters.
    """
    if case.patient.consent != ConsentState.ACTIVE:
        return []
    tonight = night_of(now, case.patient.zone)
    first = max(_first_night(case, tonight, now), tonight - OLDEST_NIGHT)
    nights = [first + DAY * n for n in range((tonight - first).days + 2)]
    programmes = [programme for _, programme in content.programmes(now, case.patient.consented_at)]
    subject = subject_of(case, content, now)
    until = night_over(subject.rhythm, tonight)
    return plan(subject, programmes, past_of(case, now), nights, until)


def _first_night(case: PlanningCase, tonight: date, now: datetime) -> date:
    """The oldest night that may still hold an undecided slot.

    The alarm that rings was set when all before it had been decided: after an outage that is long ago, and
    the nights since then are closed by now.
    """
    rung = min(now, case.next_wake_at)
    last = min(tonight, night_of(rung, case.patient.zone))
    over = night_over(rhythm_of(case.patient), last - DAY) + LATEST_MOVE
    oldest = last - DAY if rung < over else last
    return min(oldest, case.open_night or oldest)


def _as_text(
    case: PlanningCase, content: Content, slot: Planned | Withheld, now: datetime, keyring: Keyring
) -> NewText:
    if isinstance(slot, Withheld):
        return withheld_text(case, content, slot, now)
    return planned_text(case, content, slot, now, keyring)


def _remember(case: PlanningCase, due: list[Planned]) -> dict[str, dict[str, str]]:
    used = {step: dict(texts) for step, texts in case.wordings.items()}
    for slot in due:
        used.setdefault(f"{slot.programme}/{slot.step}", {})[slot.text] = slot.on.isoformat()
    return used


def _goes_out(slot: Planned | Withheld, now: datetime) -> TypeGuard[Planned]:
    return isinstance(slot, Planned) and slot.at <= now <= slot.not_after


def _nudge_reason(case: PlanningCase, question: Question, now: datetime) -> str | None:
    """Why a nudge is withheld, None when it goes."""
    nudge_at = question.nudge_at or now
    if now > nudge_at + RULES[Kind.NUDGE].useful_for:
        return "expired"
    kept = kept_back(rhythm_of(case.patient), holds_on(case, question), now)
    if kept is not None:
        return kept
    lately = (*case.repeats, *(slot.at for slot in case.decided if slot.reason is None))
    return "gap" if any(now - GAP < at <= now for at in lately) else None


def _slot_times(
    case: PlanningCase, slots: list[Planned | Withheld], now: datetime
) -> Iterator[datetime]:
    """When the plan has something to do again: the next text or nudge, and the end of each night."""
    for slot in slots:
        # A withheld one is written down at its own instant too, so that no later change decides it anew.
        if slot.at > now:
            yield slot.at
        elif isinstance(slot, Planned) and slot.ask is not None and slot.ask.nudge is not None:
            yield now + slot.ask.nudge
    if any(
        slot.at <= now and not _goes_out(slot, now) for slot in slots if isinstance(slot, Planned)
    ):
        # What expired unsent took no place and used no wording: what was planned around it may change.
        yield now + SOON
    for question in case.questions:
        if question.nudge_at is not None and question.nudge_at > now:
            yield question.nudge_at
    if case.patient.consent == ConsentState.INVITED:
        yield _ahead(case.patient.enrolled_at + INVITATION_FOR, now)
    if case.patient.consent == ConsentState.ACTIVE:
        tonight = night_of(now, case.patient.zone)
        rhythm = rhythm_of(case.patient)
        yield _ahead(night_over(rhythm, tonight), now)
        if case.open_night is not None and case.open_night != tonight:
            yield _ahead(night_over(rhythm, case.open_night), now)


def _closings(
    case: PlanningCase, slots: list[Planned | Withheld], now: datetime
) -> Iterator[datetime]:
    """When questions close; one whose text goes out now closes so long after its sending, not before."""
    for question in case.questions:
        if question.closes_at is not None:
            yield _ahead(question.closes_at, now)
    for slot in slots:
        if not isinstance(slot, Planned) or slot.at > now:
            continue
        if slot.gated:
            yield now + GATE_OPEN
        elif slot.ask is not None:
            yield now + slot.ask.closes


def _ahead(instant: datetime, now: datetime) -> datetime:
    """An instant to wake at; what should be closed by now could not be, and waits a while."""
    return instant if instant > now else now + TRY_AGAIN
