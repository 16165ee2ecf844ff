"""Paging: by the ladder and over every channel until somebody has the alert; twice is harmless, lost is not."""

import json
from dataclasses import replace
from typing import cast

import pytest

from service.domain import paging
from service.domain.paging import Channel, Hook, Line
from service.flows.page_staff import NotTestedError, page_staff, send_test
from service.gateways.pager_simulated import SimulatedPager
from service.store import alerts, on_call, staff_pages
from service.store.on_call import Reachable
from service.store.session import SYSTEM, ClinicScope
from service.store.staff_pages import LastPage
from tests.world import World

ON_CALL, SECOND = "+19025550188", "+19025550189"
DANGER = "I want to kill myself"
SECRET = "a secret of twenty and more"
HOOK = "https://hooks.example.org/evenfall"


def pager(world: World) -> SimulatedPager:
    return cast("SimulatedPager", world.runtime.pager)


def calls(
    world: World, channel: Channel, address: str, line: Line = Line.FIRST, secret: str = ""
) -> str:
    with world.store.transaction(SYSTEM, "test") as tx:
        now = world.clock.now()
        return on_call.add(tx, world.clinic.id, channel, line, address, secret, now)


def everybody(world: World) -> None:
    calls(world, Channel.TEXT, ON_CALL)
    calls(world, Channel.EMAIL, "oncall@example.org")
    calls(world, Channel.WEBHOOK, HOOK, secret=SECRET)
    calls(world, Channel.TEXT, SECOND, Line.SECOND)


def minutes(world: World, count: int) -> None:
    """So much time passes, looked at every minute, as the ticker does more often."""
    for _ in range(count):
        world.live(minutes=1)
        page_staff(world.runtime)


def texts(world: World, number: str) -> list[str]:
    return [text.body for text, _ in world.gateway.ledger if text.to == number]


def alert(world: World) -> str:
    (row,) = world.rows("alert", tier="RED", closed_at=None)
    return str(row.token)


def acts(world: World, act: str) -> bool:
    with world.store.transaction(ClinicScope(world.clinic.id), "staff:one") as tx:
        if act == "have it":
            return bool(alerts.acknowledge(tx, alert(world), world.clock.now()))
        return alerts.resolve_alert(tx, alert(world), "Called", world.clock.now())


def last(world: World, token: str) -> LastPage:
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        known = {one.contact.token: one.id for one in on_call.contacts(tx, world.clinic.id)}
        return staff_pages.last_pages(tx, world.clinic.id)[known[token]]


def contact(world: World, token: str) -> Reachable:
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        found = on_call.contact_named(tx, token)
    assert found is not None
    return found


def test_danger_pages_the_first_line_at_once_and_tells_nothing_of_the_patient(
    world: World,
) -> None:
    everybody(world)
    patient = world.patient(given_name="Thomasina", phone="+19025550177")
    world.say(patient, DANGER)
    page_staff(world.runtime)
    world.live(seconds=5)
    link = f"http://127.0.0.1:8000/alerts/{alert(world)}"
    assert texts(world, ON_CALL) == [f"Northside Clinic: a RED alert waits, 0 min. Sign in: {link}"]
    assert texts(world, SECOND) == []
    ((to, subject, body),) = pager(world).mailed
    ((hook, notice),) = pager(world).posted
    assert (to, hook) == ("oncall@example.org", Hook(HOOK, SECRET))
    assert json.loads(notice)["url"] == link
    everything = f"{texts(world, ON_CALL)} {subject} {body} {notice!r}"
    assert not [
        word for word in ("Thomasina", "5550177", "kill", patient.ref) if word in everything
    ]


def test_nobody_answers_and_the_circle_widens(world: World) -> None:
    everybody(world)
    world.runtime = replace(
        world.runtime, choices=replace(world.runtime.choices, operator=Hook("https://op.org", "s"))
    )
    world.say(world.patient(), DANGER)
    page_staff(world.runtime)
    minutes(world, 9)
    assert (len(texts(world, ON_CALL)), len(texts(world, SECOND))) == (2, 0)
    minutes(world, 2)
    assert (len(texts(world, ON_CALL)), len(texts(world, SECOND))) == (3, 1)
    assert "waits, 10 min" in texts(world, SECOND)[0]
    assert "https://op.org" not in {hook.url for hook, _ in pager(world).posted}
    minutes(world, 15)
    assert (len(texts(world, ON_CALL)), len(texts(world, SECOND))) == (4, 2)
    assert [hook.url for hook, _ in pager(world).posted].count("https://op.org") == 1


@pytest.mark.parametrize("act", ["have it", "resolve"])
def test_who_has_it_ends_the_pages_also_those_that_wait(world: World, act: str) -> None:
    token = calls(world, Channel.EMAIL, "oncall@example.org")
    calls(world, Channel.TEXT, ON_CALL)
    pager(world).fault = "It did not answer."
    world.say(world.patient(), DANGER)
    page_staff(world.runtime)
    assert acts(world, act)
    assert not acts(world, act) if act == "have it" else True
    pager(world).fault = ""
    minutes(world, 30)
    assert not pager(world).mailed
    assert texts(world, ON_CALL) == []
    with world.store.transaction(SYSTEM, "test", write=False) as tx:
        assert contact(world, token).id not in staff_pages.last_pages(tx, world.clinic.id)


def test_to_have_it_is_not_to_close_it(world: World) -> None:
    world.say(world.patient(), DANGER)
    acts(world, "have it")
    (row,) = world.rows("alert", tier="RED")
    assert (row.acknowledged_by, row.closed_at) == ("staff:one", None)


def test_who_writes_again_and_again_is_paged_once_and_taken_once(world: World) -> None:
    calls(world, Channel.EMAIL, "oncall@example.org")
    patient = world.patient()
    for _ in range(3):
        world.say(patient, DANGER)
        page_staff(world.runtime)
    assert len(pager(world).mailed) == 1
    with world.store.transaction(ClinicScope(world.clinic.id), "staff:one") as tx:
        token = str(world.rows("alert", tier="RED")[-1].token)
        assert len(alerts.acknowledge(tx, token, world.clock.now())) == 3
    minutes(world, 6)
    assert len(pager(world).mailed) == 1
    world.say(patient, DANGER)
    page_staff(world.runtime)
    assert len(pager(world).mailed) == 2


def test_a_page_in_vain_is_tried_again_until_it_is_through(world: World) -> None:
    token = calls(world, Channel.WEBHOOK, HOOK, secret=SECRET)
    pager(world).fault = "It answered 503."
    world.say(world.patient(), DANGER)
    assert page_staff(world.runtime) == 1
    assert page_staff(world.runtime) == 0
    assert (last(world, token).state, last(world, token).outcome) == ("due", "It answered 503.")
    pager(world).fault = ""
    world.clock.advance(seconds=11)
    assert page_staff(world.runtime) == 1
    assert (last(world, token).state, last(world, token).attempts) == ("handed", 2)
    assert last(world, token).outcome == ""


def test_a_page_that_never_gets_through_ends_in_words(world: World) -> None:
    token = calls(world, Channel.WEBHOOK, HOOK, secret=SECRET)
    with world.store.transaction(ClinicScope(world.clinic.id), "staff:one") as tx:
        send_test(world.runtime, tx, world.clinic, contact(world, token), world.clock.now())
    pager(world).fault = "It answered 503."
    tried = 0
    for _ in range(40):
        tried += page_staff(world.runtime)
        world.clock.advance(seconds=60)
    assert tried == len(paging.WAITS) + 1
    assert (last(world, token).state, last(world, token).outcome) == ("failed", "It answered 503.")


class CrashError(Exception):
    """The process ends here."""


class CrashingPager(SimulatedPager):
    """The page leaves, and the process dies before it can say so."""

    def mail(self, to: str, subject: str, body: str) -> None:
        super().mail(to, subject, body)
        raise CrashError


def test_what_a_crash_left_is_paged_again(world: World) -> None:
    calls(world, Channel.EMAIL, "oncall@example.org")
    world.say(world.patient(), DANGER)
    pager(world).fault = "It did not answer."
    page_staff(world.runtime)
    pager(world).fault = ""
    world.clock.advance(seconds=11)
    # A process claims it, and is heard of no more.
    with world.store.transaction(SYSTEM, "test") as tx:
        assert len(staff_pages.claim(tx, 10, world.clock.wall())) == 1
    assert page_staff(world.runtime) == 0
    world.clock.advance(seconds=61)
    assert page_staff(world.runtime) == 1
    assert len(pager(world).mailed) == 1


def test_what_breaks_here_holds_up_no_other(world: World) -> None:
    token = calls(world, Channel.EMAIL, "oncall@example.org")
    calls(world, Channel.WEBHOOK, HOOK, secret=SECRET)
    broken = CrashingPager()
    world.runtime = replace(world.runtime, pager=broken)
    world.say(world.patient(), DANGER)
    assert page_staff(world.runtime) == 2
    assert len(broken.posted) == 1
    assert "log of the service" in last(world, token).outcome


def test_paging_twice_at_once_pages_once(world: World) -> None:
    everybody(world)
    world.say(world.patient(), DANGER)
    for _ in range(3):
        page_staff(world.runtime)
    world.live(seconds=5)
    assert [len(texts(world, ON_CALL)), len(pager(world).mailed), len(pager(world).posted)] == [
        1
    ] * 3


def test_a_number_that_said_stop_or_is_a_patients_gets_no_page(world: World) -> None:
    first = calls(world, Channel.TEXT, ON_CALL)
    second = calls(world, Channel.TEXT, SECOND)
    world.say_from(ON_CALL, "STOP")
    world.say(world.patient(phone=SECOND), DANGER)
    before = len(texts(world, SECOND))
    page_staff(world.runtime)
    world.live(seconds=5)
    assert len(texts(world, SECOND)) == before
    assert texts(world, ON_CALL) == []
    assert "STOP came" in last(world, first).outcome
    assert "A patient has this number" in last(world, second).outcome


def test_what_who_is_on_call_answers_waits_for_nobody(world: World) -> None:
    calls(world, Channel.TEXT, ON_CALL)
    world.say_from(ON_CALL, "ok")
    (reply,) = world.rows("inbound")
    assert (reply.review_state, texts(world, ON_CALL)) == ("none", [])


def test_a_stranger_in_danger_pages_too_and_others_do_not(world: World) -> None:
    calls(world, Channel.EMAIL, "oncall@example.org")
    world.say(world.patient(), "my legs hurt")
    page_staff(world.runtime)
    assert not pager(world).mailed
    world.say_from("+19025559999", DANGER)
    page_staff(world.runtime)
    assert len(pager(world).mailed) == 1


def test_without_any_contact_the_operator_is_paged_at_once(world: World) -> None:
    world.runtime = replace(
        world.runtime, choices=replace(world.runtime.choices, operator=Hook("https://op.org", "s"))
    )
    world.say(world.patient(), DANGER)
    page_staff(world.runtime)
    assert [hook.url for hook, _ in pager(world).posted] == ["https://op.org"]


def test_ten_test_pages_an_hour(world: World) -> None:
    one = contact(world, calls(world, Channel.TEXT, ON_CALL))
    scope = ClinicScope(world.clinic.id)
    with world.store.transaction(scope, "staff:one") as tx:
        for _ in range(10):
            send_test(world.runtime, tx, world.clinic, one, world.clock.now())
        with pytest.raises(NotTestedError, match="10 test pages"):
            send_test(world.runtime, tx, world.clinic, one, world.clock.now())
    world.live(seconds=5)
    assert texts(world, ON_CALL) == ["Northside Clinic: a test page. Nothing is wrong."] * 10
    assert last(world, one.contact.token).text_state == "delivered"


def test_a_contact_taken_off_is_paged_no_more(world: World) -> None:
    token = calls(world, Channel.EMAIL, "oncall@example.org")
    pager(world).fault = "It did not answer."
    world.say(world.patient(), DANGER)
    page_staff(world.runtime)
    pager(world).fault = ""
    with world.store.transaction(ClinicScope(world.clinic.id), "staff:one") as tx:
        assert on_call.remove(tx, token, world.clock.now())
    world.clock.advance(minutes=20)
    assert page_staff(world.runtime) == 0
