"""Caps, taper, kept places, and properties of whole plans."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.day_plan import plan
from schedules.facts import Facts
from schedules.hours import window_of
from schedules.limits import Tally, cap_week, nights_left, week_cap
from schedules.loading import shipped
from schedules.night import Rhythm
from schedules.programme import Programme
from schedules.slots import OpenQuestion, Past, Planned, Subject
from tests.unit.schedules_patient import (
    DAY,
    MONDAY,
    NEW_YORK,
    decided,
    facts,
    live,
    nights,
    patient,
    planned,
    programme,
    reasons,
    utc,
)

FACTS = {
    "uses_caffeine": "",
    "drinks": "fri,sat",
    "uses_nicotine": "",
    "iron_oral": "daily",
    "exercise_cleared": "",
    "dopamine_agonist": "",
    "compression_ordered": "",
    "diabetes": "",
    "pregnant": "",
    "next_lab": "2026-06-20",
    "medicine_change": "2026-06-15",
    "onset_age": "40",
}


def test_the_taper() -> None:
    weeks = [week_cap(cap_week(MONDAY, MONDAY + 7 * n * DAY)) for n in range(12)]
    assert weeks == [14, *[12] * 7, *[8] * 4]
    assert cap_week(MONDAY, MONDAY - DAY) == 0
    assert nights_left(Tally(MONDAY), MONDAY + 4 * DAY) == [MONDAY + 5 * DAY, MONDAY + 6 * DAY]


def daily(slug: str, clock: str, priority: str, more: str = "") -> Programme:
    return programme(
        f'at = {{ clock = "{clock}" }}\n{more}', slug=slug, head=f'priority = "{priority}"'
    )


def week_of(programmes: list[Programme], week: int) -> Counter[str]:
    subject = patient(programmes)
    slots = plan(subject, programmes, Past(), nights(MONDAY + 7 * (week - 1) * DAY, 7))
    return Counter(slot.priority for slot in planned(slots))


def test_places_are_kept_for_cut_offs_and_a_tip() -> None:
    check_ins = [daily("c", "13:00", "check_in"), daily("d", "15:00", "check_in")]
    cut_offs, tips = daily("k", "17:00", "cut_off"), daily("t", "19:00", "tip")
    assert week_of(check_ins, 9) == {"check_in": 8}
    assert week_of([*check_ins[:1], cut_offs, tips], 9) == {"check_in": 4, "cut_off": 3, "tip": 1}
    assert week_of([cut_offs, tips], 9) == {"cut_off": 7, "tip": 1}


def test_a_screen_still_to_come_has_its_place() -> None:
    screens = 'cadence = { weekdays = ["sat", "sun"] }'
    programmes = [
        daily("c", "13:00", "check_in"),
        daily("d", "15:00", "check_in"),
        daily("s", "17:00", "screen", screens),
    ]
    assert week_of(programmes, 9) == {"check_in": 6, "screen": 2}


def test_a_follower_without_its_leader_holds_no_place() -> None:
    drinks = 'cadence = { weekdays = ["sun"] }'
    leads = programme(
        f'at = {{ clock = "17:00" }}\n{drinks}',
        'at = { clock = "19:00" }\nfollows = "s0"',
        slug="k",
        head='priority = "cut_off"',
    )
    check_ins = [daily("c", "13:00", "check_in"), daily("d", "15:00", "check_in")]
    assert week_of([*check_ins, leads], 9) == {"check_in": 6, "cut_off": 2}
    late = programme(
        f'at = {{ clock = "23:00" }}\n{drinks}',
        'at = { clock = "19:00" }\nfollows = "s0"',
        slug="k",
        head='priority = "cut_off"',
    )
    assert week_of([*check_ins, late], 9) == {"check_in": 8}


def test_the_programme_served_longest_ago_goes_first() -> None:
    programmes = [daily("a", "13:00", "tip"), daily("b", "15:00", "tip")]
    subject = patient(programmes)
    night = MONDAY + 62 * DAY
    assert cap_week(MONDAY, night) == 8
    served = [
        decided(slot)._replace(night=night - 6 * DAY)
        for slot in planned(plan(subject, programmes, Past(), [night - 6 * DAY]))
    ]
    lately = served[0]._replace(night=night - DAY, on=night - DAY)
    rows = [lately._replace(step=f"x{n}") for n in range(5)]
    rows += [served[0], served[1]._replace(night=night - 2 * DAY, on=night - 2 * DAY)]
    slots = plan(subject, programmes, Past(decided=tuple(rows)), [night])
    assert [(slot.programme, slot.__class__.__name__) for slot in slots] == [
        ("a", "Withheld"),
        ("b", "Planned"),
    ]


def test_programmes_take_turns_for_the_one_place_a_night_leaves() -> None:
    """In the first week no weekly cap binds: by the hour alone, the earlier one would have every night."""
    everything = [
        daily("check_in", "09:00", "check_in"),
        daily("a", "13:00", "tip"),
        daily("b", "15:00", "tip"),
    ]
    slots = planned(plan(patient(everything), everything, Past(), nights(MONDAY, 6)))
    sent = Counter(slot.programme for slot in slots)
    assert sent == {"check_in": 6, "a": 3, "b": 3}


def longest_waits(everything: list[Programme]) -> dict[str, timedelta]:
    """The longest time without a text of each programme, in twelve busy weeks of 8 texts."""
    begin = utc(f"{MONDAY + 70 * DAY} 12:00")
    end = MONDAY + 154 * DAY

    def world(now: datetime) -> tuple[Subject, list[Programme]]:
        del now
        return patient(everything), everything

    sent = {one.slug: [MONDAY + 70 * DAY] for one in everything}
    for row in live(begin, begin + 84 * DAY, world, []):
        if row.sent:
            sent[row.sent.programme].append(row.sent.night)
    return {
        slug: max(later - before for before, later in pairwise([*nights, end]))
        for slug, nights in sent.items()
    }


def test_nobody_is_without_any_of_its_tips_for_long() -> None:
    """In the busiest weeks one place is left for the tips of six programmes: they take turns."""
    tips = [daily(slug, f"{12 + hour}:00", "tip") for hour, slug in enumerate("abcdef")]
    busy = [daily("check_in", "09:00", "check_in"), daily("cut", "19:30", "cut_off")]
    assert max(longest_waits([*tips, *busy]).values()) <= 49 * DAY


def test_a_text_of_one_day_a_week_is_not_crowded_out_by_daily_ones() -> None:
    sundays = 'cadence = { weekdays = ["sun"] }'
    everything = [
        daily("check_in", "09:00", "check_in"),
        daily("scale", "18:00", "check_in", sundays),
        daily("cut", "19:30", "cut_off"),
        daily("a", "12:00", "tip"),
        daily("rare", "11:00", "tip", 'cadence = { weekdays = ["sat"] }'),
    ]
    waits = longest_waits(everything)
    assert waits["scale"] <= 35 * DAY
    assert waits["rare"] <= 42 * DAY


def test_a_programmes_own_limit_counts_what_asks_nothing() -> None:
    asking = 'ask = { kind = "relax_yn", about = "week" }\n'
    own = programme(
        'at = { clock = "13:00" }',
        f'at = {{ clock = "17:00" }}\n{asking}',
        head='priority = "tip"\nmax_per_week = 2',
    )
    slots = plan(patient([own]), [own], Past(), nights(MONDAY + 7 * DAY, 5))
    assert reasons([slot for slot in slots if slot.step == "s0"]) == [
        None,
        None,
        *["cap_programme"] * 3,
    ]
    assert reasons([slot for slot in slots if slot.step == "s1"]) == [None] * 5


def test_a_slot_that_a_cap_withheld_comes_another_day() -> None:
    busy = [
        daily("a", "13:00", "lab", 'cadence = { weekdays = ["mon"] }'),
        daily("b", "15:00", "lab", 'cadence = { weekdays = ["mon"] }'),
    ]
    weekly = daily("w", "18:00", "tip", "cadence = { times_per_week = 1 }")
    key = next(k for k in "abcdefghijklmnop" if _own_day(weekly, k) == MONDAY)
    programmes = [*busy, weekly]
    subject = patient(programmes, key=key)
    slots = [s for s in plan(subject, programmes, Past(), nights(MONDAY, 7)) if s.programme == "w"]
    assert [(s.on, r) for s, r in zip(slots, reasons(slots), strict=True)] == [
        (MONDAY, "cap_night"),
        (MONDAY + DAY, None),
    ]


def _own_day(weekly: Programme, key: str) -> date:
    (slot,) = plan(patient([weekly], key=key), [weekly], Past(), nights(MONDAY, 7))
    return slot.on


RHYTHMS = st.builds(
    Rhythm,
    zone=st.sampled_from(["America/New_York", "Australia/Lord_Howe", "America/Santiago"]),
    bedtime=st.sampled_from([time(21), time(23), time(0, 45), time(8, 30)]),
    wake=st.sampled_from([time(5, 30), time(7), time(9, 15), time(16)]),
    window=st.sampled_from([(time(8), time(20, 30)), (time(20), time(4)), "bedtime"]),
)


@st.composite
def subjects(draw: st.DrawFn) -> Subject:
    known = facts(**{code: FACTS[code] for code in draw(st.sets(st.sampled_from(sorted(FACTS))))})
    key = draw(st.text(max_size=4))
    return patient(shipped(), key=key, rhythm=draw(RHYTHMS), facts=known)


STARTS = st.integers(0, 160).map(lambda n: MONDAY + n * DAY)


@settings(max_examples=60)
@given(subjects(), STARTS)
def test_no_plan_breaks_a_limit(subject: Subject, first: date) -> None:
    slots = plan(subject, shipped(), Past(), nights(first, 9))
    sent = planned(slots)
    assert slots == plan(subject, shipped(), Past(), nights(first, 9))
    assert all(b.at - a.at >= timedelta(minutes=90) for a, b in pairwise(sent))
    counted = [slot for slot in sent if slot.unsolicited]
    per_night = Counter(slot.night for slot in counted)
    assert max(per_night.values(), default=0) <= 2
    per_week = Counter(cap_week(MONDAY, slot.night) for slot in counted)
    assert all(n <= week_cap(week) for week, n in per_week.items())
    for slot in sent:
        assert slot.at < slot.not_after
        assert _inside(subject.rhythm, slot)
    asked: dict[str, list[Planned]] = {}
    for slot in sent:
        if slot.ask and slot.ask.kind.endswith("_yn"):
            asked.setdefault("yes/no", []).append(slot)
    for questions in asked.values():
        assert all(b.at - a.at >= timedelta(hours=3) for a, b in pairwise(questions))


def _inside(rhythm: Rhythm, slot: Planned) -> bool:
    margin = timedelta(0) if slot.at == slot.due else timedelta(minutes=10)
    return any(
        opens <= slot.at and slot.at + margin <= closes and slot.not_after <= closes
        for opens, closes in (window_of(rhythm, slot.on + n * DAY) for n in (-1, 0, 1))
    )


@settings(max_examples=25)
@given(subjects(), STARTS)
def test_a_preview_is_what_living_night_by_night_gives(subject: Subject, first: date) -> None:
    """What one night decided, written as rows and read again, gives the next night as previewed."""
    preview = plan(subject, shipped(), Past(), nights(first, 9))
    lived: list[object] = []
    past = Past()
    for night in nights(first, 9):
        slots = plan(subject, shipped(), past, [night])
        lived += slots
        used = {step: dict(texts) for step, texts in past.texts_used.items()}
        for slot in planned(slots):
            used.setdefault((slot.programme, slot.step), {})[slot.text] = slot.on
        open_questions = tuple(
            OpenQuestion(_type(slot), slot.at) for slot in planned(slots) if slot.ask
        )
        past = Past(
            (*past.decided, *(decided(slot) for slot in slots)),
            (*past.open_questions, *open_questions),
            used,
        )
    assert sorted(lived, key=_key) == sorted(preview, key=_key)


def _type(slot: Planned) -> str:
    found = {rule.key: rule.asks for p in shipped() if p.slug == slot.programme for rule in p.rules}
    return found[slot.step] or ""


def _key(slot: object) -> str:
    return repr(slot)


def test_nothing_known_is_nothing_gated() -> None:
    subject = patient(shipped(), facts=Facts(), rhythm=NEW_YORK)
    sent = {slot.programme for slot in plan(subject, shipped(), Past(), nights(MONDAY, 60))}
    assert not sent & {"iron", "caffeine", "alcohol", "augmentation", "movement", "compression"}


def test_what_one_week_awaits_says_nothing_of_the_next() -> None:
    """The places of a later week are kept for what comes in that week."""
    programmes = (
        programme(
            'at = { clock = "12:00" }\ncadence = { daily = true, weeks = "3-" }',
            slug="asks",
            head='priority = "check_in"',
        ),
        programme('at = { clock = "15:00" }', 'at = { clock = "18:00" }', slug="tips"),
    )
    slots = plan(patient(programmes), programmes, Past(), nights(MONDAY, 21))
    asked = [slot.night for slot in planned(slots) if slot.programme == "asks"]
    assert asked == nights(MONDAY + 14 * DAY, 7)
