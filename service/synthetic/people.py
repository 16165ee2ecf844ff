"""How one simulated person lives and answers: on time, late, with typos, in Spanish, or not at all."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

from service.domain.exchange import Text

# Shares of answers, our guesses from the trials clinical.md section 2 names.
LATE_SHARE, TYPICAL_DELAY_MIN, LATE_DELAY_H = 0.06, 12.0, 9.0
ASIDE_SHARE = 0.01
LAST_DAYS = {0, 1}


@dataclass(frozen=True, slots=True)
class Person:
    """One simulated person. Days are counted back from the end of the story (0 = the last one).

    `severity` is the usual score and `spread` its deviation, `worse_days` how long it has been climbing to
    `worst`; `onset` is the usual
    hour in minutes after noon, `onset_now` what it drifts to over the last 30 days. `asks`: after answering
    what, on the last two days, they want to know something, and what.
    """

    phone: str
    language: str
    severity: float
    bedtime: time
    replies: float = 0.9
    keeps: float = 0.85
    onset: int = 510
    onset_now: int | None = None
    worse_days: int = 0
    worst: float = 9.0
    spread: float = 0.8
    silent_days: int = 0
    stops_day: int | None = None
    joins: bool = True
    earlier: bool = False
    asks: tuple[str, str] = ("", "")


def ordinary_person(phone: str, language: str, bedtime: time, chance: Random) -> Person:
    """Somebody like most: rather well, who answers nearly everything and keeps most of the habits."""
    return Person(
        phone,
        language,
        severity=chance.uniform(1.5, 5.5),
        bedtime=bedtime,
        replies=chance.uniform(0.84, 0.99),
        keeps=chance.uniform(0.75, 0.97),
        onset=chance.randint(450, 600),
    )


@cache
def phrases() -> Mapping[str, Any]:
    """The phrases people use, by language."""
    source = files("service.synthetic") / "phrases.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


class People:
    """Everybody's phone: what each answers to a text. The same story for the same seed."""

    def __init__(self, people: Mapping[str, Person], end: datetime, seed: int) -> None:
        self._people = people
        self._end = end
        self._seed = seed

    def __call__(self, text: Text) -> Iterator[tuple[timedelta, str]]:
        """The answers to one text, each after its delay."""
        person = self._people.get(text.to)
        if person is None:
            return
        minute = text.sent_at.replace(second=0, microsecond=0)
        chance = Random(f"{self._seed}{text.to}{minute}{text.body}")  # noqa: S311 (a story, not a secret)
        yield from _answers(person, text.body, max(0, (self._end - text.sent_at).days), chance)


def _answers(
    person: Person, body: str, days_left: int, chance: Random
) -> Iterator[tuple[timedelta, str]]:
    asked = _asked(body, person.language)
    if (
        person.stops_day is not None
        and days_left <= person.stops_day
        and asked not in {None, "join"}
    ):
        yield timedelta(minutes=3), "stop please" if person.language == "en" else "STOP"
        return
    if asked is None:
        if chance.random() < ASIDE_SHARE:
            yield timedelta(minutes=chance.randint(2, 90)), _way(person, "aside", chance)
        return
    if asked == "join":
        if person.joins:
            yield timedelta(minutes=chance.randint(2, 240)), _way(person, "join", chance)
        return
    if days_left < person.silent_days or chance.random() > person.replies:
        return
    delay = _delay(chance)
    yield delay, _worded(person, asked, days_left, chance)
    after, question = person.asks
    if asked == after and days_left in LAST_DAYS:
        yield delay + timedelta(minutes=chance.randint(2, 9)), question


def _asked(body: str, language: str) -> str | None:
    for needle, kind in phrases()["asked"][language].items():
        if needle in body:
            return str(kind)
    return None


def _delay(chance: Random) -> timedelta:
    if chance.random() < LATE_SHARE:
        return timedelta(hours=chance.uniform(3, LATE_DELAY_H))
    return timedelta(minutes=min(chance.lognormvariate(2.3, 0.8), 6 * TYPICAL_DELAY_MIN))


def _way(person: Person, kind: str, chance: Random) -> str:
    return str(chance.choice(phrases()["ways"][person.language][kind]))


def _worded(person: Person, asked: str, days_left: int, chance: Random) -> str:
    if asked in {"iron", "habit"}:
        return _way(person, "yes" if chance.random() < person.keeps else "no", chance)
    if asked in {"no", "medicine", "lab"} or (asked == "earlier" and not person.earlier):
        return "no"
    n = _score(person, days_left, chance)
    words = phrases()["words"]
    return _way(person, asked, chance).format(
        n=_hard_nights(n) if asked == "nights" else n,
        word=words[person.language][n],
        typo=words["typos"][n],
        time=_clock(person, asked, days_left, chance),
        three=f"{n} {max(0, n - 2)} {min(10, n + chance.randint(-1, 1))}",
    )


def _hard_nights(score: int) -> int:
    """About as many nights of the last 7 as the score suggests."""
    return max(0, min(7, score - 3))


def _score(person: Person, days_left: int, chance: Random) -> int:
    level = person.severity
    if person.worse_days and days_left < person.worse_days:
        level += (person.worst - level) * (1 - days_left / person.worse_days) ** 0.6
    return max(0, min(10, round(chance.gauss(level, person.spread))))


def _clock(person: Person, asked: str, days_left: int, chance: Random) -> str:
    if asked == "bedtime":
        return person.bedtime.strftime("%H:%M")
    at = person.onset
    if person.onset_now is not None and days_left < 30:
        at += round((person.onset_now - person.onset) * (1 - days_left / 30))
    at = (at + 12 * 60 + 10 * chance.randint(-2, 2)) % (24 * 60)
    return f"{at // 60:02d}:{at % 60:02d}"
