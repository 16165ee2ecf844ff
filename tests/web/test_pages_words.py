"""Times, states and readings in words."""

from datetime import UTC, date, datetime, timedelta

import pytest

from service.domain.counting import counted
from service.domain.delivery import State
from service.domain.reading import read
from service.domain.reading.labels import INTENTS, QUESTION_KINDS, RED_FLAGS, SIDE_EFFECTS, TOPICS
from service.entry.web import reading_words, words
from service.store.overview import Read

NOW = datetime(2026, 11, 21, 12, 2, tzinfo=UTC)
ZONE = "America/Halifax"
TODAY = date(2026, 11, 21)  # a Saturday
# Where the reader gives these and nothing else.
VALUES = {
    "nights_count": ("0", "1", "7"),
    "pause": ("", "1d", "365d", "until:sat", "until:31", "until:01-25", "until:2027-01-25"),
    "later": ("", "sat", "21:00"),
    "correction": (
        "symptom_score:2",
        "adherence_no:no",
        "weekly_scores:5,2,4",
        "night:tue",
        "night:prev",
    ),
    "side_effect": SIDE_EFFECTS,
    "topic_stop": TOPICS,
    "own_week": ("yes", "no"),
    "red_flag": RED_FLAGS,
}


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(0), "08:02 today"),
        (timedelta(hours=9), "23:02 yesterday"),
        (timedelta(days=4), "Tue 17 Nov, 08:02"),
        (timedelta(days=365), "Fri 21 Nov 2025, 08:02"),
    ],
)
def test_moments(ago: timedelta, said: str) -> None:
    assert words.moment(NOW - ago, NOW, ZONE) == said


@pytest.mark.parametrize(
    ("later", "said"),
    [
        (timedelta(0), "now"),
        (timedelta(hours=12), "today 20:02"),
        (timedelta(days=1), "tomorrow 08:02"),
        (timedelta(days=3), "Tue 24 Nov, 08:02"),
        (timedelta(days=400), "Sun 26 Dec 2027, 08:02"),
    ],
)
def test_what_is_ahead(later: timedelta, said: str) -> None:
    assert words.ahead(NOW + later, NOW, ZONE) == said


@pytest.mark.parametrize(
    ("born", "age"),
    [("1972-11-21", 54), ("1972-11-22", 53), ("2026-11-21", 0), ("not known", None)],
)
def test_age(born: str, age: int | None) -> None:
    assert words.age(born, date(2026, 11, 21)) == age


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (4, "4 s"),
        (89, "89 s"),
        (720, "12 min"),
        (3 * 3600, "3 h"),
        (60 * 86400, "60 days"),
        (-5, "0 s"),
    ],
)
def test_spans(length: int, said: str) -> None:
    assert words.span(timedelta(seconds=length)) == said


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("two\r\nlines", "two\nlines"),
        ("\u202egnol", "‹U+202E›gnol"),
        ("a\x00b\x1bc", "a‹U+0000›b‹U+001B›c"),
        ("\u2066x\u2069\u200f", "‹U+2066›x‹U+2069›‹U+200F›"),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469"),
        ("niño 😩", "niño 😩"),
    ],
)
def test_hidden_signs_are_shown(text: str, shown: str) -> None:
    assert words.visible(text) == shown


@pytest.mark.parametrize("state", State)
def test_every_state_has_words(state: State) -> None:
    said = words.fate(state, "expired", 30005)
    assert said
    assert "_" not in said


def test_a_provider_code_is_a_sentence() -> None:
    assert words.fate("undelivered", None, 30005) == (
        "not delivered: The number is unknown or not in service."
    )


@pytest.mark.parametrize("intent", INTENTS)
def test_every_intent_has_words(intent: str) -> None:
    for kind in (*QUESTION_KINDS, None):
        for value in VALUES.get(intent, ("", "no:forgot", "4", "yes@prev")):
            said = reading_words.reading(Read(intent, value, kind), TODAY)
            assert said
            assert "_" not in said
            assert "{" not in said


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        ("4", "symptom_0_10", "severity 4"),
        ("yes", "iron_yn", "iron taken"),
        ("no", "caffeine_yn", "caffeine cut-off not kept"),
        ("5 2 4", "weekly_3", "week: in bed 5, at rest 2, poor sleep 4"),
        ("yes", "aug_earlier_yn", "yes to: symptoms earlier or spreading"),
        ("8 pm", "onset_time", "symptoms from 20:00"),
        ("stop", "none", "asked to stop all texts"),
        ("I have chest pain", "none", "danger: chest, breath or stroke signs"),
        ("pause until monday", "none", "asked to pause until Monday 23 Nov"),
        ("pause until the 3rd", "none", "asked to pause until Thursday 3 Dec"),
        ("pause 2 weeks", "none", "asked to pause for 14 days"),
        ("pause 1 day", "none", "asked to pause for 1 day"),
        ("pause", "none", "asked to pause"),
        ("later", "iron_yn", "asked to be asked again"),
        ("later 9pm", "iron_yn", "asked to be asked again at 21:00"),
        ("1", "nights_0_7", "1 hard night"),
        ("oops meant 2 not 7", "symptom_0_10", "a correction: severity 2"),
        ("that was for Tuesday", "symptom_0_10", "a correction: that was for Tuesday 17 Nov"),
        ("sorry that should of been no", "iron_yn", "a correction: no"),
        ("15", "symptom_0_10", "not understood (out of range), for you"),
        ("1am tonight", "bedtime_ask", "bedtime 01:00, for tonight only"),
        ("no forgot", "iron_yn", "iron not taken (forgot)"),
        ("espanol", "none", "asked for Spanish"),
    ],
)
def test_what_the_reader_reads_is_said(body: str, kind: str, said: str) -> None:
    first = read(body, [kind]).intents[0]
    assert reading_words.reading(Read(first.name, first.value, first.kind), TODAY) == said


@pytest.mark.parametrize(
    ("number", "names", "said"),
    [
        (1, ("person", "people"), "1 person"),
        (0, ("person", "people"), "0 people"),
        (1204, ("text",), "1,204 texts"),
        (1, ("programme says", "programmes say"), "1 programme says"),
    ],
)
def test_counts_are_said_as_people_do(number: int, names: tuple[str, ...], said: str) -> None:
    assert counted(number, *names) == said


@pytest.mark.parametrize(
    ("reason", "detail", "said"),
    [
        ("paused", "until 2026-12-06", "The patient's texts are paused: until Sun 6 Dec."),
        ("paused", "until 2027-01-03", "The patient's texts are paused: until Sun 3 Jan 2027."),
        ("paused", "until resumed", "The patient's texts are paused: until resumed."),
        ("held", "blood test 2026-11-25", "a date or a person: blood test Wed 25 Nov."),
        ("held", "iron_hold", "a date or a person: iron hold."),
    ],
)
def test_a_date_inside_a_reason_is_told_as_other_dates(reason: str, detail: str, said: str) -> None:
    assert words.withheld(reason, detail, TODAY).endswith(said)
    assert words.fate(State.SUPPRESSED, reason, None, detail, TODAY).endswith(said)
