"""The time zones' rules this process goes by, as one short word: another word means other rules."""

from collections.abc import Iterable
from hashlib import blake2b
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from zoneinfo import TZPATH


def zone_rules(zones: Iterable[str]) -> str:
    """A digest of the rules of these zones, read as zoneinfo reads them: the system's first, then tzdata's."""
    digest = blake2b(digest_size=16)
    for zone in sorted(zones):
        digest.update(zone.encode() + b"\n" + _rules(zone))
    return digest.hexdigest()


def zone_release() -> str:
    """The release these rules are of, as `2026b`; tzdata's own word where the system has none."""
    for folder in TZPATH:
        source = Path(folder) / "tzdata.zi"
        if source.is_file():
            with source.open(encoding="utf-8") as lines:
                return lines.readline().removeprefix("# version ").strip()
    return version("tzdata")


def _rules(zone: str) -> bytes:
    for folder in TZPATH:
        path = Path(folder) / zone
        if path.is_file():
            return path.read_bytes()
    return files("tzdata").joinpath("zoneinfo", *zone.split("/")).read_bytes()
