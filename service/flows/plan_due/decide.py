"""One patient at one wake-up: the slots that are due become texts or withheld rows; the rest sets the alarm."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from schedules.day_plan import plan
from schedules.night import night_of
from schedules.open_hours import in_window, night_over
from schedules.slots import Planned, Withheld
from schedules.spacing import GAP
from service.domain.consent import INVITATION_FOR, ConsentState
from service.domain.delivery import ENDED_UNSENT, RULES, Kind
from service.flows.plan_due.case import past_of, subject_of
from service.flows.plan_due.texts import nudge_text, planned_text, withheld_text
from service.store.content import Content
from service.store.people import rhythm_of
from service.store.planning import OLDEST_NIGHT, Alarm
from service.store.records import NewText, PlanningCase, Question
from service.store.sealed import Keyring

# Nothing to do for so long: look again anyway.
LONGEST_SLEEP = timedelta(days=14)
DAY = timedelta(days=1)
# What ended by itself and was not closed yet is looked at again after this long.
AGAIN = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Decided:
    """What one wake-up comes to."""

    alarm: Alarm
    texts: tuple[NewText, ...]
    nudged: tuple[int, ...]


def decide(case: PlanningCase, content: Content, now: datetime, keyring: Keyring) -> Decided:
    """Everything due at `now`, and when to look again."""
    slots = list(_slots(case, content, now))
    texts = [_as_text(case, content, slot, now, keyring) for slot in slots if slot.at <= now]
    due_nudges = [one for one in case.questions if one.nudge_at is not None and one.nudge_at <= now]
    texts += [
        nudge_text(case, content, one, _nudge_reason(case, one, now), keyring) for one in due_nudges
    ]
    wordings = _remember(case, [slot for slot in slots if slot.at <= now])
    alarm = Alarm(case.patient.id, case.next_wake_at, _next_wake(case, slots, now), wordings)
    return Decided(alarm, tuple(texts), tuple(one.id for one in due_nudges))


def _slots(case: PlanningCase, content: Content, now: datetime) -> list[Planned | Withheld]:
    """The slots of the nights that may still hold something undecided, up to tomorrow's first."""
    if case.patient.consent != ConsentState.ACTIVE:
        return []
    tonight = night_of(now, case.patient.zone)
    first = min(case.open_night or tonight, tonight - DAY)
    first = max(first, tonight - OLDEST_NIGHT)
    nights = [first + DAY * n for n in range((tonight - first).days + 2)]
    programmes = [programme for _, programme in content.programmes(now)]
    return plan(subject_of(case, content), programmes, past_of(case, now), nights)


def _as_text(
    case: PlanningCase, content: Content, slot: Planned | Withheld, now: datetime, keyring: Keyring
) -> NewText:
    if isinstance(slot, Withheld):
        return withheld_text(case, content, slot, now)
    return planned_text(case, content, slot, now, keyring)


def _remember(case: PlanningCase, due: list[Planned | Withheld]) -> dict[str, dict[str, str]]:
    used = {step: dict(texts) for step, texts in case.wordings.items()}
    for slot in due:
        if isinstance(slot, Planned):
            used.setdefault(f"{slot.programme}/{slot.step}", {})[slot.text] = slot.on.isoformat()
    return used


def _nudge_reason(case: PlanningCase, question: Question, now: datetime) -> str | None:
    """Why a nudge is withheld, None when it goes."""
    nudge_at = question.nudge_at or now
    if now > nudge_at + RULES[Kind.NUDGE].useful_for:
        return "expired"
    if any(fact.code == "iron_hold" and fact.valid_to is None for fact in case.facts):
        return "held"
    if not in_window(rhythm_of(case.patient), now):
        return "outside_hours"
    lately = (
        row.due_at
        for row in case.decisions
        if row.kind in {Kind.PLANNED, Kind.NUDGE} and row.state not in ENDED_UNSENT
    )
    return "gap" if any(now - GAP < at <= now for at in lately) else None


def _next_wake(case: PlanningCase, slots: list[Planned | Withheld], now: datetime) -> datetime:
    """The next slot, nudge, closing of a question or end of a night: a lower bound."""
    wakes = list(_wakes(case, slots, now))
    ahead = [at for at in wakes if at > now]
    overdue = [now + AGAIN] if len(ahead) < len(wakes) else []
    return min([now + LONGEST_SLEEP, *ahead, *overdue])


def _wakes(
    case: PlanningCase, slots: list[Planned | Withheld], now: datetime
) -> Iterator[datetime]:
    yield from (slot.at for slot in slots if slot.at > now)
    for question in case.questions:
        if question.nudge_at is not None and question.nudge_at > now:
            yield question.nudge_at
        if question.closes_at is not None:
            yield question.closes_at
    for slot in slots:
        if isinstance(slot, Planned) and slot.ask is not None and slot.at <= now:
            # Its question will close, and be asked again, counted from its sending: not before this.
            yield now + (timedelta(hours=4) if slot.gated else slot.ask.closes)
            if slot.ask.nudge is not None:
                yield now + slot.ask.nudge
    if case.patient.consent == ConsentState.INVITED:
        yield case.patient.enrolled_at + INVITATION_FOR
    if case.open_night is not None and case.patient.consent == ConsentState.ACTIVE:
        yield night_over(rhythm_of(case.patient), case.open_night)
