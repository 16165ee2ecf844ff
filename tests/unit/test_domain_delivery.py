"""A text's life: which receipt moves it where, which guards each kind has, what each provider code asks of us."""

from datetime import UTC, datetime, time, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.night import Rhythm
from service.domain.delivery import (
    ENDED_UNSENT,
    PROVIDER_STATES,
    RANK,
    RULES,
    Kind,
    State,
    after_receipt,
)
from service.domain.guards import Candidate, Verdict, judge
from service.domain.provider_codes import CODES, CodeClass, meaning, refused

RECEIPTS = sorted(set(PROVIDER_STATES.values()))
# 18:00 at the clinic, inside the window; and 03:00, outside.
EVENING = datetime(2026, 11, 21, 22, tzinfo=UTC)
NIGHT = EVENING + timedelta(hours=9)
RHYTHM = Rhythm("America/Halifax", time(23), time(7))


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("told", RECEIPTS)
def test_every_state_against_every_receipt(state: State, told: State) -> None:
    after = after_receipt(state, told)
    if state in ENDED_UNSENT:
        assert after is state
    elif RANK[told] > RANK[state]:
        assert after is told
    else:
        assert after is state


@given(st.lists(st.sampled_from(RECEIPTS), min_size=1, max_size=6), st.sampled_from(list(RANK)))
def test_order_and_repetition_do_not_change_how_far_a_text_came(
    told: list[State], start: State
) -> None:
    ends = set()
    for order in list(permutations(told))[:24]:
        state = start
        for one in (*order, *order):
            state = after_receipt(state, one)
        ends.add(RANK[state])
    assert len(ends) == 1


def test_delivered_wins_whatever_comes_after() -> None:
    for told in RECEIPTS:
        assert after_receipt(State.DELIVERED, told) is State.DELIVERED
    assert after_receipt(State.UNDELIVERED, State.DELIVERED) is State.DELIVERED


def test_a_text_is_never_sent_again_by_a_receipt() -> None:
    assert not {State.PLANNED, State.SUBMITTING, State.UNKNOWN} & set(RECEIPTS)


# kind, lane, consent it needs, stopped by a pause, by the hours, by an unread reply, counts for caps
KINDS = [
    ("crisis", 0, None, False, False, False, False),
    ("stop_confirm", 1, None, False, False, False, False),
    ("help", 1, None, False, False, False, False),
    ("answer", 1, "active", False, False, True, False),
    ("invite", 2, "invited", False, True, True, False),
    ("test", 2, None, False, False, False, False),
    ("page", 0, None, False, False, False, False),
    ("staff", 2, "active", False, True, True, False),
    ("planned", 3, "active", True, True, True, True),
    ("nudge", 3, "active", True, True, True, True),
]
CONSENTS = ["none", "invited", "active", "stopped", "expired"]


def candidate(kind: str, **changes: object) -> Candidate:
    values = {
        "kind": kind,
        "not_after": NIGHT + timedelta(days=1),
        "consent": "invited" if kind == "invite" else "active",
        "rhythm": RHYTHM,
        "paused": False,
        "unread": False,
        **changes,
    }
    return Candidate(**values)  # type: ignore[arg-type]  # a table of cases


@pytest.mark.parametrize(
    ("kind", "lane", "consent", "pause", "hours", "unread", "unsolicited"), KINDS
)
def test_the_guards_of_each_kind(
    kind: str,
    lane: int,
    consent: str | None,
    pause: bool,
    hours: bool,
    unread: bool,
    unsolicited: bool,
) -> None:
    assert (RULES[Kind(kind)].lane, RULES[Kind(kind)].unsolicited) == (lane, unsolicited)
    assert judge(candidate(kind), EVENING) is Verdict.GO
    for state in CONSENTS:
        verdict = judge(candidate(kind, consent=state), EVENING)
        allowed = consent is None or state == consent
        assert verdict is (Verdict.GO if allowed else Verdict.NOT_CONSENTED), state
    paused = judge(candidate(kind, paused=True), EVENING)
    assert paused is (Verdict.PAUSED if pause else Verdict.GO)
    at_night = judge(candidate(kind), NIGHT)
    assert at_night is (Verdict.OUTSIDE_HOURS if hours else Verdict.GO)
    held = judge(candidate(kind, unread=True), EVENING)
    assert held is (Verdict.WAIT if unread else Verdict.GO)


@pytest.mark.parametrize("kind", list(Kind))
def test_no_kind_leaves_after_its_time(kind: Kind) -> None:
    on_time = candidate(kind, not_after=EVENING)
    assert judge(on_time, EVENING) is Verdict.GO
    assert judge(on_time, EVENING + timedelta(seconds=1)) is Verdict.EXPIRED


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"capped": True, "sent_tonight": 1}, Verdict.GO),
        ({"capped": True, "sent_tonight": 2}, Verdict.NIGHT_FULL),
        ({"capped": False, "sent_tonight": 2}, Verdict.GO),
        ({"last_sent": EVENING - timedelta(minutes=90)}, Verdict.GO),
        ({"last_sent": EVENING - timedelta(minutes=80)}, Verdict.GO),
        ({"last_sent": EVENING - timedelta(minutes=79)}, Verdict.WAIT_FOR_GAP),
        (
            {"last_sent": EVENING, "not_after": EVENING + timedelta(minutes=89)},
            Verdict.CROWDED,
        ),
        ({"last_sent": EVENING + timedelta(hours=3)}, Verdict.CROWDED),
    ],
)
@pytest.mark.parametrize("kind", ["planned", "nudge"])
def test_caps_and_gap_are_looked_at_once_more(
    kind: str, changes: dict[str, object], verdict: Verdict
) -> None:
    assert judge(candidate(kind, **changes), EVENING) is verdict
    for unasked in {kind.value for kind in Kind} - {"planned", "nudge"}:
        assert judge(candidate(unasked, **changes), EVENING) in {Verdict.GO, Verdict.EXPIRED}


def test_every_kind_is_in_the_table() -> None:
    assert {row[0] for row in KINDS} == {kind.value for kind in Kind} == set(RULES)


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        (20429, 429, CodeClass.TRANSIENT),
        (0, 429, CodeClass.TRANSIENT),
        (21611, 429, CodeClass.TRANSIENT),
        (20500, 500, CodeClass.UNKNOWN),
        (20503, 503, CodeClass.UNKNOWN),
        (0, 502, CodeClass.UNKNOWN),
        (21211, 500, CodeClass.UNKNOWN),
        (20003, 401, CodeClass.ACCOUNT),
        (0, 401, CodeClass.ACCOUNT),
        (0, 403, CodeClass.ACCOUNT),
        (21211, 400, CodeClass.PERMANENT),
        (21610, 400, CodeClass.OPT_OUT),
        (21606, 400, CodeClass.ACCOUNT),
        (30007, 400, CodeClass.ACCOUNT),
        (21408, 400, CodeClass.PERMANENT),
        (30036, 400, CodeClass.PERMANENT),
        (0, 404, CodeClass.ACCOUNT),
        (21211, 404, CodeClass.PERMANENT),
        (0, 408, CodeClass.UNKNOWN),
        (0, 302, CodeClass.UNKNOWN),
        (77777, 400, CodeClass.PERMANENT),
    ],
)
def test_what_a_refused_request_means(code: int, status: int, kind: CodeClass) -> None:
    assert refused(code, status) is kind


# Every code the design names, by what it asks of us.
TABLE = {
    CodeClass.TRANSIENT: {20429, 21611},
    CodeClass.UNKNOWN: {20500, 20503},
    CodeClass.PERMANENT: {21211, 21408, 21612, 21614, 21635, 30005, 30006, 63003},
    CodeClass.OPT_OUT: {21610, 63014},
    CodeClass.ACCOUNT: {20003, 21212, 21606, 21608, 30002, 30007, 30029, 30030, 30032, 30034}
    | {63038},
    CodeClass.ENDED: {30003, 30004, 30008},
    CodeClass.OURS: {21617, 30001, 30022, 30036, 30410, 30450, 30500, 30610, 30640, 35114, 35115}
    | {35125, 63016, 63018, 11200, 11205, 12100, 12200, 57012},
}


def test_every_code_of_the_provider_is_in_the_one_table() -> None:
    found = {kind: {code for code in CODES if CODES[code].kind is kind} for kind in CodeClass}
    assert found == TABLE
    assert {code for code in CODES if CODES[code].slows} == {21611, 30001, 30022, 63018}


def test_every_code_has_a_sentence_for_a_person() -> None:
    for code in [*CODES, 12345]:
        sentence = meaning(code).sentence
        assert sentence[0].isupper()
        assert sentence.endswith(".")
        assert str(code) not in sentence
