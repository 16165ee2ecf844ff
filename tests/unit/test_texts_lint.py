"""The linter: the shipped texts pass, and each rule finds the text that breaks it."""

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from message_templates.catalogue import Catalogue, load
from message_templates.lint import faults, lint_body
from tests.texts import without

FACTS = {fact.split("<")[0] for t in load().texts.values() for fact in (*t.only_if, *t.not_if)}


def edited(text_id: str, language: str = "en", **changes: Any) -> Catalogue:
    catalogue = load()
    key = (text_id, language)
    text = replace(catalogue.texts[key], **changes)
    return replace(catalogue, texts=MappingProxyType({**catalogue.texts, key: text}))


def test_the_shipped_texts_have_no_fault() -> None:
    assert faults(load(), FACTS) == []


@pytest.mark.parametrize(
    ("text_id", "language", "changes", "reason"),
    [
        ("SYM-01", "en", {"discreet": "SYM-09"}, "discreet twin SYM-09 does not exist"),
        ("SYM-01", "en", {"discreet": "IRN-01"}, "twin IRN-01 names a health topic"),
        ("SYM-01", "en", {"discreet": None}, "exactly one of discreet, gate and behind"),
        ("SLP-01", "en", {"gate": True}, "exactly one of discreet, gate and behind"),
        ("AUG-02", "en", {"behind": "SYM-01"}, "stands behind SYM-01, which is no gated"),
        ("CAF-03", "en", {"asks": "tea_yn"}, "unknown kind of question: tea_yn"),
        ("CAF-03", "en", {"asks": None}, "question exactly when it asks"),
        ("CAF-01", "en", {"only_if": ("drinks_tea",)}, "unknown fact: drinks_tea"),
        ("ALC-01", "en", {"not_if": ("pregnant", "in_recovery")}, "gate gone: not_if opioid"),
        ("IRN-01", "es", {"only_if": ("iron_oral", "ckd")}, "only_if must be iron_oral"),
        ("IRN-01", "en", {"only_if": ()}, "only_if must be iron_oral"),
        ("DIE-01", "en", {"safety": False}, "safety = true is gone"),
    ],
)
def test_a_broken_property_is_found(
    text_id: str, language: str, changes: dict[str, Any], reason: str
) -> None:
    found = faults(edited(text_id, language, **changes), FACTS)
    assert [(f.text_id, f.language) for f in found] == [(text_id, language)]
    assert reason in found[0].reason
    assert found[0].line > 0


def test_a_lost_safety_text_and_a_long_hint_are_found() -> None:
    catalogue = load()
    texts = {key: text for key, text in catalogue.texts.items() if key[0] != "CMP-02"}
    hints = {"en": {**catalogue.hints["en"], "weekly_3": "three numbers, please"}}
    broken = replace(catalogue, texts=MappingProxyType(texts), hints=hints)
    assert [(f.file, f.text_id) for f in faults(broken, FACTS)] == [
        ("en/hints.toml", ""),
        ("en", "CMP-02"),
    ]


def test_a_text_that_a_language_lacks_is_found_where_its_english_stands() -> None:
    (found,) = faults(without("es", "SLP-03"), FACTS)
    assert (found.file, found.text_id, found.language) == ("en/sleep.toml", "SLP-03", "es")
    assert found.line == load().texts["SLP-03", "en"].line
    assert found.reason == "not in Spanish: write it in es/sleep.toml"


@pytest.mark.parametrize(
    ("text_id", "language", "body", "reason"),
    [
        ("CAF-01", "en", "Water after {cutoff}.", None),
        ("CAF-01", "en", "Please stop at {cutoff}. Start with water, it can help.", None),
        ("CAF-01", "en", "Tea {cutof}?", "unknown placeholder '{cutof}'"),
        ("CAF-01", "en", "Tea {cutoff", "stray '{'"),
        ("CAF-01", "en", "Tea is “fine”", "not in GSM-7: “ ”"),
        ("CAF-01", "es", "¿Más té?", "not in GSM-7: á"),
        ("CAF-01", "en", "x" * 160, None),
        ("CAF-01", "en", "x" * 161, "161 characters; at most 160"),
        ("CAF-01", "es", "x" * 154, "154 characters; at most 153"),
        ("CAF-01", "en", "€" * 81, "162 characters"),
        ("CAF-01", "en", "x" * 150 + "{clinic}", "168 characters with Riverside RLS Team for"),
        ("CAF-01", "en", "x" * 152 + "{cutoff}", None),
        ("CAF-01", "es", "x" * 148 + "{cutoff}", None),
        ("CAF-01", "es", "x" * 149 + "{cutoff}", "154 characters with 12:30 for {cutoff}"),
        ("CAF-03", "en", "Kept it? Reply YES or NO.", None),
        ("CAF-03", "en", "Kept it? Reply YES, NO or QUIT.", "QUIT may not be the answer"),
        ("CAF-03", "en", "Kept it? Reply yes or stop.", "STOP may not be the answer"),
        ("CAF-03", "en", "Had enough? CANCEL it.", "CANCEL may not be the answer"),
        ("CAF-03", "es", "Responda SI o STOP.", "STOP may not be the answer"),
        ("CAF-03", "en", "Reply HELP for help.", "HELP may not be the answer"),
        ("SYS-14", "en", "Reply STOP if you want to end all texts.", None),
        ("SYS-14", "en", "Reply STOP, or END to leave.", "END may not be the answer"),
        ("SYS-11", "en", "Call {crisis} now. In danger? Call {emerg}.", None),
        ("SYS-11", "en", "Call {crisis} now.", "{emerg} must stay"),
        ("SYS-10", "es", "Llame ya.", "{emerg} must stay"),
        ("SYS-12", "en", "Call {emerg} now.", "{poison} must stay"),
        ("SYS-10", "en", "{first}, call {emerg}.", "{first} cannot be filled"),
        ("SYS-01", "es", "{clinic}: ¿Responda SI? STOP para salir.", "AYUDA must stay"),
        ("SYS-01", "en", "{clinic}: Reply YES, or stop to end. HELP for help.", "STOP must stay"),
        ("SYS-05", "en", "Resting until {date}.", None),
        ("SYS-06", "en", "Back on {date}.", "{date} cannot be filled"),
        ("GATE-01", "en", "Reply when you can read.", "OK must stay"),
    ],
)
def test_one_edited_wording(text_id: str, language: str, body: str, reason: str | None) -> None:
    found = lint_body(load().texts[text_id, language], body)
    assert len(found) == (reason is not None)
    assert reason is None or reason in found[0]


def test_every_fault_of_a_wording_is_told_at_once() -> None:
    found = lint_body(load().texts["CAF-03", "en"], "\u2615 {foo} {bar} Reply QUIT. {")
    assert [reason.partition(":")[0] for reason in found] == [
        "unknown placeholder '{foo}'",
        "unknown placeholder '{bar}'",
        "stray '{' at character 27",
        "not in GSM-7",
        "QUIT may not be the answer a text asks for",
    ]
