"""One patient's page: banner, reasons, figures with their denominators, conversation, next texts, pause and resume."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from schedules.night import night_of
from service.clinic_life import live_until
from service.store import circumstances
from service.store.session import SYSTEM
from service.store.tables.audit import AuditEvent
from tests.web.conftest import LONG_AGO, World, csrf


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def page_of(world: World, token: str, query: str = "") -> str:
    answer = world.member("clinician").get(f"/patients/{token}{query}")
    assert answer.status_code == 200
    return answer.text


def test_the_banner_says_who_it_is(world: World) -> None:
    tom = world.patient(zone="America/St_Johns", phone="+19025554417")
    page = text(page_of(world, tom.token))
    assert "Tom Whitfield" in page
    assert "Born 3 May 1972 (54)" in page
    assert "Phone ends 4417" in page
    assert "Time there 08:32 (St Johns)" in page
    assert "Consent given, 22 Sep 2026" in page


def test_no_name_in_title_or_address(world: World) -> None:
    tom = world.patient("Canaryname", "Whitfield")
    page = page_of(world, tom.token)
    title = re.search(r"<title>(.*?)</title>", page)
    assert title
    assert title[1] == f"Patient {tom.ref} · Evenfall"
    assert not re.search(r'(href|action)="[^"]*Canaryname', page)


def test_every_score_of_the_chart_is_in_the_table(world: World) -> None:
    tom = world.patient()
    scores = [4.0, None, 5.5, 8.0]
    world.nights(tom, scores)
    page = page_of(world, tom.token)
    chart = page.partition("for-wide")[2].partition("for-narrow")[0]
    in_chart = re.findall(r"<circle[^>]*><title>(\w+ \d+ \w+): ([\d.]+)</title>", chart)
    table = page.partition("<tbody>")[2].partition("</tbody>")[0]
    in_table = re.findall(
        r'<th scope="row"><a[^>]+>([^<]+)</a></th><td>[^<]+</td><td class="n">([\d.]+)', table
    )
    assert (
        in_chart
        == in_table[::-1]
        == [
            ("Tue 17 Nov", "4"),
            ("Thu 19 Nov", "5.5"),
            ("Fri 20 Nov", "8"),
        ]
    )


def test_an_answer_is_on_the_chart_before_its_night_is_over(world: World) -> None:
    tom = world.patient()
    world.nights(tom, [4.0, 5.0, 6.0])
    world.tonight(tom, 7.0)
    page = page_of(world, tom.token)
    assert "Sat 21 Nov: 7" in page.partition("for-wide")[2].partition("for-narrow")[0]
    table = page.partition("<tbody>")[2].partition("</tbody>")[0]
    assert re.findall(r'</th><td>[^<]+</td><td class="n">([\d.]+)', table) == ["7", "6", "5", "4"]


def test_figures_say_what_they_are_of(world: World) -> None:
    tom = world.patient()
    world.nights(tom, [4.0] * 20 + [None] * 5, onset="20:40")
    page = text(page_of(world, tom.token))
    assert "Answered in time 40 of 50 questions delivered" in page
    assert "Caffeine cut-off kept 20 of 20 evenings that were answered" in page
    assert "Usual onset 20:40 median of 20 reports · no shift since the first reports" in page


def test_markers_and_facts_in_words(world: World) -> None:
    tom = world.patient(
        facts={
            "iron_oral": "alternate",
            "iron_start": "2026-11-01",
            "last_ferritin": "48@2026-11-10",
            "calcium": "21:00",
            "uses_caffeine": "yes",
        }
    )
    world.nights(tom, [4.0] * 28)
    page = text(page_of(world, tom.token))
    for said in (
        "Iron, alternate days",
        "Iron since 1 Nov 2026",
        "Ferritin 48 ng/mL, 10 Nov 2026",
        "Drinks coffee, tea, cola or energy drinks",
    ):
        assert said in page, said
    assert "Tue 10 Nov: ferritin 48." in page


def test_the_conversation_is_harmless_and_visible(world: World) -> None:
    tom = world.patient()
    world.hears(world.phone_of(tom), "<script>alert(1)</script> \u202egnp\x07")
    page = page_of(world, tom.token)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; ‹U+202E›gnp‹U+0007›" in page
    assert "not understood, for you" in page


def test_next_texts_come_with_their_times(world: World) -> None:
    tom = world.patient(facts={"uses_caffeine": "yes"})
    page = text(page_of(world, tom.token))
    assert "Next texts" in page
    assert "Morning check-in" in page
    upcoming = page.partition("Next texts")[2].partition("Facts")[0]
    assert len(re.findall(r"\d\d:\d\d", upcoming)) >= 7


def test_who_has_not_consented_is_sent_nothing(world: World) -> None:
    ina = world.patient("Ina", "Vited", invited=True)
    page = text(page_of(world, ina.token))
    assert "invited, no answer yet" in page
    assert "Nothing is sent without consent." in page
    assert "Pause texts" not in page


def test_pause_until_a_day_and_resume(world: World) -> None:
    tom = world.patient()
    browser = world.member("clinician")
    where = f"/patients/{tom.token}"
    form = {"csrf_token": csrf(browser.get(where).text)}
    assert browser.post(f"{where}/pause", data=form | {"until": "2026-12-01"}).status_code == 302
    paused = text(browser.get(where).text)
    assert "Paused until Tue 1 Dec" in paused
    assert "The patient's texts are paused" in paused.replace("&#39;", "'")
    assert "Paused" in browser.get("/patients").text
    assert browser.post(f"{where}/resume", data=form).status_code == 302
    assert "Paused until" not in text(browser.get(where).text)


def test_pause_without_an_end(world: World) -> None:
    tom = world.patient()
    browser = world.member("clinician")
    where = f"/patients/{tom.token}"
    form = {"csrf_token": csrf(browser.get(where).text), "until": ""}
    assert browser.post(f"{where}/pause", data=form).status_code == 302
    page = text(browser.get(where).text)
    assert "until resumed" in page
    assert "Nothing goes out in the coming week." in page


@pytest.mark.parametrize("until", ["yesterday", "2026-11-20", "2028-01-01", "2026-02-31"])
def test_a_pause_that_makes_no_sense_is_refused(world: World, until: str) -> None:
    tom = world.patient()
    browser = world.member("clinician")
    where = f"/patients/{tom.token}"
    form = {"csrf_token": csrf(browser.get(where).text), "until": until}
    answer = browser.post(f"{where}/pause", data=form)
    assert answer.status_code == 400
    assert "from 22 Nov 2026 to 22 Nov 2027, or none." in answer.text
    assert f'value="{until}"' in answer.text
    assert "Paused" not in text(browser.get(where).text)


def test_a_pause_says_who_began_it(world: World) -> None:
    tom = world.patient()
    nurse = world.member("clinician", name="Nora Quist")
    where = f"/patients/{tom.token}"
    nurse.post(f"{where}/pause", data={"csrf_token": csrf(nurse.get(where).text)})
    assert "Paused until resumed, by Nora Quist" in text(nurse.get(where).text)
    world.hears(world.phone_of(tom), "pause 3 days")
    assert "Paused until Tue 24 Nov, by the patient’s own text" in text(nurse.get(where).text)
    with world.runtime.store.transaction(SYSTEM, "receipts") as tx:
        circumstances.add_pause(tx, tom, None, world.runtime.clock.now())
    page = text(nurse.get(where).text)
    assert "Paused until resumed, by the service: the last texts did not arrive" in page


@pytest.mark.parametrize(("query", "status"), [("?nights=28", 200), ("?nights=7", 400)])
def test_spans(world: World, query: str, status: int) -> None:
    tom = world.patient()
    world.nights(tom, [4.0] * 40)
    answer = world.member("clinician").get(f"/patients/{tom.token}{query}")
    assert answer.status_code == status


def test_a_long_conversation_begins_with_its_end(world: World) -> None:
    tom = world.patient()
    for number in range(20):
        world.hears(world.phone_of(tom), f"note {number}x", timedelta(hours=40 - number))
    page = page_of(world, tom.token)
    assert "note 19x" in page
    assert "note 0x" not in page
    assert "note 0x" in page_of(world, tom.token, "?texts=more")


def test_reading_a_page_is_noted_without_a_name(world: World) -> None:
    tom = world.patient()
    page_of(world, tom.token)
    with world.runtime.store.transaction(SYSTEM, "test", write=False) as tx:
        found = tx.rows(select(AuditEvent.action, AuditEvent.about, AuditEvent.actor))
    action, about, actor = found[-1]
    assert (action, about) == ("patient read", tom.token)
    assert actor.startswith("staff:")


def test_a_fact_that_names_its_date_is_so_since_no_other_day(world: World) -> None:
    tom = world.patient(facts={"medicine_change": "2026-11-20", "uses_caffeine": "yes"})
    page = page_of(world, tom.token)
    known = page.partition('id="known"')[2].partition("</table>")[0]
    rows = [text(row) for row in known.split("<tr>")[2:]]
    assert [row for row in rows if row.startswith("Medicine")] == ["Medicine changed 20 Nov 2026"]
    assert [row for row in rows if row.endswith("Tue 22 Sep")]


def test_a_withheld_text_is_told_before_its_row_is_written(world: World) -> None:
    tom = world.patient()
    with world.runtime.store.transaction(SYSTEM, "test") as tx:
        circumstances.add_pause(tx, tom, None, LONG_AGO + timedelta(days=1))
    live_until(world.runtime, world.runtime.clock.now() + timedelta(days=1, hours=11))
    now = world.runtime.clock.now()
    page = world.member("clinician").get(f"/patients/{tom.token}/nights/{night_of(now, tom.zone)}")
    assert "until resumed" in page.text
    assert "Nothing was due" not in page.text


def test_a_night_says_what_was_sent_what_not_and_why(world: World) -> None:
    tom = world.patient(facts={"uses_caffeine": "yes", "iron_oral": "daily"}, window="08:00-23:30")
    live_until(world.runtime, world.runtime.clock.now() + timedelta(days=2))
    browser = world.member("clinician")
    night = night_of(world.runtime.clock.now(), tom.zone) - timedelta(days=1)
    page = browser.get(f"/patients/{tom.token}/nights/{night}").text
    assert "delivered" in page
    assert "left " in page
    tomorrow = browser.get(f"/patients/{tom.token}/nights/{night + timedelta(days=2)}").text
    assert "Still to come" in tomorrow
    assert "Nothing was due" in tomorrow
    for day in ("someday", "0001-01-01", "9999-12-31"):
        assert browser.get(f"/patients/{tom.token}/nights/{day}").status_code == 404
    assert f"/nights/{night}" in browser.get(f"/patients/{tom.token}").text
    stranger = world.member("clinician", clinic=world.other_clinic())
    assert stranger.get(f"/patients/{tom.token}/nights/{night}").status_code == 404
