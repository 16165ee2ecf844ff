"""What each programme came to in a rehearsal: slots wanted, sent and withheld, and whom it never reached."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from schedules.cadence import times_in_week
from schedules.day_plan import MOVES_ON
from schedules.programme import Programme, Step
from service.store.transcripts import Line

# A programme starves when somebody for whom it had a text in every one of so many weeks got none (our default):
# one place a week is kept for tips, and there are six programmes of tips that take turns.
STARVES_FROM = 6
# A plan and the gate before it are one slot.
Slot = tuple[str, str | None, str | None, date | None]
Steps = Mapping[tuple[str, str], Step]


@dataclass(slots=True)
class Tally:
    """What one programme wanted to say: the slots sent, withheld by reason, and not yet decided at the end.

    `starved`: the patients it had texts for, `STARVES_FROM` weeks on end, and who got none of them.
    """

    programme: str
    sent: int = 0
    waiting: int = 0
    withheld: Counter[str] = field(default_factory=Counter)
    starved: int = 0

    @property
    def wanted(self) -> int:
        """All its slots that the gates let in; one that moved from day to day is one."""
        return self.sent + self.waiting + self.withheld.total()


def steps_of(programmes: Iterable[Programme]) -> Steps:
    """The steps by programme and key; of two versions the later one's."""
    return {(one.slug, step.key): step for one in programmes for step in one.steps}


def tallies(lines: Iterable[Line], steps: Steps) -> list[Tally]:
    """Each programme's slots, by programme. A slot behind GATE-01 is sent once the gate was opened."""
    slots = _slots(lines)
    moved = _moved(slots, steps)
    found: dict[str, Tally] = {}
    for slot, line in slots.items():
        programme = line.programme or ""
        tally = found.setdefault(programme, Tally(programme))
        if slot in moved:
            continue
        if line.reason is not None:
            tally.withheld[line.reason] += 1
        elif _is_sent(line):
            tally.sent += 1
        else:
            tally.waiting += 1
    for programme, served in _weeks(slots.values()):
        found[programme].starved += _starves(served)
    return [found[programme] for programme in sorted(found)]


def _slots(lines: Iterable[Line]) -> dict[Slot, Line]:
    outcomes: dict[Slot, Line] = {}
    gates: dict[Slot, Line] = {}
    for line in lines:
        if line.reason == "not_eligible":
            continue
        slot = (line.patient, line.programme, line.step, line.night)
        if line.is_slot:
            outcomes[slot] = line
        elif line.is_gate:
            gates[slot] = line
    return gates | outcomes


def _is_sent(line: Line) -> bool:
    return line.is_slot and line.reason is None and line.body is not None


def _moved(slots: Mapping[Slot, Line], steps: Steps) -> set[Slot]:
    """The tries of n-per-week slots that a cap or the gap moved to another day, where they were tried again."""
    by_week: defaultdict[tuple[str | int | None, ...], list[Slot]] = defaultdict(list)
    for slot, line in slots.items():
        if line.week is not None:
            by_week[line.patient, line.programme, line.step, line.week].append(slot)
    moved: set[Slot] = set()
    for mine in by_week.values():
        line = slots[mine[0]]
        step = steps.get((line.programme or "", line.step or ""))
        times = times_in_week(step, line.week) if step and line.week is not None else None
        if times is not None and len(mine) > times:
            tries = [slot for slot in mine if slots[slot].reason in MOVES_ON]
            tries.sort(key=lambda slot: slots[slot].at)
            moved.update(tries[: len(mine) - times])
    return moved


def _weeks(lines: Iterable[Line]) -> Iterable[tuple[str, Mapping[int, bool]]]:
    """For each programme and patient: whether one of its texts was sent, by each week that had one."""
    found: defaultdict[tuple[str, str], dict[int, bool]] = defaultdict(dict)
    for line in lines:
        if line.programme and line.week is not None:
            served = found[line.programme, line.patient]
            served[line.week] = served.get(line.week, False) or _is_sent(line)
    return ((programme, served) for (programme, _), served in found.items())


def _starves(served: Mapping[int, bool]) -> bool:
    """Whether nothing was sent in so many weeks on end, each of which had a text."""
    hungry = sorted(week for week, sent in served.items() if not sent)
    longest = run = min(len(hungry), 1)
    for before, week in pairwise(hungry):
        run = run + 1 if week == before + 1 else 1
        longest = max(longest, run)
    return longest >= STARVES_FROM
