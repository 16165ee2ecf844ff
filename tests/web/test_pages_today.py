"""Today: the sentence, the order of the rows, the reasons with their numbers, and resolving them."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from service.clinic_life import live_until
from service.entry.web.today import by_hour, headline
from service.store import alerts, people
from service.store.session import SYSTEM
from tests.web.conftest import NOW, World, csrf


def rows(page: str) -> list[str]:
    return re.findall(r'<li class="card person".*?<h3>(.*?)</h3>', page, re.DOTALL)


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        (
            (4, 2, 38, "sending is normal", True),
            "4 people need you. 2 replied overnight, 38 are on track, and sending is normal.",
        ),
        (
            (1, 1, 1, "sending is normal", True),
            "1 person needs you. 1 replied overnight, 1 is on track, and sending is normal.",
        ),
        (
            (0, 0, 0, "sending needs a look", False),
            "Nobody needs you. Nobody replied since yesterday evening, none is on track, and sending needs a look.",
        ),
    ],
)
def test_the_sentence(numbers: tuple[int, int, int, str, bool], said: str) -> None:
    needing, senders, calm, flow, morning = numbers
    assert headline(needing, senders, calm, flow, morning=morning) == said


def test_hours_between_the_first_and_the_last_are_all_there() -> None:
    noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
    instants = [noon, noon + timedelta(minutes=59), noon + timedelta(hours=3)]
    assert by_hour(instants, "America/Halifax") == [("08", 2), ("09", 0), ("10", 0), ("11", 1)]
    assert by_hour([], "America/Halifax") == []


def test_rows_come_by_rank_with_their_numbers(world: World) -> None:
    high = world.patient("Tom", "Whitfield")
    world.nights(high, [4.0] * 20 + [8.0, 9.0, 9.0])
    calm = world.patient("Ana", "Ruiz")
    world.nights(calm, [3.0] * 20)
    side = world.patient("Vera", "Novak")
    world.hears(world.phone_of(side), "bad nausea since the new tablets")
    wrong = world.patient("Ida", "Wade")
    world.hears(world.phone_of(wrong), "wrong number")
    red = world.patient("Joan", "Abara")
    world.hears(world.phone_of(red), "I have chest pain")
    page = world.member("clinician").get("/").text
    names = [text(row).rsplit(" ", 2)[0].removesuffix(" age") for row in rows(page)]
    assert names == ["Joan Abara", "Ida Wade", "Tom Whitfield", "Vera Novak"]
    assert "Severity 8, 9, 9 for the nights of 18, 19 and 20 Nov; the usual is 4." in page
    assert "4 people need you." in page
    assert "1 is on track" in page
    assert "“I have chest pain”" in page


def test_a_reason_keeps_its_nights_while_a_newer_score_stands_beside_it(world: World) -> None:
    high = world.patient()
    world.nights(high, [4.0] * 20 + [8.0, 9.0, 9.0])
    world.tonight(high, 2.0)
    browser = world.member("clinician")
    said = "Severity 8, 9, 9 for the nights of 18, 19 and 20 Nov; the usual is 4."
    for path in ("/", f"/patients/{high.token}"):
        assert said in browser.get(path).text
    assert "Sat 21 Nov: 2" in browser.get(f"/patients/{high.token}").text


def test_one_row_a_patient_with_every_reason(world: World) -> None:
    tom = world.patient()
    world.nights(tom, [4.0] * 14 + [8.0, 9.0] * 7)
    world.hears(world.phone_of(tom), "I have chest pain")
    page = world.member("clinician").get("/").text
    assert len(rows(page)) == 1
    assert page.index("Act now") < page.index("Bad nights")


def test_a_cry_for_help_from_a_strangers_number_is_a_row(world: World) -> None:
    world.hears("+19025559999", "I want to end my life")
    browser = world.member("clinician")
    page = browser.get("/").text
    assert [text(row) for row in rows(page)] == ["A number that is no patient’s"]
    assert "I want to end my life" in page
    assert "1 reply may mean danger" in browser.get("/patients").text


def test_resolving_closes_with_a_note_and_once(world: World) -> None:
    tom = world.patient()
    world.hears(world.phone_of(tom), "I have chest pain")
    browser = world.member("clinician")
    page = browser.get("/").text
    path = re.search(r'action="(/alerts/[^"]+/resolve)"', page)
    assert path
    form = {"csrf_token": csrf(page), "note": "called; ambulance is there"}
    for _ in range(2):
        assert browser.post(path[1], data=form).status_code == 302
    after = browser.get("/").text
    assert rows(after) == []
    assert "may mean danger" not in after
    with world.runtime.store.transaction(SYSTEM, "test", write=False) as tx:
        assert alerts.open_alerts(tx, world.clinic.id) == []


def test_another_clinics_alert_cannot_be_resolved(world: World) -> None:
    theirs = world.patient("Zoe", "Southerly", clinic=world.other_clinic())
    with world.runtime.store.transaction(SYSTEM, "test") as tx:
        now = world.runtime.clock.now()
        alerts.open_alert(tx, theirs.clinic_id, theirs.id, "M-SIDE", {}, now)
        [alert] = alerts.open_alerts(tx, theirs.clinic_id)
    browser = world.member("clinician")
    form = {"csrf_token": csrf(browser.get("/").text), "note": "x"}
    assert browser.post(f"/alerts/{alert.token}/resolve", data=form).status_code == 404
    with world.runtime.store.transaction(SYSTEM, "test", write=False) as tx:
        assert len(alerts.open_alerts(tx, theirs.clinic_id)) == 1


def test_overnight_replies_say_how_they_were_read(world: World) -> None:
    tom = world.patient()
    world.hears(world.phone_of(tom), "what do you think?", timedelta(hours=2))
    world.hears("+19025559999", "hello", timedelta(hours=3))
    world.hears("+19025559998", "long ago", timedelta(days=2))
    whole = world.member("clinician").get("/").text
    page = text(whole.partition("Replies since 20:00")[2].partition("</section>")[0])
    assert "06:02 Tom Whitfield : “what do you think?” a question, for you" in page
    assert "05:02 Unknown number: “hello”" in page
    assert "long ago" not in page
    assert "2 replied overnight" in text(whole)


def test_a_reply_waits_for_a_person_until_somebody_has_dealt_with_it(world: World) -> None:
    tom = world.patient()
    world.hears(world.phone_of(tom), "what do you think?", timedelta(days=3))
    world.hears("+19025559999", "is this the clinic", timedelta(days=2))
    world.hears(world.phone_of(tom), "thanks", timedelta(days=1))
    browser = world.member("clinician")
    page = browser.get("/").text
    waiting = text(page.partition('id="waiting"')[2].partition("</section>")[0])
    assert "Tom Whitfield : “what do you think?”" in waiting
    assert "is this the clinic" in waiting
    assert "thanks" not in waiting
    # The newest stands first.
    [second, first] = re.findall(r'action="(/replies/[^"]+)"', page)
    token = {"csrf_token": csrf(page)}
    assert browser.post(first, data=token).location == "/#waiting"
    page = browser.get("/").text
    assert "what do you think?" not in page.partition('id="waiting"')[2]
    other = world.member("clinician", clinic=world.other_clinic())
    other.post(second, data={"csrf_token": csrf(other.get("/").text)})
    assert "is this the clinic" in browser.get("/").text
    browser.post(second, data=token)
    assert 'id="waiting"' not in browser.get("/").text


def test_a_reply_that_got_no_answer_says_why_it_waits(world: World) -> None:
    tom = world.patient()
    for number in range(4):
        world.hears(world.phone_of(tom), f"is this question {number}?")
    page = world.member("clinician").get("/").text
    waiting = text(page.partition('id="waiting"')[2].partition("</section>")[0])
    assert "“is this question 3?”" in waiting
    assert "not answered: three automatic answers had gone out within the hour" in waiting
    assert waiting.count("not answered") == 1


def test_a_reply_stands_with_what_was_asked(demo: World) -> None:
    tom = demo.patient(facts={"iron_oral": "daily", "iron_start": "2026-11-01"})
    live_until(demo.runtime, NOW + timedelta(days=1))
    demo.hears(demo.phone_of(tom), "no it makes me feel sick", timedelta(0))
    page = text(demo.member("clinician").get("/").text)
    assert "Asked “Did you do your daily item today? Reply YES, NO or LATER.”: “no it" in page


def test_late_and_lost_texts_are_said(world: World) -> None:
    world.patient(invited=True)
    world.runtime.clock.hold(world.runtime.clock.now() + timedelta(hours=3))
    page = text(world.member("clinician").get("/").text)
    assert "sending needs a look" in page
    assert "1 waiting, the oldest for 3 h." in page


def test_names_stay_sealed_in_the_database(world: World) -> None:
    tom = world.patient("Canaryname", "Whitfield")
    with world.runtime.store.engine.connect() as connection:
        stored = connection.exec_driver_sql("SELECT * FROM patient").mappings().one()
    assert b"Canaryname" not in b"".join(v for v in stored.values() if isinstance(v, bytes))
    assert people.open_given_name(world.runtime.store.keyring, tom) == "Canaryname"


def test_a_death_is_told_as_one(world: World) -> None:
    tom = world.patient()
    world.hears(world.phone_of(tom), "she passed away last week")
    page = text(world.member("clinician").get("/").text)
    assert "Death reported" in page
    assert "Somebody wrote that the patient has died. No more texts go out." in page
    assert "Wrong person" not in page


def test_silence_does_not_close_what_got_worse(world: World) -> None:
    tom = world.patient()
    world.nights(tom, [2.0] * 47 + [6.0] * 14)
    browser = world.member("clinician")
    assert "Severity has risen to a mean of 6" in browser.get("/").text
    world.nights(tom, [6.0] * 2 + [None] * 12)
    assert "Severity has risen to a mean of 6" in browser.get("/").text
    world.nights(tom, [2.0] * 14)
    assert "Severity has risen" not in browser.get("/").text
