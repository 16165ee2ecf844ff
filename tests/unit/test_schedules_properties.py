"""What holds of every plan and every life: one of a slot, hours, caps and gap, whatever changes meanwhile."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.day_plan import plan
from schedules.facts import Facts
from schedules.limits import cap_week, week_cap
from schedules.loading import load, shipped, shipped_sources
from schedules.night import Rhythm
from schedules.open_hours import in_window
from schedules.programme import Programme
from schedules.slots import Past, Pause, Planned, Subject, Withheld
from tests.unit.schedules_patient import (
    DAY,
    MONDAY,
    Written,
    facts,
    live,
    nights,
    patient,
    planned,
    remembered,
    utc,
)

ZONES = (
    *(
        "America/New_York",
        "Europe/London",
        "Australia/Lord_Howe",
        "America/Santiago",
        "Asia/Kathmandu",
    ),
    *("Pacific/Kiritimati", "Pacific/Honolulu", "Africa/Cairo"),
)
FACTS = {
    "uses_caffeine": "",
    "drinks": "fri,sat",
    "uses_nicotine": "",
    "iron_oral": "daily",
    "thyroid_pill": "06:30",
    "exercise_cleared": "",
    "dopamine_agonist": "",
    "compression_ordered": "",
    "pregnant": "",
    "next_lab": "2026-06-20",
    "medicine_change": "2026-06-15",
}

RHYTHMS = st.builds(
    Rhythm,
    zone=st.sampled_from(ZONES),
    bedtime=st.sampled_from([time(21), time(23), time(0, 45), time(8, 30)]),
    wake=st.sampled_from([time(5, 30), time(7), time(9, 15), time(16)]),
    window=st.sampled_from([(time(8), time(20, 30)), (time(20), time(4)), "bedtime"]),
)
KNOWN = st.sets(st.sampled_from(sorted(FACTS))).map(
    lambda codes: facts(**{code: FACTS[code] for code in codes})
)
SPREADS = st.sampled_from([timedelta(0), timedelta(minutes=4), timedelta(minutes=30)])
STARTS = st.integers(0, 160).map(lambda n: utc("2026-06-02T18:00") + n * DAY)


@cache
def edited() -> tuple[Programme, ...]:
    """The same programmes as if somebody had moved every clock and offset."""
    moved = {'"17:00"': '"12:30"', '"12:00"': '"18:45"', '"-2h"': '"-4h"', '"1h"': '"2h30m"'}
    return tuple(load(_replaced(source, moved), name) for name, source in shipped_sources().items())


def _replaced(source: str, words: dict[str, str]) -> str:
    for old, new in words.items():
        source = source.replace(f"clock = {old}", f"clock = {new}")
        source = source.replace(f"offset = {old}", f"offset = {new}")
    return source


@dataclass(frozen=True, slots=True)
class Edit:
    """`after` the start the patient lives by `rhythm` and gets the programmes, `moved` or not."""

    after: timedelta
    rhythm: Rhythm
    moved: bool
    paused: timedelta


EDITS = st.builds(
    Edit,
    st.integers(0, 5 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes)),
    RHYTHMS,
    st.booleans(),
    st.sampled_from([timedelta(0), timedelta(hours=7), 2 * DAY]),
)
LIVES = st.tuples(STARTS, KNOWN, RHYTHMS, SPREADS, st.lists(EDITS, max_size=4))
Drawn = tuple[datetime, Facts, Rhythm, timedelta, list[Edit]]


class Life:
    """Six days of one patient, with changes of programmes, rhythm, zone and pauses at any minute."""

    def __init__(self, drawn: Drawn) -> None:
        self.start, self.known, rhythm, self.spread, edits = drawn
        first = Edit(timedelta(0), rhythm, moved=False, paused=timedelta(0))
        self.edits = [first, *sorted(edits, key=lambda edit: edit.after)]
        changes = [self.start + edit.after for edit in self.edits]
        self.rows = live(self.start, self.start + 6 * DAY, self.at, changes)

    def at(self, now: datetime) -> tuple[Subject, Sequence[Programme]]:
        """Who the patient is at `now`."""
        past = [edit for edit in self.edits if self.start + edit.after <= now]
        pauses = tuple(
            Pause(self.start + edit.after, self.start + edit.after + edit.paused)
            for edit in past
            if edit.paused
        )
        subject = patient(
            shipped(),
            rhythm=past[-1].rhythm,
            facts=self.known,
            pauses=pauses,
            spread=self.spread,
        )
        return subject, edited() if past[-1].moved else shipped()


@settings(max_examples=25)
@given(LIVES)
def test_no_edit_pause_or_journey_breaks_a_limit(drawn: Drawn) -> None:
    life = Life(drawn)
    slots = Counter((row.slot.programme, row.slot.step, row.slot.night) for row in life.rows)
    assert set(slots.values()) <= {1}
    sent = [row for row in life.rows if row.sent]
    for row in sent:
        subject, _ = life.at(row.now)
        assert in_window(subject.rhythm, row.now)
        assert row.slot.at <= row.now
        # What a pause finds overdue is stopped where it is sent, by a guard of its own.
        assert not any(one.start <= row.slot.at < (one.end or row.now) for one in subject.pauses)
    texts = sorted(row.slot.at for row in sent)
    assert all(later - one >= timedelta(minutes=90) for one, later in pairwise(texts))
    counted = [row.sent for row in sent if row.sent and row.sent.unsolicited]
    assert max(Counter(slot.night for slot in counted).values(), default=0) <= 2
    weeks = Counter(cap_week(MONDAY, slot.night) for slot in counted)
    assert all(count <= week_cap(week) for week, count in weeks.items())


@settings(max_examples=25)
@given(LIVES)
def test_no_step_goes_back_behind_what_it_sent(drawn: Drawn) -> None:
    """One text of a step and date at most, and the one of a later date goes out later."""
    sent: dict[tuple[str, str], list[tuple[date, datetime]]] = {}
    for row in Life(drawn).rows:
        if row.sent:
            step = row.sent.programme, row.sent.step
            # After a journey a slot may be overdue at once: it leaves when it is found, not at its instant.
            sent.setdefault(step, []).append((row.sent.on, max(row.now, row.sent.at)))
    for left in sent.values():
        assert all(
            on < later_on and at < later_at
            for (on, at), (later_on, later_at) in pairwise(sorted(left))
        )


@settings(max_examples=40)
@given(RHYTHMS, KNOWN, STARTS, st.text(max_size=3), SPREADS)
def test_every_text_of_a_plan_keeps_its_time(
    rhythm: Rhythm, known: Facts, start: datetime, key: str, spread: timedelta
) -> None:
    subject = patient(shipped(), key=key, rhythm=rhythm, facts=known, spread=spread)
    slots = plan(subject, shipped(), Past(), nights(start.date(), 8))
    taken = Counter((slot.programme, slot.step, slot.night) for slot in slots)
    assert set(taken.values()) <= {1}
    for slot in planned(slots):
        assert slot.at < slot.not_after
        assert in_window(rhythm, slot.at)


@settings(max_examples=40)
@given(RHYTHMS, KNOWN, STARTS, st.integers(0, 4 * 24 * 60), SPREADS)
def test_a_plan_made_later_agrees_on_what_is_still_to_come(
    rhythm: Rhythm, known: Facts, start: datetime, minutes: int, spread: timedelta
) -> None:
    subject = patient(shipped(), rhythm=rhythm, facts=known, spread=spread)
    ahead = nights(start.date(), 6)
    first = plan(subject, shipped(), Past(), ahead)
    later = start + timedelta(minutes=minutes)
    due = [Written(s.at, s, s if isinstance(s, Planned) else None) for s in first if s.at <= later]
    again = plan(subject, shipped(), remembered(Past(), due), ahead)
    assert _coming(again, later) == _coming(first, later)


CROWDED = ("cap_night", "cap_week", "cap_programme", "gap")


def _coming(slots: Sequence[Planned | Withheld], after: datetime) -> list[Planned | Withheld]:
    """The slots after an instant; whether one meets a full night or its texts is not told apart."""
    return [
        slot._replace(reason="crowded") if getattr(slot, "reason", "") in CROWDED else slot
        for slot in slots
        if slot.at > after
    ]


def test_the_edited_programmes_differ() -> None:
    assert sum(one != other for one, other in zip(shipped(), edited(), strict=True)) > 5
