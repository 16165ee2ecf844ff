"""Lengths of time as programme files spell them: "90m", "-9h30m", "24h", "0"."""

import re
from datetime import timedelta

_LENGTH = re.compile(r"([+-])?(?:(\d{1,3})h)?(?:(\d{1,4})m)?", re.ASCII)


def parse_duration(text: str) -> timedelta:
    """The length that `text` spells; ValueError for anything but hours and minutes."""
    if text in ("0", "+0", "-0"):
        return timedelta(0)
    found = _LENGTH.fullmatch(text)
    if found is None or not (found[2] or found[3]):
        raise ValueError(f"{text[:40]!r} is no length of time; write it like 90m, 2h or -9h30m.")
    length = timedelta(hours=int(found[2] or 0), minutes=int(found[3] or 0))
    return -length if found[1] == "-" else length


def spell_duration(length: timedelta) -> str:
    """`length` as a programme file spells it."""
    minutes = abs(length) // timedelta(minutes=1)
    hours, rest = divmod(minutes, 60)
    sign = "-" if length < timedelta(0) else ""
    return sign + (f"{hours}h" if hours else "") + (f"{rest}m" if rest or not hours else "")
