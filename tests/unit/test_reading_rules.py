"""Which question an answer belongs to, what is quoted, and the edges that a table shows best."""

from datetime import time

import pytest

from service.domain.reading import Intent, read
from service.domain.reading.spelling import one_edit


def pairs(text: str, *kinds: str) -> list[tuple[str, str, str | None]]:
    return [(i.name, i.value, i.kind) for i in read(text, kinds).intents]


@pytest.mark.parametrize(
    ("text", "kinds", "expected"),
    [
        ("yes", ("caffeine_yn", "iron_yn"), [("adherence_yes", "yes", "caffeine_yn")]),
        ("6", ("iron_yn", "symptom_0_10"), [("symptom_score", "6", "symptom_0_10")]),
        ("yes", ("symptom_0_10", "iron_yn"), [("adherence_yes", "yes", "iron_yn")]),
        (
            "6, yes",
            ("symptom_0_10", "iron_yn"),
            [("symptom_score", "6", "symptom_0_10"), ("adherence_yes", "yes", "iron_yn")],
        ),
        ("6", ("weekly_3", "symptom_0_10"), [("symptom_score", "6", "symptom_0_10")]),
        ("6", ("weekly_3",), [("unknown", "incomplete", "weekly_3")]),
        ("6 2 4", ("symptom_0_10", "weekly_3"), [("weekly_scores", "6,2,4", "weekly_3")]),
        ("8", ("onset_time", "symptom_0_10"), [("onset_time", "20:00", "onset_time")]),
        ("ok", ("gate", "iron_yn"), [("ready", "", "gate")]),
        ("yes", ("gate", "iron_yn"), [("ready", "", "gate")]),
        ("yes", ("iron_yn", "gate"), [("adherence_yes", "yes", "iron_yn")]),
        ("no", ("urges_yn",), [("screen_no", "no", "urges_yn")]),
        ("iron yes", ("caffeine_yn", "iron_yn"), [("adherence_yes", "yes", "iron_yn")]),
        ("STOP", ("iron_yn",), [("stop", "", None)]),
        ("YES", ("consent",), [("start", "", "consent")]),
        ("hello", (), [("unknown", "", None)]),
        ("resume", ("paused", "symptom_0_10"), [("resume", "", None)]),
        ("RESUME", ("symptom_0_10", "paused"), [("resume", "", None)]),
        ("VOLVER", ("iron_yn", "paused"), [("resume", "", None)]),
        ("back", ("paused", "iron_yn"), [("resume", "", None)]),
        ("7", ("paused", "symptom_0_10"), [("symptom_score", "7", "symptom_0_10")]),
        ("7", ("symptom_0_10", "paused"), [("symptom_score", "7", "symptom_0_10")]),
        ("yes", ("iron_yn", "paused"), [("adherence_yes", "yes", "iron_yn")]),
    ],
)
def test_an_answer_goes_to_the_newest_open_question_of_its_type(
    text: str, kinds: tuple[str, ...], expected: list[tuple[str, str, str | None]]
) -> None:
    assert pairs(text, *kinds) == expected


@pytest.mark.parametrize(
    "kinds",
    [
        ("iron_yn",),
        ("symptom_0_10",),
        ("onset_time",),
        ("onset_time", "iron_yn"),
        ("iron_yn", "symptom_0_10", "onset_time"),
        ("symptom_0_10", "paused"),
    ],
)
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bedtime 10:30", ("bedtime_change", "22:30", None)),
        ("bedtime 23:15", ("bedtime_change", "23:15", None)),
        ("my bedtime is 10:30 now", ("bedtime_change", "22:30", None)),
        ("hora de dormir 22:30", ("bedtime_change", "22:30", None)),
        ("bedtime 25:00", ("unknown", "invalid_time", None)),
    ],
)
def test_a_bedtime_command_keeps_its_meaning_whatever_is_open(
    text: str, expected: tuple[str, str, None], kinds: tuple[str, ...]
) -> None:
    assert pairs(text, *kinds) == [expected]


@pytest.mark.parametrize(
    ("text", "usual", "expected"),
    [
        ("8:30", time(8, 0), "08:30"),
        ("8:30", time(21, 0), "20:30"),
        ("8:30", None, "20:30"),
        ("12", time(23, 0), "00:00"),
        ("7", time(7, 30), "07:00"),
        ("7 pm", time(7, 30), "19:00"),
    ],
)
def test_a_bare_hour_is_nearest_to_the_usual_bedtime(
    text: str, usual: time | None, expected: str
) -> None:
    assert read(text, ["bedtime_ask"], bedtime=usual).intents[0].value == expected


def test_the_patients_own_words_are_quoted() -> None:
    reading = read("Hola, ¡me duele el PECHO mucho!", ["none"])
    assert reading.intents == (Intent("red_flag", "chest_pain", "duele el PECHO"),)


@pytest.mark.parametrize(
    ("text", "kinds", "machine"),
    [
        ("Liked “Did you take your iron today? Reply YES, NO or LATER.”", ["iron_yn"], True),
        ("👍 to “How were your legs last night?”", ["symptom_0_10"], True),
        ("Le gustó “¿Se ha tomado hoy el hierro?”", ["iron_yn"], True),
        ("Automatic reply: I am out of the office until Monday.", ["none"], True),
        ("Message not delivered", ["tip"], True),
        ("👍", ["iron_yn"], False),
        ("yes", ["iron_yn"], False),
    ],
)
def test_machine_made_texts_are_marked_and_never_answer(
    text: str, kinds: list[str], machine: bool
) -> None:
    reading = read(text, kinds)
    assert reading.machine_made == machine
    assert (reading.intents[0].name == "unknown") == machine


@pytest.mark.parametrize(
    ("typed", "stops"),
    [
        ("stp", True),
        ("sotp", True),
        ("Stopp.", True),
        ("stoop", False),
        ("step", False),
        ("shop", False),
        ("top", False),
        ("sotp it hurts", False),
        ("stopp plz", True),
        ("please sotp now", True),
        ("step now please", False),
    ],
)
def test_only_a_lone_misspelt_stop_opts_out(typed: str, stops: bool) -> None:
    assert (read(typed, ["none"]).intents[0].name == "stop") == stops


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("stop", "stop", False),
        ("stop", "sotp", True),
        ("stop", "stp", True),
        ("stop", "stopp", True),
        ("stop", "stap", True),
        ("stop", "tsop", True),
        ("stop", "tspo", False),
        ("stop", "stoppp", False),
        ("", "a", True),
    ],
)
def test_one_damerau_edit(left: str, right: str, expected: bool) -> None:
    assert one_edit(left, right) == expected
    assert one_edit(right, left) == expected


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("PAUSE 0", "out_of_range"),
        ("pause for 0 days", "out_of_range"),
        ("pause for zero days", "out_of_range"),
        ("stop for 0 days", "out_of_range"),
        ("PAUSA 0", "out_of_range"),
        ("pause 9999", "out_of_range"),
        ("AWAY until yesterday", "invalid_time"),
        ("pause until last monday", "invalid_time"),
        ("pause until today", "invalid_time"),
        ("pause until the 45th", "invalid_time"),
        ("fuera hasta ayer", "invalid_time"),
    ],
)
def test_a_pause_of_nothing_or_until_a_day_gone_by_is_none(said: str, value: str) -> None:
    assert [(one.name, one.value) for one in read(said, ["none"]).intents] == [("unknown", value)]


@pytest.mark.parametrize(
    ("said", "value"),
    [("pause", ""), ("pause until I am well", ""), ("pause two weeks", "14d"), ("away 3", "3d")],
)
def test_a_pause_with_or_without_a_length_is_one(said: str, value: str) -> None:
    assert [(one.name, one.value) for one in read(said, ["none"]).intents] == [("pause", value)]
