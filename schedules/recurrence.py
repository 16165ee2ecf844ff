"""A local wall-clock moment in a zone -> the instant it names.

Policy for the days on which clocks change:

- Gap (the local time does not exist): shifted forward by the length of the gap, never skipped.
  02:30 in a 02:00-03:00 gap means 03:30; the moment is sent once.
- Overlap (the local time comes twice): the first of the two, and only that one.

PEP 495 gives both with fold=0: in a gap the offset before the change is used, which lands after
it; in an overlap fold=0 is the first. Offsets come from the IANA data of zoneinfo, so half-hour
(Lord Howe) and 45-minute (Chatham) rules and changes at midnight (Beirut, Santiago) need nothing
special here. Local means naive and in the zone; an instant is aware and in UTC.

When a release of the zone data changes a zone's rules, or a patient changes zone: nothing that is
only planned is kept, so each wake-up plans its nights anew by the rules of its own process; a slot
that is written already keeps its instant and is never written again. What the new rules put into
the past still goes out within its `useful_for` and else is written down as `changed`. A process reads the
rules of a zone once: a new release takes effect when it starts again, and whoever keeps alarms
must then set them all anew, because one set by the old rules may ring late.
"""

from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NAIVE_EPOCH = EPOCH.replace(tzinfo=None)


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo:
    """The IANA zone; ValueError with a sentence if there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"There is no time zone {name!r}.{_perhaps(name)}") from error


def _perhaps(name: str) -> str:
    """The zone that was probably meant: its case aside, its last part alone, or a typing error away."""
    known = {zone.casefold(): zone for zone in sorted(available_timezones())}
    known |= {zone.rpartition("/")[2]: known[zone] for zone in list(known)}
    typed = "_".join(name.split()).casefold()
    close = [typed] if typed in known else get_close_matches(typed, known, n=1)
    return (
        f" Did you mean {known[close[0]]}?" if close else " Zones are named like America/Halifax."
    )


@lru_cache(maxsize=16384)
def _offset_all_day(day: date, zone: str) -> timedelta | None:
    """The UTC offset of `zone` if it holds all through local `day`; None on a day of change."""
    midnight = datetime.combine(day, time(0), zone_named(zone))
    offset = midnight.utcoffset()
    return offset if (midnight + timedelta(days=1)).utcoffset() == offset else None


def to_utc(local: datetime, zone: str) -> datetime:
    """The instant of naive `local` in `zone`, by the policy above."""
    offset = _offset_all_day(local.date(), zone)
    if offset is None:
        offset = local.replace(tzinfo=zone_named(zone)).utcoffset() or timedelta(0)
    # As (local - offset).replace(tzinfo=UTC), which takes seven times as long; a plan asks dozens of times.
    return EPOCH + (local - NAIVE_EPOCH - offset)


def to_local(instant: datetime, zone: str) -> datetime:
    """The naive wall-clock reading of `instant` (aware) in `zone`."""
    return instant.astimezone(zone_named(zone)).replace(tzinfo=None)
