"""Phone numbers as people type them, as we keep them (E.164), and as people read them."""

import phonenumbers


def region_of(number: str) -> str:
    """The two-letter region an E.164 number belongs to; ValueError when it belongs to none."""
    try:
        region = phonenumbers.region_code_for_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException as fault:
        raise ValueError(f"{number!r} is no number with its country code.") from fault
    if region is None:
        raise ValueError(f"{number!r} belongs to no region.")
    return str(region)


def read_number(text: str, region: str) -> str:
    """A phone number as E.164; ValueError, in words, for one that no text can reach."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as fault:
        raise ValueError("This is no phone number; write it like 902 555 0123.") from fault
    if not phonenumbers.is_valid_number(number):
        raise ValueError("No such number is in use; check its digits and country code.")
    if phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.FIXED_LINE:
        raise ValueError("This is a landline; texts go to a mobile phone.")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def spell_number(number: str) -> str:
    """An E.164 number as people read it: "+1 902-555-0123"."""
    international = phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(phonenumbers.parse(number), international))
