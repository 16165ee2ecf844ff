"""The patients' columns: what is understood, and what is refused in which column."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.patient_form import COLUMNS, CheckedPatient, Fault, check_row
from service.domain.phone_numbers import read_number, region_of, spell_number

TODAY = date(2026, 11, 21)
GOOD = {
    "ref": "NSC-1182",
    "given_name": "Tom",
    "family_name": "Adeyemi",
    "born": "1972-05-03",
    "phone": "902-555-1003",
    "bedtime": "23:00",
    "wake_time": "7:00",
    "consent": "invite",
}


def checked(**changes: str) -> CheckedPatient | list[Fault]:
    row = {**GOOD, **changes}
    return check_row(row, zone="America/Halifax", language="en", region="CA", today=TODAY)


def accepted(**changes: str) -> CheckedPatient:
    found = checked(**changes)
    assert isinstance(found, CheckedPatient), found
    return found


def columns_at_fault(**changes: str) -> list[str]:
    found = checked(**changes)
    assert isinstance(found, list)
    return [fault.column for fault in found]


def test_what_is_left_empty_takes_the_clinics_and_our_defaults() -> None:
    patient = accepted()
    assert (patient.zone, patient.language) == ("America/Halifax", "en")
    assert (patient.privacy, patient.window) == ("discreet", "08:00-20:30")
    assert patient.phone == "+19025551003"
    assert (patient.bedtime, patient.wake_time) == (time(23), time(7))
    assert patient.bedtime_weekend is None
    assert patient.consent_evidence is None
    assert patient.facts == {}


def test_everything_that_can_be_said_is_understood() -> None:
    patient = accepted(
        zone="Europe/London",
        language="ES",
        window="17:00 - 8:00",
        privacy="plain",
        phone="+44 7911 123456",
        facts="uses_caffeine; drinks=sat,fri ; last_ferritin=48@2026-10-02",
        bedtime_weekend="00:30",
        wake_weekend="09:00",
        consent="recorded",
        consent_evidence=" Form of 2 Oct, in the file ",
    )
    assert patient.window == "17:00-08:00"
    assert patient.phone == "+447911123456"
    assert patient.facts == {
        "uses_caffeine": "yes",
        "drinks": "fri,sat",
        "last_ferritin": "48@2026-10-02",
    }
    assert patient.consent_evidence == "Form of 2 Oct, in the file"
    assert set(patient.known()) == {name for name in COLUMNS if not name.startswith("consent")}


def test_the_evidence_of_an_invitation_is_not_kept() -> None:
    assert accepted(consent="invite", consent_evidence="none yet").consent_evidence is None


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("ref", ""),
        ("ref", "<script>"),
        ("ref", "x" * 41),
        ("given_name", "   "),
        ("given_name", "12"),
        ("given_name", "Tom\u202emoT"),
        ("family_name", "a\x00b"),
        ("born", "03/05/1972"),
        ("born", "2026-11-22"),
        ("born", "1872-05-03"),
        ("phone", "902"),
        ("phone", "07700 900123"),
        ("phone", "+44 20 7946 0018x"),
        ("zone", "Mars/Olympus"),
        ("zone", "../etc/passwd"),
        ("language", "tlh"),
        ("bedtime", "11 pm"),
        ("bedtime", "24:00"),
        ("wake_time", "06:61"),
        ("wake_time", "23:30"),
        ("wake_weekend", "22:00"),
        ("privacy", "secret"),
        ("window", "08:00"),
        ("window", "08:00-08:00"),
        ("consent", "yes"),
        ("consent", ""),
        ("consent_evidence", "x" * 501),
    ],
)
def test_one_wrong_column_is_the_only_one_named(column: str, value: str) -> None:
    assert columns_at_fault(**{column: value}) == [column]


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ("left_handed", "left_handed"),
        ("drinks", "drinks"),
        ("drinks=someday", "drinks"),
        ("iron_oral=hourly", "iron_oral"),
        ("pregnant;pregnant", "pregnant"),
        ("uses_caffeine=much", "uses_caffeine"),
        ("next_lab=soon;pregnant", "next_lab"),
    ],
)
def test_a_wrong_fact_is_named(facts: str, code: str) -> None:
    found = checked(facts=facts)
    assert isinstance(found, list)
    assert [(fault.column, fault.fact) for fault in found] == [("facts", code)]


def test_recorded_consent_needs_its_evidence() -> None:
    assert columns_at_fault(consent="recorded") == ["consent_evidence"]


def test_all_faults_come_at_once_in_the_order_of_the_columns() -> None:
    found = columns_at_fault(phone="1", ref="", consent="maybe", colour="red")
    assert found == ["ref", "phone", "consent", "colour"]


def test_a_landline_is_refused() -> None:
    with pytest.raises(ValueError, match="landline"):
        read_number("+44 113 496 0000", "CA")


def test_numbers_are_shown_as_people_read_them() -> None:
    assert region_of("+19025550140") == "CA"
    assert spell_number("+19025550140") == "+1 902-555-0140"
    with pytest.raises(ValueError, match="no number"):
        region_of("Evenfall")


@given(st.dictionaries(st.sampled_from(COLUMNS), st.text(max_size=30)))
def test_no_row_breaks_the_check_and_every_fault_names_a_column(changes: dict[str, str]) -> None:
    found = checked(**changes)
    if isinstance(found, list):
        assert found
        assert all(fault.column in COLUMNS and fault.reason for fault in found)
    else:
        again = check_row(
            {**GOOD, **changes, "phone": found.phone},
            zone="America/Halifax",
            language="en",
            region="CA",
            today=TODAY,
        )
        assert again == found
