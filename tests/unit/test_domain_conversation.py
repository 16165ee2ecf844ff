"""What a reply does in a conversation: which question it answers, what changes, and what is said back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from schedules.night import Rhythm
from service.domain.consent import INVITATION_FOR, ConsentState, invitation_open
from service.domain.conversation import read_in, respond
from service.domain.requests import ask_again_at, bedtime, pause_until
from service.domain.talk import Open, Outcome, Talk

# A Saturday, 18:00 at the clinic.
NOW = datetime(2026, 11, 21, 22, tzinfo=UTC)
RHYTHM = Rhythm("America/Halifax", time(23), time(7))


def asked(kind: str, number: int = 1, **changes: object) -> Open:
    values = {
        "id": number,
        "token": f"Q{number}",
        "kind": kind,
        "template": "SYM-01",
        "night": date(2026, 11, 20),
        "about_date": date(2026, 11, 20),
        "closes_at": NOW + timedelta(hours=12),
        "closes_after_s": 24 * 3600,
        "late": False,
        "answered": False,
        "reasked": False,
        "laters": 0,
        "repeats": True,
        "follow_ups": (),
        "behind": {},
        **changes,
    }
    return Open(**values)  # type: ignore[arg-type]  # a table of cases


SCORE, IRON = asked("symptom_0_10"), asked("iron_yn", 2)


def talk(*questions: Open, **changes: object) -> Talk:
    return replace(
        Talk(
            consent=ConsentState.ACTIVE,
            invited=False,
            paused=False,
            questions=questions,
            answers_so_far={},
            facts=frozenset(),
            language="en",
            rhythm=RHYTHM,
            provider_confirms=False,
            by_hand=False,
            now=NOW,
        ),
        **changes,
    )


STOPPED = talk(consent=ConsentState.STOPPED)
INVITED = talk(consent=ConsentState.INVITED, invited=True)


def said(conversation: Talk, body: str, *, bare_keyword: bool = False) -> tuple[list[str], Outcome]:
    outcome = respond(
        conversation, read_in(conversation, body, RHYTHM.bedtime), bare_keyword=bare_keyword
    )
    return [one.template for one in outcome.said], outcome


@pytest.mark.parametrize(
    ("label", "conversation", "body", "templates"),
    [
        ("a score is thanked", talk(SCORE), "4", ["SYS-17"]),
        ("a rough night gets a small thing to try", talk(SCORE), "8", ["SYM-03"]),
        ("thanks end after three", talk(SCORE, answers_so_far={"symptom_0_10": 3}), "4", []),
        ("stop", talk(SCORE), "stop please", ["SYS-04"]),
        ("stop again", STOPPED, "STOP", []),
        ("a score after stop", STOPPED, "4", []),
        ("start after stop", STOPPED, "START", ["SYS-06"]),
        ("yes after stop", STOPPED, "yes", []),
        ("a cry after stop", STOPPED, "black stool like tar", ["SYS-10"]),
        ("help after stop", STOPPED, "HELP", ["SYS-03"]),
        ("an invitation taken up", INVITED, "YES", ["SYS-02"]),
        ("help", talk(), "HELP", ["SYS-03"]),
        ("pause", talk(), "PAUSE 3", ["SYS-05"]),
        ("resume", talk(paused=True), "RESUME", ["SYS-06"]),
        ("asked once more", talk(SCORE), "pretty bad", ["SYS-08"]),
        ("not asked twice", talk(asked("symptom_0_10", reasked=True)), "pretty bad", []),
        ("a cry beside a score", talk(SCORE), "7, chest is tight and cant breathe", ["SYS-10"]),
        ("nothing to say to thanks", talk(), "ok thanks", []),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else "",
)
def test_what_is_said_back(
    label: str, conversation: Talk, body: str, templates: Sequence[str]
) -> None:
    assert said(conversation, body)[0] == list(templates), label


def test_the_newest_open_question_of_its_kind_is_answered() -> None:
    old = asked("symptom_0_10", 1, late=True)
    new = asked("symptom_0_10", 2, night=date(2026, 11, 21))
    _, outcome = said(talk(old, new), "5")
    assert outcome.bound == [2]
    assert [(one.night, one.number) for one in outcome.given] == [(date(2026, 11, 21), 5)]


def test_a_closed_question_is_answered_late() -> None:
    _, outcome = said(talk(asked("symptom_0_10", late=True)), "5")
    assert [one.late for one in outcome.given] == [True]


def test_two_answers_in_one_text_go_to_their_questions() -> None:
    _, outcome = said(talk(SCORE, IRON), "yes and 6")
    assert sorted((one.kind, one.word) for one in outcome.given) == [
        ("iron_yn", "yes"),
        ("symptom_0_10", "6"),
    ]


def test_a_chain_goes_on_whatever_the_answer_was() -> None:
    first = asked("aug_earlier_yn", follow_ups=("AUG-02", "AUG-03"))
    for body in ("no", "yes"):
        _, outcome = said(talk(first), body)
        (following,) = [one for one in outcome.said if one.asks is not None]
        assert (following.template, following.follow_ups) == ("AUG-02", ("AUG-03",))


def test_a_stop_ends_everything_and_changes_consent() -> None:
    _, outcome = said(talk(SCORE), "stop please")
    assert outcome.consent is ConsentState.STOPPED


@pytest.mark.parametrize(("body", "bare"), [("STOP", True), ("HELP", True)])
def test_a_provider_that_confirms_itself_is_left_to_it(body: str, bare: bool) -> None:
    assert said(talk(provider_confirms=True), body, bare_keyword=bare)[0] == []


def test_other_words_for_stop_are_confirmed_by_us_even_then() -> None:
    assert said(talk(provider_confirms=True), "stop please")[0] == ["SYS-04"]


def test_a_cry_raises_its_rule_and_asks_for_a_person() -> None:
    _, outcome = said(talk(SCORE), "black stool like tar")
    assert ([*outcome.alerts], outcome.review) == (["R-BLEED"], True)


@pytest.mark.parametrize(
    ("value", "until"),
    [
        ("3d", date(2026, 11, 24)),
        ("", date(2026, 11, 28)),
        ("until:mon", date(2026, 11, 23)),
        ("until:sat", date(2026, 11, 28)),
        ("until:1", date(2026, 12, 1)),
        ("9999d", date(2027, 2, 19)),
        ("until:01-25", date(2027, 1, 25)),
        ("until:11-21", date(2027, 2, 19)),
        ("until:2026-12-08", date(2026, 12, 8)),
        ("until:02-29", date(2027, 2, 19)),
    ],
)
def test_until_when_a_pause_lasts(value: str, until: date) -> None:
    instant, day = pause_until(value, RHYTHM.zone, NOW)
    assert day == until
    assert instant == datetime(until.year, until.month, until.day, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "local_hour"),
    [("", 20), ("19:30", 19.5), ("23:30", None), ("03:00", None), ("sun", None)],
)
def test_when_a_question_is_asked_again(value: str, local_hour: float | None) -> None:
    again = ask_again_at(value, RHYTHM, NOW + timedelta(hours=12), NOW)
    expected = None if local_hour is None else NOW + timedelta(hours=local_hour - 18)
    assert again == expected


def test_a_question_that_moves_along_may_be_asked_on_another_day() -> None:
    assert ask_again_at("mon", RHYTHM, None, NOW) == NOW + timedelta(days=2)


def test_bedtimes() -> None:
    assert bedtime("22:30") == (time(22, 30), "")
    assert bedtime("00:15@tonight") == (time(0, 15), "tonight")
    assert bedtime("23:30@weekend") == (time(23, 30), "weekend")


@pytest.mark.parametrize(
    ("state", "ago", "is_open"),
    [
        ("invited", timedelta(0), True),
        ("invited", INVITATION_FOR, True),
        ("invited", INVITATION_FOR + timedelta(seconds=1), False),
        ("stopped", timedelta(0), False),
        ("active", timedelta(0), False),
    ],
)
def test_how_long_an_invitation_stands(state: str, ago: timedelta, is_open: bool) -> None:
    assert invitation_open(state, NOW - ago, NOW) is is_open
    assert not invitation_open(state, None, NOW)


@pytest.mark.parametrize(
    ("body", "templates"),
    [
        ("4", []),
        ("what should I do?", []),
        ("well, you know", []),
        ("I have chest pain", ["SYS-10"]),
        ("stop please", ["SYS-04"]),
        ("help", ["SYS-03"]),
    ],
)
def test_while_a_person_is_in_the_conversation_only_what_is_owed_is_said(
    body: str, templates: list[str]
) -> None:
    words, outcome = said(talk(SCORE, by_hand=True), body)
    assert words == templates
    assert outcome.review
    assert outcome.reasked is None
    assert [given.number for given in outcome.given] == ([4] if body == "4" else [])


def test_who_comes_back_meanwhile_is_told_so() -> None:
    words, outcome = said(talk(consent=ConsentState.STOPPED, by_hand=True), "START")
    assert words == ["SYS-06"]
    assert outcome.consent is ConsentState.ACTIVE
