"""One patient as typed or as a CSV row -> values ready to enrol, or every fault by column.

Columns and spellings are those of the patients' CSV; the enrolment form uses the same names, so that
both are checked by exactly this. Empty optional columns take the defaults named below (our defaults).
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, time, timedelta
from typing import Any, Final

from message_templates.catalogue import load
from schedules.facts import parse_value
from schedules.recurrence import zone_named
from service.domain.phone_numbers import read_number
from service.domain.sleep_length import odd_nights

REQUIRED: Final = (
    "ref",
    "given_name",
    "family_name",
    "born",
    "phone",
    "bedtime",
    "wake_time",
    "consent",
)
COLUMNS: Final = (
    "ref",
    "given_name",
    "family_name",
    "born",
    "phone",
    "zone",
    "language",
    "bedtime",
    "wake_time",
    "privacy",
    "facts",
    "consent",
    "consent_evidence",
    "window",
    "bedtime_weekend",
    "wake_weekend",
)
CARE_NEEDED: Final = ("zone", "language", "bedtime", "wake_time", "privacy", "window")
DEFAULT_PRIVACY: Final = "discreet"
DEFAULT_WINDOW: Final = "08:00-20:30"
LONGEST: Final = {"ref": 40, "given_name": 60, "family_name": 60, "consent_evidence": 500}
OLDEST_BIRTH: Final = date(1900, 1, 1)
# How far from today a fact may begin or end (our default): further is more likely a mistyped year.
FURTHEST_DAY: Final = timedelta(days=366)

_REF = re.compile(r"[^\W_][\w ./-]*")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one column; `fact` names the code where the column is `facts`."""

    column: str
    reason: str
    fact: str = ""


@dataclass(frozen=True, slots=True)
class CheckedPatient:
    """A patient as enrolment takes him. `phone` is E.164, `consent_evidence` None for an invitation."""

    ref: str
    given_name: str
    family_name: str
    born: str
    phone: str
    zone: str
    language: str
    bedtime: time
    wake_time: time
    privacy: str
    window: str
    bedtime_weekend: time | None
    wake_weekend: time | None
    facts: Mapping[str, str]
    consent_evidence: str | None

    def known(self) -> dict[str, Any]:
        """Everything but the consent, by field name: what a new patient's record is made of."""
        named = {one.name: getattr(self, one.name) for one in fields(self)}
        del named["consent_evidence"]
        return named


@dataclass(frozen=True, slots=True)
class Care:
    """What may change after the enrolment; `facts` by code. Clock times are the patient's own."""

    zone: str
    language: str
    bedtime: time
    wake_time: time
    privacy: str
    window: str
    bedtime_weekend: time | None
    wake_weekend: time | None
    facts: Mapping[str, str]


def check_row(
    raw: Mapping[str, str], *, zone: str, language: str, region: str, today: date
) -> CheckedPatient | list[Fault]:
    """The patient in `raw`, or every fault in it, in the order of the columns.

    `zone` and `language` are the clinic's, used where the column is empty. `region` is the two-letter
    region (ISO 3166) in which a number without a country code is read; `today` the clinic's date.
    """
    row = {name: raw.get(name, "").strip() for name in COLUMNS}
    row["zone"] = row["zone"] or zone
    row["language"] = row["language"] or language
    row["privacy"] = row["privacy"] or DEFAULT_PRIVACY
    row["window"] = row["window"] or DEFAULT_WINDOW
    check = _Check(row)
    found = {
        "ref": check.one("ref", _reference),
        "given_name": check.one("given_name", _name),
        "family_name": check.one("family_name", _name),
        "born": check.one("born", lambda text: _birth_date(text, today)),
        "phone": check.one("phone", lambda text: read_number(text, region)),
        **_care(check, {}),
        "consent_evidence": check.consent(),
    }
    unknown = [Fault(name, f"There is no column {name!r}.") for name in raw if name not in COLUMNS]
    if check.faults or unknown:
        return check.in_order() + unknown
    return CheckedPatient(**found)


def check_care(raw: Mapping[str, str], before: Mapping[str, str]) -> Care | list[Fault]:
    """What may change after the enrolment as `raw` has it, or every fault in it. An empty column takes no default.

    `before`: the columns as they stood; a night of an odd length that stood so may stay.
    """
    row = {one.name: raw.get(one.name, "").strip() for one in fields(Care)}
    check = _Check(row, CARE_NEEDED)
    found = _care(check, before)
    return check.in_order() if check.faults else Care(**found)


def read_day(text: str, today: date) -> date:
    """The local date on which a fact begins or ends; ValueError with a sentence for anything else."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError("Write the date like 2026-11-21.") from None
    if abs(day - today) > FURTHEST_DAY:
        raise ValueError("That day is more than a year away.")
    return day


def _care(check: "_Check", before: Mapping[str, str]) -> dict[str, Any]:
    found = {
        "zone": check.one("zone", lambda text: zone_named(text).key),
        "language": check.one("language", lambda text: _one_of(text, load().languages)),
        "bedtime": check.one("bedtime", _clock),
        "wake_time": check.one("wake_time", _clock),
        "privacy": check.one("privacy", lambda text: _one_of(text, ("plain", "discreet"))),
        "window": check.one("window", _window),
        "bedtime_weekend": check.one("bedtime_weekend", _clock),
        "wake_weekend": check.one("wake_weekend", _clock),
        "facts": check.facts(),
    }
    check.faults += [Fault(*odd) for odd in odd_nights(check.row, found, before)]
    return found


@dataclass(slots=True)
class _Check:
    """One row being checked, and what was found wrong so far."""

    row: Mapping[str, str]
    needed: tuple[str, ...] = REQUIRED
    faults: list[Fault] = field(default_factory=list)

    def in_order(self) -> list[Fault]:
        """What was found wrong, in the order of the columns."""
        return sorted(self.faults, key=lambda fault: COLUMNS.index(fault.column))

    def one(self, column: str, read: Callable[[str], Any]) -> Any:
        """What `read` makes of a column; None where it is empty or wrong."""
        text = self.row[column]
        if not text:
            if column in self.needed:
                self.faults.append(Fault(column, "This is needed."))
            return None
        longest = LONGEST.get(column, 100)
        if len(text) > longest:
            self.faults.append(Fault(column, f"At most {longest} characters."))
            return None
        try:
            return read(text)
        except ValueError as fault:
            self.faults.append(Fault(column, str(fault)))
            return None

    def facts(self) -> dict[str, str]:
        """The facts by code; `code` or `code=value`, separated by `;`."""
        known: dict[str, str] = {}
        for part in filter(None, (part.strip() for part in self.row["facts"].split(";"))):
            code, _, value = (piece.strip() for piece in part.partition("="))
            if code in known:
                self.faults.append(Fault("facts", f"{code} is given twice.", code))
                continue
            try:
                known[code] = parse_value(code, value)
            except ValueError as fault:
                self.faults.append(Fault("facts", str(fault), code))
        return known

    def consent(self) -> str | None:
        """The evidence of a consent recorded elsewhere; None for an invitation."""
        means = self.one("consent", lambda text: _one_of(text, ("invite", "recorded")))
        evidence = self.one("consent_evidence", _plain)
        if means == "recorded" and not self.row["consent_evidence"]:
            reason = "Say where the recorded consent is kept: a form, a note in the file, a date."
            self.faults.append(Fault("consent_evidence", reason))
        return str(evidence) if means == "recorded" else None


def spell_facts(facts: Iterable[tuple[str, str]]) -> str:
    """Facts and their values as the column holds them."""
    return ";".join(f"{code}={value}" if value else code for code, value in facts)


def _reference(text: str) -> str:
    if not _REF.fullmatch(text):
        raise ValueError(
            "Begin with a letter or digit; letters, digits, spaces and . / - _ may follow."
        )
    return text


def _name(text: str) -> str:
    if not any(sign.isalpha() for sign in text):
        raise ValueError("A name has letters.")
    return _plain(text)


def _plain(text: str) -> str:
    if any(unicodedata.category(sign) in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"} for sign in text):
        raise ValueError("There are characters in it that cannot be seen; type it anew.")
    return unicodedata.normalize("NFC", text)


def _birth_date(text: str, today: date) -> str:
    try:
        born = date.fromisoformat(text)
    except ValueError:
        raise ValueError("Write the date like 1972-05-03.") from None
    if not OLDEST_BIRTH <= born <= today:
        raise ValueError("The date of birth lies in the future, or too far back.")
    return born.isoformat()


def _clock(text: str) -> time:
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise ValueError("Write the time of 24 hours, like 22:30.")
    return time(int(found[1]), int(found[2]))


def _window(text: str) -> str:
    if text == "bedtime":
        return text
    start, dash, end = text.partition("-")
    opens, closes = _clock(start.strip()), _clock(end.strip()) if dash else None
    if closes is None or opens == closes:
        raise ValueError("Write the hours like 08:00-23:30, or bedtime.")
    return f"{opens:%H:%M}-{closes:%H:%M}"


def _one_of(text: str, allowed: Iterable[str]) -> str:
    if text.lower() not in allowed:
        raise ValueError(f"This is one of: {', '.join(allowed)}.")
    return text.lower()
