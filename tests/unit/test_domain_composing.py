"""Bodies from templates: the clinic's own values, the language, the twin that may be read by anybody."""

import pytest

from message_templates.catalogue import load
from message_templates.render import PlaceholderError
from service.domain.composing import NoTextError, as_received, compose
from service.domain.keywords import is_provider_keyword
from tests.world import CLINIC

SHIPPED = load()


def test_the_clinics_values_are_filled_in() -> None:
    composed = compose(SHIPPED, CLINIC, "SYS-10", "en", {"first": "Tom"})
    assert composed.template == "SYS-10"
    assert "911" in composed.body
    assert "{" not in composed.body
    assert composed.segments >= 1


def test_a_missing_value_and_a_missing_text_are_told() -> None:
    with pytest.raises(PlaceholderError):
        compose(SHIPPED, CLINIC, "CAF-01", "en", {"first": "Tom"})
    with pytest.raises(NoTextError, match="'fr'"):
        compose(SHIPPED, CLINIC, "SYS-10", "fr", {})
    with pytest.raises(NoTextError, match="XXX-99"):
        compose(SHIPPED, CLINIC, "XXX-99", "en", {})


@pytest.mark.parametrize(
    ("name", "greeted"),
    [
        ("Zoë", "Hi Zoe."),
        ("María", "Hi Maria."),
        ("José", "Hi José."),
        ("Nuñez", "Hi Nuñez."),
        ("Łukasz", "Hi Łukasz."),
        ("Дарья", "Hi Дарья."),
    ],
)
def test_a_name_keeps_the_marks_that_gsm_7_has(name: str, greeted: str) -> None:
    composed = compose(SHIPPED, CLINIC, "SYS-01", "en", {"first": name})
    assert greeted in composed.body
    assert (composed.segments == 1) == (name not in {"Łukasz", "Дарья"})


def test_a_discreet_patient_is_sent_the_twin() -> None:
    assert as_received(SHIPPED, "SYM-01", "en", "plain") == "SYM-01"
    assert as_received(SHIPPED, "SYM-01", "en", "discreet") == "SYM-02"


@pytest.mark.parametrize(
    ("body", "keyword"),
    [("STOP", True), (" stop ", True), ("Help", True), ("stop please", False), ("", False)],
)
def test_which_bodies_the_provider_answers_itself(body: str, keyword: bool) -> None:
    assert is_provider_keyword(body) is keyword
