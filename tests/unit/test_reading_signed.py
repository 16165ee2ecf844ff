"""Commands signed with the writer's own name, in any case: an opt-out is not missed, and nothing else is one."""

import pytest

from service.domain.reading import read

TOM = ("Tom Whitfield",)
KINDS = ("none", "symptom_0_10", "nicotine_yn", "own", "consent", "paused")


def names(text: str, kind: str, writers: tuple[str, ...] = TOM) -> list[str]:
    return [one.name for one in read(text, [kind], names=writers).intents]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "text",
    [
        *("stop tom", "STOP TOM", "Stop, Tom!", "quit tom", "cancel tom", "stop tom whitfield"),
        *("stop tom thanks", "please stop tom", "stop please tom", "hi stop whitfield", "stop-tom"),
        *("stop texting me tom", "para tom", "baja tom gracias", "stop asking tom"),
    ],
)
def test_an_opt_out_signed_by_its_writer_is_one(text: str, kind: str) -> None:
    assert names(text, kind) == ["stop"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "text",
    [
        *(
            "stop hurting",
            "stop the pain",
            "stop gabapentin",
            "should i stop iron",
            "tom",
        ),
        *("stop carol", "stop tom smoking", "dont stop tom", "told him to stop tom"),
        *("can i stop tom", "make it stop tom", "stop the pain tom", "stop hurting tom"),
    ],
)
def test_what_is_no_opt_out_is_none_with_a_name_either(text: str, kind: str) -> None:
    assert "stop" not in names(text, kind)


@pytest.mark.parametrize(
    ("text", "writer"),
    [
        ("para juan", "Juan Pérez"),
        ("para juan perez gracias", "Juan Pérez"),
        ("stop maria jose", "María José de la Cruz"),
        ("stop de la cruz", "María José de la Cruz"),
        ("stop obrien", "Carol O'Brien"),
        ("stop jean luc", "Jean-Luc Roy"),
        ("stop will", "Will Hope"),
        ("stop dolores", "Dolores Paz"),
    ],
)
def test_names_are_known_however_they_are_typed(text: str, writer: str) -> None:
    assert names(text, "none", (writer,)) == ["stop"]
    assert names(text, "none", ("Ann Lee", writer)) == ["stop"]
    assert names(text, "none", ("Ann Lee",)) == ["unknown"]


def test_no_before_the_word_is_kept() -> None:
    assert names("no para tom", "symptom_0_10") == ["unknown"]


def test_a_part_that_is_no_name_alone_signs_nothing() -> None:
    assert names("stop la", "none", ("María de la Cruz",)) == ["unknown"]


def test_other_commands_are_signed_too_and_answers_stay_answers() -> None:
    reading = read("pause 3 tom", ["symptom_0_10"], names=TOM)
    assert [(one.name, one.value) for one in reading.intents] == [("pause", "3d")]
    assert names("6 tom", "symptom_0_10") == ["symptom_score"]
    assert names("i quit tom", "nicotine_yn") == ["adherence_yes"]


def test_danger_is_not_lost_behind_a_name() -> None:
    assert "red_flag" in names("i want to die stop tom", "none")
    assert "red_flag" in names("stop i want to die tom", "none")
