"""Replies, from the stored text to the observation, the answer and the alert."""

# ruff: noqa: DTZ001 (the clinic's own wall clock)

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import update

from service.domain.exchange import Inbound
from service.flows.take_reply import MOST_ATTEMPTS, read_replies, store_replies
from service.store import people
from service.store.records import Patient
from service.store.session import SYSTEM
from service.store.tables.replies import InboundText
from tests.world import World


def asked_last_night(world: World) -> Patient:
    """A patient who was asked this morning how the night was."""
    patient = world.patient(facts={"uses_caffeine": "yes"})
    world.live_to(datetime(2026, 11, 22, 10))
    assert world.sent(patient)[-1] == "SYM-01"
    return patient


def test_a_score_is_credited_to_its_night_and_thanked(world: World) -> None:
    patient = asked_last_night(world)
    world.say(patient, "7ish, legs crawling")
    (seen,) = world.rows("observation", kind="symptom_0_10")
    assert (seen.number, seen.night, seen.late) == (7, date(2026, 11, 21), False)
    assert world.bodies(patient)[-1].startswith("Thanks, got 7.")
    (night,) = world.rows("night_summary", night=date(2026, 11, 21))
    assert (night.severity, night.state, night.answered) == (7, "answered", 1)


def test_a_correction_replaces_the_answer(world: World) -> None:
    patient = asked_last_night(world)
    world.say(patient, "7")
    world.say(patient, "sorry, meant 4 not 7")
    (seen,) = world.rows("observation", kind="symptom_0_10", replaced=False)
    assert seen.number == 4
    assert len(world.rows("observation", kind="symptom_0_10")) == 2
    assert world.rows("night_summary", night=date(2026, 11, 21))[0].severity == 4


def test_a_second_number_puts_the_first_right_and_both_are_kept(world: World) -> None:
    patient = asked_last_night(world)
    world.say(patient, "3")
    world.say(patient, "5")
    first, second = world.rows("observation", kind="symptom_0_10")
    assert (first.number, first.replaced, second.number, second.replaced) == (3, True, 5, False)


def test_thanks_after_an_answer_is_no_second_answer(world: World) -> None:
    patient = asked_last_night(world)
    world.say(patient, "3")
    world.say(patient, "ok thank you")
    assert len(world.rows("observation")) == 1
    assert [row.review_state for row in world.rows("inbound")] == ["none", "none"]


def test_thanks_after_a_question_is_closed_waits_for_nobody(world: World) -> None:
    patient = asked_last_night(world)
    world.live_to(datetime(2026, 11, 23, 9, 30))
    assert world.rows("question", kind="symptom_0_10")[0].state == "closed"
    world.say(patient, "thanks!")
    assert world.rows("inbound")[-1].review_state == "none"


def test_what_is_not_understood_is_asked_once_more_and_no_more(world: World) -> None:
    patient = asked_last_night(world)
    world.say(patient, "pretty bad")
    assert world.sent(patient)[-1] == "SYS-08"
    world.say(patient, "really bad i said")
    assert world.sent(patient)[-1] == "SYS-08"
    assert world.sent(patient).count("SYS-08") == 1
    assert [row.review_state for row in world.rows("inbound")] == ["none", "open"]


def test_a_late_answer_counts_for_its_night_but_as_late(world: World) -> None:
    patient = asked_last_night(world)
    with_no_new_question = datetime(2026, 11, 23, 9, 45)
    world.live_to(with_no_new_question)
    first = world.rows("question", kind="symptom_0_10")[0]
    world.say(patient, "5")
    newest = world.rows("observation", kind="symptom_0_10")[-1]
    assert newest.question_id != first.id  # a newer one is open: it takes the bare number


@pytest.mark.parametrize(
    ("body", "template", "rule"),
    [
        ("black stool like tar", "SYS-10", "R-BLEED"),
        ("chest is tight and I cant catch my breath", "SYS-10", "R-ACU"),
        ("ya no quiero vivir", "SYS-11", "R-SUI"),
        ("my 2 yr old got into my iron pills", "SYS-12", "R-TOX"),
    ],
)
@pytest.mark.parametrize("state", ["active", "stopped", "invited", "paused"])
def test_a_cry_for_help_is_answered_at_once_in_any_state(
    world: World, body: str, template: str, rule: str, state: str
) -> None:
    patient = world.patient(invited=state == "invited")
    if state == "stopped":
        world.say(patient, "STOP")
    if state == "paused":
        world.say(patient, "PAUSE 3")
    world.live_to(datetime(2026, 11, 22, 3, 12))  # at night, far outside the window
    world.say(patient, body)
    assert world.sent(patient)[-1] == template
    (alert,) = world.rows("alert", tier="RED")
    assert (alert.rule, alert.closed_at, alert.patient_id) == (rule, None, patient.id)


def test_a_denied_danger_raises_nothing(world: World) -> None:
    patient = asked_last_night(world)
    world.say(patient, "no chest pain or anything just a 5")
    assert world.rows("alert", tier="RED") == []
    assert world.rows("observation", kind="symptom_0_10")[0].number == 5


def test_stop_is_confirmed_once_and_nothing_follows(world: World) -> None:
    patient = world.patient(facts={"uses_caffeine": "yes"})
    world.live(hours=1)
    world.say(patient, "stop please")
    before = world.sent(patient)
    assert before[-1] == "SYS-04"
    world.say(patient, "STOP")
    world.live(days=4)
    assert world.sent(patient) == before
    assert world.reread(patient).consent == "stopped"


def test_only_start_brings_a_patient_back(world: World) -> None:
    patient = world.patient()
    world.say(patient, "unsubscribe")
    world.say(patient, "yes")
    assert world.reread(patient).consent == "stopped"
    world.say(patient, "START")
    assert world.reread(patient).consent == "active"
    assert world.sent(patient)[-1] == "SYS-06"


def test_nobody_is_texted_before_the_yes(world: World) -> None:
    patient = world.patient(invited=True, facts={"uses_caffeine": "yes"})
    world.live(hours=30)
    assert world.sent(patient) == ["SYS-01"]
    world.say(patient, "Yes I want to join")
    assert world.sent(patient) == ["SYS-01", "SYS-02"]
    world.live(hours=30)
    assert len(world.sent(patient)) > 2
    assert world.reread(patient).consent_from == date(2026, 11, 22)


def test_an_invitation_lapses_after_three_days(world: World) -> None:
    patient = world.patient(invited=True)
    world.live(hours=73)
    assert world.reread(patient).consent == "expired"
    world.say(patient, "YES")
    assert world.reread(patient).consent == "expired"
    # Told what this is and whom to call; that they said yes is left to the staff.
    assert world.sent(patient) == ["SYS-01", "SYS-03"]
    assert world.rows("inbound")[-1].review_state == "open"
    assert world.rows("reading")[-1].intent == "start"


def test_pause_says_until_when_and_holds_the_texts(world: World) -> None:
    patient = world.patient(facts={"uses_caffeine": "yes"})
    world.say(patient, "PAUSE 3")
    assert "until Tue 24 Nov" in world.bodies(patient)[-1]
    texts = len(world.sent(patient))
    world.live_to(datetime(2026, 11, 23, 23))
    assert len(world.sent(patient)) == texts
    reasons = {row.reason for row in world.rows("outbox", state="suppressed")}
    assert reasons == {"paused"}
    world.live_to(datetime(2026, 11, 24, 21))
    assert len(world.sent(patient)) > texts


def test_a_new_bedtime_moves_the_evening(world: World) -> None:
    patient = world.patient(facts={"uses_caffeine": "yes"}, window="08:00-23:00")
    world.say(patient, "Moving my bedtime to 9:30 from now on")
    assert world.bodies(patient)[-1] == "OK, bedtime 9:30 PM noted."
    assert world.reread(patient).bedtime == time(21, 30)


def test_later_asks_again_at_the_hour_named_and_drops_the_nudge(world: World) -> None:
    patient = world.patient(facts={"iron_oral": "daily", "iron_start": "2026-11-20"})
    world.live_to(datetime(2026, 11, 22, 8, 10))
    assert world.sent(patient)[-1] == "IRN-01"
    world.say(patient, "not yet, gonna take it at 7pm")
    assert world.bodies(patient)[-1] == "OK, we will ask again at 7:00 PM."
    world.live_to(datetime(2026, 11, 22, 19, 1))
    assert world.sent(patient).count("IRN-01") == 2
    assert world.rows("outbox", kind="nudge") == []
    world.say(patient, "yes")
    assert world.rows("observation", kind="iron_yn")[0].word == "yes"


@pytest.mark.parametrize("second", ["LATER", "LATER 8pm"])
def test_only_the_last_later_counts(world: World, second: str) -> None:
    patient = world.patient(facts={"iron_oral": "daily", "iron_start": "2026-11-20"})
    world.live_to(datetime(2026, 11, 22, 8, 10))
    world.say(patient, "LATER 7pm")
    world.say(patient, second)
    world.live_to(datetime(2026, 11, 22, 23))
    asked = [row for row in world.rows("outbox", template="IRN-01") if row.submitted_at]
    assert [row.kind for row in asked] == ["planned", "answer"]
    assert (asked[1].due_at > datetime(2026, 11, 22, 23, 59, tzinfo=UTC)) is (second != "LATER")


def test_who_comes_back_is_told_so_however_much_was_said_before(world: World) -> None:
    patient = asked_last_night(world)
    for body in ("4", "PAUSE 3", "resume", "stop please", "START"):
        world.say(patient, body)
    assert world.reread(patient).consent == "active"
    assert world.sent(patient)[-1] == "SYS-06"


def garbled(world: World, sender: str, body: str) -> bytes:
    """Store a reply and damage what was stored; its words as they should be."""
    inbound = Inbound("IN-garbled", sender, world.clinic.sender, body, world.clock.now())
    store_replies(world.runtime, [inbound])
    (row,) = world.rows("inbound", provider_sid="IN-garbled")
    put_body(world, b"nothing that opens")
    return bytes(row.body)


def put_body(world: World, sealed: bytes) -> None:
    with world.store.transaction(SYSTEM, "test") as tx:
        mine = InboundText.provider_sid == "IN-garbled"
        tx.execute(update(InboundText).where(mine).values(body=sealed))


def test_a_reply_that_cannot_be_read_now_is_read_later_and_nothing_leaves_meanwhile(
    world: World,
) -> None:
    patient = asked_last_night(world)
    number = people.open_phone(world.store.keyring, patient)
    body = garbled(world, number, "STOP i want to die")
    read_replies(world.runtime)
    (row,) = world.rows("inbound", provider_sid="IN-garbled")
    assert (row.read_at, row.read_attempts) == (None, 1)
    put_body(world, body)
    read_replies(world.runtime)
    assert world.reread(patient).consent == "stopped"
    assert [alert.rule for alert in world.rows("alert")] == ["R-SUI"]


def test_a_reply_that_never_can_be_read_is_left_to_a_person_with_its_patient(world: World) -> None:
    patient = asked_last_night(world)
    garbled(world, people.open_phone(world.store.keyring, patient), "hello")
    for _ in range(MOST_ATTEMPTS):
        read_replies(world.runtime)
    (row,) = world.rows("inbound", provider_sid="IN-garbled")
    assert (row.patient_id, row.review_state) == (patient.id, "open")
    assert row.read_at is not None


def test_iron_is_nudged_once_after_three_hours(world: World) -> None:
    world.patient(facts={"iron_oral": "daily", "iron_start": "2026-11-20"})
    world.live_to(datetime(2026, 11, 22, 23))
    prompts = [row for row in world.rows("outbox", step="dose") if row.submitted_at]
    assert [row.kind for row in prompts] == ["planned", "nudge"]
    assert prompts[1].due_at - prompts[0].submitted_at == timedelta(hours=3)


def test_the_fourth_reply_within_an_hour_gets_no_answer_and_waits_for_a_person(
    world: World,
) -> None:
    patient = world.patient()
    for _ in range(5):
        world.say(patient, "when is my appointment?")
    assert world.sent(patient) == ["SYS-13"] * 3
    assert [row.review_state for row in world.rows("inbound")] == ["open"] * 5
    world.live(hours=1)
    world.say(patient, "when is my appointment?")
    assert world.sent(patient) == ["SYS-13"] * 4


def test_what_was_done_at_the_patients_word_is_confirmed_eight_times_an_hour(world: World) -> None:
    patient = world.patient()
    for number in range(9):
        world.say(patient, f"pause {number + 2} days")
    assert world.sent(patient) == ["SYS-05"] * 8
    assert [row.review_state for row in world.rows("inbound")] == ["none"] * 8 + ["open"]
    world.live(hours=1)
    world.say(patient, "pause 12 days")
    assert world.sent(patient) == ["SYS-05"] * 9


def test_a_score_told_while_another_question_is_open_is_credited_to_last_night(
    world: World,
) -> None:
    patient = asked_last_night(world)
    world.say(patient, "3")
    world.live_to(datetime(2026, 11, 22, 21))
    assert world.sent(patient)[-1] == "WK-01"
    world.live_to(datetime(2026, 11, 23, 7, 15))
    world.say(patient, "7ish, legs crawling")
    told = world.rows("observation", kind="symptom_0_10", replaced=False)
    assert [(one.number, one.night.day) for one in told] == [(3, 21), (7, 22)]
    assert world.rows("inbound")[-1].review_state == "none"


def test_a_cry_for_help_is_answered_however_much_was_said_and_never_counts(world: World) -> None:
    patient = world.patient()
    for _ in range(5):
        world.say(patient, "I have chest pain")
    world.say(patient, "pause 3 days")
    assert world.sent(patient).count("SYS-10") == 5
    assert world.sent(patient)[-1] == "SYS-05"
    world.say(patient, "pause 4 days")
    world.say(patient, "pause 5 days")
    world.say(patient, "pause 6 days")
    world.say(patient, "I have chest pain")
    assert world.sent(patient)[-2:] == ["SYS-05", "SYS-10"]


def test_a_number_that_is_no_patients_is_answered_once_a_day(world: World) -> None:
    world.say_from("+19025557777", "hello who is this")
    world.say_from("+19025557777", "hello??")
    assert world.sent() == ["SYS-16"]
    assert [row.review_state for row in world.rows("inbound")] == ["open", "open"]


def test_two_patients_on_one_phone_are_never_guessed(world: World) -> None:
    one = world.patient(phone="+19025553333")
    two = world.patient(phone="+19025553333")
    world.live_to(datetime(2026, 11, 22, 12))
    world.say(one, "6")
    assert world.rows("observation") == []
    assert world.rows("inbound")[-1].review_state == "open"
    world.say(one, "stop texting us")
    assert {world.reread(one).consent, world.reread(two).consent} == {"stopped"}
    assert world.sent().count("SYS-04") == 1


@pytest.mark.parametrize("times", [2, 5])
def test_a_reply_delivered_again_is_stored_and_answered_once(world: World, times: int) -> None:
    patient = asked_last_night(world)
    for _ in range(times):
        world.say(patient, "6", sid="SMsame")
    assert len(world.rows("inbound")) == 1
    assert len(world.rows("observation")) == 1
    assert world.sent(patient).count("SYS-17") == 1


@pytest.mark.parametrize(
    "body",
    ["", "\0\0", "x" * 5000, "\u202eevil", "🙃" * 400, "\x1b[31mred", "<script>alert(1)</script>"],
)
def test_hostile_text_is_kept_and_harms_nothing(world: World, body: str) -> None:
    patient = asked_last_night(world)
    world.say(patient, body)
    (stored,) = world.rows("inbound")
    opened = world.store.keyring.open_(stored.body, "inbound", "body", stored.token)
    assert opened == body[:1600]
    assert stored.read_at is not None


def test_the_screens_follow_each_other_and_warn_once(world: World) -> None:
    patient = world.patient(facts={"dopamine_agonist": "yes"})
    world.live_to(datetime(2026, 12, 5, 17, 30))
    assert world.sent(patient)[-1] == "AUG-01"
    world.say(patient, "yes")
    world.say(patient, "yes my arms too")
    world.say(patient, "no")
    assert world.sent(patient)[-4:] == ["AUG-01", "AUG-04", "AUG-02", "AUG-03"]
    assert [alert.rule for alert in world.rows("alert", closed_at=None)] == ["M-AUG"]


@pytest.mark.parametrize("body", ["stop tom", "Quit whitfield, thanks"])
def test_a_stop_signed_in_small_letters_is_one(world: World, body: str) -> None:
    patient = asked_last_night(world)
    world.say(patient, body)
    assert world.reread(patient).consent == "stopped"


def test_a_stop_with_the_name_of_another_is_none(world: World) -> None:
    patient = asked_last_night(world)
    world.say(patient, "stop carol")
    assert world.reread(patient).consent == "active"
