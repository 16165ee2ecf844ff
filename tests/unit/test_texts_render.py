"""Rendering, formats and lengths: a text as it leaves, and how long it is on the air."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from message_templates.formats import clock_time, short_date
from message_templates.render import PLACEHOLDERS, PlaceholderError, placeholders, render
from message_templates.segments import measure

NAMES = st.sampled_from(sorted(PLACEHOLDERS))


def test_render_fills_every_placeholder_once_and_reads_values_no_further() -> None:
    assert placeholders("{clinic}: {first}, {clinic}") == ("clinic", "first")
    assert render("{clinic}: {first}!", {"clinic": "{phone}", "first": "Ana"}) == "{phone}: Ana!"


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "}",
        "{}",
        "{{first}}",
        "{first!r}",
        "{first:>50000000}",
        "{first.phone}",
        "{First}",
        "{name}",
    ],
)
def test_any_other_brace_is_an_error(body: str) -> None:
    with pytest.raises(PlaceholderError):
        placeholders(body)
    with pytest.raises(PlaceholderError):
        render(body, dict.fromkeys(PLACEHOLDERS, "x"))


@pytest.mark.parametrize("values", [{}, {"first": ""}, {"clinic": "x"}])
def test_a_missing_value_is_an_error(values: dict[str, str]) -> None:
    with pytest.raises(PlaceholderError, match=r"no value for \{first\}"):
        render("Hi {first}", values)


@given(st.text(st.characters(exclude_characters="{}")), NAMES)
def test_text_around_a_placeholder_stays_as_it_is(text: str, name: str) -> None:
    assert render(text + "{" + name + "}", {name: "v"}) == text + "v"


@pytest.mark.parametrize(
    ("at", "english", "spanish"),
    [
        (time(0, 0), "12:00 AM", "00:00"),
        (time(9, 5), "9:05 AM", "09:05"),
        (time(12, 0), "12:00 PM", "12:00"),
        (time(22, 30), "10:30 PM", "22:30"),
    ],
)
def test_clock_time(at: time, english: str, spanish: str) -> None:
    assert (clock_time(at, "en"), clock_time(at, "es")) == (english, spanish)


def test_dates_are_short_and_in_gsm_7() -> None:
    assert short_date(date(2026, 11, 23), "en") == "Mon 23 Nov"
    assert short_date(date(2026, 1, 7), "es") == "mié 7 ene"
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(366)]
    written = [short_date(day, language) for day in days for language in ("en", "es")]
    assert max(map(len, written)) <= 10
    assert {measure(text).encoding for text in written} == {"GSM-7"}


@pytest.mark.parametrize(
    ("text", "encoding", "units", "segments", "offending"),
    [
        ("", "GSM-7", 0, 0, ()),
        ("a" * 160, "GSM-7", 160, 1, ()),
        ("a" * 161, "GSM-7", 161, 2, ()),
        ("a" * 306, "GSM-7", 306, 2, ()),
        ("a" * 307, "GSM-7", 307, 3, ()),
        ("€" * 80, "GSM-7", 160, 1, ()),
        # 152 + an escape pair that may not be cut: the pair moves to the second segment.
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 306, 3, ()),
        ("Ç é ñ ü ¿", "GSM-7", 9, 1, ()),
        ("ç", "UCS-2", 1, 1, ("ç",)),
        ("sí, sí, no más", "UCS-2", 14, 1, ("í", "á")),
        ("á" * 70, "UCS-2", 70, 1, ("á",)),
        ("á" * 71, "UCS-2", 71, 2, ("á",)),
        ("😀" * 35, "UCS-2", 70, 1, ("😀",)),
        ("á" * 66 + "😀" + "á" * 66, "UCS-2", 134, 3, ("á", "😀")),
        ("tab\t`", "UCS-2", 5, 1, ("\t", "`")),
    ],
)
def test_measure(
    text: str, encoding: str, units: int, segments: int, offending: tuple[str, ...]
) -> None:
    length = measure(text)
    assert (length.encoding, length.units, length.segments, length.offending) == (
        encoding,
        units,
        segments,
        offending,
    )


@given(st.text(max_size=700))
def test_units_and_segments_agree_with_utf_16(text: str) -> None:
    length = measure(text)
    if length.encoding == "UCS-2":
        assert length.units == len(text.encode("utf-16-le", "surrogatepass")) // 2
    assert length.segments >= length.units / 160
    assert (length.segments == 0) == (text == "")
