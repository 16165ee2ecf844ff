"""Until when a patient says to be away: dates in words and numbers, in both languages, and what names no one day."""

import pytest

from service.domain.reading import read


def said(text: str, *kinds: str) -> list[tuple[str, str]]:
    return [(one.name, one.value) for one in read(text, kinds or ("none",)).intents]


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("AWAY until 25 January", "01-25"),
        ("AWAY until tuesday 8 december", "12-08"),
        ("AWAY until friday 5 dec thanks", "12-05"),
        ("pause until friday 4 dec", "12-04"),
        ("pause until monday 30 november", "11-30"),
        ("PAUSE until Jan 25", "01-25"),
        ("PAUSE until Sept 5th", "09-05"),
        ("away until jan. 25", "01-25"),
        ("away til 25th of January", "01-25"),
        ("untill decemeber 8 pause pls", "12-08"),
        ("pause until the first of december", "12-01"),
        ("pause until january twenty fifth", "01-25"),
        ("PAUSE until January", "01-01"),
        ("pause until may", "05-01"),
        ("pause until the end of december", "01-01"),
        ("pause until 3 may 2027", "2027-05-03"),
        ("PAUSE 8 dec", "12-08"),
        ("away 2 weeks until 6 december", "12-06"),
        ("going to mexico back jan 25 pls hold my texts", "01-25"),
        ("stop texting me until january", "01-01"),
        ("ausente hasta el martes 8 de diciembre", "12-08"),
        ("pausa hasta enero", "01-01"),
        ("pausa asta el 8 de dic", "12-08"),
        ("pausa hasta el 25 de ene", "01-25"),
        ("pausa hasta el 1ro de dic", "12-01"),
        ("pausa hasta el primero de diciembre", "12-01"),
        ("pausa hasta el treinta y uno de enero", "01-31"),
        ("no me manden mensajes hasta el 25 de enero", "01-25"),
        ("estoy de viaje vuelvo en enero", "01-01"),
        ("PAUSE until 12/15", "12-15"),
        ("PAUSE until 15/12", "12-15"),
        ("PAUSE until 12/12", "12-12"),
        ("PAUSE until 2027-01-25", "2027-01-25"),
        ("PAUSE until 1/25/27", "2027-01-25"),
        ("pause until christmas", "12-25"),
        ("pausa hasta navidad", "12-25"),
        ("pause until next year", "01-01"),
        ("pausa hasta el mes que viene", "1"),
        ("pause until the weekend", "sat"),
    ],
)
def test_a_date_with_its_month_is_the_end_that_was_said(text: str, until: str) -> None:
    assert said(text) == [("pause", f"until:{until}")]


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("pause until the 15th", "15"),
        ("pause until monday the 30th", "30"),
        ("pausa hasta el lunes 30", "30"),
        ("pause until friday", "fri"),
        ("pausa hasta el viernes", "fri"),
        ("pause until friday, legs 4", "fri"),
    ],
)
def test_a_day_or_a_weekday_alone_stays_what_it_is(text: str, until: str) -> None:
    assert said(text) == [("pause", f"until:{until}")]


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("PAUSE until 12/8", "ambiguous"),
        ("pause until 12.30", "ambiguous"),
        ("pausa hasta el 5/1", "ambiguous"),
        ("pause til mid january", "ambiguous"),
        ("pause until a week after christmas", "ambiguous"),
        ("pause til easter", "ambiguous"),
        ("pausa hasta semana santa", "ambiguous"),
        ("AWAY 12/20 to 12/27", "ambiguous"),
        ("away dec 3 to dec 10", "ambiguous"),
        ("away dec 20-27", "ambiguous"),
        ("away from the 3rd until the 10th of december", "ambiguous"),
        ("away for 10 days from dec 20", "ambiguous"),
        ("on vacation from monday til friday", "ambiguous"),
        ("on vacation in december", "ambiguous"),
        ("pause until feb 30", "invalid_time"),
        ("pause until 31 november", "invalid_time"),
        ("pausa hasta el 31 de abril", "invalid_time"),
        ("PAUSE until 13/13", "invalid_time"),
        ("pause until 45 jan", "invalid_time"),
        ("pause until 12:30", "invalid_time"),
        ("pause until 12/15/99999999999999999999", "invalid_time"),
        ("pause until 99999999999999999999/15", "invalid_time"),
        ("pause until 12 jan 0/0/0", "ambiguous"),
    ],
)
@pytest.mark.parametrize("kind", ["none", "paused"])
def test_what_may_be_two_days_or_none_is_never_guessed(text: str, doubt: str, kind: str) -> None:
    assert said(text, kind) == [("unknown", doubt)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4, away until jan 25", [("symptom_score", "4"), ("pause", "until:01-25")]),
        ("4 pause until dec 8", [("symptom_score", "4"), ("pause", "until:12-08")]),
        ("gone til 12/8", [("unknown", "ambiguous")]),
        ("on vacation in december, 4", [("symptom_score", "4")]),
        ("it may be 4", [("symptom_score", "4")]),
    ],
)
def test_a_date_beside_an_answer_takes_nothing_from_it(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert said(text, "symptom_0_10") == expected
