"""The ladder: who is paged when, what outages and empty lines do to it; and what a page may say."""

import hmac
import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from message_templates.segments import measure
from service.domain import paging
from service.domain.on_call_form import checked_address, checked_secret
from service.domain.paging import OPERATOR, Channel, Contact, Line, Notice

FIRST = Contact("one", Channel.TEXT, Line.FIRST)
SECOND = Contact("two", Channel.EMAIL, Line.SECOND)
ALL = (FIRST, SECOND, OPERATOR)
NOW = datetime(2026, 11, 21, 3, 12, 40, tzinfo=UTC)
NOTICE = Notice(
    "Northside Clinic", "A" * 22, NOW - timedelta(minutes=12, seconds=39), "https://e.org/x"
)


def names(age: float, paged: set[tuple[str, int]], contacts: tuple[Contact, ...]) -> set[str]:
    return {one.token for one, _ in paging.due(timedelta(minutes=age), contacts, paged)}


def lived(contacts: tuple[Contact, ...], until: int) -> dict[str, list[int]]:
    """In which minutes each contact is paged when it is looked every minute."""
    done: set[tuple[str, int]] = set()
    minutes: dict[str, list[int]] = {one.token: [] for one in contacts}
    for minute in range(until):
        for one, step in paging.due(timedelta(minutes=minute), contacts, done):
            minutes[one.token].append(minute)
            done.add((one.token, step))
    return minutes


def test_the_ladder_from_the_alert_on() -> None:
    regular = list(range(25, 236, 15))
    assert lived(ALL, 2000) == {
        "one": [0, 5, 10, *regular],
        "two": [10, *regular],
        "operator": [25, 240],
    }


@pytest.mark.parametrize(
    ("contacts", "at_once"),
    [
        ((), set()),
        ((SECOND,), {"two"}),
        ((SECOND, OPERATOR), {"two"}),
        ((OPERATOR,), {"operator"}),
        (ALL, {"one"}),
    ],
)
def test_where_the_first_line_is_empty_the_next_takes_its_place(
    contacts: tuple[Contact, ...], at_once: set[str]
) -> None:
    assert names(0, set(), contacts) == at_once


def test_after_an_outage_each_is_paged_once_and_not_for_every_step_missed() -> None:
    found = paging.due(timedelta(minutes=70), ALL, {("one", 0)})
    assert {(one.token, paging.LADDER[step].after) for one, step in found} == {
        ("one", timedelta(minutes=70)),
        ("two", timedelta(minutes=70)),
        ("operator", timedelta(minutes=25)),
    }


def test_a_page_in_vain_is_tried_until_the_next_step_and_then_no_more() -> None:
    waits = [paging.wait_after(n) for n in range(1, 20)]
    tried = [wait for wait in waits if wait]
    assert tried == sorted(tried)
    assert timedelta(minutes=10) < sum(tried, timedelta(0)) < paging.REPEAT
    assert waits[len(tried) :] == [None] * (len(waits) - len(tried))


def test_a_page_says_that_an_alert_waits_and_how_long() -> None:
    text = paging.text_of(NOTICE, NOW)
    assert text == "Northside Clinic: a RED alert waits, 12 min. Sign in: https://e.org/x"
    subject, body = paging.mail_of(NOTICE, NOW)
    assert subject == "Northside Clinic: a RED alert waits, 12 min"
    assert "https://e.org/x" in body
    told = json.loads(paging.json_of(NOTICE, NOW))
    assert told == {
        "event": "red_alert",
        "clinic": "Northside Clinic",
        "alert": "A" * 22,
        "opened_at": "2026-11-21T03:00:01+00:00",
        "minutes": 12,
        "url": "https://e.org/x",
    }


def test_the_longest_page_by_text_is_one_segment() -> None:
    url = "https://" + "x" * 57 + ".org/alerts/" + "Z" * 22
    notice = Notice("N" * 18, "Z" * 22, NOW - paging.ENDS, url)
    assert measure(paging.text_of(notice, NOW)).segments == 1


def test_long_waits_are_told_in_hours() -> None:
    later = NOW + timedelta(hours=4)
    assert "a RED alert waits, 4 h." in paging.text_of(NOTICE, later)


def test_a_test_page_says_that_nothing_is_wrong() -> None:
    notice = Notice("Northside Clinic", "", None, "https://e.org")
    assert paging.text_of(notice, NOW) == "Northside Clinic: a test page. Nothing is wrong."
    assert "Nothing is wrong" in paging.mail_of(notice, NOW)[1]
    assert json.loads(paging.json_of(notice, NOW))["event"] == "test"


def test_the_signature_binds_body_and_time() -> None:
    signed = paging.signature("s3cret", b'{"a": 1}', NOW)
    stamp = int(NOW.timestamp())
    expected = hmac.new(b"s3cret", f'{stamp}.{{"a": 1}}'.encode(), sha256).hexdigest()
    assert signed == f"t={stamp},v1={expected}"
    assert signed != paging.signature("s3cret", b'{"a": 1}', NOW + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("channel", "typed", "kept"),
    [
        (Channel.TEXT, "902 555 0188", "+19025550188"),
        (Channel.EMAIL, "oncall@clinic.org", "oncall@clinic.org"),
        (Channel.WEBHOOK, "https://h.example.org/x?y=1", "https://h.example.org/x?y=1"),
        (Channel.WEBHOOK, "http://127.0.0.1:8000/x", "http://127.0.0.1:8000/x"),
    ],
)
def test_addresses_that_can_be_paged(channel: Channel, typed: str, kept: str) -> None:
    assert checked_address(channel, typed, "CA", loopback=True) == kept


@pytest.mark.parametrize(
    ("channel", "typed", "why"),
    [
        (Channel.TEXT, "12", "No such number"),
        (Channel.EMAIL, "oncall", "no e-mail address"),
        (Channel.EMAIL, "a@b.org, c@d.org", "no e-mail address"),
        (Channel.EMAIL, "a@b.org\nBcc: c@d.org", "no e-mail address"),
        (Channel.EMAIL, "a" * 300 + "@b.org", "Longer than 254"),
        (Channel.WEBHOOK, "h.example.org", "no web address"),
        (Channel.WEBHOOK, "https://[::1", "no web address"),
        (Channel.WEBHOOK, "https://h.example.org:x/", "no web address"),
        (Channel.WEBHOOK, "https://h.example.org/ x", "no web address"),
        (Channel.WEBHOOK, "http://h.example.org/", "begins with https"),
        (Channel.WEBHOOK, "http://127.0.0.1/", "begins with https"),
        (Channel.WEBHOOK, "ftp://h.example.org/", "begins with https"),
        (Channel.WEBHOOK, "https://me:pass@h.example.org/", "Leave out"),
    ],
)
def test_addresses_that_cannot(channel: Channel, typed: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        checked_address(channel, typed, "CA", loopback=False)


def test_a_webhook_has_a_secret_that_cannot_be_guessed() -> None:
    assert checked_secret(Channel.TEXT, "anything") == ""
    assert checked_secret(Channel.WEBHOOK, "x" * 20) == "x" * 20
    with pytest.raises(ValueError, match="20 characters"):
        checked_secret(Channel.WEBHOOK, "x" * 19)
