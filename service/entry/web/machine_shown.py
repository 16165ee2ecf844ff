"""How the machine does, in words and figures for the System page; every figure says what it counts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from service.domain.lateness import PROMISED, Spread, histogram, share_within, spread
from service.domain.provider_codes import meaning
from service.entry.pulse import Beat
from service.entry.web import words
from service.store.machine import Database, Handed, Machine

AN_HOUR = timedelta(hours=1)
LANES = {
    0: "answers to danger",
    1: "answers, STOP and HELP",
    2: "invitations, and texts by a person",
    3: "texts of the plan",
}
# What each tick does, in the order of its page.
TICKS = {
    "plan": "plans what is due",
    "pump": "looks for texts to send",
    "hear": "hears the simulated phones",
    "read": "reads replies",
    "page": "pages staff",
    "reconcile": "looks for texts of unknown fate",
    "settle": "asks after texts without a receipt",
    "seal": "seals the trail of who did what",
    "prove": "looks whether that trail was changed",
}
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Lateness:
    """The last hour's and day's texts by how late they left; each promise in words, and whether it was kept."""

    hour: Sequence[tuple[str, int]]
    day: Sequence[tuple[str, int]]
    count: int
    kept: Sequence[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Ticked:
    """One tick of this process, said."""

    does: str
    ago: str
    late: str
    took: str


def lateness(handed: Sequence[Handed], now: datetime) -> Lateness:
    """How late texts left: from when each was due until its last attempt began."""
    day = [one.submitted_at - one.due_at for one in handed]
    hour = [one.submitted_at - one.due_at for one in handed if one.submitted_at > now - AN_HOUR]
    shares = [(bound, promised, share_within(day, bound)) for bound, promised in PROMISED]
    kept = [
        (f"{share:g} % within {words.span(bound)}; promised are {promised} %", share >= promised)
        for bound, promised, share in shares
        if share is not None
    ]
    return Lateness(histogram(hour), histogram(day), len(day), kept)


def answered(handed: Sequence[Handed]) -> Spread | None:
    """How long the provider took to take a text."""
    return spread([one.accepted_at - one.submitted_at for one in handed if one.accepted_at])


def told(handed: Sequence[Handed]) -> list[tuple[int, str, int]]:
    """The provider's codes with their meaning, the most frequent first."""
    codes = Counter(one.error_code for one in handed if one.error_code)
    return [(code, meaning(code).sentence, count) for code, count in codes.most_common()]


def ticked(beats: Mapping[str, Beat], wall: datetime) -> list[Ticked]:
    """The ticks of this process, each as it did last."""
    return [
        Ticked(does, words.span(wall - beat.began_at), words.span(beat.late), brief(beat.took))
        for name, does in TICKS.items()
        if (beat := beats.get(name)) is not None
    ]


def brief(length: timedelta) -> str:
    """A short time: `12 ms`, `1.4 s`; `1 ms` at least."""
    seconds = length.total_seconds()
    return f"{max(1, round(seconds * 1000))} ms" if seconds < 1 else f"{seconds:.1f} s"


def clocks(offset: timedelta, database: Database) -> list[str]:
    """What is known of the clocks: the clinic's against real time, the database's against ours."""
    own = (
        f"The clinic’s time has travelled {words.span(offset)} ahead of real time."
        if offset > timedelta(seconds=1)
        else "The clinic’s time is real time."
    )
    if database.ahead is None:
        return [own, "The database is a file on this machine and has no clock of its own."]
    ahead = "ahead of" if database.ahead > timedelta(0) else "behind"
    return [own, f"The database’s clock is {brief(abs(database.ahead))} {ahead} this machine’s."]


def figures(machine: Machine, now: datetime) -> list[tuple[str, str, str]]:
    """The figures at the top: name, value, and what it counts."""
    oldest = min((lane.oldest for lane in machine.waiting), default=None)
    texts = sum(lane.texts for lane in machine.waiting)
    lanes = ", ".join(f"{lane.texts} {LANES[lane.lane]}" for lane in machine.waiting)
    longest = words.span(now - oldest) if oldest else "none"
    return [
        ("Oldest waiting", longest, "since the oldest text that has not left was due"),
        ("Waiting", str(texts), lanes or "due and not left; none in any lane"),
        ("Leaving now", str(machine.in_flight), "handed to the provider, no answer yet"),
        ("Unknown", str(machine.unknown), "may have arrived; never sent twice"),
    ]


def database_words(database: Database) -> str:
    """How large the database is."""
    size = max(1, round(database.size / MEGABYTE))
    return f"{database.kind}, {size:,} MB"


def shown(
    machine: Machine, beats: Mapping[str, Beat], database: Database, now: datetime, wall: datetime
) -> dict[str, Any]:
    """Everything the page shows of the machine."""
    return {
        "figures": figures(machine, now),
        "late": lateness(machine.handed, now),
        "answered": answered(machine.handed),
        "told": told(machine.handed),
        "ticks": ticked(beats, wall),
        "database": database_words(database),
        "brief": brief,
    }
