"""Characters outside GSM-7: found where they stand, named, with what to write instead."""

from message_templates.stray_characters import Stray, stray_characters


def test_each_place_is_named_with_what_to_write_instead() -> None:
    assert stray_characters("¿Té o “café” — más?") == [
        Stray("“", "left double quotation mark", 7, '"'),
        Stray("”", "right double quotation mark", 12, '"'),
        Stray("—", "em dash", 14, "-"),
        Stray("á", "latin small letter a with acute", 17, "a"),
    ]


def test_where_nothing_obvious_replaces_it_nothing_is_proposed() -> None:
    assert [(one.character, one.instead) for one in stray_characters("Łódź 🌙")] == [
        ("Ł", ""),
        ("ó", "o"),
        ("ź", ""),
        ("🌙", ""),
    ]


def test_what_gsm_7_spells_is_no_stray() -> None:
    assert stray_characters("¿Qué? Niño, 5 € [ok] ñ é à ü") == []
